"""Bookings: which of them clash, and which room, machine or desk each one gets."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads a CSV file of the {records} of one day from standard input and gives each
of them one of {count} {place}s, numbered 1 to {count}. It prints two tables as CSV to standard
output.

The first line of the input names the columns, in any order; `{identifier}` (never repeated),
`start` and `end` are among them. A field that holds a comma, a quote or a line break is quoted,
with quotes in it doubled. `start` and `end` are times of day, written hours:minutes, the hours
with one or two digits (9:05, 17:30). One of the {records} is invalid where its end is not later
than its start: it gets no {place}, and all rules below are about the valid ones.

- Two {records} clash where they share time. One that begins when another ends does not clash with
  it.
- Take the {records} one after the other, {order}. Each gets the {place} that is free for it; where
  several are, {choice}; where none is, it gets none.
- A {place} is free for it where, for each one that this {place} has been given, at least {gap}
  minutes lie between the end of the earlier one and the start of the later one; exactly {gap}
  are enough.

First table: the header `{identifier},{place},clashes`, then one line for each of the {records} in
the order of the input: its `{identifier}`, the number of its {place} (or `none`, or `invalid`), and
with how many of the others it clashes, whatever {place}s they get (empty for an invalid one).

Then an empty line, and the second table: the header `{place},{records},minutes`, then one line for
each {place} from 1 to {count}: its number, how many it was given, and the sum of their minutes from
start to end.

Every line ends with a line feed.
"""
_ORDERS: Final = {
    "file": "in the order of the input",
    "start": (
        "the earliest start first; of equal starts the earliest end\n"
        "  first; then in alphabetical order of `{identifier}`"
    ),
    "short": (
        "the shortest first; of equally long ones the earliest\n"
        "  start first; then in alphabetical order of `{identifier}`"
    ),
}
_CHOICES: Final = {
    "lowest": "the one with the lowest number",
    "least": (
        "the one with the fewest minutes given so far,\n"
        "  and of these the one with the lowest number"
    ),
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "identifier": subject.identifier,
        "records": subject.records,
        "place": draws.pick(["room", "machine", "desk"]),
        "count": draws.whole(2, 4),
        "gap": draws.pick([5, 10, 15]),
        "order": draws.pick(sorted(_ORDERS)),
        "choice": draws.pick(sorted(_CHOICES)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    order = _ORDERS[settings["order"]].format(identifier=subject.identifier)
    return wrapped(
        _STATEMENT.format(**{**settings, "order": order, "choice": _CHOICES[settings["choice"]]})
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has none, 1 only what is at the same time, 2 what begins as soon as it may, 3 what
    begins a minute earlier and what is invalid; then anything."""
    count, gap = settings["count"], settings["gap"]
    begin = draws.whole(480, 540)
    spans: list[tuple[int, int]] = []
    if number == 1:
        spans = [(begin, begin + 45)] * draws.whole(count, count + 3)
    elif number in (2, 3):
        after = begin + 60 + gap - (1 if number == 3 else 0)
        spans = [(begin, begin + 60)] * count + [(after, after + 60)] * count
        spans += [(after + 300, after + 300 - draws.whole(0, 60)) for _ in range(number)]
        spans += [(after + 400, after + 480), (after + 480, after + 500)]
    elif number > 3:
        for _ in range(draws.whole(12, 26)):
            start = draws.whole(96, 216) * 5
            spans.append((start, start + draws.whole(3, 24) * 5 - (200 if draws.chance(6) else 0)))
    rows = [
        {
            subject.identifier: f"{subject.prefix}{row}",
            subject.label: draws.pick([*subject.labels, *AWKWARD]),
            "start": _time(draws, start),
            "end": _time(draws, end),
        }
        for row, (start, end) in enumerate(spans, start=draws.whole(1, 90))
    ]
    names = draws.shuffled([subject.identifier, subject.label, "start", "end"])
    return {STDIN: csv_text(names, rows if number in (2, 3) else draws.shuffled(rows))}


def _time(draws: Draws, minutes: int) -> str:
    return f"{minutes // 60:{draws.pick(['02d', 'd'])}}:{minutes % 60:02d}"


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io

    def minutes(text: str) -> int:
        hours, _, rest = text.strip().partition(":")
        return 60 * int(hours) + int(rest)

    def is_free(given: list[tuple[int, int]], start: int, end: int) -> bool:
        gap = settings["gap"]
        return all(end + gap <= begun or over + gap <= start for begun, over in given)

    def length(given: list[tuple[int, int]]) -> int:
        return sum(end - start for start, end in given)

    rows = []
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        rows.append((row[settings["identifier"]], minutes(row["start"]), minutes(row["end"])))
    valid = [(name, start, end) for name, start, end in rows if start < end]
    order = list(valid)
    if settings["order"] == "start":
        order.sort(key=lambda row: (row[1], row[2], row[0]))
    elif settings["order"] == "short":
        order.sort(key=lambda row: (row[2] - row[1], row[1], row[0]))
    places: list[list[tuple[int, int]]] = [[] for _ in range(settings["count"])]
    chosen: dict[str, str] = {}
    for name, start, end in order:
        free = [i for i, given in enumerate(places) if is_free(given, start, end)]
        if settings["choice"] == "least":
            free.sort(key=lambda i: (length(places[i]), i))
        chosen[name] = str(free[0] + 1) if free else "none"
        if free:
            places[free[0]].append((start, end))
    lines = [f"{settings['identifier']},{settings['place']},clashes"]
    for name, start, end in rows:
        clashes = sum(begun < end and start < over for other, begun, over in valid if other != name)
        lines.append(f"{name},{chosen[name]},{clashes}" if name in chosen else f"{name},invalid,")
    lines += ["", f"{settings['place']},{settings['records']},minutes"]
    for number, given in enumerate(places, start=1):
        lines.append(f"{number},{len(given)},{length(given)}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="interval_scheduling",
    title="Bookings without clashes",
    tags={
        "algorithm": 3,
        "algorithm analysis": 2,
        "java": 2,
        "c programming": 2,
        "c# programming": 2,
        "c++ programming": 2,
        "project scheduling": 4,
        "operations research": 4,
        "time management": 3,
        "combinatorial problem solving": 3,
        "linear programming": 2,
        "virtual assistant": 1,
        "project management": 1,
    },
    words={
        r"\bbookings?\b": 4,
        r"\bschedul": 4,
        r"\breserv(?:e|ation)": 3,
        r"\bappointment": 4,
        r"\btime ?tabl": 4,
        r"\broster|\bshifts?\b": 3,
        r"\bcalendar": 3,
        r"\brooms?\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("leaves no time between", 'gap = settings["gap"]', "gap = 0"),
        Mutant("wants more time between", "over + gap <= start", "over + gap < start"),
        Mutant("chooses by the other rule", '== "least"', '!= "least"'),
        Mutant(
            "has neighbours clash", "begun < end and start < over", "begun <= end and start <= over"
        ),
        Mutant("gives a place to what is invalid", "rows if start < end", "rows"),
    ),
)
