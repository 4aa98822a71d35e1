"""Time series: readings resampled to weeks or months, gaps filled, moving average and growth."""

from datetime import date, timedelta
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.domain.comparing import Comparison
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints a series of
`{amount}` by {period} to standard output.

The first line of the input names the columns, in any order; `day` and `{amount}` are among them. A
field that holds a comma, a quote or a line break is quoted, with quotes in it doubled. `day` is a
date, written {form}. `{amount}` is not negative; rows where it is empty do not count. Rows come in
any order, several may have the same day.

- {starts} The series goes from the {period} of the first counting row to that of the last one,
  without leaving any {period} out.
- The value of a {period} is {measure} of its rows.
- A {period} without a counting row gets {fill}.
- The moving average of a {period} is the mean of the values (filled ones too) of that {period} and
  the {before} before it; where the series has fewer before it, there is none.
- The growth of a {period} is by how many percent its value is larger (or, negative, smaller) than
  that of the {period} before; there is none for the first {period} and after a value of 0.

Print the line `{period} value average growth`, then one line for each {period} in order of time:
the first day of it as year-month-day (2024-03-01), its value, its moving average and its growth,
with one blank between them. Print `-` for what there is none of. Where no row counts, print the
first line alone.

Print numbers as decimals with at least six digits after the point. They are right where they
differ from the exact ones by no more than 0.000001, or by no more than a millionth of them.
"""
_STARTS: Final = {
    "week": "A week begins on Monday, wherever months and years begin.",
    "month": "A month begins on its first day.",
}
_MEASURES: Final = {
    "sum": "the sum of `{amount}`",
    "mean": "the mean of `{amount}`",
    "last": "`{amount}` of the latest day (of several rows of that day, the last one of the input)",
}
_FILLS: Final = {
    "zero": "the value 0",
    "previous": "the value of the {period} before it",
    "straight": (
        "the value on the straight line between the nearest\n"
        "  {period} before it and the nearest {period} after it that have counting rows, each\n"
        "  {period} being one step"
    ),
}
_FORMS: Final = {
    "%Y-%m-%d": "as year-month-day (2024-03-01)",
    "%d/%m/%Y": "as day/month/year (01/03/2024 is the first of March)",
    "%m/%d/%Y": "as month/day/year (03/01/2024 is the first of March)",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "amount": subject.amount,
        "period": draws.pick(sorted(_STARTS)),
        "measure": draws.pick(sorted(_MEASURES)),
        "fill": draws.pick(sorted(_FILLS)),
        "window": draws.whole(2, 4),
        "form": draws.pick(sorted(_FORMS)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    period, amount = settings["period"], settings["amount"]
    before = settings["window"] - 1
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            amount=amount,
            period=period,
            form=_FORMS[settings["form"]],
            starts=_STARTS[period],
            measure=_MEASURES[settings["measure"]].format(amount=amount),
            fill=_FILLS[settings["fill"]].format(period=period),
            before=f"{before} {period}s" if before > 1 else f"one {period}",
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no value, 1 one, 2 a gap over the end of a year, 3 zeros; then anything."""
    steps = (0, 1, 6)[number] if number < 3 else draws.whole(7, 12)
    day = date(2023, 11, 29) if number == 2 else draws.day(date(2022, 1, 1), date(2024, 6, 30))
    days = [day]
    for step in range(steps):
        days += [day + timedelta(draws.whole(0, 3)) for _ in range(draws.whole(1, 2))]
        length = 7 if settings["period"] == "week" else 30
        day += timedelta(length * (3 if number == 2 and step == 0 else draws.pick([1, 1, 1, 2, 3])))
    rows = []
    for row, found in enumerate(days[: len(days) if number else 1], start=1):
        amount = draws.money(0, 400)
        if number == 0 or (number > 1 and draws.chance(10)):
            amount = ""
        elif number == 3 and draws.chance(50):
            amount = "0"
        rows.append(
            {
                subject.identifier: f"{subject.prefix}{row:03d}",
                "day": found.strftime(settings["form"]),
                subject.label: draws.pick([*subject.labels, *AWKWARD]),
                subject.amount: amount,
            }
        )
    names = draws.shuffled([subject.identifier, "day", subject.label, subject.amount])
    return {STDIN: csv_text(names, draws.shuffled(rows))}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from datetime import date, datetime, timedelta
    from decimal import Decimal
    from fractions import Fraction

    def first_day(day: date) -> date:
        if settings["period"] == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday())

    def following(start: date) -> date:
        return first_day(start + timedelta(days=31 if settings["period"] == "month" else 7))

    def value_of(readings: list[tuple[date, Fraction]]) -> Fraction:
        # Sorting by day alone keeps the input's order within a day.
        values = [value for _, value in sorted(readings, key=lambda reading: reading[0])]
        if settings["measure"] == "last":
            return values[-1]
        total = sum(values, Fraction(0))
        return total if settings["measure"] == "sum" else total / len(values)

    def filled(position: int) -> Fraction:
        if settings["fill"] == "zero":
            return Fraction(0)
        before = max(i for i in range(position) if periods[i] in found)
        low = value_of(found[periods[before]])
        if settings["fill"] == "previous":
            return low
        after = min(i for i in range(position, len(periods)) if periods[i] in found)
        step = (value_of(found[periods[after]]) - low) / (after - before)
        return low + step * (position - before)

    def printed(number: Fraction) -> str:
        return f"{Decimal(number.numerator) / Decimal(number.denominator):.10f}"

    found: dict[date, list[tuple[date, Fraction]]] = {}
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        text = row[settings["amount"]].strip()
        if text:
            day = datetime.strptime(row["day"].strip(), settings["form"]).date()  # noqa: DTZ007
            found.setdefault(first_day(day), []).append((day, Fraction(text)))
    lines = [f"{settings['period']} value average growth"]
    periods = sorted(found)[:1]
    while periods and periods[-1] < max(found):
        periods.append(following(periods[-1]))
    values = [
        value_of(found[start]) if start in found else filled(i) for i, start in enumerate(periods)
    ]
    for i, start in enumerate(periods):
        recent = values[max(0, i + 1 - settings["window"]) : i + 1]
        average = growth = "-"
        if len(recent) == settings["window"]:
            average = printed(sum(recent, Fraction(0)) / len(recent))
        if i > 0 and values[i - 1] != 0:
            growth = printed(100 * (values[i] - values[i - 1]) / values[i - 1])
        lines.append(f"{start.isoformat()} {printed(values[i])} {average} {growth}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="time_series",
    title="A series by week or month",
    tags={
        "econometrics": 4,
        "financial forecasting": 3,
        "budgeting and forecasting": 3,
        "trading": 2,
        "financial markets": 2,
        "economics": 2,
        "statistics": 1,
        "r programming language": 2,
        "pandas": 3,
        "predictive analytics": 3,
        "data science": 2,
        "pine script": 3,
        "metatrader": 3,
        "backtesting": 3,
        "neural networks": 1,
    },
    words={
        r"\btime[- ]?series": 4,
        r"\bforecast": 3,
        r"\bmoving average": 4,
        r"\btrends?\b": 2,
        r"\b(?:week|month)ly\b": 2,
        r"\bgrowth\b": 2,
        r"\bseasonal": 3,
        r"\bstock (?:price|market)": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "leaves out periods without readings",
            "periods.append(following(periods[-1]))",
            "periods.append(min(start for start in found if start > periods[-1]))",
        ),
        Mutant("averages what there is", 'if len(recent) == settings["window"]:', "if recent:"),
        Mutant("takes growth of the later value", ") / values[i - 1])", ") / values[i])"),
        Mutant("fills gaps by another rule", '"] == "zero"', '"] != "zero"'),
        Mutant("prints growth as a factor", "printed(100 * (values", "printed((values"),
    ),
    comparison=Comparison(how="numeric", relative=1e-6, absolute=1e-6),
)
