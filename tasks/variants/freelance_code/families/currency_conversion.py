"""Currencies: amounts as people write them, brought to one currency by a table of dated rates."""

from datetime import date, timedelta
from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text

AMOUNTS: Final = "amounts.csv"
RATES: Final = "rates.csv"
RESULT: Final = "converted.csv"
DAY: Final = "day"

SIGNS: Final = {"EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "USD": "$"}

_DIRECTIONS: Final = {
    "times": "how many {target} one unit of `currency` is worth, so that amounts are multiplied by "
    "it",
    "by": "how many units of `currency` one {target} is worth, so that amounts are divided by it",
}
_HALVES: Final = {
    "away": "half a cent is rounded away from zero (0.125 to 0.13, -0.125 to -0.13)",
    "even": "half a cent is rounded to the even cent (0.125 to 0.12, 0.135 to 0.14)",
}

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder, `amounts.csv` and `rates.csv`, and writes a
third, `converted.csv`, with the amounts of all {records} in {target}.

`amounts.csv` has the columns `{identifier}`, `{day}` (a date like `2024-03-05`) and `{amount}`, in
any order. `rates.csv` has the columns `{day}`, `currency` and `rate`, in any order. All files are
UTF-8, have a header, are separated by commas, and quote a field that holds a comma, a quote or a
line break, with quotes in it doubled.

How `{amount}` is written:

- A number, with its currency in front or behind, with or without blanks between. The currency is
  `EUR` or `€`, `GBP` or `£`, `INR` or `₹`, `JPY` or `¥`, `USD` or `$`, in any letter case; without
  any, it is {target}. A minus sign stands at the very beginning or right before the number.
- A number begins and ends with a digit. Between them it may hold digits, points, commas,
  apostrophes, blanks and no-break spaces (U+00A0). The last point or comma is the decimal mark
  where exactly one or two digits follow it and nothing else of the number does; all other points,
  commas, apostrophes and blanks only group digits. So `1.234,5` and `1,234.50` are 1234.5, while
  `1,234` is 1234.
- Blanks around `{amount}` do not count. Everything else, such as another currency, a currency on
  both sides or no number at all, is unreadable.

How it is converted:

- `rate` is {direction}. The rate of a currency on a day is the one with the latest date in
  `rates.csv` that is not after that day; where a date has several rates of the currency, the last
  of them in the file. A rate that is more than {stale} days older than that day is not used. An
  amount in {target} is taken as it is, without a rate.
- The result is calculated exactly, then rounded to cents: {half}.

`converted.csv` has the header `{identifier},{target},note` and the rows of `amounts.csv` in their
order: `{identifier}`, the result with two decimals, and an empty note. Where there is no result, it
is left empty and the note is `unreadable`, or `no rate`. Then follows a row with `total`, the sum
of the rounded results, and the number of rows that have none as its note. A zero has no minus sign.
Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "identifier": subject.identifier,
        "amount": subject.amount,
        "target": draws.pick(["EUR", "GBP", "USD"]),
        "direction": draws.pick([*_DIRECTIONS]),
        "half": draws.pick([*_HALVES]),
        "stale": draws.pick([5, 7, 10]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "direction": _DIRECTIONS[settings["direction"]].format(target=settings["target"]),
        "half": _HALVES[settings["half"]],
    }
    return _STATEMENT.format(records=subject.records, day=DAY, **{**settings, **texts})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no amount, 1 one, 2 no rate at all; all others have a half cent, an old rate, a
    rate that comes twice, and unreadable amounts."""
    amount = subject.amount
    others = [code for code in SIGNS if code != settings["target"]]
    start = date(2024, 2, 26)
    count = number if number < 2 else draws.whole(12, 20)
    rows = [
        {DAY: draws.day(start, start + timedelta(days=20)), amount: _written(draws)}
        for _ in range(count)
    ]
    rates = [
        {DAY: start + timedelta(days=day), "currency": code, "rate": _rate(draws)}
        for code in others[:2]
        for day in (0, 3, 3, 9, 15)
    ]
    if number > 1:
        half = start - timedelta(days=30)
        rare = others[2:]
        old = half + timedelta(days=settings["stale"])
        worth = "1.05" if settings["direction"] == "times" else "2.0"
        rates += [
            {DAY: half, "currency": rare[0], "rate": worth},
            {DAY: half - timedelta(days=1), "currency": rare[0], "rate": _rate(draws)},
            {DAY: half + timedelta(days=90), "currency": rare[1], "rate": _rate(draws)},
        ]
        cents = "0.10" if settings["direction"] == "times" else "0,21"
        rows += [
            {DAY: half, amount: f"{rare[0]} {cents}"},
            {DAY: old, amount: f"-{cents}{SIGNS[rare[0]]}"},
            {DAY: old + timedelta(days=1), amount: f"7 {rare[0].lower()}"},
            {DAY: start, amount: f"{draws.whole(1, 9)} {rare[1]}"},
            {DAY: start + timedelta(days=4), amount: f"{others[0]} {draws.whole(2, 999)}"},
            {DAY: start, amount: draws.pick(["", "free", "CHF 12", "USD", "$5 USD", "12.-"])},
        ]
    listed = [
        {subject.identifier: f"{subject.prefix}{row:03d}", **found}
        for row, found in enumerate(draws.shuffled(rows), 1)
    ]
    return {
        AMOUNTS: csv_text(draws.shuffled([subject.identifier, DAY, amount]), listed),
        RATES: csv_text(
            draws.shuffled([DAY, "currency", "rate"]),
            [] if number == 2 else draws.shuffled(rates),
        ),
    }


def _rate(draws: Draws) -> str:
    return f"{draws.whole(0, 2)}.{draws.whole(1000, 99999)}"


def _written(draws: Draws) -> str:
    thousands, cents = draws.whole(1, 9), draws.pick(["", "5", "05", "75"])
    group, mark = draws.pick([(",", "."), (".", ","), ("'", "."), (" ", ","), ("\u00a0", ",")])
    whole = f"{thousands}{group}{draws.whole(100, 999)}" if draws.chance(60) else f"{thousands}"
    figures = whole + (mark + cents if cents else "")
    minus = "-" if draws.chance(15) else ""
    code = draws.pick([*SIGNS])
    unit = draws.pick([code, code.lower(), SIGNS[code], SIGNS[code]])
    return draws.pick(
        [
            *(f"{minus}{unit}{figures}", f"{unit} {minus}{figures}", f" {minus}{figures} {unit} "),
            *(f"{minus}{figures}{unit}", f"{minus}{figures}"),
        ]
    )


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from datetime import date
    from fractions import Fraction

    signs = {"€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "$": "USD", "": settings["target"]}
    codes = {"EUR", "GBP", "INR", "JPY", "USD"}
    form = re.compile(r"(-?)([^0-9-]*)(-?)([0-9](?:[0-9., '\u00a0]*[0-9])?)([^0-9]*)")

    def read(text: str) -> tuple[str, Fraction]:
        """The currency, empty where the text is unreadable, and how much of it."""
        found = form.fullmatch(text.strip())
        if not found or (found[1] and found[3]):
            return "", Fraction(0)
        unit = (found[2].strip() + found[5].strip()).upper()
        code = signs.get(unit, unit if unit in codes else "")
        decimals = re.search(r"[.,]([0-9]{1,2})$", found[4])
        digits = re.sub("[^0-9]", "", found[4])
        value = Fraction(int(digits), 10 ** len(decimals[1]) if decimals else 1)
        return code, -value if found[1] or found[3] else value

    def cents(value: Fraction) -> int:
        exact = abs(value) * 100
        whole, rest = divmod(exact.numerator, exact.denominator)
        up = 2 * rest > exact.denominator
        if 2 * rest == exact.denominator:
            up = settings["half"] == "away" or whole % 2 == 1
        return (whole + up) * (-1 if value < 0 else 1)

    def shown(amount: int) -> str:
        return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"

    rates: dict[str, dict[date, Fraction]] = {}
    for row in csv.DictReader(io.StringIO(inputs["rates.csv"], newline="")):
        day = date.fromisoformat(row["day"])
        rates.setdefault(row["currency"], {})[day] = Fraction(row["rate"])

    def factor(code: str, day: date) -> Fraction:
        """What to multiply by; 0 where there is no rate."""
        if code == settings["target"]:
            return Fraction(1)
        days = [d for d in rates.get(code, {}) if d <= day]
        if not days or (day - max(days)).days > settings["stale"]:
            return Fraction(0)
        rate = rates[code][max(days)]
        return rate if settings["direction"] == "times" else 1 / rate

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([settings["identifier"], settings["target"], "note"])
    total = missing = 0
    for row in csv.DictReader(io.StringIO(inputs["amounts.csv"], newline="")):
        code, value = read(row[settings["amount"]])
        rate = factor(code, date.fromisoformat(row["day"]))
        if not rate:
            missing += 1
            writer.writerow([row[settings["identifier"]], "", "no rate" if code else "unreadable"])
            continue
        result = cents(value * rate)
        total += result
        writer.writerow([row[settings["identifier"]], shown(result), ""])
    writer.writerow(["total", shown(total), missing])
    return buffer.getvalue()


FAMILY = Family(
    name="currency_conversion",
    title="Amounts in one currency",
    tags={
        "finance": 2,
        "accounting": 2,
        "bookkeeping": 3,
        "financial analysis": 2,
        "financial accounting": 3,
        "intuit quickbooks": 2,
        "xero": 2,
        "cryptocurrency": 3,
        "bank reconciliation": 3,
        "payment gateway integration": 2,
        "import/export": 2,
        "python": 1,
    },
    words={
        r"\bcurrenc(?:y|ies)\b": 5,
        r"\bexchange rates?\b": 5,
        r"\bforex\b": 3,
        r"\b(?:payment|invoice|bank)s?\b": 1,
        r"\binternational\b": 1,
        r"\b(?:usd|eur|gbp|inr)\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes commas for thousands", 'r"[.,]([0-9]{1,2})$"', 'r"[.]([0-9]{1,2})$"'),
        Mutant(
            "rounds halves the other way",
            'settings["half"] == "away" or whole % 2 == 1',
            'settings["half"] != "away" or whole % 2 == 1',
        ),
        Mutant(
            "turns the rate round",
            'if settings["direction"] == "times"',
            'if settings["direction"] != "times"',
        ),
        Mutant("uses rates of any age", ' or (day - max(days)).days > settings["stale"]', ""),
        Mutant("only knows the rate of the day itself", "if d <= day]", "if d == day]"),
    ),
    reads=(AMOUNTS, RATES),
    writes=RESULT,
)
