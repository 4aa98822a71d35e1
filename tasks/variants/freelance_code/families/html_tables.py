"""Scraping: a table of a saved web page, with spans and entities, as CSV."""

from html import escape
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject

_PICKS: Final = {
    "id": "whose attribute `id` is `{key}`",
    "caption": "whose `caption` is `{key}`, its text taken as that of cells",
}
_SPANS: Final = {
    True: "stands in each place that the cell takes up",
    False: "stands in the first place (the upper left one) that the cell takes up; its other "
    "places are empty",
}
_FEET: Final = {
    True: "Rows inside of `tfoot` are rows like all others.",
    False: "Rows inside of `tfoot` are left out.",
}

_STATEMENT: Final = """
Write a program that reads a saved web page (HTML, UTF-8) of {records} from standard input and
prints one of its tables, as CSV, to standard output: the first table {pick}.

Names of elements and attributes may be in any letter case; values of attributes stand in double
quotes, single quotes or none. Elements are `tr` for rows, `td` and `th` for cells. Their end tags
may be missing: the next cell, row or section (`thead`, `tbody`, `tfoot`), or the end of one or of
the table, then ends them. Tables do not stand inside of other tables.

- The text of a cell is all text in it, that of elements in it (`a`, `b`, `span` ...) included.
  Comments, and what is inside of `script` and `style`, are no text. Character references
  (`&eacute;`, `&#233;`, `&#xE9;`) are the characters that they stand for. Each `br` is taken for
  {br_words}. Then every run of blanks, line breaks, tabs and no-break spaces (U+00A0) becomes one
  space, and none is left at the ends.
- `colspan` and `rowspan` say how many columns and rows a cell takes up (1 without them). A cell
  begins at the first place of its row that is behind the cells before it and that no cell of a row
  above takes up; no two cells take up the same place. Its text {span}. Places in rows that the
  table does not have do not count.
- {foot}
- A row without any cell gives no line and takes up no place.
- Every line has as many fields as the widest row takes up places, empty ones where a row has none.

Print a line for each row, header rows like others, in the order of the page. Quote a field only
where it holds a comma or a quote, with quotes in it doubled. Every line ends with a line feed.
Where there is no such table, or it has no row to print, print `no table`.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    pick = draws.pick([*_PICKS])
    return {
        "pick": pick,
        "key": subject.records if pick == "id" else f"All {subject.records} & more",
        "repeat": draws.chance(50),
        "foot": draws.chance(50),
        "br": draws.pick([" ", "; ", " / "]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "pick": _PICKS[settings["pick"]].format(key=settings["key"]),
        "br_words": "a blank" if settings["br"] == " " else f"the text `{settings['br']}`",
        "span": _SPANS[settings["repeat"]],
        "foot": _FEET[settings["foot"]],
    }
    return _STATEMENT.format(records=subject.records, **texts)


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has other tables alone, 1 a table of one cell; all others have spans, entities,
    breaks, scripts and a foot."""
    key = settings["key"]
    name, caption = (key, "Totals") if settings["pick"] == "id" else ("t1", key)
    other = _table("x", f"All {subject.records}", ["<tr><td>not<td>this</tr>"])
    tables = [other]
    if number == 1:
        tables = [_table(name, caption, ["<tr><td>alone</td></tr>"])]
    elif number > 1:
        later = _table(name, caption, ["<tr><td>a second one</td></tr>"])
        tables = [other, _table(name, caption, _rows(draws, subject)), later]
    title = f"<title>{subject.records}</title>"
    return {STDIN: f"<!DOCTYPE html>\n<html><head>{title}</head><body>\n{''.join(tables)}</body>\n"}


def _table(identifier: str, caption: str, rows: list[str]) -> str:
    head = f"<TABLE class=list ID='{identifier}'><caption> {escape(caption)}</caption>\n"
    return head + "\n".join(rows) + "\n</TABLE><p>&nbsp;</p>\n"


def _rows(draws: Draws, subject: Subject) -> list[str]:
    """A head with spans over two rows, groups that span their rows, and a foot."""
    rows = [
        f"<thead><tr><th rowspan=2>{subject.group}<th rowspan='2'>{subject.identifier}"
        f'<th colspan="2">{subject.label}<br>&amp; {subject.amount}</th></tr>',
        f"<TR><TH>{subject.label}<TH>{subject.amount} &euro;</TR></thead><tbody>",
    ]
    number = 0
    for group in draws.some(subject.groups, draws.whole(2, 3)):
        count = draws.whole(1, 4)
        for row in range(count):
            number += 1
            first = f'<td rowspan="{count}">{group}' if row == 0 else ""
            name = f"{subject.prefix}{number:03d}"
            cells = f"<td><a href='?id={number}&amp;x=1'>{name}</a></td>{_cells(draws, subject)}"
            rows.append(f"<tr>{first}{cells}" + draws.pick(["", "</tr>", "\n</TR>"]))
        if draws.chance(30):
            rows.append("<tr></tr>")
    note = f"<td colspan=3>{draws.pick(PEOPLE)}, {draws.whole(1, 99)}<td>end"
    foot = f"<td>total</td><td colspan=2><td rowspan=3>{draws.money(100, 999)}</td>"
    return [*rows, f"<tr>{note}</tbody>", f"<tfoot><tr>{foot}</tfoot>"]


def _cells(draws: Draws, subject: Subject) -> str:
    label, number = escape(draws.pick(subject.labels)), draws.money(1, 99)
    return draws.pick(
        [
            f"<td>{label}</td>\n<td>{number}</td>",
            f"<td>\n  <b>{label}</b><br/>caf&eacute; &#8211; &#x41;<td>{number}&nbsp;&euro;",
            f"<td colspan='2'>{label} &lt;none&gt;</td>",
            f'<TD>&quot;{label}&quot;<!-- <td> --></TD><td><script>f("<td>")</script>7</td>',
            f"<td>{label}</td>",
        ]
    )


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from html.parser import HTMLParser

    def tidy(parts: list[str]) -> str:
        return " ".join("".join(parts).split())

    class Page(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.tables: list[dict[str, Any]] = []
            self.text: list[str] = []  # of the cell or caption that is open; else of nothing
            self.section = ""
            self.silent = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            values = dict(attrs)
            if tag == "table":
                self.tables.append({"id": values.get("id"), "caption": [], "rows": []})
            elif tag in ("script", "style"):
                self.silent = True
            elif tag == "caption" and self.tables:
                self.text = self.tables[-1]["caption"]
            elif tag in ("thead", "tbody", "tfoot"):
                self.section, self.text = tag, []
            elif tag == "tr":
                self.text = []
                self.tables[-1]["rows"].append((self.section, []))
            elif tag in ("td", "th"):
                self.text = []
                spans = int(values.get("colspan", 1)), int(values.get("rowspan", 1))
                self.tables[-1]["rows"][-1][1].append((self.text, *spans))
            elif tag == "br":
                self.text.append(settings["br"])

        def handle_endtag(self, tag: str) -> None:
            if tag in ("script", "style"):
                self.silent = False
            elif tag in ("thead", "tbody", "tfoot", "table"):
                self.section, self.text = "", []
            elif tag in ("td", "th", "tr", "caption"):
                self.text = []

        def handle_data(self, data: str) -> None:
            if not self.silent:
                self.text.append(data)

    def is_asked(table: dict[str, Any]) -> bool:
        if settings["pick"] == "id":
            return bool(table["id"] == settings["key"])
        return bool(tidy(table["caption"]) == settings["key"])

    page = Page()
    page.feed(inputs["stdin"])
    page.close()
    asked = [table for table in page.tables if is_asked(table)]
    rows = asked[0]["rows"] if asked else []
    kept = [row for row in rows if settings["foot"] or row[0] != "tfoot"]
    listed = [cells for _, cells in kept if cells]
    if not listed:
        return "no table\n"
    places: dict[tuple[int, int], str] = {}
    for row, cells in enumerate(listed):
        column = 0
        for text, wide, high in cells:
            while (row, column) in places:
                column += 1
            for down in range(high):
                for right in range(wide):
                    shown = settings["repeat"] or not (down or right)
                    places[row + down, column + right] = tidy(text) if shown else ""
    width = 1 + max(column for row, column in places if row < len(listed))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    for row in range(len(listed)):
        writer.writerow([places.get((row, column), "") for column in range(width)])
    return buffer.getvalue()


FAMILY = Family(
    name="html_tables",
    title="A table of a web page",
    tags={
        "web scraping": 4,
        "data scraping": 4,
        "html": 3,
        "html5": 2,
        "css": 1,
        "web crawling": 4,
        "selenium": 3,
        "selenium webdriver": 3,
        "scrapy": 4,
        "data extraction": 2,
        "web search": 2,
        "internet research": 2,
        "data collection": 2,
        "php": 1,
        "python": 1,
    },
    words={
        r"\bscrap(?:e|er|ing|ed)\b": 5,
        r"\bcrawl\w*": 4,
        r"\bweb ?(?:site|page)s?\b": 2,
        r"\bhtml\b": 3,
        r"\burls?\b": 1,
        r"\bbeautiful ?soup\b": 4,
        r"\bselenium\b": 3,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("does not know spans over rows", 'int(values.get("rowspan", 1))', "1"),
        Mutant("drops character references", "convert_charrefs=True", "convert_charrefs=False"),
        Mutant(
            "does the other thing with spans",
            'settings["repeat"] or not',
            'not settings["repeat"] or not',
        ),
        Mutant(
            "does the other thing with the foot", 'if settings["foot"]', 'if not settings["foot"]'
        ),
        Mutant("takes scripts for text", "if not self.silent", "if True"),
        Mutant("takes the first table there is", "if is_asked(table)]", "]"),
    ),
)
