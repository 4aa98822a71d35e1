"""Which parts of a text are code: what stands there is quoted, and is left as it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Up to three blanks, three or more of one mark, then what the opening line says of the language.
_FENCE: Final = re.compile(r" {0,3}(?P<marks>`{3,}+|~{3,}+)(?P<rest>[^\n]*)")
_TICKS: Final = re.compile(r"`++")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; all pieces joined are the text."""

    text: str
    is_code: bool


def pieces(text: str) -> list[Piece]:
    """The text cut into fenced code blocks and what lies between them.

    A fence that nobody closes protects nothing: an odd one must not hide the rest of the text.
    """
    if "```" not in text and "~~~" not in text:
        return [Piece(text, is_code=False)] if text else []
    lines = _lines(text)
    fences = [_FENCE.match(line) for line in lines]
    longest = _longest_closings(fences)
    found: list[Piece] = []
    plain: list[str] = []
    at = 0
    while at < len(lines):
        end = _closing(fences, longest, at)
        if end is None:
            plain.append(lines[at])
            at += 1
            continue
        found.append(Piece("".join(plain), is_code=False))
        found.append(Piece("".join(lines[at : end + 1]), is_code=True))
        plain = []
        at = end + 1
    found.append(Piece("".join(plain), is_code=False))
    return [piece for piece in found if piece.text]


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` made to what is no fenced code block."""
    return "".join(p.text if p.is_code else change(p.text) for p in pieces(text))


def without_code(text: str) -> str:
    """The text with blanks in place of the characters of code, blocks and spans: same length."""
    shown = []
    for piece in pieces(text):
        if piece.is_code:
            shown.append(re.sub(r"[^\n]", " ", piece.text))
        else:
            shown.append("".join(_spans_blanked(line) for line in _lines(piece.text)))
    return "".join(shown)


def code_spans(line: str) -> list[tuple[int, int]]:
    """(start, end) of the `code` in one line, ticks included, in order and apart."""
    if "`" not in line:
        return []
    ticks = list(_TICKS.finditer(line))
    closing: dict[int, int] = {}
    following: list[int | None] = [None] * len(ticks)
    for index in range(len(ticks) - 1, -1, -1):
        length = len(ticks[index][0])
        following[index] = closing.get(length)
        closing[length] = index
    found = []
    index = 0
    while index < len(ticks):
        end = following[index]
        if end is None:
            index += 1
            continue
        found.append((ticks[index].start(), ticks[end].end()))
        index = end + 1
    return found


def outside_spans(line: str, change: Callable[[str], str]) -> str:
    """One line with `change` made to what is no `code` in it."""
    changed, at = [], 0
    for start, end in code_spans(line):
        changed += [change(line[at:start]), line[start:end]]
        at = end
    return "".join([*changed, change(line[at:])])


def _lines(text: str) -> list[str]:
    """The lines with their ends. Only a line feed ends a line, as in a browser."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _spans_blanked(line: str) -> str:
    shown, at = [], 0
    for start, end in code_spans(line):
        shown += [line[at:start], " " * (end - start)]
        at = end
    return "".join([*shown, line[at:]])


def _closes(fence: re.Match[str] | None) -> bool:
    return fence is not None and not fence["rest"].strip()


def _longest_closings(fences: list[re.Match[str] | None]) -> list[dict[str, int]]:
    """At each line, the longest closing fence of either mark from there on."""
    longest = {"`": 0, "~": 0}
    found = [longest]
    for fence in reversed(fences):
        if fence is not None and _closes(fence):
            mark = fence["marks"][0]
            longest = longest | {mark: max(longest[mark], len(fence["marks"]))}
        found.append(longest)
    return found[::-1]


def _closing(
    fences: list[re.Match[str] | None], longest: list[dict[str, int]], at: int
) -> int | None:
    """The line that closes the fence opened at `at`; None where that opens none."""
    fence = fences[at]
    if fence is None:
        return None
    mark, length = fence["marks"][0], len(fence["marks"])
    if mark == "`" and "`" in fence["rest"]:
        return None  # a code span that stands at the start of its line
    if longest[at + 1][mark] < length:
        return None
    return next(
        index
        for index in range(at + 1, len(fences))
        if (f := fences[index]) is not None
        and _closes(f)
        and f["marks"][0] == mark
        and len(f["marks"]) >= length
    )
