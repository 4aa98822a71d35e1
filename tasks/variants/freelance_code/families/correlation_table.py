"""Correlations between the columns of a table, by Pearson or by Spearman."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints how its columns
{listed} correlate, as CSV, to standard output.

The first line of the input names the columns, in any order; there are others beside these. A field
that holds a comma, a quote or a line break is quoted, with quotes in it doubled. The columns named
above hold numbers with at most two decimals. An empty field, or `{mark}`, means that there is no
value; blanks around a value do not matter.

- {deletion}
- {method}
- A correlation of fewer than two {records}, or with a column whose values are all the same, is
  not defined: print `{undefined}` in its place.
- {layout}
- Compute exactly, and round correlations once, to {decimals} decimals; a half goes to the
  neighbour that is farther from zero. Always print {decimals} decimals, and zero without a sign.
- Every line ends with a line feed.
"""
_DELETIONS: Final = {
    "pairwise": (
        "For each two columns, those {records} count that have a value in both of them, whatever\n"
        "  is in the third column."
    ),
    "listwise": (
        "Only {records} that have a value in all three columns count, for every correlation."
    ),
}
_METHODS: Final = {
    "pearson": (
        "Compute the correlation by Pearson: the sum of the products of both differences from the\n"
        "  means, divided by the square root of the product of both sums of squared differences."
    ),
    "spearman": (
        "Compute the correlation by Spearman: replace the values of each column, among those that\n"
        "  count for this correlation, by their ranks, the smallest being 1 and equal values\n"
        "  sharing the mean of their ranks; then take the sum of the products of both differences\n"
        "  from the mean rank, divided by the square root of the product of both sums of squared\n"
        "  differences."
    ),
}
_LAYOUTS: Final = {
    "pairs": (
        "Print the header `first,second,n,r`, then one line for each two columns: both names, how\n"
        "  many {records} count, and the correlation. The columns come in the order in which this\n"
        "  text names them: first with second, first with third, second with third."
    ),
    "matrix": (
        "Print a square table: a header that has an empty first field and then the columns in the\n"
        "  order in which this text names them, then one line for each column in that order: its\n"
        "  name and its correlations. A column's own correlation is always printed as {one}, also\n"
        "  where its values are all the same."
    ),
}


def draw(draws: Draws, subject: Subject) -> Settings:
    taken = (subject.amount, subject.quantity)
    third = draws.pick([name for name in ("age", "days", "distance", "score") if name not in taken])
    return {
        "columns": draws.shuffled([*taken, third]),
        "mark": draws.pick(["NA", "?", "-99"]),
        "deletion": draws.pick(sorted(_DELETIONS)),
        "method": draws.pick(sorted(_METHODS)),
        "layout": draws.pick(sorted(_LAYOUTS)),
        "undefined": draws.pick(["undefined", "nan", "-"]),
        "decimals": draws.whole(3, 4),
    }


def statement(settings: Settings, subject: Subject) -> str:
    first, second, third = settings["columns"]
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            listed=f"`{first}`, `{second}` and `{third}`",
            mark=settings["mark"],
            deletion=_DELETIONS[settings["deletion"]].format(records=subject.records),
            method=_METHODS[settings["method"]],
            layout=_LAYOUTS[settings["layout"]].format(
                records=subject.records, one=f"1.{'0' * settings['decimals']}"
            ),
            undefined=settings["undefined"],
            decimals=settings["decimals"],
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no row, 1 a column that never changes, 2 two rows; in the others some values are
    missing, and one column falls where another rises."""
    first, second, third = settings["columns"]
    rows = []
    for row in range(
        1, (0, draws.whole(9, 15), 2)[number] + 1 if number < 3 else draws.whole(13, 29)
    ):
        level = row * 7 if number == 2 else draws.whole(0, 12)
        values = {
            first: "4" if number == 1 else str(level),
            second: f"{level * level + draws.whole(0, 60)}.{draws.pick(['5', '25', '0'])}",
            third: str(40 - 2 * level + draws.whole(-15, 15)),
        }
        for name in values:
            if number > 2 and draws.chance(12):
                values[name] = draws.pick(["", "  ", settings["mark"]])
        rows.append(
            {
                subject.identifier: f"{subject.prefix}{row:03d}",
                subject.label: draws.pick([*subject.labels, *AWKWARD]),
                **values,
            }
        )
    names = draws.shuffled([subject.identifier, subject.label, first, second, third])
    return {STDIN: csv_text(names, rows)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import itertools
    import math
    from fractions import Fraction

    def ranks(values: list[Fraction]) -> list[Fraction]:
        # The mean of the ranks that equal values take up.
        return [
            Fraction(2 * sum(other < one for other in values) + values.count(one) + 1, 2)
            for one in values
        ]

    def counted(first: str, second: str) -> list[dict[str, Fraction]]:
        wanted = settings["columns"] if settings["deletion"] == "listwise" else [first, second]
        return [row for row in rows if all(name in row for name in wanted)]

    def correlation(first: str, second: str) -> str:
        found = counted(first, second)
        left, right = [row[first] for row in found], [row[second] for row in found]
        if settings["method"] == "spearman":
            left, right = ranks(left), ranks(right)
        n, total, other = len(left), sum(left), sum(right)
        top = n * sum(left[i] * right[i] for i in range(n)) - total * other
        below = (n * sum(x * x for x in left) - total**2) * (
            n * sum(y * y for y in right) - other**2
        )
        if below == 0:
            return str(settings["undefined"])
        scale = 10 ** settings["decimals"]
        doubled = math.isqrt(4 * scale**2 * top**2 // below)
        rounded = (doubled + 1) // 2
        sign = "-" if top < 0 and rounded else ""
        return f"{sign}{rounded // scale}.{rounded % scale:0{settings['decimals']}d}"

    rows: list[dict[str, Fraction]] = []
    for line in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        texts = {name: line[name].strip() for name in settings["columns"]}
        rows.append(
            {
                name: Fraction(text)
                for name, text in texts.items()
                if text not in ("", settings["mark"])
            }
        )
    if settings["layout"] == "pairs":
        lines = ["first,second,n,r"]
        for first, second in itertools.combinations(settings["columns"], 2):
            n = len(counted(first, second))
            lines.append(f"{first},{second},{n},{correlation(first, second)}")
        return "\n".join(lines) + "\n"
    lines = [",".join(["", *settings["columns"]])]
    for first in settings["columns"]:
        own = f"1.{'0' * settings['decimals']}"
        cells = [
            own if first == second else correlation(first, second) for second in settings["columns"]
        ]
        lines.append(",".join([first, *cells]))
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="correlation_table",
    title="Correlations between columns",
    tags={
        "statistics": 2,
        "statistical analysis": 3,
        "spss statistics": 2,
        "r programming language": 2,
        "linear regression": 3,
        "econometrics": 3,
        "statistical modeling": 3,
        "data science": 2,
        "predictive analytics": 2,
        "machine learning (ml)": 1,
        "matlab and mathematica": 1,
    },
    words={
        r"\bcorrelat": 4,
        r"\bpearson|\bspearman": 4,
        r"\bregression": 3,
        r"\brelationships?\b": 2,
        r"\bhypothes[ie]s": 2,
        r"\bvariables?\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes the other method", '== "spearman"', '!= "spearman"'),
        Mutant("leaves out other rows", '== "listwise"', '!= "listwise"'),
        Mutant("counts what is empty as 0", "line[name].strip()", '(line[name].strip() or "0")'),
        Mutant("loses the sign", "top < 0 and rounded", "top < 0 and not rounded"),
        Mutant("cuts digits off", "(doubled + 1) // 2", "doubled // 2"),
    ),
)
