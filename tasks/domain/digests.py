"""Canonical JSON and the digests that serve as keys."""

import hashlib
import json
from collections.abc import Iterable
from io import BufferedIOBase
from json.encoder import encode_basestring_ascii
from typing import Any, Final

_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
)


def canonical_json(value: Any) -> str:
    """Sorted keys, no blanks, ASCII only: the same text on any machine for equal values.

    ASCII so that text with lone surrogates (seen in scraped payloads) still has a digest.
    """
    return _ENCODER.encode(value)


def sha256_hex(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stream_sha256(stream: BufferedIOBase) -> str:
    """SHA-256 of what is left to read of a file, 64 hex digits."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, 64 hex digits."""
    return sha256_hex(canonical_json(value))


def digest_of_parts(parts: Iterable[str | int | None]) -> str:
    """`digest` of a list of plain values, in a third of the time."""
    return sha256_hex(f"[{','.join(map(_plain, parts))}]")


def _plain(part: str | int | None) -> str:
    return encode_basestring_ascii(part) if type(part) is str else canonical_json(part)


def short(identifier: str) -> str:
    """The first 12 digits, what people read and type."""
    return identifier[:12]
