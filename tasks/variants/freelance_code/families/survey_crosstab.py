"""A survey as SPSS tabulates it: frequencies of one question, and its crosstab with another."""

from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

CODEBOOK: Final = "codebook.csv"
ANSWERS: Final = "answers.csv"
TABLES: Final = "tables.csv"

_STATEMENT: Final = """
Write a program that tabulates a survey about {records}. It reads two CSV files of its folder and
writes a third, `tables.csv`.

`codebook.csv` has the columns `variable`, `code` and `label`, in any order. It lists the codes of
`{rows}` and of `{columns}`, perhaps beside those of other variables, each once. `answers.csv` has
one line for each respondent; `{rows}` and `{columns}` are among its columns, in any order, and hold
codes. Both files have a header; a field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. Blanks around a code do not matter.

An answer is missing where it is empty, where it is `{missing}` (even if the codebook lists this
code), and where the codebook does not list its code for that variable. All other answers are valid.
`{missing}` never has a line or a column of its own.

The first table is of `{rows}`:

- the header `{rows},count,percent,valid`;
- one line for each code of `{rows}`, in the order of the codebook, also where nobody chose it: its
  label, how many respondents chose it, their percentage of all respondents and their percentage of
  those with a valid answer to `{rows}`;
- a line `missing` with the number of missing answers, their percentage of all respondents, and an
  empty last field;
- a line `total` with the number of all respondents and both columns' totals (all respondents as a
  percentage of themselves, and valid ones as a percentage of themselves).

Then comes an empty line, and then the second table, of the respondents whose answers to `{rows}`
and to `{columns}` are both valid:

- a header with `{rows}`, the labels of `{columns}` in the order of the codebook, and `total`;
- one line for each code of `{rows}`, in the order of the codebook: its label, a percentage for each
  code of `{columns}`, and one for all of them together;
- a line `total` with the same for all codes of `{rows}` together.
- {percent}

Print percentages with {decimals} decimal{plural} and without a sign; round the exact value, a half
upwards. Where there is nobody to take a percentage of, print `{nobody}`. Quote a field only where
it holds a comma, a quote or a line break. Lines end with a line feed.
"""
_PERCENTS: Final = {
    "row": "The percentages of a line are of all respondents of that line.",
    "column": "The percentages of a column are of all respondents of that column.",
    "total": "All percentages are of all respondents of the second table.",
}
_LABELS: Final = ("very poor", "poor", "fair", "good, mostly", "very good", '"excellent"')


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "rows": draws.pick(["satisfaction", "ease_of_use", "would_recommend"]),
        "columns": subject.group,
        "missing": draws.pick(["9", "99", "-1"]),
        "percent": draws.pick(sorted(_PERCENTS)),
        "decimals": draws.whole(1, 2),
        "nobody": draws.pick([".", "n/a"]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            plural="s" if settings["decimals"] > 1 else "",
            **{**settings, "percent": _PERCENTS[settings["percent"]]},
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no respondent, 1 one, 2 no valid answer to the first question; then anything."""
    labels = {
        settings["rows"]: _LABELS[: draws.whole(3, len(_LABELS))],
        settings["columns"]: subject.groups[: draws.whole(2, 4)],
    }
    codes: dict[str, list[str]] = {}
    book = [{"variable": "region", "code": 1, "label": "north"}]
    for variable, names in labels.items():
        codes[variable] = [str(code) for code in range(1, len(names) + 1)]
        listed = [*enumerate(names, start=1), (settings["missing"], "no answer")]
        for code, label in draws.shuffled(listed) if draws.chance(50) else listed[::-1]:
            book.append({"variable": variable, "code": code, "label": label})
    respondents = (0, 1, draws.whole(2, 5))[number] if number < 3 else draws.whole(12, 36)
    rows = []
    for row in range(1, respondents + 1):
        chosen = {variable: draws.pick(codes[variable]) for variable in labels}
        for variable in labels:
            if (number == 2 and variable == settings["rows"]) or (number > 2 and draws.chance(22)):
                chosen[variable] = draws.pick(["", settings["missing"], settings["missing"], "77"])
            elif draws.chance(15):
                chosen[variable] = f" {chosen[variable]} "
        rows.append({"respondent": f"R{row:03d}", "comment": draws.pick(["", *AWKWARD]), **chosen})
    return {
        CODEBOOK: csv_text(draws.shuffled(["variable", "code", "label"]), book),
        ANSWERS: csv_text(draws.shuffled(["respondent", "comment", *labels]), rows),
    }


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    def percent(part: int, base: int) -> str:
        if base == 0:
            return str(settings["nobody"])
        scale = 10 ** settings["decimals"]
        units = (200 * scale * part + base) // (2 * base)
        return f"{units // scale}.{units % scale:0{settings['decimals']}d}"

    labels: dict[str, dict[str, str]] = {settings["rows"]: {}, settings["columns"]: {}}
    for line in table("codebook.csv"):
        variable, code = line["variable"].strip(), line["code"].strip()
        if variable in labels and code != settings["missing"]:
            labels[variable][code] = line["label"]
    down, across = labels[settings["rows"]], labels[settings["columns"]]
    answers = [
        (line[settings["rows"]].strip(), line[settings["columns"]].strip())
        for line in table("answers.csv")
    ]
    everybody = len(answers)
    valid = [first for first, _ in answers if first in down]

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([settings["rows"], "count", "percent", "valid"])
    for code, label in down.items():
        count = valid.count(code)
        writer.writerow([label, count, percent(count, everybody), percent(count, len(valid))])
    missing = everybody - len(valid)
    writer.writerow(["missing", missing, percent(missing, everybody), ""])
    whole = [percent(everybody, everybody), percent(len(valid), len(valid))]
    writer.writerow(["total", everybody, *whole])
    buffer.write("\n")

    both = [(first, second) for first, second in answers if first in down and second in across]

    def count_of(first: str, second: str) -> int:
        """Respondents with these codes; no code stands for any."""
        return sum(first in ("", one) and second in ("", other) for one, other in both)

    writer.writerow([settings["rows"], *across.values(), "total"])
    for first, label in [*down.items(), ("", "total")]:
        cells = []
        for second in [*across, ""]:
            bases = {"row": (first, ""), "column": ("", second), "total": ("", "")}
            cells.append(percent(count_of(first, second), count_of(*bases[settings["percent"]])))
        writer.writerow([label, *cells])
    return buffer.getvalue()


FAMILY = Family(
    name="survey_crosstab",
    title="Frequencies and crosstab of a survey",
    tags={
        "spss statistics": 4,
        "survey research": 4,
        "qualtrics survey platform": 4,
        "statistics": 1,
        "statistical analysis": 2,
        "market research": 3,
        "qualitative research": 3,
        "psychology": 3,
        "research": 2,
        "academic research": 2,
        "educational research": 3,
        "biostatistics": 2,
    },
    words={
        r"\bsurvey": 4,
        r"\bquestionnaire": 4,
        r"\brespondents?\b": 4,
        r"\bcross-?tab": 4,
        r"\bfrequenc(?:y|ies)\b": 2,
        r"\bspss\b": 3,
        r"\blikert": 4,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes the missing code for an answer", ' and code != settings["missing"]', ""),
        Mutant(
            "takes valid percentages of everybody",
            "percent(count, len(valid))",
            "percent(count, everybody)",
        ),
        Mutant(
            "leaves out what nobody chose",
            "        writer.writerow([label, count,",
            "        if count:\n            writer.writerow([label, count,",
        ),
        Mutant("cuts digits off", "200 * scale * part + base", "200 * scale * part"),
        Mutant("reads blanks as part of a code", '["rows"]].strip()', '["rows"]]'),
    ),
    reads=(CODEBOOK, ANSWERS),
    writes=TABLES,
)
