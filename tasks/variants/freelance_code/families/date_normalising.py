"""Dates: many ways of writing them read as one, and what is no date reported."""

from datetime import date, timedelta
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text

WRITTEN: Final = "written"

_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SWAPS: Final = {
    True: "Where this is not in the calendar but would be with day and month exchanged, they are "
    "exchanged, and the note is `swapped`.",
    False: "Day and month are never exchanged, even where this is not in the calendar.",
}
_ORDERS: Final = {
    "input": "Rows come in the order of the input.",
    "date": "Rows come in the order of their dates, those without a date after all others; rows "
    "with the same date, and those without one, keep the order of the input.",
}

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints their dates in one
notation, also as CSV, to standard output.

The input has the columns `{identifier}` and `{written}`, in any order, perhaps beside others; a
field that holds a comma, a quote or a line break is quoted, with quotes in it doubled. `{written}`
is a date as somebody wrote it. Blanks around it, and letter case, do not count. A time of day at
its end (like `9:05`, `14:30` or `14:30:05`), set off by blanks or by a `T`, is ignored. What is
left is read as one of these:

1. `2024-03-05`, `2024/3/5`, `2024.3.5`: year of four digits, month, day, with the same separator
   twice. Months and days have one or two digits, here and below.
2. `20240305`: eight digits, year, month and day.
3. `45356`: five digits, a day number of Excel: 45356 is 2024-03-05, 45357 the day after.
4. `5.3.2024`, `05.03.24`: day, month and year, with points.
5. `5/3/2024`, `05-03-24`: {day_first}, with the same separator twice. {swap}
6. `5 March 2024`, `5-Mar-24`, `5th Mar., 2024`: day, month and year.
7. `March 5, 2024`, `Sept 5th 24`: month, day and year.

A year has four digits or two: 00 to {pivot} mean 2000 to 20{pivot}, {later} to 99 mean 19{later}
to 1999. In 6 and 7 the month is an English name in full, its first three letters, or `Sept`,
perhaps with a point behind it; `st`, `nd`, `rd` or `th` may stand behind the day, whatever the
number; between the three parts stand one or more blanks, commas or hyphens, in any mixture.

Print the header `{identifier},date,note` and a line for each row: its `{identifier}` as it is, the
date like `2024-03-05`, and a note. The note is empty where a date was found{swap_note}. Where none
was, the date is empty and the note is `empty` for a field with nothing but blanks, `impossible` for
what has one of these forms and is not in the calendar (such as 30 February or month 13), and
`unreadable` for everything else. {order} Quote a field only where it holds a comma or a quote.
Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "identifier": subject.identifier,
        "day_first": draws.chance(50),
        "swap": draws.chance(50),
        "pivot": draws.pick([29, 39, 49]),
        "order": draws.pick([*_ORDERS]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return _STATEMENT.format(
        records=subject.records,
        identifier=settings["identifier"],
        written=WRITTEN,
        pivot=settings["pivot"],
        later=settings["pivot"] + 1,
        day_first="day, month, year" if settings["day_first"] else "month, day, year",
        swap=_SWAPS[settings["swap"]],
        swap_note=" and nothing was exchanged" if settings["swap"] else "",
        order=_ORDERS[settings["order"]],
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no row, 1 one; all others have one of each difficulty."""
    count = number if number < 2 else draws.whole(14, 26)
    texts = [_written(draws) for _ in range(count)]
    if number > 1:
        difficult = [
            *(f"{draws.whole(13, 28)}/{draws.whole(1, 12)}/2023", "13/13/2024", "29.2.2023"),
            *(f"{draws.whole(1, 12)}-{draws.whole(13, 28)}-{draws.whole(50, 99)}", " ", "soon"),
            *("31 April 2024", f"Feb 29th, {draws.pick([2023, 2024])}", "Q3 2024", "3/4-2024"),
            *(f"{draws.whole(40000, 45999)}", "2024-13-01", "29/02/2024", "5 Mär 2024"),
            *(f"{draws.whole(1, 28)}.{draws.whole(1, 12)}.{draws.whole(10, 29)}", "sept 7 1999"),
        ]
        texts = draws.shuffled([*texts, *draws.some(difficult[6:], 6), *difficult[:6], "44000"])
    rows = [
        {
            subject.identifier: f"{subject.prefix}{row:03d}",
            WRITTEN: text,
            subject.label: draws.pick(subject.labels),
        }
        for row, text in enumerate(texts, 1)
    ]
    return {STDIN: csv_text(draws.shuffled([subject.identifier, WRITTEN, subject.label]), rows)}


def _written(draws: Draws) -> str:
    day = draws.day(date(1988, 1, 1), date(2026, 12, 31))
    d, m, y, name = day.day, day.month, day.year, _NAMES[day.month - 1]
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    text = draws.pick(
        [
            *(f"{y}-{m:02d}-{d:02d}", f"{y}/{m}/{d}", f"{y}{m:02d}{d:02d}", str(serial)),
            *(f"{d}.{m}.{y}", f"{d:02d}.{m:02d}.{y % 100:02d}", f"{d}/{m}/{y}", f"{m}/{d}/{y}"),
            *(f"{d:02d}-{m:02d}-{y % 100:02d}", f"{d} {name} {y}", f"{d}-{name[:3]}-{y % 100:02d}"),
            *(
                f"{d}th {name[:3].upper()}., {y}",
                f"{name} {d}, {y}",
                f"{name[:3]} {d} {y % 100:02d}",
            ),
        ]
    )
    time = draws.pick([" 9:05", "T14:30:05", " 23:59"]) if draws.chance(15) else ""
    return draws.pick(["", "", "", " "]) + text + time


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from datetime import date, timedelta

    months = (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    )
    day, name, year = "([0-9]{1,2})(?:st|nd|rd|th)?", r"([a-z]+)\.?", "([0-9]{4}|[0-9]{2})"

    def month_of(word: str) -> int:
        for number, month in enumerate(months, 1):
            if word in (month, month[:3]) or (word, number) == ("sept", 9):
                return number
        return 0

    def year_of(text: str) -> int:
        value = int(text)
        if len(text) == 4:
            return value
        return 1900 + value if value > settings["pivot"] else 2000 + value

    def dated(year: int, month: int, day: int) -> str:
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return ""

    def read(text: str) -> tuple[str, str]:
        text = re.sub(r"(?: +|t)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$", "", text.strip().lower())
        if not text:
            return "", "empty"
        if re.fullmatch("[0-9]{5}", text):
            return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat(), ""
        note = ""
        if found := re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", text):
            iso = dated(int(found[1]), int(found[3]), int(found[4]))
        elif re.fullmatch("[0-9]{8}", text):
            iso = dated(int(text[:4]), int(text[4:6]), int(text[6:]))
        elif found := re.fullmatch(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2{year}", text):
            first, second, years = int(found[1]), int(found[3]), year_of(found[4])
            if settings["day_first"] or found[2] == ".":
                first, second = second, first
            iso = dated(years, first, second)
            if settings["swap"] and not iso and found[2] != ".":
                iso = dated(years, second, first)
                note = "swapped"
        elif (found := re.fullmatch(f"{day}[ ,-]+{name}[ ,-]+{year}", text)) and month_of(found[2]):
            iso = dated(year_of(found[3]), month_of(found[2]), int(found[1]))
        elif (found := re.fullmatch(f"{name}[ ,-]+{day}[ ,-]+{year}", text)) and month_of(found[1]):
            iso = dated(year_of(found[3]), month_of(found[1]), int(found[2]))
        else:
            return "", "unreadable"
        return (iso, note) if iso else ("", "impossible")

    rows = [
        (row[settings["identifier"]], *read(row["written"]))
        for row in csv.DictReader(io.StringIO(inputs["stdin"], newline=""))
    ]
    if settings["order"] == "date":
        rows.sort(key=lambda row: row[1] or "none")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([settings["identifier"], "date", "note"])
    writer.writerows(rows)
    return buffer.getvalue()


FAMILY = Family(
    name="date_normalising",
    title="Dates in one notation",
    tags={
        "data processing": 1,
        "data entry": 2,
        "data cleansing": 2,
        "excel": 1,
        "python": 1,
        "google sheets": 1,
        "time management": 2,
        "project scheduling": 2,
        "electronic forms": 2,
        "data management": 1,
        "survey research": 1,
        "algorithm": 1,
    },
    words={
        r"\bdates?\b": 3,
        r"\b(?:calendar|deadline|birthda(?:y|te))s?\b": 2,
        r"\btime-?stamps?\b": 2,
        r"\b(?:dd|mm)[/-]": 5,
        r"\bformats?\b": 1,
        r"\bhistorical\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "reads day and month the other way",
            'if settings["day_first"]',
            'if not settings["day_first"]',
        ),
        Mutant(
            "takes all years for this century's", "return 1900 + value if", "return 2000 + value if"
        ),
        Mutant("exchanges the other way", 'if settings["swap"]', 'if not settings["swap"]'),
        Mutant("counts days from the wrong one", "date(1899, 12, 30)", "date(1900, 1, 1)"),
        Mutant("stops at a date that there is not", "except ValueError", "except KeyError"),
    ),
)
