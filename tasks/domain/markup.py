"""Spans of a text that are code, and blanking them in place."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tasks.domain.code_spans import code_spans as spans_of_line

_FENCE: Final = re.compile(r"[ \t]{0,3}(?:>[> \t]{0,20})?(`{3,}|~{3,})", re.ASCII)

Span = tuple[int, int]


def code_blocks(text: str) -> list[Span]:
    """Spans of fenced code with its fences, in order; an open fence reaches to the end."""
    if "```" not in text and "~~~" not in text:
        return []
    blocks: list[Span] = []
    opened: tuple[int, str] | None = None
    for start, end in line_spans(text):
        fence = _FENCE.match(text, start, end)
        if fence is None:
            continue
        if opened is None:
            opened = (start, fence.group(1))
        elif fence.group(1).startswith(opened[1]) and not text[fence.end() : end].strip():
            blocks.append((opened[0], end))
            opened = None
    if opened is not None:
        blocks.append((opened[0], len(text)))
    return blocks


def code_spans(text: str) -> list[Span]:
    """Spans of inline code with its backticks, in order. A span ends on the line it begins on."""
    if "`" not in text:
        return []
    return [
        (line + start, line + end)
        for line, stop in line_spans(text)
        for start, end in spans_of_line(text[line:stop])
    ]


def line_spans(text: str) -> Iterator[Span]:
    """Start and end of each line; the end leaves the line feed out."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def blank(text: str, spans: Iterable[Span], mark: str = " ") -> str:
    """The text with every character of the spans, line feeds aside, replaced by `mark`.

    `spans` are in order and apart. The length stays the same, so positions stay true.
    """
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], _blanks(text[start:end], mark)]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def _blanks(text: str, mark: str) -> str:
    return "\n".join(mark * len(line) for line in text.split("\n"))
