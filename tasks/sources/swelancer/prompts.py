"""The issue inside the prompt of the two older generations."""

import re
from typing import Any, Final

from tasks.domain.errors import DataError
from tasks.sources.cells import read_literal
from tasks.sources.swelancer.cells import join_surrogates

_OPENING: Final = "the following issue:"
# The issue's own text may hold the sentence too; the template's is the last at a line's start.
_CLOSING: Final = {
    "ic_swe": re.compile(r"^The reward for the correct fix is", re.MULTILINE),
    "swe_manager": re.compile(
        r"^You will be paid \$?[\d.,]+ if your team fixes the issue", re.MULTILINE
    ),
}


def read_prompt(cell: str, variant: str) -> tuple[str, str]:
    """Title and statement. Raises DataError for a cell that is no list of messages."""
    after = _text_of_issue(read_literal(cell, "prompt"))
    inside, closed = _before_closing(after, variant)
    if inside.lstrip().startswith("<title>"):
        return _tagged(inside)
    title, _, statement = inside.lstrip("\r\n").partition("\n")
    statement = statement.removeprefix("\r").removeprefix("\n")
    if closed:
        statement = _without_blank_line(statement)
    return title.removesuffix("\r"), statement


def _text_of_issue(messages: Any) -> str:
    if not isinstance(messages, list):
        raise DataError("prompt: not a list of messages")
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, str):
            raise DataError("prompt: a message without text")
        if _OPENING in content:
            return join_surrogates(content.split(_OPENING, 1)[1])
    raise DataError(f"prompt: no message says {_OPENING!r}")


def _before_closing(text: str, variant: str) -> tuple[str, bool]:
    matches = list(_CLOSING[variant].finditer(text))
    if not matches:
        return text, False
    return text[: matches[-1].start()], True


def _without_blank_line(text: str) -> str:
    """The template puts one blank line before its sentence; it is not the issue's."""
    for _ in range(2):
        text = text.removesuffix("\n").removesuffix("\r")
    return text


def _tagged(text: str) -> tuple[str, str]:
    head, _, rest = text.partition("<title>")[2].partition("</title>")
    body = rest.partition("<description>")[2]
    end = body.rfind("</description>")
    return _unwrapped(head), _unwrapped(body if end < 0 else body[:end])


def _unwrapped(text: str) -> str:
    return text.removeprefix("\r").removeprefix("\n").removesuffix("\n").removesuffix("\r")
