"""What a cell of the published benchmark can hold: escaped text, amounts, or nothing."""

import re

from tasks.domain.errors import DataError
from tasks.domain.money import dollars_to_cents
from tasks.sources.cells import read_literal

_ESCAPE = re.compile(
    r"\\(?:u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|x(?P<x>[0-9a-fA-F]{2})"
    r"|(?P<one>[nrt\\'\"]))"
)
_ONE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# One string token and nothing else: a title such as `"Save" does nothing on "Edit"` is no literal.
_STRING = re.compile(r"(?P<q>['\"])(?:(?!(?P=q))[^\\\n]|\\.)*(?P=q)", re.DOTALL)

# Far above any bounty and far below what a 64-bit column can hold.
_MOST_CENTS = 10**14

# How a table library spells an empty cell when it writes a file back.
_EMPTY = frozenset({"", "nan", "None"})


def is_blank(cell: str | None) -> bool:
    return cell is None or cell.strip() in _EMPTY


def filled(cell: str | None) -> str | None:
    """The cell verbatim, None where it is empty."""
    return None if is_blank(cell) else cell


def read_text(cell: str) -> str:
    """A text cell of the newest generation: a string literal or text with escapes."""
    if _STRING.fullmatch(cell.strip()):
        try:
            value = read_literal(cell, "text")
        except DataError:
            return decode_escapes(cell)
        if isinstance(value, str):
            return join_surrogates(value)
    return decode_escapes(cell)


def decode_escapes(text: str) -> str:
    """Escape sequences decoded, all other text left alone.

    The published reader runs `unicode_escape` over UTF-8 bytes, which garbles real non-ASCII
    text; for ASCII text with these escapes the result is the same.
    """
    if "\\" not in text:
        return text
    return join_surrogates(_ESCAPE.sub(_unescape, text))


def _unescape(match: re.Match[str]) -> str:
    if match["one"]:
        return _ONE[match["one"]]
    code = int(match["u"] or match["U"] or match["x"], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def join_surrogates(text: str) -> str:
    """Escapes written as UTF-16 pairs become the one character they stand for."""
    return _PAIR.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    high, low = ord(match[0][0]), ord(match[0][1])
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def read_price_cents(text: str) -> int:
    """Dollars to cents. Raises DataError for what is no amount of money."""
    try:
        cents = dollars_to_cents(text)
    except (ValueError, ArithmeticError) as error:
        raise DataError(f"price: {text[:40]!r} is not an amount in dollars") from error
    if cents > _MOST_CENTS:
        raise DataError(f"price: {text[:40]!r} is beyond any bounty")
    return cents
