"""Reports as text: aligned columns, plain or in Markdown, on pages with sums."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads a CSV file of {records} from standard input and prints it as a report
{kind} to standard output.

The first line of the input names the columns, in any order; `{identifier}`, `{label}`, `{quantity}`
and `{amount}` are among them, and the report shows these four, in this order. A field that holds a
comma, a quote or a line break is quoted, with quotes in it doubled. `{quantity}` is a whole number
and `{amount}` a number with two decimals; both may be negative or empty. Blanks around a field do
not matter.

Cells:

- In `{label}`, each run of blanks, tabs and line breaks becomes one blank. If it then has more than
  {width} characters, it is cut to the first {kept}, followed by `…` (U+2026).{escape}
- Numbers have {thousands} between groups of three digits in front of the point, and `-` in front
  where they are negative; `{amount}` has two decimals. An empty number is an empty cell, and counts
  as 0 for sums.

Pages: the {records} come in the order of the input, {size} a page; the last page may have fewer.
Without any there is one page without rows. A page has

- the line `Page 1 of 3` (its number, and how many there are), and an empty line;
- the line of column names, a line that divides, the rows of the page, and a row of sums: `sum`, an
  empty cell, and the sums of `{quantity}` and of `{amount}` {sums}.

Columns are as wide as their widest cell on any page, column names and sums included, and at least
three characters wide; a character is a Unicode code point. Cells of `{identifier}` and `{label}`
are filled up with blanks on the right, cells of `{quantity}` and `{amount}` on the left; so are the
column names.

{layout}

Every line ends with a line feed.
"""
_KINDS: Final = {"plain": "in plain text", "markdown": "in Markdown"}
_LAYOUTS: Final = {
    "plain": (
        "Cells are separated by two blanks, and no line ends with blanks. The line that divides\n"
        "has for each column as many `-` as it is wide. Between two pages there is a line that\n"
        "holds only a form feed (U+000C)."
    ),
    "markdown": (
        "A row is `| ` and its cells, separated by ` | `, and ` |`. The line that divides is a\n"
        "row whose cells are as many `-` as their column is wide; for numbers the last of them is\n"
        "a `:` instead. Between two pages there are an empty line, the line `---` and another\n"
        "empty line."
    ),
}
_SUMS: Final = {
    "page": "of the page",
    "running": "of all {records} up to the end of the page",
}
_THOUSANDS: Final = {",": "a comma", " ": "a blank", "'": "an apostrophe (')"}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "columns": [subject.identifier, subject.label, subject.quantity, subject.amount],
        "style": draws.pick(sorted(_KINDS)),
        "width": draws.whole(8, 12),
        "size": draws.whole(4, 7),
        "sums": draws.pick(sorted(_SUMS)),
        "thousands": draws.pick(sorted(_THOUSANDS)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    style = settings["style"]
    escape = "\n  After that, `\\` is put in front of each `|`." if style == "markdown" else ""
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            identifier=subject.identifier,
            label=subject.label,
            quantity=subject.quantity,
            amount=subject.amount,
            kind=_KINDS[style],
            width=settings["width"],
            kept=settings["width"] - 1,
            escape=escape,
            thousands=_THOUSANDS[settings["thousands"]],
            size=settings["size"],
            sums=_SUMS[settings["sums"]].format(records=subject.records),
            layout=_LAYOUTS[style],
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no row, 1 one, 2 as many as fill two pages exactly, 3 texts that are too long, or
    hold what breaks tables; then anything."""
    size = settings["size"]
    count = (0, 1, 2 * size)[number] if number < 3 else draws.whole(size + 4, 26)
    rows = []
    for row in range(1, count + 1):
        label = draws.pick([*subject.labels, *AWKWARD, "either | or", "Größe  XL"])
        if number == 3 and row <= 3:
            label = ("a name that is too long", "x\n\ny  z", "é" * settings["width"])[row - 1]
        amount = draws.money(-500, 9000)
        rows.append(
            {
                subject.identifier: f"{subject.prefix}{draws.whole(10, 99)}{row:02d}",
                subject.label: label,
                subject.quantity: "" if draws.chance(8) else draws.whole(-40, 2400),
                subject.amount: "" if number > 2 and draws.chance(10) else amount,
                "note": draws.pick(["", "checked, fine"]),
            }
        )
    return {STDIN: csv_text(draws.shuffled([*settings["columns"], "note"]), rows)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from decimal import Decimal

    def text_cell(text: str) -> str:
        cell = " ".join(text.split())
        if len(cell) > settings["width"]:
            cell = cell[: settings["width"] - 1] + "…"
        return cell.replace("|", "\\|") if settings["style"] == "markdown" else cell

    def count_cell(count: Decimal) -> str:
        return f"{count:,.0f}".replace(",", settings["thousands"])

    def amount_cell(amount: Decimal) -> str:
        return f"{amount:,.2f}".replace(",", settings["thousands"])

    def sums(found: list[tuple[list[str], Decimal, Decimal]]) -> list[str]:
        counts = sum((count for _, count, _ in found), Decimal(0))
        amounts = sum((amount for _, _, amount in found), Decimal(0))
        return ["sum", "", count_cell(counts), amount_cell(amounts)]

    identifier, label, quantity, amount = settings["columns"]
    rows: list[tuple[list[str], Decimal, Decimal]] = []
    for line in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        count, money = line[quantity].strip(), line[amount].strip()
        cells = [line[identifier].strip(), text_cell(line[label])]
        cells.append(count_cell(Decimal(count)) if count else "")
        cells.append(amount_cell(Decimal(money)) if money else "")
        rows.append((cells, Decimal(count or "0"), Decimal(money or "0")))
    size = settings["size"]
    pages: list[tuple[list[list[str]], list[str]]] = []
    for page in range(max(1, -(-len(rows) // size))):
        first = page * size
        shown = rows[first : first + size]
        added = shown if settings["sums"] == "page" else rows[: first + size]
        pages.append(([cells for cells, _, _ in shown], sums(added)))
    listed = [settings["columns"]]
    for shown_cells, sum_cells in pages:
        listed += [*shown_cells, sum_cells]
    widths = [max(3, *(len(cells[i]) for cells in listed)) for i in range(4)]

    def row_of(cells: list[str]) -> str:
        filled = [cells[i].ljust(widths[i]) for i in (0, 1)]
        filled += [cells[i].rjust(widths[i]) for i in (2, 3)]
        if settings["style"] == "markdown":
            return f"| {' | '.join(filled)} |"
        return "  ".join(filled).rstrip(" ")

    divider = ["-" * width for width in widths]
    if settings["style"] == "markdown":
        divider = [*divider[:2], *(dashes[:-1] + ":" for dashes in divider[2:])]
    texts = []
    for number, (shown_cells, sum_cells) in enumerate(pages, start=1):
        head = [f"Page {number} of {len(pages)}", "", row_of(settings["columns"]), row_of(divider)]
        body = [*map(row_of, shown_cells), row_of(sum_cells)]
        texts.append("\n".join([*head, *body]) + "\n")
    return ("\n---\n\n" if settings["style"] == "markdown" else "\f\n").join(texts)


FAMILY = Family(
    name="markdown_report",
    title="A report with aligned columns and pages",
    tags={
        "report writing": 3,
        "report development": 4,
        "crystal reports": 4,
        "word": 2,
        "microsoft word": 2,
        "word processing": 3,
        "format and layout": 4,
        "technical writing": 2,
        "documentation": 3,
        "pdf": 2,
        "cobol": 4,
        "as400 & iseries": 3,
        "presentations": 1,
        "templates": 3,
        "latex": 3,
    },
    words={
        r"\breports?\b": 2,
        r"\bformat(?:ted|ting)?\b": 2,
        r"\bmarkdown\b": 4,
        r"\bprint(?:able|ed|ing)?\b": 3,
        r"\bpages?\b": 1,
        r"\blayout": 3,
        r"\btemplates?\b": 2,
        r"\bsub-?totals?\b": 3,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("cuts a character too late", '["width"] - 1]', '["width"]]'),
        Mutant("sums up other rows", '"sums"] == "page"', '"sums"] != "page"'),
        Mutant(
            "adds a page after full ones", "max(1, -(-len(rows) // size))", "len(rows) // size + 1"
        ),
        Mutant("aligns numbers to the left", "rjust", "ljust"),
        Mutant("keeps line breaks in cells", '" ".join(text.split())', "text.strip()"),
    ),
)
