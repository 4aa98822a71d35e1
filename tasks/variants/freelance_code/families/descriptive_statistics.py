"""Descriptive statistics of a column by group: mean, median, mode, quartiles, deviation."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints statistics of
`{amount}` for each `{group}`, as CSV, to standard output.

The first line of the input names the columns, in any order; `{group}` and `{amount}` are among
them. A field that holds a comma, a quote or a line break is quoted, with quotes in it doubled.
`{amount}` has two decimals and may be negative. Rows where it is empty do not count at all.
`{group}` is never empty; blanks around it do not matter, letter case does.

Print the header `{group},n,mean,median,mode,q1,q3,sd`, then one line for each {group} that has a
value, in alphabetical order (by Unicode code point), then a line `{overall}` over all values
together. Where there is no value at all, print the header alone.

- `n` is the number of values, `mean` their sum divided by n.
- `median` is the middle value in order of size, or the mean of the two middle ones.
- `mode` is the value that occurs most often; of several such values, the {ties}.
- {quartiles}
- `sd` is the standard deviation: the square root of the sum of squared differences from the mean
  divided by {divisor}.
- Compute exactly and round once, when printing, to {decimals} decimal{plural}: {halves}. Always
  print {decimals} decimal{plural}, and zero without a sign.
- Every line ends with a line feed.
"""
_QUARTILES: Final = {
    "inclusive": (
        "`q1` and `q3`: with the n values in order of size, numbered from 1, the quartile stands\n"
        "  at position `1 + (n - 1) * p`, where p is 1/4 for `q1` and 3/4 for `q3`. Between two\n"
        "  positions it lies on the straight line between their values."
    ),
    "exclusive": (
        "`q1` and `q3`: with the n values in order of size, numbered from 1, the quartile stands\n"
        "  at position `(n + 1) * p`, where p is 1/4 for `q1` and 3/4 for `q3`. Between positions\n"
        "  it lies on the straight line between their values; before 1 it is the smallest value,\n"
        "  after n the largest."
    ),
    "halves": (
        "`q1` and `q3` are the medians of the lower and of the upper half of the values in order\n"
        "  of size. With an odd number of values the middle one is in neither half; with a single\n"
        "  value both are that value."
    ),
}
_DIVISORS: Final = {"sample": "`n - 1` (empty where n is 1)", "population": "`n`"}
_HALVES: Final = {
    "half_even": "a half goes to the even neighbour",
    "half_up": "a half goes to the neighbour that is farther from zero",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "group": subject.group,
        "amount": subject.amount,
        "overall": draws.pick(["all", "overall", "total"]),
        "quartiles": draws.pick(sorted(_QUARTILES)),
        "deviation": draws.pick(sorted(_DIVISORS)),
        "rounding": draws.pick(sorted(_HALVES)),
        "ties": draws.pick(["smallest", "largest"]),
        "decimals": draws.whole(1, 2),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            divisor=_DIVISORS[settings["deviation"]],
            halves=_HALVES[settings["rounding"]],
            plural="s" if settings["decimals"] > 1 else "",
            **{**settings, "quartiles": _QUARTILES[settings["quartiles"]]},
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no value, 1 has one, 2 values whose mean is a half of the last digit and that
    have two modes; then anything."""
    found: list[tuple[str, str]]
    if number == 0:
        found = [(draws.pick(subject.groups), "") for _ in range(draws.whole(1, 3))]
    elif number == 1:
        found = [(draws.pick(subject.groups), draws.money(3, 99))]
    else:
        few = [draws.money(-20, 90) for _ in range(draws.whole(6, 9))]
        found = [(_padded(draws, subject), draws.pick(few)) for _ in range(draws.whole(14, 30))]
        found += [(draws.pick(subject.groups), "") for _ in range(draws.whole(1, 3))]
        found = draws.shuffled(found)
    if number == 2:
        found = [pair for pair in found if pair[0].strip() not in subject.groups[:2]]
        ends = ("22", "23") if settings["decimals"] == 2 else ("25", "25")
        found += [(subject.groups[0], f"{draws.whole(4, 9)}.{end}") for end in ends[:1]]
        found.append((subject.groups[0], f"{found[-1][1][:-2]}{ends[1]}"))
        found += [(subject.groups[1], f"{low}.10") for low in (draws.whole(1, 4), 9)]
    rows = [
        {
            subject.identifier: f"{subject.prefix}{row:03d}",
            subject.group: group,
            subject.label: draws.pick([*subject.labels, *AWKWARD]),
            subject.amount: amount,
        }
        for row, (group, amount) in enumerate(found, start=1)
    ]
    names = draws.shuffled([subject.identifier, subject.group, subject.label, subject.amount])
    return {STDIN: csv_text(names, rows)}


def _padded(draws: Draws, subject: Subject) -> str:
    group = draws.pick(subject.groups)
    return draws.pick([group, group, group, f" {group}", f"{group} "])


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import decimal
    import io
    from decimal import Decimal
    from fractions import Fraction

    exact = decimal.Context(prec=60)

    def decimal_of(value: Fraction) -> Decimal:
        return exact.divide(Decimal(value.numerator), Decimal(value.denominator))

    def printed(value: Decimal) -> str:
        modes = {"half_even": decimal.ROUND_HALF_EVEN, "half_up": decimal.ROUND_HALF_UP}
        digit = Decimal(1).scaleb(-settings["decimals"])
        return str(value.quantize(digit, modes[settings["rounding"]]) + 0)

    def median(ordered: list[Fraction]) -> Fraction:
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2

    def at(ordered: list[Fraction], position: Fraction) -> Fraction:
        position = min(max(position, Fraction(1)), Fraction(len(ordered)))
        below = int(position)
        above = min(below + 1, len(ordered))
        return ordered[below - 1] + (position - below) * (ordered[above - 1] - ordered[below - 1])

    def quartiles(ordered: list[Fraction]) -> list[Fraction]:
        n = len(ordered)
        if settings["quartiles"] == "halves":
            half = n // 2
            return [median(ordered[:half] or ordered), median(ordered[n - half :] or ordered)]
        if settings["quartiles"] == "inclusive":
            return [at(ordered, 1 + (n - 1) * Fraction(part, 4)) for part in (1, 3)]
        return [at(ordered, (n + 1) * Fraction(part, 4)) for part in (1, 3)]

    def deviation(ordered: list[Fraction]) -> str:
        mean = sum(ordered, Fraction(0)) / len(ordered)
        divisor = len(ordered) - (1 if settings["deviation"] == "sample" else 0)
        if divisor == 0:
            return ""
        squares = sum(((value - mean) ** 2 for value in ordered), Fraction(0))
        return printed(exact.sqrt(decimal_of(squares / divisor)))

    def mode(ordered: list[Fraction]) -> Fraction:
        most = max(ordered.count(value) for value in ordered)
        tied = [value for value in ordered if ordered.count(value) == most]
        return min(tied) if settings["ties"] == "smallest" else max(tied)

    def line(name: str, values: list[Fraction]) -> str:
        ordered = sorted(values)
        mean = sum(ordered, Fraction(0)) / len(ordered)
        numbers = [mean, median(ordered), mode(ordered), *quartiles(ordered)]
        texts = [printed(decimal_of(number)) for number in numbers]
        return ",".join([name, str(len(values)), *texts, deviation(ordered)])

    groups: dict[str, list[Fraction]] = {}
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        text = row[settings["amount"]].strip()
        if text:
            groups.setdefault(row[settings["group"]].strip(), []).append(Fraction(text))
    lines = [f"{settings['group']},n,mean,median,mode,q1,q3,sd"]
    lines += [line(name, groups[name]) for name in sorted(groups)]
    if groups:
        lines.append(line(settings["overall"], [v for name in groups for v in groups[name]]))
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="descriptive_statistics",
    title="Descriptive statistics by group",
    tags={
        "statistics": 3,
        "statistical analysis": 3,
        "r programming language": 2,
        "spss statistics": 1,
        "biostatistics": 3,
        "minitab": 3,
        "sas": 2,
        "data analysis": 1,
        "mathematics": 1,
        "six sigma": 2,
    },
    words={
        r"\bdescriptive": 4,
        r"\bmean\b": 2,
        r"\bmedian": 3,
        r"\bquartile|\bpercentile": 4,
        r"\bstandard deviation": 4,
        r"\bstatistic": 1,
        r"\bdistribution": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "divides by the other number",
            '(1 if settings["deviation"] == "sample" else 0)',
            '(0 if settings["deviation"] == "sample" else 1)',
        ),
        Mutant("takes the other mode of a tie", '["ties"] == "smallest"', '["ties"] != "smallest"'),
        Mutant("takes the upper one of two middle values", "[(len(ordered) - 1)", "[len(ordered)"),
        Mutant(
            "rounds halves the other way",
            '{"half_even": decimal.ROUND_HALF_EVEN, "half_up": decimal.ROUND_HALF_UP}',
            '{"half_up": decimal.ROUND_HALF_EVEN, "half_even": decimal.ROUND_HALF_UP}',
        ),
        Mutant("counts what is empty as 0", "if text:", 'text = text or "0"\n        if text:'),
    ),
)
