"""Stock: what is left and what it is worth by first in, first out, its reverse, or averages."""

from datetime import date
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads the movements of a stock as a CSV file from standard input and prints
what is left of each {label} and what it is worth, as CSV, to standard output.

The first line of the input names the columns, in any order; `day` (year-month-day), `{label}`,
`kind`, `units` and `unit_cost` are among them. A field that holds a comma, a quote or a line break
is quoted, with quotes in it doubled. `kind` is `in` or `out`; `units` is a whole number greater
than 0; `unit_cost` has at most four decimals and is empty for `out`. Two values of `{label}` are
the same where they differ only by letter case or by blanks around them; the output shows the one
that comes first in the input, without the blanks.

Take the movements in the order of their days; on one day all `in` come before all `out`, and
otherwise the order is that of the input.

- `in` adds so many units at `unit_cost` each.
- {method}
- {short}

Print the header `{label},units,value,issued,missing`, then one line for each {label} that occurs,
in alphabetical order (by Unicode code point) of its small letters: the units that are left, their
value, the cost of all units that went out, and the number of units that were asked for and not
given. The last line has `total` in place of a name, and the sums of the values, of the costs and of
what is missing; its `units` are empty.

Compute exactly; round values and costs only for printing, to two decimals ({halves}). The sums are
rounded from the exact sums. Quote a field only where it holds a comma, a quote or a line break.
Every line ends with a line feed.
"""
_METHODS: Final = {
    "fifo": (
        "`out` takes the units that came in first, each at what it cost then; what is left keeps\n"
        "  its own cost."
    ),
    "lifo": (
        "`out` takes the units that came in last and are still there, each at what it cost then;\n"
        "  what is left keeps its own cost."
    ),
    "average": (
        "`out` takes each unit at the average cost: the value of all units that are there,\n"
        "  divided by their number. What is left keeps that average until more comes in."
    ),
}
_SHORTS: Final = {
    "refuse": (
        "Where `out` asks for more than is there, nothing goes out, and all of its units are\n"
        "  missing."
    ),
    "part": (
        "Where `out` asks for more than is there, all that is there goes out, and the rest of its\n"
        "  units are missing."
    ),
}
_HALVES: Final = {
    "half_even": "half a cent goes to the even neighbour",
    "half_up": "half a cent goes up",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "label": subject.label,
        "method": draws.pick(sorted(_METHODS)),
        "short": draws.pick(sorted(_SHORTS)),
        "rounding": draws.pick(sorted(_HALVES)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return wrapped(
        _STATEMENT.format(
            label=subject.label,
            method=_METHODS[settings["method"]],
            short=_SHORTS[settings["short"]],
            halves=_HALVES[settings["rounding"]],
        )
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no movement, 1 values of half a cent, 2 a file from the latest day to the first,
    3 an `out` that is too large, and one that comes before the `in` of its day; then anything."""
    first, last = date(2024, 1, 1), date(2024, 3, 31)
    moves: list[tuple[date, str, str, int, str]] = []
    for _ in range(draws.whole(12, 28) if number else 0):
        name, day = draws.pick(subject.labels), draws.day(first, last)
        if draws.chance(58):
            cost = f"{draws.whole(0, 30)}.{draws.whole(0, 9999):04d}"
            moves.append((day, name, "in", draws.whole(5, 40), cost))
        else:
            moves.append((day, name, "out", draws.whole(1, 30), ""))
    if number == 1:
        # Half a cent above an even cent.
        moves = [move for move in moves if move[1] != subject.labels[0]]
        moves.append((first, subject.labels[0], "in", 1, f"{draws.whole(1, 20)}.1250"))
    if number in (2, 3):
        name = subject.labels[1]
        moves = [move for move in moves if move[1] != name]
        moves += [
            (date(2024, 1, 3), name, "in", 10, f"{draws.whole(1, 4)}.50"),
            (date(2024, 1, 5), name, "out", 14 if number == 3 else 8, ""),
            (date(2024, 1, 8), name, "out", 15, ""),
            (date(2024, 1, 8), name, "in", 20, f"{draws.whole(6, 9)}.25"),
        ]
    if number == 2:
        moves = sorted(moves, reverse=True)
    elif number != 3:
        moves = draws.shuffled(moves)
    rows = [
        {
            "day": day.isoformat(),
            subject.label: draws.pick([name, name, name.upper(), f" {name}", name.title()]),
            "kind": kind,
            "units": units,
            "unit_cost": cost,
            "note": draws.pick(["", "", "recount, again", 'by "Zoë"']),
        }
        for day, name, kind, units, cost in moves
    ]
    names = ["day", subject.label, "kind", "units", "unit_cost", "note"]
    return {STDIN: csv_text(draws.shuffled(names), rows)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from fractions import Fraction

    class Stock:
        """Units with their cost, in the order in which they came in."""

        def __init__(self, name: str) -> None:
            self.name = name
            self.layers: list[tuple[int, Fraction]] = []
            self.issued = Fraction(0)
            self.missing = 0

        def units(self) -> int:
            return sum(units for units, _ in self.layers)

        def value(self) -> Fraction:
            return sum((units * cost for units, cost in self.layers), Fraction(0))

        def add(self, units: int, cost: Fraction) -> None:
            self.layers.append((units, cost))
            if settings["method"] == "average":
                self.layers = [(self.units(), self.value() / self.units())]

        def take(self, units: int) -> None:
            there = self.units()
            if units > there:
                given = there if settings["short"] == "part" else 0
                self.missing += units - given
                units = given
            while units > 0:
                position = -1 if settings["method"] == "lifo" else 0
                held, cost = self.layers[position]
                used = min(held, units)
                self.issued += used * cost
                units -= used
                if used < held:
                    self.layers[position] = (held - used, cost)
                else:
                    self.layers.pop(position)

    def printed(amount: Fraction) -> str:
        cents, rest = divmod(amount * 100, 1)
        half_goes_up = settings["rounding"] == "half_up" or cents % 2 == 1
        cents += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and half_goes_up)
        return f"{cents // 100}.{cents % 100:02d}"

    stocks: dict[str, Stock] = {}
    moves = []
    for number, row in enumerate(csv.DictReader(io.StringIO(inputs["stdin"], newline=""))):
        name = row[settings["label"]].strip()
        key = name.lower()
        stocks.setdefault(key, Stock(name))
        # `in` is before `out` in the alphabet as well.
        moves.append((row["day"], row["kind"], number, key, int(row["units"]), row["unit_cost"]))
    for _, kind, _, key, units, cost in sorted(moves):
        if kind == "in":
            stocks[key].add(units, Fraction(cost))
        else:
            stocks[key].take(units)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([settings["label"], "units", "value", "issued", "missing"])
    for key in sorted(stocks):
        stock = stocks[key]
        amounts = [printed(stock.value()), printed(stock.issued)]
        writer.writerow([stock.name, stock.units(), *amounts, stock.missing])
    value = sum((stock.value() for stock in stocks.values()), Fraction(0))
    issued = sum((stock.issued for stock in stocks.values()), Fraction(0))
    missing = sum(stock.missing for stock in stocks.values())
    writer.writerow(["total", "", printed(value), printed(issued), missing])
    return buffer.getvalue()


FAMILY = Family(
    name="stock_ledger",
    title="What a stock is worth",
    tags={
        "inventory management": 4,
        "accounting": 2,
        "supply chain": 4,
        "logistics": 3,
        "ecommerce": 2,
        "erp": 3,
        "intuit quickbooks": 2,
        "odoo": 3,
        "sap": 2,
        "amazon fba": 3,
        "excel": 1,
        "financial accounting": 3,
    },
    words={
        r"\binventor": 4,
        r"\bstocks?\b": 2,
        r"\bfifo\b|\blifo\b": 4,
        r"\bwarehouse": 3,
        r"\bcost of goods": 4,
        r"\bvaluation": 3,
        r"\bsupply chain": 3,
        r"\breorder": 3,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes movements as they come", "in sorted(moves)", "in moves"),
        Mutant("handles shortage the other way", '"short"] == "part"', '"short"] != "part"'),
        Mutant(
            "rounds halves the other way", '"rounding"] == "half_up"', '"rounding"] != "half_up"'
        ),
        Mutant("tells spellings apart", "key = name.lower()", "key = name"),
        Mutant(
            "takes the movements of a day as they come",
            "sorted(moves)",
            "sorted(moves, key=lambda move: (move[0], move[2]))",
        ),
    ),
)
