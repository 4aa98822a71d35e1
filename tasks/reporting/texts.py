"""Text from outside, made harmless and fit to be read. What it means stays."""

import re
from typing import Final

# A terminal's escape sequences: they steer, and say nothing.
_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# Controls, marks that turn the direction of text, line separators and lone surrogates.
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Most texts: words with one blank between them, of which nothing steers.
_SIMPLE: Final = re.compile(r"(?:[!-~]+(?: [!-~]+)*)?")
_LINE_ENDS: Final = re.compile(r"\r\n?")


def plain(text: object) -> str:
    """The text with what steers a screen or its direction written out, as `\\u202e`."""
    lines = _LINE_ENDS.sub("\n", _ESCAPES.sub("", str(text)))
    return _STEERING.sub(_written_out, lines)


def line(text: object, limit: int = 200) -> str:
    """The text on one line, cut to `limit` characters."""
    if isinstance(text, str) and len(text) <= limit and _SIMPLE.fullmatch(text):
        return text
    return cut(" ".join(plain(str(text)[: 8 * limit]).split()), limit)


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shortened(text: str, limit: int) -> tuple[str, int]:
    """(its beginning and end, how many characters are left out between them)."""
    if len(text) <= limit:
        return text, 0
    half = limit // 2
    return f"{text[:half]}\n…\n{text[-half:]}", len(text) - 2 * half


def _written_out(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
