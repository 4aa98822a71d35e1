"""The lines of a payment summary without the markup: what a person reads, and how it was set."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# No summary's line is this long; a pasted log may be, and is no one's statement about a payment.
_LONGEST_LINE: Final = 2_000

_HTML_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})\b[^<>\n]{0,300}>", re.IGNORECASE)
_IMAGE: Final = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*\)")
_LINK: Final = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]*)\)")
_PROFILE: Final = re.compile(
    r"(?:https?://)?(?:www\.)?github\.com/([a-z0-9][a-z0-9-]{0,38})/?(?![\w/.#?-])", re.IGNORECASE
)
_URL: Final = re.compile(r"https?://[^\s()|]+", re.IGNORECASE)
_STRUCK: Final = re.compile(r"~~[^~\n]+~~")
_ESCAPED: Final = re.compile(r"\\([-+$#*_.()\[\]~@])")
_QUOTE: Final = re.compile(r"[ \t]*>[> \t]*")
# `#urgency` is a tag and `#123` an issue; two marks or more need no blank.
_HEADING: Final = re.compile(r"(?:#{1,6}(?=[ \t]|\Z)|#{2,6}(?![\d#]))[ \t]*")
# `- `, `* `, `• `, `1. `, and a dash that sticks to what follows.
_BULLET: Final = re.compile(
    r"(?:(?:[-*+–—]|\d{1,2}[.)])[ \t]+|[•‣◦·▪●][ \t]*|[-–—](?=[@\[A-Za-z]))"
)
_CHECKBOX: Final = re.compile(r"\[([ xX✓✔])\](?!\()[ \t]*")
_UNDERSCORES: Final = re.compile(r"(?<!\w)_{1,3}|_{1,3}(?!\w)")
_FENCE: Final = ("```", "~~~")
# HTML that sets text apart becomes its markdown; any other tag is dropped.
_TAG_TEXT: Final = {"br": "\n", "li": "\n- ", "tr": "\n|", "p": "\n", "summary": "\n# "}
_END_TAG_TEXT: Final = {"td": " | ", "th": " | ", "summary": "\n", "details": "\n#\n", "p": "\n"}


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is free of markup and single-spaced; `ticked` is None without a checkbox.

    `cells` are those of a table's row, and empty elsewhere; `header` marks the row above the
    rule. `apart` is whether the line is set in bold as a whole.
    """

    text: str
    quoted: bool = False
    heading: bool = False
    apart: bool = False
    ticked: bool | None = None
    cells: tuple[str, ...] = ()
    header: bool = False


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines that say something, in order; code, HTML comments and struck text say nothing.

    Blank lines, kinds of line end and of bullet leave no trace, so that nothing can depend on them.
    """
    lines: list[Line] = []
    in_table = False
    for raw in _unfenced(_plain(text)):
        if _is_rule(raw):
            in_table = "|" in raw
            if in_table and lines and "|" in lines[-1].text:
                lines[-1] = _as_header(lines[-1])
            continue
        line = _read_line(raw, in_table)
        if line is None:
            continue
        in_table = in_table and bool(line.cells)
        lines.append(line)
    return tuple(lines)


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _HTML_COMMENT.sub("", text)
    return _TAG.sub(_text_of_tag, text)


def _text_of_tag(match: re.Match[str]) -> str:
    ending, name = match.group(1), match.group(2).lower()
    if name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return "\n" if ending else "\n# "
    return (_END_TAG_TEXT if ending else _TAG_TEXT).get(name, "")


def _unfenced(text: str) -> Iterator[str]:
    fence: str | None = None
    for raw in text.split("\n"):
        start = raw.lstrip()[:3]
        if fence is not None:
            fence = None if start == fence else fence
        elif start in _FENCE:
            fence = start
        else:
            yield raw


def _is_rule(raw: str) -> bool:
    """A table's rule, a horizontal rule, or the line under a heading."""
    marks = set(raw.strip())
    return bool(marks & {"-", "="}) and marks <= set("|-=: \t") and len(raw.strip()) > 1


def _read_line(raw: str, in_table: bool) -> Line | None:
    if len(raw) > _LONGEST_LINE:
        return None
    quote = _QUOTE.match(raw)
    content = (raw[quote.end() :] if quote else raw).strip()
    mark = _HEADING.match(content)
    content = content[mark.end() :] if mark else content
    content, ticked = _without_bullets(content)
    content = _without_links(content)
    apart = content.startswith(("**", "__")) and content.rstrip(" :").endswith(("**", "__"))
    content = _ESCAPED.sub(r"\1", content).replace("*", "").replace("`", "")
    content = " ".join(_UNDERSCORES.sub("", content).split())
    if not content and not mark:
        return None
    cells = _cells(content) if content.startswith("|") or (in_table and "|" in content) else ()
    return Line(
        text=content,
        quoted=quote is not None,
        heading=mark is not None,
        apart=apart and content.count(":") <= 1,
        ticked=ticked,
        cells=cells,
    )


def _without_bullets(content: str) -> tuple[str, bool | None]:
    while bullet := _BULLET.match(content):
        content = content[bullet.end() :]
    box = _CHECKBOX.match(content)
    if box is None:
        return content, None
    return content[box.end() :], box.group(1) != " "


def _without_links(content: str) -> str:
    content = _STRUCK.sub(" ", _IMAGE.sub(" ", content))
    content = _LINK.sub(_text_of_link, content)
    content = _PROFILE.sub(r"@\1", content)
    return _URL.sub(" ", content).replace("@@", "@")


def _text_of_link(match: re.Match[str]) -> str:
    profile = _PROFILE.fullmatch(match.group(2))
    return f"@{profile.group(1)}" if profile else match.group(1)


def _cells(content: str) -> tuple[str, ...]:
    inner = content.removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in inner.split("|"))


def _as_header(line: Line) -> Line:
    return Line(text=line.text, quoted=line.quoted, cells=_cells(line.text), header=True)
