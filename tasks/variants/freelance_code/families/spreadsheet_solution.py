"""How a small spreadsheet is calculated: the reference of the family of formulas."""

from typing import Any


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from fractions import Fraction

    class CellError(Exception):
        """An error as the value of a cell; its argument is what is printed."""

    functions = ("SUM", "AVERAGE", "MIN", "MAX", "COUNT")
    sheet: dict[tuple[int, int], str] = {}
    lines = list(csv.reader(io.StringIO(inputs["stdin"], newline="")))
    for row, fields in enumerate(lines):
        for column, field in enumerate(fields):
            sheet[row, column] = field.strip(" ")

    def place_of(part: str) -> tuple[int, int]:
        name = part.replace("$", "")
        return int(name[1:]) - 1, ord(name[0]) - ord("A")

    def is_cell(part: str) -> bool:
        return bool(re.fullmatch(r"\$?[A-Z]\$?[1-9][0-9]*", part))

    def parsed(text: str) -> Any:
        """The formula as nested lists, names first. Raises CellError where it is not built well."""
        form = r"\$?[A-Z]\$?[1-9][0-9]*|[A-Z]+|[0-9]+(?:\.[0-9]+)?|[^ ]"
        tokens: list[str] = re.findall(form, text.upper())
        tokens.append("")
        tokens.reverse()  # the next one is the last

        def take(*wanted: str) -> str:
            if tokens[-1] not in wanted:
                raise CellError("#ERROR!")
            return tokens.pop()

        def operation(signs: str, operand: Any) -> Any:
            left = operand()
            while tokens[-1] and tokens[-1] in signs:
                sign = tokens.pop()
                left = [sign, left, operand()]
            return left

        def total() -> Any:
            return operation("+-", product)

        def product() -> Any:
            return operation("*/", factor)

        def factor() -> Any:
            part = tokens.pop() if tokens[-1] else ""
            if part == "-":
                return ["negative", factor()]
            if part == "(":
                inner = total()
                take(")")
                return inner
            if is_cell(part):
                return ["cells", [place_of(part)]]
            if re.fullmatch(r"[0-9]+(\.[0-9]+)?", part):
                return ["number", Fraction(part)]
            if re.fullmatch("[A-Z]+", part):
                take("(")
                arguments = [argument()]
                while take(settings["separator"], ")") != ")":
                    arguments.append(argument())
                return ["call", part, arguments]
            raise CellError("#ERROR!")

        def argument() -> Any:
            if len(tokens) > 2 and is_cell(tokens[-1]) and tokens[-2] == ":":
                one = place_of(tokens.pop())
                take(":")
                if not is_cell(tokens[-1]):
                    raise CellError("#ERROR!")
                other = place_of(tokens.pop())
                rows, columns = sorted([one[0], other[0]]), sorted([one[1], other[1]])
                across = range(columns[0], columns[1] + 1)
                return ["cells", [(r, c) for r in range(rows[0], rows[1] + 1) for c in across]]
            return total()

        found = total()
        take("")
        return found

    def needed(tree: Any) -> set[tuple[int, int]]:
        if tree[0] == "cells":
            return set(tree[1])
        parts = tree[2] if tree[0] == "call" else tree[1:]
        return set().union(*(needed(inner) for inner in parts if isinstance(inner, list)))

    trees: dict[tuple[int, int], Any] = {}
    values: dict[tuple[int, int], Any] = {}
    for place, field in sheet.items():
        if field.startswith("="):
            try:
                trees[place] = parsed(field[1:])
            except CellError as error:
                values[place] = error
        else:
            is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", field)
            values[place] = Fraction(field) if is_number else field
    needs = {place: needed(tree) for place, tree in trees.items()}
    for place in needs:
        reached: set[tuple[int, int]] = set()
        waiting = list(needs[place])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting.extend(needs.get(other, ()))
        if place in reached:
            values[place] = CellError("#CYCLE!")

    def value_at(place: tuple[int, int]) -> Any:
        if place not in sheet:
            return ""
        if place not in values:
            try:
                value = value_of(trees[place])
                values[place] = Fraction(0) if value == "" else value
            except CellError as error:
                values[place] = error
        value = values[place]
        if isinstance(value, CellError):
            raise value
        return value

    def number(value: Any) -> Fraction:
        if isinstance(value, Fraction):
            return value
        if value and settings["text"] == "error":
            raise CellError("#VALUE!")
        return Fraction(0)

    def value_of(tree: Any) -> Any:
        kind = tree[0]
        if kind == "number":
            return tree[1]
        if kind == "cells":
            return value_at(tree[1][0])
        if kind == "call":
            return called(tree[1], tree[2])
        operands = [value_of(part) for part in tree[1:]]
        left, right = number(operands[0]), number(operands[-1])
        if kind == "negative":
            return -left
        if kind == "/" and right == 0:
            raise CellError("#DIV/0!")
        if kind == "/":
            return left / right
        return left * right if kind == "*" else left + right if kind == "+" else left - right

    def called(name: str, arguments: list[Any]) -> Fraction:
        if name not in functions:
            raise CellError("#NAME?")
        found: list[Any] = []
        for argument in arguments:
            if argument[0] == "cells":
                found.extend(value_at(place) for place in argument[1])
            else:
                found.append(value_of(argument))
        numbers = [value for value in found if isinstance(value, Fraction)]
        if name == "COUNT":
            return Fraction(len(numbers))
        if name == "AVERAGE" and not numbers:
            raise CellError("#DIV/0!")
        if name in ("SUM", "AVERAGE"):
            return sum(numbers, Fraction(0)) / (len(numbers) if name == "AVERAGE" else 1)
        return (min if name == "MIN" else max)(numbers, default=Fraction(0))

    def shown(place: tuple[int, int]) -> str:
        try:
            value = value_at(place)
        except CellError as error:
            return str(error)
        if not isinstance(value, Fraction):
            return str(value)
        decimals = settings["decimals"]
        count = int(abs(value) * 10**decimals + Fraction(1, 2))
        text = f"{count // 10**decimals}.{count % 10**decimals:0{decimals}d}"
        if not settings["fixed"]:
            text = text.rstrip("0").rstrip(".")
        return f"-{text}" if value < 0 and count else text

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    for row, fields in enumerate(lines):
        writer.writerow([shown((row, column)) for column in range(len(fields))])
    return buffer.getvalue()
