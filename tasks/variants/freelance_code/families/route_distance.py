"""Routes: the shortest or fastest way over a network of roads, from stop to stop."""

from typing import Any, Final

from tasks.domain.comparing import Comparison
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

ROADS: Final = "roads.csv"
TRIPS: Final = "trips.csv"

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder and prints to standard output {what} for the
trips that deliver {records}.

- `roads.csv`: `from` and `to` (places), `km` (length, more than 0, at most one decimal), `speed`
  (km an hour, a whole number greater than 0) and `closed` (`yes`, in any letter case, or anything
  else). There may be several roads between the same two places, and roads from a place to itself.
- `trips.csv`: `{identifier}` (never repeated, without blanks) and `stops`: at least one place, in
  the order of the trip, with `;` between places. A place may occur several times.

Columns come in any order. A field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. Blanks around a field or around a place do not matter; letter case does.

- {direction} A road that is closed cannot be used.
- A trip goes from each stop to the next one in the way with the fewest {measure}, over any places
  in between. {back} From a place to itself there is nothing to travel.
- The {measure} of a way is the sum over its roads{each}.
- A trip cannot be made where one of these ways does not exist, for example because no road leads to
  a stop.

Print the line `{identifier} ways {measure}`, then one line for each trip in the order of
`trips.csv`: its `{identifier}`, the number of ways from stop to stop{counted},
and the {measure} of all of them together, or `{nowhere}` where it cannot be made. A last line has
`total` in place of the `{identifier}`, and the sums for the trips that can be made. There is one
blank between the parts of a line.

Print {measure} as decimals with at least six digits after the point. They are right where they
differ from the exact ones by no more than 0.000001, or by no more than a millionth of them.
"""
_MEASURES: Final = {
    "km": ("the shortest ways", ""),
    "hours": ("the fastest ways", ", each taking `km` / `speed` hours"),
}
_PLACES: Final = ("Aldern", "Brook", "Caspar", "Dun Mere", "Elmont", "Farrow", "Galt", "Hövel")


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "identifier": subject.identifier,
        "measure": draws.pick(sorted(_MEASURES)),
        "both": draws.chance(50),
        "back": draws.chance(50),
        "nowhere": draws.pick(["none", "unreachable", "-"]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    what, each = _MEASURES[settings["measure"]]
    direction = "Roads can be travelled from `from` to `to` only."
    if settings["both"]:
        direction = "Roads can be travelled in both directions."
    back = "It ends at the last stop."
    if settings["back"]:
        back = "From the last stop it goes back to the first one in the same manner."
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            identifier=settings["identifier"],
            measure=settings["measure"],
            nowhere=settings["nowhere"],
            what=what,
            each=each,
            direction=direction,
            back=back,
            counted=" (with the way back, even of a single stop)" if settings["back"] else "",
        )
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no trip, 1 a place behind a closed road, 2 a ring of roads, 3 a direct road that
    is longer than the detour; then anything."""
    roads: list[dict[str, str]] = []
    for _ in range(draws.whole(18, 26)):
        start, end = draws.pick(_PLACES), draws.pick(_PLACES)
        roads.append(_road(draws, start, end, draws.pick(["", "no", "no", "Yes", "no", ""])))
    trips = []
    for _ in range(draws.whole(7, 12) if number else 0):
        stops = [draws.pick(_PLACES) for _ in range(draws.whole(1, 4))]
        if draws.chance(10):
            stops.append("Nowhere")
        trips.append(stops)
    if number == 1:
        # The detour goes the other way round, and costs more by any measure.
        roads = [_road(draws, "Brook", "Aldern", " YES"), _road(draws, "Aldern", "Brook", "yes")]
        for start, end in (("Brook", "Galt"), ("Galt", "Aldern"), ("Aldern", "Brook")):
            roads.append(_road(draws, start, end, "no") | {"km": "95.5", "speed": "20"})
        trips = [["Brook", "Aldern"], ["Galt", "Brook"], ["Brook"], ["Aldern", "Farrow"]]
    if number == 2:
        ring = draws.shuffled(_PLACES)
        roads = [_road(draws, ring[i - 1], ring[i], "no") for i in range(len(ring))]
        trips = [[draws.pick(_PLACES), draws.pick(_PLACES)] for _ in range(5)]
        trips += [[ring[1], ring[0]], [ring[0], ring[1], ring[0], ring[2]]]
    if number == 3:
        start, over, end = draws.some(_PLACES, 3)
        roads = [_road(draws, start, over, ""), _road(draws, over, end, "")]
        for one, other in ((start, end), (end, start)):
            roads.append(_road(draws, one, other, "") | {"km": "299.5", "speed": "30"})
        trips = [[start, end], [start, over, end], [end]]
    else:
        roads = draws.shuffled(roads)
    rows = [
        {
            subject.identifier: f"{subject.prefix}{draws.whole(10, 99)}{i:02d}",
            "stops": draws.pick([";", "; "]).join(stops),
            "note": draws.pick(["", "fragile, please"]),
        }
        for i, stops in enumerate(trips)
    ]
    return {
        ROADS: csv_text(draws.shuffled(list(roads[0])), roads),
        TRIPS: csv_text(draws.shuffled([subject.identifier, "stops", "note"]), rows),
    }


def _road(draws: Draws, start: str, end: str, closed: str) -> dict[str, str]:
    km = f"{draws.whole(1, 60)}{draws.pick(['', '.5', '.3'])}"
    speed = draws.pick(["30", "45", "50", "70", "110"])
    return {"from": start, "to": end, "km": km, "speed": speed, "closed": closed}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import heapq
    import io
    from decimal import Decimal
    from fractions import Fraction

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    def smallest(start: str) -> dict[str, Fraction]:
        """What it takes at least to every place that can be reached."""
        best: dict[str, Fraction] = {}
        queue = [(Fraction(0), start)]
        while queue:
            so_far, place = heapq.heappop(queue)
            if place not in best:
                best[place] = so_far
                for other, more in roads.get(place, []):
                    heapq.heappush(queue, (so_far + more, other))
        return best

    def printed(number: Fraction) -> str:
        return f"{Decimal(number.numerator) / Decimal(number.denominator):.10f}"

    roads: dict[str, list[tuple[str, Fraction]]] = {}
    for row in table("roads.csv"):
        start, end = row["from"].strip(), row["to"].strip()
        measure = Fraction(row["km"].strip())
        if settings["measure"] == "hours":
            measure /= Fraction(row["speed"].strip())
        if row["closed"].strip().lower() == "yes":
            continue
        roads.setdefault(start, []).append((end, measure))
        if settings["both"]:
            roads.setdefault(end, []).append((start, measure))
    lines = [f"{settings['identifier']} ways {settings['measure']}"]
    total, total_ways = Fraction(0), 0
    for row in table("trips.csv"):
        stops = [place.strip() for place in row["stops"].split(";")]
        if settings["back"]:
            stops.append(stops[0])
        ways = [smallest(stops[i]).get(stops[i + 1]) for i in range(len(stops) - 1)]
        found = [way for way in ways if way is not None]
        result = settings["nowhere"]
        if len(found) == len(ways):
            total, total_ways = total + sum(found, Fraction(0)), total_ways + len(ways)
            result = printed(sum(found, Fraction(0)))
        lines.append(f"{row[settings['identifier']].strip()} {len(ways)} {result}")
    lines.append(f"total {total_ways} {printed(total)}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="route_distance",
    title="Shortest ways over a network of roads",
    tags={
        "algorithm": 3,
        "algorithm analysis": 3,
        "java": 1,
        "c++ programming": 2,
        "c programming": 1,
        "logistics": 3,
        "shipping": 3,
        "geospatial": 2,
        "google maps api": 3,
        "operations research": 3,
        "combinatorial optimization": 3,
        "artificial intelligence": 1,
        "neo4j": 3,
        "robotics": 2,
        "genetic algorithms": 2,
    },
    words={
        r"\broutes?\b|\brouting\b": 4,
        r"\bshortest\b": 4,
        r"\bdistances?\b": 3,
        r"\bgraphs? (?:theory|algorithm)": 4,
        r"\bdeliver(?:y|ies)\b": 2,
        r"\btravel": 2,
        r"\bdrivers?\b|\bvehicles?\b": 2,
        r"\bnetworks?\b": 1,
        r"\bdijkstra": 4,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("uses closed roads", '== "yes"', '== "y"'),
        Mutant(
            "uses roads in the wrong directions", 'if settings["both"]', 'if not settings["both"]'
        ),
        Mutant("ends at the wrong place", 'if settings["back"]', 'if not settings["back"]'),
        Mutant("measures something else", '"measure"] == "hours"', '"measure"] != "hours"'),
        Mutant("takes the way that it finds first", "heapq.heappop(queue)", "queue.pop()"),
    ),
    comparison=Comparison(how="numeric", relative=1e-6, absolute=1e-6),
    reads=(ROADS, TRIPS),
)
