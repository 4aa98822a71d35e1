"""An issue that can no longer be read says so, until it is read again."""

import itertools
from typing import Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.issues import IssueHistory
from tasks.domain.protocols import Malformed, Market
from tasks.sources.github.parse import parse_documents
from tests.sources.parse_nodes import NAME, bare_issue, doc, history

KEPT = history(bare_issue())


def gone(reason: Any, fetched: float, name: str = NAME) -> Document:
    status = {"deleted": 410, "transferred": 301}.get(str(reason), 404)
    payload = {"number": 7, "reason": reason, "status": status, "location": None}
    return doc("gone", name, payload, fetched)


def read(fetched: float) -> Document:
    return doc("issue", NAME, bare_issue(), fetched)


def leaving(reason: str | None) -> IssueHistory:
    return KEPT.model_copy(update={"gone": reason})


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ([read(1)], None),
        ([read(1), gone("deleted", 2)], "deleted"),
        ([read(1), gone("transferred", 2)], "transferred"),
        ([read(1), gone("unavailable", 2)], "unavailable"),
        ([gone("unavailable", 1), read(2)], None),
        ([read(1), gone("unavailable", 2), read(3)], None),
        ([read(1), gone("unavailable", 2), read(3), gone("deleted", 4)], "deleted"),
        ([read(1), gone("deleted", 2, "ours/app#8")], None),
    ],
)
def test_the_newest_word_on_an_issue_counts(documents: list[Document], reason: str | None) -> None:
    for order in itertools.permutations(documents):
        assert parse_documents(order) == Market(issues=(leaving(reason),))


def test_documents_of_one_moment_are_told_apart_by_their_content() -> None:
    found = {
        parse_documents(order).issues[0].gone
        for order in itertools.permutations([read(1), gone("deleted", 1)])
    }
    assert len(found) == 1


def test_what_is_gone_without_ever_having_been_read_is_no_issue() -> None:
    assert parse_documents([gone("deleted", 1)]) == Market()


@pytest.mark.parametrize("reason", ["vanished", None, ["deleted"]])
def test_an_unknown_reason_is_malformed_and_leaves_the_issue_as_it_is(reason: Any) -> None:
    assert parse_documents([read(1), gone(reason, 2)]) == Market(
        issues=(KEPT,),
        malformed=(
            Malformed(
                document_id="ours/app#7/gone",
                file="github.gone",
                row=None,
                reason=f"ValueError: unknown reason {reason!r}",
            ),
        ),
    )


def test_two_broken_documents_of_one_number_are_two_entries() -> None:
    broken = parse_documents([doc("issue", NAME, {}), gone("vanished", 2)])
    assert [m.document_id for m in broken.malformed] == ["ours/app#7/gone", "ours/app#7"]
