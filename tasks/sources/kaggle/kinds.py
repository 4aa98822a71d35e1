"""The kinds of document this source lands, and how their ids are made.

`owner/slug#<key>` is a posting, and the bids on it; `owner/slug@<digest of its text>` a row that
cannot be read; `owner/slug` the listing of what the newest file holds.
"""

from typing import Final

from tasks.domain.digests import sha256_hex

SOURCE_NAME: Final = "kaggle"
POSTING: Final = "kaggle.posting"
BIDS: Final = "kaggle.bids"
MALFORMED: Final = "kaggle.malformed"
LISTING: Final = "kaggle.listing"

_DIGITS: Final = 16


def posting_id(market: str, key: str) -> str:
    return f"{market}#{key}"


def malformed_id(market: str, text: str) -> str:
    """Of the text and not of its place, so that a shuffled file names the same rows."""
    # A byte that is no UTF-8 stands in `text` as a lone surrogate, which has no encoding.
    readable = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return f"{market}@{sha256_hex(readable)[:_DIGITS]}"


def split_id(external_id: str) -> tuple[str, str]:
    """`owner/slug#key` → (`owner/slug`, `key`); the key is empty in a listing's id."""
    market, _, key = external_id.partition("#")
    return market, key


def market_of(external_id: str) -> str:
    """`owner/slug` of an id of any kind."""
    return split_id(external_id)[0].partition("@")[0]
