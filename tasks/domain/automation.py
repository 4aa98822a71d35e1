"""What the job automation writes into an issue's body: its own block, and who owns the issue.

Shapes, from the conventions of Expensify/App: a markdown heading with a list (2022), `<details>`
with `<li>` items (to 2025), the address inside `<a href>` (2026); the same rendered as HTML; and
broken ones: a lost label, an empty offer, the block twice, the closing tag lost.
"""

import html
import re
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, TypeVar

from pydantic import BaseModel

from tasks.domain.automation_lines import (
    bare,
    belongs_to_block,
    is_automation_heading,
    is_list_item,
    is_owner_heading,
    is_owner_line,
    names_only,
    starts_block,
)
from tasks.domain.code_spans import pieces

_DETAILS: Final = re.compile(r"<(?P<slash>/?)details\b[^<>]*+>", re.IGNORECASE)
_SUMMARY: Final = re.compile(
    r"\s*+<summary\b[^<>]*+>(?P<label>(?:[^<]|<(?!/?(?:summary|details)\b))*+)(?:</summary\s*+>)?+",
    re.IGNORECASE,
)
_HTML_HEADING: Final = re.compile(
    r"<(?P<tag>h[1-6]|p|div|strong|b)\b[^<>]*+>\s*+(?:<a\b[^<>]*+>\s*+</a\s*+>\s*+)?+"
    r"(?:<(?:strong|b|em)\b[^<>]*+>\s*+)?+upwork\s++automation(?:\s*+[-–—:]\s*+do\s++not\s++edit)?+"
    r"[\s:.!]*+(?:</(?:strong|b|em)\s*+>\s*+)?+</(?P=tag)\s*+>\s*+(?=<ul\b)",
    re.IGNORECASE,
)
_LIST: Final = re.compile(r"<(?P<slash>/?)ul\b[^<>]*+>", re.IGNORECASE)
_ITEM_END: Final = re.compile(r"</?(?:li|ul|br|p|tr|details|summary)\b[^<>]*+>|\n", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"'()\[\]|]++", re.IGNORECASE)
_JOB_ID: Final = re.compile(
    r"~0[0-9a-z]++|\bjob\s*+id\s*+:?\s*+(?P<named>\d{4,})|(?<![\w~])(?P<bare>\d{15,25})(?!\w)",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
# Most bodies hold nothing of the sort, and most lines of the others; this settles it. Plain
# searches in lower case take a tenth of the time of one pattern that ignores case.
_TRACES: Final = (
    *("upwork", "price increase", "automatic offer", "issue owner"),
    *("job id", "job url", "job link"),
)
_LOGIN: Final = re.compile(r"@?(?P<login>[a-z0-9][\w-]*+(?:\[bot\])?)", re.IGNORECASE)

_Found = TypeVar("_Found")
Kind = Literal["automation", "owner"]


class AutomaticOffer(BaseModel, frozen=True, extra="forbid"):
    """Who was hired: a line `user | Contributor | id`. No id, or 0, is an offer never sent."""

    user: str
    role: str
    offer_id: int | None = None


class AutomationBlock(BaseModel, frozen=True, extra="forbid"):
    """What a body's blocks say together, in their order. The increase is the latest date named."""

    job_urls: tuple[str, ...] = ()
    job_ids: tuple[str, ...] = ()
    last_price_increase: date | None = None
    offers: tuple[AutomaticOffer, ...] = ()


def read_automation(body: str) -> AutomationBlock | None:
    """What the automation's block says; None for a body without one."""
    found = [text for kind, text in _cut(body)[1] if kind == "automation"]
    if not found:
        return None
    items = [item for text in found for item in _ITEM_END.split(text) if item.strip()]
    plain = [html.unescape(item) for item in items]
    return AutomationBlock(
        job_urls=_distinct(u.rstrip(".,;:") for p in plain for u in _urls(p)),
        job_ids=_distinct(name for item in items for name in _job_ids(item)),
        last_price_increase=max((d for p in plain for d in _dates(p)), default=None),
        offers=_distinct(offer for item in items if (offer := _offer(item)) is not None),
    )


def read_owners(body: str) -> tuple[str, ...]:
    """The logins that the owner lines name, in order."""
    lines = [line for kind, text in _cut(body)[1] if kind == "owner" for line in text.split("\n")]
    named = [bare(line).rpartition("wner")[2] for line in lines]
    return _distinct(m.removeprefix("@") for n in named for m in re.findall(r"@[\w-]+", n))


def strip_automation(body: str) -> str:
    """The body without the automation's block and without the lines that name the issue's owner.

    Nothing else changes, but for blank lines around them. Fenced code is left alone.
    """
    while (shorter := _cut(body)[0]) != body:
        body = shorter
    return body


def _cut(body: str) -> tuple[str, list[tuple[Kind, str]]]:
    """(what stays, what was cut out)."""
    if not _has_traces(body):
        return body, []
    kept, found = [], []
    for piece in pieces(body):
        text = piece.text
        if not piece.is_code:
            for step in (_cut_details, _cut_html, _cut_lines):
                text, removed = step(text)
                found += removed
        kept.append(text)
    return "".join(kept), found


def _cut_details(text: str) -> tuple[str, list[tuple[Kind, str]]]:
    tokens = list(_DETAILS.finditer(text))
    spans: list[tuple[Kind, int, int]] = []
    for index, token in enumerate(tokens):
        summary = None if token["slash"] else _SUMMARY.match(text, token.end())
        kind = _kind_of(summary["label"]) if summary else None
        if summary is None or kind is None:
            continue
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if following is not None and following["slash"]:
            end = following.end()
        else:  # nobody closed it: only what reads like the block goes with it
            limit = following.start() if following else len(text)
            end = summary.end() + _length_of_block(text[summary.end() : limit], kind)
        spans.append((kind, token.start(), end))
    return _without(text, spans)


def _kind_of(label: str) -> Kind | None:
    if is_automation_heading(label):
        return "automation"
    return "owner" if is_owner_heading(label) else None


def _cut_html(text: str) -> tuple[str, list[tuple[Kind, str]]]:
    headings = list(_HTML_HEADING.finditer(text))
    if not headings:
        return text, []
    ends = _ends_of_lists(text)
    spans: list[tuple[Kind, int, int]] = [
        ("automation", h.start(), end) for h in headings if (end := ends.get(h.end())) is not None
    ]
    return _without(text, spans)


def _ends_of_lists(text: str) -> dict[int, int]:
    """Where each `<ul>` starts → where it ends; lists that nobody closes are left out."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for token in _LIST.finditer(text):
        if not token["slash"]:
            opened.append(token.start())
        elif opened:
            ends[opened.pop()] = token.end()
    return ends


def _cut_lines(text: str) -> tuple[str, list[tuple[Kind, str]]]:
    """Blocks under a heading of any sort, lines of a block that lost its heading, owner lines."""
    if not _has_traces(text):
        return text, []
    lines = text.split("\n")
    kept: list[str] = []
    found: list[tuple[Kind, str]] = []
    at = 0
    while at < len(lines):
        kind, length = _block_at(lines, at)
        if kind is None:
            kept.append(lines[at])
        else:
            found.append((kind, "\n".join(lines[at : at + length])))
        at += length
    return ("\n".join(kept), found) if found else (text, [])


def _block_at(lines: list[str], at: int) -> tuple[Kind | None, int]:
    """(what begins at this line, how many lines it takes)."""
    line = lines[at]
    if not _has_traces(line):
        return None, 1
    if starts_block(line):
        return "automation", 1 + _more_lines(lines, at + 1, "automation")
    if is_owner_line(line):
        return "owner", 1
    if is_owner_heading(line) and _names_follow(lines, at + 1):
        return "owner", 1 + _more_lines(lines, at + 1, "owner")
    return None, 1


def _names_follow(lines: list[str], at: int) -> bool:
    return at < len(lines) and (names_only(lines[at]) or is_owner_line(lines[at]))


def _more_lines(lines: list[str], at: int, kind: Kind) -> int:
    """How many lines from `at` on still belong to a block, blank ones behind it included."""
    start, listed = at, False
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            listed = False
        elif kind == "owner":
            if not names_only(line) and not is_owner_line(line):
                break
        elif belongs_to_block(line):
            listed = True
        elif not (listed and is_list_item(line)):
            break
        at += 1
    return at - start


def _length_of_block(text: str, kind: Kind) -> int:
    """How many characters behind an unclosed summary belong to its block."""
    first, *rest = text.split("\n")
    if first.strip() and not (belongs_to_block(first) or is_owner_line(first)):
        return 0
    more = _more_lines(rest, 0, kind)
    return min(len(text), len("\n".join([first, *rest[:more]])))


def _without(text: str, spans: list[tuple[Kind, int, int]]) -> tuple[str, list[tuple[Kind, str]]]:
    """The text without the spans, which are in order and apart."""
    kept, at = [], 0
    for _, start, end in spans:
        kept.append(text[at:start])
        begins_line = start == 0 or text[start - 1] == "\n"
        ends_line = end >= len(text) or text[end] in "\r\n"
        if not begins_line and not ends_line:
            kept.append("\n")
        at = end
    kept.append(text[at:])
    return "".join(kept), [(kind, text[start:end]) for kind, start, end in spans]


def _has_traces(text: str) -> bool:
    lowered = text.lower()
    return any(trace in lowered for trace in _TRACES)


def _distinct(values: Iterable[_Found]) -> tuple[_Found, ...]:
    return tuple(dict.fromkeys(values))


def _urls(text: str) -> list[str]:
    """Addresses of jobs; those on GitHub are people's."""
    return [url for url in _URL.findall(text) if "//github.com/" not in url.lower()]


def _job_ids(item: str) -> list[str]:
    """Ids in words and in addresses; the number behind an offer's bars is another sort of id."""
    if "|" in item:
        return []
    text = f"{html.unescape(item)} {bare(item)}"
    return [m["named"] or m["bare"] or m[0] for m in _JOB_ID.finditer(text)]


def _dates(text: str) -> list[date]:
    found = []
    for year, month, day in _DATE.findall(text):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _offer(item: str) -> AutomaticOffer | None:
    parts = [part.strip() for part in bare(item, strip_marks=False).split("|")]
    if len(parts) == 5 and not parts[0] and not parts[4]:
        parts = parts[1:4]
    if len(parts) != 3 or not re.fullmatch(r"\d{0,30}", parts[2]):
        return None
    user = _LOGIN.fullmatch(parts[0].lstrip("-*+ "))
    if user is None:
        return None
    return AutomaticOffer(user=user["login"], role=parts[1], offer_id=int(parts[2] or 0) or None)
