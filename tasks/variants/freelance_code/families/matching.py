"""Matching: two lists paired by what both sides prefer, or by points."""

from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

PEOPLE_FILE: Final = "people.csv"
PLACES_FILE: Final = "places.csv"

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder, matches each {person} with at most one
{group}, and prints the result as CSV to standard output.

- `people.csv`: `{person}` (never repeated), `points` (a whole number) and `wishes`: values of
  `{group}`, the best one first, with `;` between them.
- `places.csv`: `{group}` (never repeated), `seats` (0 or more: how many it can take) and `ranking`:
  values of `{person}`, the best one first, with `;` between them.

Columns come in any order. A field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. `wishes` and `ranking` may be empty; blanks around a name in them do not
matter, and of a name that is repeated in a list, only the first counts.

One {person} and one {group} suit each other where the wishes of the one name the other and the
ranking of the other names the one. Nobody is matched with what does not suit. {rule}

{listing}

Quote a field only where it holds a comma, a quote or a line break. Every line ends with a line
feed.
"""
_RULES: Final = {
    "people": """
Match them in this way: each {person} asks the first of the wishes that suits. Each {group} keeps,
of all that have asked it so far, those that stand first in its ranking, no more than it has seats,
and turns the others away. Who is turned away, then or later, asks the next of the wishes that
suits, until there is nobody left who was turned away and has one left to ask. In which order they
ask makes no difference.""",
    "places": """
Match them in this way: each {group} asks those that suit, in the order of its ranking, as many as
it has seats. Each {person} keeps, of all that have asked so far, the one that stands first
in the wishes, and turns the others away. For each one who turns it away, then or later, the {group}
asks the next of its ranking that suits, until each has its seats taken or has nobody left to ask.
In which order they ask makes no difference.""",
    "points": """
Take people in the order of `points`, the most first, and of equal points in alphabetical order of
`{person}` (by Unicode code point). Each gets the first of the wishes that suits and still has a
free seat. In a ranking it only matters who is named, not where.""",
}
_LISTINGS: Final = {
    "people": """
Print the header `{person},{group}`, then one line for each {person} in the order of `people.csv`:
who, and the {group}, or `{nobody}` for none.""",
    "places": """
Print the header `{group},taken,people`, then one line for each {group} in the order of
`places.csv`: its name, how many it was matched with, and who, in alphabetical order (by Unicode
code point) with `;` between them and no blanks. A last line does the same for those who have no
{group}; in place of one it says `{nobody}`.""",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "person": subject.person,
        "group": subject.group,
        "rule": draws.pick(sorted(_RULES)),
        "listing": draws.pick(sorted(_LISTINGS)),
        "nobody": draws.pick(["none", "unmatched", "-"]),
    }


def statement(settings: Settings, subject: Subject) -> str:  # noqa: ARG001 - all is in settings
    texts = {"rule": _RULES[settings["rule"]], "listing": _LISTINGS[settings["listing"]]}
    told = {name: text.strip().format(**settings) for name, text in texts.items()}
    return wrapped(_STATEMENT.format(**{**settings, **told}))


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has nobody, 1 as many seats as people and wishes that oppose the rankings, so that it
    matters who asks, 2 one {group} that all want; then anything."""
    places = draws.shuffled(subject.groups)
    extra = ["Zoë Ørsted", "O'Hara, Pat"]
    people = draws.shuffled([*extra, *draws.some(PEOPLE, draws.whole(9, 14))])
    if number == 1:
        people = people[: len(places)]
    seats = {place: draws.pick([0, 1, 2, 2, 3]) for place in places}
    seats[places[0]] = 2
    wishes, rankings = {}, {}
    for i, person in enumerate(people):
        wishes[person] = draws.some(places, draws.whole(0, len(places)))
        if number == 1:
            wishes[person] = places[i:] + places[:i]
        elif number == 2:
            wishes[person] = places[:1]
        elif wishes[person] and draws.chance(20):
            wishes[person] += [wishes[person][0], "elsewhere"]
    for i, place in enumerate(places):
        rankings[place] = draws.some(people, draws.whole(len(people) // 2, len(people)))
        if number == 1:
            # Whoever wishes for it most comes last here.
            rankings[place], seats[place] = people[i + 1 :] + people[: i + 1], 1
        elif draws.chance(20):
            rankings[place] = ["Nobody Known", *rankings[place], rankings[place][0]]
    if number == 0:
        people = []
    some_points = [draws.whole(1, 60) for _ in range(6)]
    return {
        PEOPLE_FILE: csv_text(
            draws.shuffled([subject.person, "points", "wishes"]),
            [
                {
                    subject.person: person,
                    "points": draws.pick(some_points),
                    "wishes": _joined(draws, wishes[person]),
                }
                for person in people
            ],
        ),
        PLACES_FILE: csv_text(
            draws.shuffled([subject.group, "seats", "ranking"]),
            [
                {
                    subject.group: place,
                    "seats": seats[place],
                    "ranking": _joined(draws, rankings[place]),
                }
                for place in places
            ],
        ),
    }


def _joined(draws: Draws, names: list[str]) -> str:
    return draws.pick([";", "; "]).join(names)


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    def listed(text: str) -> list[str]:
        return list(dict.fromkeys(name.strip() for name in text.split(";") if name.strip()))

    def asked(
        asks: dict[str, list[str]],
        wanted: dict[str, int],
        ranks: dict[str, list[str]],
        room: dict[str, int],
    ) -> dict[str, list[str]]:
        """Whom each one that is asked keeps in the end."""
        left = {name: list(names) for name, names in asks.items()}
        kept: dict[str, list[str]] = {name: [] for name in ranks}
        waiting = [name for name in asks for _ in range(wanted[name])]
        while waiting:
            asking = waiting.pop(0)
            if left[asking]:
                other = left[asking].pop(0)
                kept[other].append(asking)
                kept[other].sort(key=ranks[other].index)
                if len(kept[other]) > room[other]:
                    waiting.append(kept[other].pop())
        return kept

    person, group = settings["person"], settings["group"]
    points = {row[person]: int(row["points"]) for row in table("people.csv")}
    seats = {row[group]: int(row["seats"]) for row in table("places.csv")}
    wishes = {row[person]: listed(row["wishes"]) for row in table("people.csv")}
    ranks = {row[group]: listed(row["ranking"]) for row in table("places.csv")}
    for name in wishes:
        wishes[name] = [place for place in wishes[name] if name in ranks.get(place, [])]
    for place in ranks:
        ranks[place] = [name for name in ranks[place] if place in wishes.get(name, [])]
    if settings["rule"] == "points":
        for place in ranks:
            ranks[place].sort(key=lambda name: (-points[name], name))
    ones = dict.fromkeys(wishes, 1)
    if settings["rule"] == "places":
        found = {name: kept[0] for name, kept in asked(ranks, seats, wishes, ones).items() if kept}
    else:
        kept = asked(wishes, ones, ranks, seats)
        found = {name: place for place, names in kept.items() for name in names}

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    if settings["listing"] == "people":
        writer.writerow([person, group])
        writer.writerows([name, found.get(name, settings["nobody"])] for name in wishes)
        return buffer.getvalue()
    writer.writerow([group, "taken", "people"])
    for taker in [*seats, None]:
        names = sorted(name for name in wishes if found.get(name) == taker)
        writer.writerow([taker or settings["nobody"], len(names), ";".join(names)])
    return buffer.getvalue()


FAMILY = Family(
    name="matching",
    title="Two lists matched by preferences",
    tags={
        "algorithm": 3,
        "algorithm analysis": 3,
        "combinatorial optimization": 4,
        "combinatorial problem solving": 4,
        "java": 2,
        "c++ programming": 2,
        "c programming": 2,
        "operations research": 3,
        "recruitment": 3,
        "human resources": 3,
        "economics": 1,
        "computer science": 2,
    },
    words={
        r"\bpreferences?\b": 4,
        r"\bpair(?:ing|ed|s)?\b": 3,
        r"\bassign(?:ed|ing|s)?\b": 2,
        r"\ballocat": 3,
        r"\bmatch(?:es|ing|ed)?\b": 2,
        r"\bcandidates?\b": 2,
        r"\bplacements?\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("keeps who asked first", "kept[other].sort(key=ranks[other].index)", "pass"),
        Mutant("gives everything one seat", 'int(row["seats"])', "1"),
        Mutant("never asks a second one", "waiting.append(kept[other].pop())", "kept[other].pop()"),
        Mutant("reads blanks as part of a name", "name.strip() for name", "name for name"),
    ),
    reads=(PEOPLE_FILE, PLACES_FILE),
)
