"""Texts as of a moment, and what is known of issues and pull requests."""

from typing import get_args

import pytest
from pydantic import ValidationError

from tasks.domain.issues import (
    Gone,
    IssueEvent,
    PullRequest,
    TextVersion,
    text_at,
)
from tests.domain.builders import comment, day, issue, pull, title

VERSIONS = [TextVersion(since=day(n), text=f"text of day {n}") for n in (0, 2, 5)]


@pytest.mark.parametrize(
    ("moment", "then"), [(-1, 0), (0, 0), (1.9, 0), (2, 2), (4.9, 2), (5, 5), (99, 5), (None, 5)]
)
def test_a_text_is_the_newest_that_existed_then(moment: float | None, then: int) -> None:
    assert text_at(VERSIONS, None if moment is None else day(moment)) == f"text of day {then}"


def test_titles_and_comments_are_read_as_of_the_moment() -> None:
    history = issue(titles=(title(0, "Boats leak", at_creation=True), title(3, "Ships leak")))
    said = comment(1, 1, "first", later={4: "second"})
    assert (history.title_at(day(2)), history.title_at(None)) == ("Boats leak", "Ships leak")
    assert (said.text_at(day(2)), said.text_at(None)) == ("first", "second")


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_the_warehouse_cannot_hold_is_refused(number: int) -> None:
    assert issue(number=2**63 - 1).number == 2**63 - 1
    with pytest.raises(ValidationError):
        issue(number=number)
    with pytest.raises(ValidationError):
        pull(additions=number)


def test_an_event_has_a_type_and_an_issue_goes_in_known_ways_only() -> None:
    assert {issue(gone=how).gone for how in get_args(Gone)} == set(get_args(Gone))
    with pytest.raises(ValidationError):
        issue(gone="vanished")
    with pytest.raises(ValidationError):
        IssueEvent(event_type="", occurred_at=day(0), document_id="ours/app#7/E")


def test_what_a_source_does_not_say_of_a_pull_request_stays_unknown() -> None:
    plain = PullRequest(
        repository="ours/app",
        number=9,
        title="Caulk",
        body="",
        url="u",
        author=None,
        state="OPEN",
        created_at=day(0),
    )
    unknown = {
        "closed_at",
        "base_branch",
        "head_commit",
        "head_branch",
        "changed_files",
        "additions",
        "deletions",
    }
    assert {getattr(plain, field) for field in unknown} == {None}
    assert plain.closes == ()
