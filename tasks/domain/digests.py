"""Canonical JSON and the digests that serve as keys."""

import hashlib
import json
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


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, 64 hex digits."""
    return sha256_hex(canonical_json(value))


def short(identifier: str) -> str:
    """The first 12 digits, what people read and type."""
    return identifier[:12]
