"""Geometry on a grid of whole numbers: areas, points in polygons, nearest neighbours."""

from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

ZONES: Final = "zones.csv"
PLACES: Final = "places.csv"

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder and prints two tables, as CSV, to standard
output: the areas of zones, and where {records} lie.

- `zones.csv`: `{group}` (the zone's name, never repeated) and `corners`: the corners of a polygon
  in the order of its outline, as `x y` with one blank, and `; ` between corners. There are at least
  three, given clockwise or the other way round; the last one may repeat the first or not, which
  makes no difference. The outline does not cross or touch itself, may turn inwards, and may have
  corners on a straight line. Zones may overlap.
- `places.csv`: `{identifier}` (never repeated), `x` and `y`.

Columns come in any order. A field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. All coordinates are whole numbers and may be negative.

First table: the header `{group},area`, then one line for each zone in the order of `zones.csv`: its
name and its area, exactly, always with one decimal (12.0, 7.5).

Then an empty line, and the second table: the header `{identifier},{group},nearest,distance`, then
one line for each of the {records} in the order of `places.csv`:

- its `{identifier}`;
- the zone that it lies in, or `{outside}` where there is none. A point on the outline of a zone,
  corners included, is {border} it. {overlap}
- the `{identifier}` of the nearest other one of the {records}; where several are equally near, the
  first of them in alphabetical order (by Unicode code point). Another one at the same place is at
  distance 0;
- the distance to it: {metric}

The last two are empty where there is no other one. Every line ends with a line feed.
"""
_OVERLAPS: Final = {
    "smallest": (
        "Of\n  several zones it gets the one with the smallest area, of equal areas the one that\n"
        "  `zones.csv` lists first;"
    ),
    "first": "Of\n  several zones it gets the one that `zones.csv` lists first;",
}
_METRICS: Final = {
    "straight": (
        "in a straight line, rounded to two decimals (always two), while the exact\n"
        "  distances tell what is nearest."
    ),
    "streets": (
        "the difference of x plus the difference of y, without signs, as a whole\n  number."
    ),
    "king": (
        "the larger one of the difference of x and the difference of y, without\n"
        "  signs, as a whole number."
    ),
}
# Outlines on a small grid: a rectangle, a triangle, an L, a U, an arrow, one with a corner on an
# edge, a slanted square.
_SHAPES: Final = (
    ((0, 0), (4, 0), (4, 3), (0, 3)),
    ((0, 0), (5, 1), (2, 4)),
    ((0, 0), (4, 0), (4, 2), (2, 2), (2, 5), (0, 5)),
    ((0, 0), (6, 0), (6, 4), (4, 4), (4, 1), (2, 1), (2, 4), (0, 4)),
    ((0, 0), (3, 2), (6, 0), (3, 6)),
    ((0, 0), (2, 0), (4, 0), (4, 4), (1, 3)),
    ((3, 0), (6, 3), (3, 6), (0, 3)),
)


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "group": subject.group,
        "identifier": subject.identifier,
        "outside": draws.pick(["none", "outside"]),
        "border": draws.pick(["inside", "outside"]),
        "overlap": draws.pick(sorted(_OVERLAPS)),
        "metric": draws.pick(sorted(_METRICS)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    told = {
        "border": "inside of" if settings["border"] == "inside" else "outside of",
        "overlap": _OVERLAPS[settings["overlap"]],
        "metric": _METRICS[settings["metric"]],
    }
    return wrapped(_STATEMENT.format(records=subject.records, **{**settings, **told}))


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has one place, 1 places that are equally near, 2 a zone within another, and places on
    outlines; then anything."""
    names = draws.shuffled(subject.groups)
    zones = {name: _outline(draws) for name in names[: draws.whole(3, len(names))]}
    if number == 2:
        x, y, size = draws.whole(-9, 9), draws.whole(-9, 9), draws.whole(5, 8)
        for name, low, high in ((names[0], 0, 2 * size), (names[1], 2, size)):
            zones[name] = [(x + i, y + j) for i, j in ((low, low), (high, low), (high, high))]
            zones[name].append((x + low, y + high))
    corners = [corner for outline in zones.values() for corner in outline]
    spots = [draws.pick(corners) for _ in range(4)]
    spots += [(x + draws.whole(-2, 2), y + draws.whole(-2, 2)) for x, y in corners[:14]]
    spots += [(draws.whole(-15, 25), draws.whole(-15, 25)) for _ in range(draws.whole(3, 12))]
    if number == 0:
        spots = spots[:1]
    if number == 1:
        x, y = spots[0]
        spots = [(x, y), (x, y + 3), (x - 3, y), (x + 3, y), *[(x, y - 9)] * 2]
    if number == 2:
        x, y = zones[names[1]][0]
        spots += [(x, y), (x + 1, y + 1), (x, y + 2)]
    if number != 1:
        spots = draws.shuffled(spots)
    # Numbers fall, so that what is first in the file is last in alphabetical order.
    rows = [
        {subject.identifier: f"{subject.prefix}{99 - row}", "x": x, "y": y}
        for row, (x, y) in enumerate(spots)
    ]
    return {
        ZONES: csv_text(
            draws.shuffled([subject.group, "corners"]),
            [
                {subject.group: name, "corners": "; ".join(f"{x} {y}" for x, y in outline)}
                for name, outline in zones.items()
            ],
        ),
        PLACES: csv_text(draws.shuffled([subject.identifier, "x", "y"]), rows),
    }


def _outline(draws: Draws) -> list[tuple[int, int]]:
    shape = list(draws.pick(_SHAPES))
    x, y, size = draws.whole(-12, 15), draws.whole(-12, 15), draws.whole(1, 3)
    turned = draws.whole(0, len(shape) - 1)
    shape = shape[turned:] + shape[:turned]
    if draws.chance(50):
        shape = shape[::-1]
    if draws.chance(40):
        shape.append(shape[0])
    if draws.chance(50):
        shape = [(j, i) for i, j in shape]
    return [(x + size * i, y + size * j) for i, j in shape]


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import math

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    def doubled_area(corners: list[tuple[int, int]]) -> int:
        total = 0
        for i in range(len(corners)):
            (ax, ay), (bx, by) = corners[i - 1], corners[i]
            total += ax * by - bx * ay
        return abs(total)

    def contains(corners: list[tuple[int, int]], x: int, y: int) -> bool:
        inside = False
        for i in range(len(corners)):
            (ax, ay), (bx, by) = corners[i - 1], corners[i]
            side = (x - ax) * (by - ay) - (y - ay) * (bx - ax)
            between = min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
            if side == 0 and between:
                return bool(settings["border"] == "inside")
            if (ay > y) != (by > y) and (side < 0) == (by > ay):
                inside = not inside
        return inside

    def measured(dx: int, dy: int) -> int:
        """The square of a straight distance: whole, and in the same order."""
        if settings["metric"] == "straight":
            return dx * dx + dy * dy
        return dx + dy if settings["metric"] == "streets" else max(dx, dy)

    def printed(measure: int) -> str:
        if settings["metric"] != "straight":
            return str(measure)
        # A root is whole or has no last digit: never half of a hundredth.
        hundredths = (math.isqrt(40000 * measure) + 1) // 2
        return f"{hundredths // 100}.{hundredths % 100:02d}"

    zones: dict[str, list[tuple[int, int]]] = {}
    for row in table("zones.csv"):
        pairs = [corner.split() for corner in row["corners"].split(";")]
        zones[row[settings["group"]]] = [(int(x), int(y)) for x, y in pairs]
    areas = {name: doubled_area(corners) for name, corners in zones.items()}
    name = settings["identifier"]
    places = [(row[name], int(row["x"]), int(row["y"])) for row in table("places.csv")]
    lines = [f"{settings['group']},area"]
    lines += [f"{zone},{area // 2}.{area % 2 * 5}" for zone, area in areas.items()]
    lines += ["", f"{name},{settings['group']},nearest,distance"]
    for place, x, y in places:
        around = [zone for zone, corners in zones.items() if contains(corners, x, y)]
        if settings["overlap"] == "smallest":
            around.sort(key=areas.__getitem__)
        others = [
            (measured(abs(x - i), abs(y - j)), other) for other, i, j in places if other != place
        ]
        nearest = distance = ""
        if others:
            measure, nearest = min(others, key=lambda found: (found[0], found[1]))
            distance = printed(measure)
        zone = around[0] if around else settings["outside"]
        lines.append(f"{place},{zone},{nearest},{distance}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="geometry",
    title="Areas, zones and nearest places",
    tags={
        "geometry": 4,
        "geospatial": 4,
        "geographical information system (gis)": 4,
        "cartography & maps": 3,
        "arcgis": 3,
        "geolocation": 3,
        "google maps api": 2,
        "geojson": 3,
        "mathematics": 2,
        "engineering mathematics": 2,
        "matlab and mathematica": 2,
        "civil engineering": 2,
        "cad/cam": 2,
        "autocad": 2,
        "c++ programming": 1,
        "remote sensing": 2,
    },
    words={
        r"\bpolygons?\b": 4,
        r"\bgeometr": 4,
        r"\bcoordinates?\b": 3,
        r"\b(?:latitude|longitude)\b": 3,
        r"\bnearest\b": 3,
        r"\bmaps?\b": 2,
        r"\bzones?\b": 2,
        r"\bareas?\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("puts outlines on the other side", '== "inside"', '!= "inside"'),
        Mutant("gives areas a sign", "return abs(total)", "return total"),
        Mutant("finds a place nearest to itself", " if other != place", ""),
        Mutant("takes the first one of the file", "(found[0], found[1])", "found[0]"),
        Mutant("takes another one of several zones", '== "smallest"', '!= "smallest"'),
    ),
    reads=(ZONES, PLACES),
)
