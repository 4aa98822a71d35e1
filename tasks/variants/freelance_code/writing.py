"""Inputs as text: tables the way that people's files hold them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

AWKWARD: Final = ('the "old" one', "Zoë, café", "two\nlines", "50 % off; new", "")
"""Texts that a table must quote, or that programs which split at commas or lines get wrong."""

_UNBROKEN: Final = re.compile(r"(?:`[^`]*`|\S)+")


def csv_text(
    names: Sequence[str], rows: Sequence[Mapping[str, object]], delimiter: str = ","
) -> str:
    """A CSV file with a header; its lines end with a line feed."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def wrapped(text: str, width: int = 100) -> str:
    """Markdown text with its paragraphs and list items (`- `) filled to `width` characters, as
    words that were put into a template leave them ragged. Code in backquotes is not broken."""
    blocks: list[list[str]] = []
    for line in text.split("\n"):
        begins = not blocks or not line or not blocks[-1] or line.startswith("- ")
        if begins:
            blocks.append([])
        blocks[-1] += _UNBROKEN.findall(line)
    return "\n".join(_filled(block, width) for block in blocks)


def _filled(words: list[str], width: int) -> str:
    lines = [""]
    for word in words:
        if lines[-1].strip() not in ("", "-") and len(lines[-1]) + 1 + len(word) > width:
            lines.append(" " if words[0] == "-" else "")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)
