"""A document's digest and text, as the domain defines them, at the speed that collecting needs.

`Document.content_sha256` and `Document.payload_text` walk the payload with the standard library,
0.3 ms for an issue of 33 KB. What is here gives the same characters in a quarter of that.
"""

import codecs
import hashlib
import json
from json.encoder import encode_basestring_ascii
from typing import Any, Final

import orjson

from tasks.domain.documents import Document

_ESCAPED: Final = "paydag-json-escaped"


def digest_and_text(document: Document) -> tuple[str, str]:
    """(content_sha256, payload_text) of a document."""
    if _holds_float(document.payload):  # the two libraries write them differently
        return document.content_sha256(), document.payload_text()
    try:
        plain = orjson.dumps(document.payload)
        ordered = orjson.dumps(document.payload, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a lone surrogate, an integer beyond 64 bits
        return document.content_sha256(), document.payload_text()
    # The canonical form is ASCII, and its escapes include DEL, which is.
    canonical = ordered.decode().encode("ascii", _ESCAPED).replace(b"\x7f", b"\\u007f")
    return hashlib.sha256(canonical).hexdigest(), plain.decode()


def payload_of(text: str) -> dict[str, Any]:
    """The payload that `digest_and_text` wrote; a number beyond 64 bits is inexact."""
    try:
        found: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:  # a lone surrogate, NaN
        found = json.loads(text)
    return found


def _holds_float(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return any(map(_holds_float, value.values()))
    if kind is list:
        return any(map(_holds_float, value))
    return kind is float


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return encode_basestring_ascii(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPED, _escape)
