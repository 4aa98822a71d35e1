"""Newer copies of the sample's documents, as a refresh would land them after something happened."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.warehouse.documents import newest_documents
from tests.sample_home import REPOSITORY, SampleHome
from tests.warehouse.homes import put

# Minutes after the start of all tests' time: a century.
_AFTER_ALL_BUILDS: Final = 52_560_000
Payload = dict[str, Any]
Edit = Callable[[Payload], None]


def newest(sample: SampleHome, kind: str, number: int) -> Document:
    """The newest copy of an issue or a pull request."""
    name = f"{REPOSITORY}#{number}"
    listed = newest_documents(sample.warehouse, "github")
    return next(d for d in listed if (d.kind, d.external_id) == (f"github.{kind}", name))


def edited(sample: SampleHome, kind: str, number: int, edit: Edit, days: int = 1) -> Document:
    """A copy that was fetched so many days later, with an edit."""
    found = newest(sample, kind, number)
    payload = copy.deepcopy(found.payload)
    edit(payload)
    later = found.fetched_at + timedelta(days=days)
    return Document(found.source, found.kind, found.external_id, later, payload)


def land_edited(sample: SampleHome, kind: str, number: int, edit: Edit, days: int = 1) -> Document:
    document = edited(sample, kind, number, edit, days)
    put(sample.warehouse, [document], at=_AFTER_ALL_BUILDS)
    return document


def saying(author: str, text: str, at: str, association: str = "NONE") -> Edit:
    """One more comment."""

    def edit(payload: Payload) -> None:
        number = 1_799_000_000 + len(payload["comments"]["nodes"])
        payload["comments"]["nodes"].append(
            {
                "author": {"__typename": "User", "login": author},
                "authorAssociation": association,
                "body": text,
                "createdAt": at,
                "databaseId": number,
                "id": f"IC_added{number}",
                "isMinimized": False,
                "lastEditedAt": None,
                "minimizedReason": None,
                "updatedAt": at,
                "url": f"{payload['url']}#issuecomment-{number}",
            }
        )

    return edit


def rewriting(before: str, after: str) -> Edit:
    """A comment's text with one part replaced, as its author edited it a minute later."""

    def edit(payload: Payload) -> None:
        (node,) = [node for node in payload["comments"]["nodes"] if before in node["body"]]
        node["body"] = node["body"].replace(before, after)

    return edit


def comment_url(payload: Payload, words: str) -> str:
    (node,) = [node for node in payload["comments"]["nodes"] if words in node["body"]]
    return str(node["url"])
