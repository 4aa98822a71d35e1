"""Addresses of stores: what may stand in one, and how it is shown."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasks.domain.digests import sha256_hex
from tasks.domain.errors import UsageError

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)\Z", re.IGNORECASE | re.DOTALL)
_PASSWORD: Final = re.compile(r"(?<=://)[^/@]*:[^/]*@")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is: the URL as fsspec takes it, and the protocol."""

    url: str
    protocol: str

    @property
    def key(self) -> str:
        """A name for it among other stores, 16 hex digits."""
        return sha256_hex(self.url)[:16]


def read_address(text: str) -> Address:
    """The address of `text`: `s3://bucket/folder`, `file:///folder`, another URL of fsspec, or an
    absolute path.

    Raises UsageError for anything else, and for one with a password, which must not get into logs
    and tables: those belong into the environment.
    """
    shown = _PASSWORD.sub("[redacted]@", text)
    if shown != text:
        raise UsageError(
            f"the store {shown!r} has a password in its address; leave it out, and put it into the "
            "environment (for S3: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
        )
    if "://" not in text and Path(text).is_absolute():
        text = Path(text).as_uri()
    found = _SCHEME.match(text)
    path = found[2].strip("/") if found else ""
    if not found or not path or any(mark in text for mark in "?#*\n"):
        raise UsageError(
            f"{text!r} is no address of a store; write s3://BUCKET/FOLDER or file:///FOLDER"
        )
    protocol = found[1].lower()
    root = "/" if protocol in ("file", "memory") else ""
    return Address(f"{protocol}://{root}{path}", protocol)
