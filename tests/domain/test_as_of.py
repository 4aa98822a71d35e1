"""As of a date, nothing later is known; what lies before it is as it was."""

from typing import Any

import pytest

from tasks.domain.as_of import issue_as_of, pull_as_of, pulls_as_of
from tasks.domain.issues import IssueEvent, TextVersion
from tests.domain.builders import START, assigned, comment, day, issue, pull, title


def event(kind: str, at: float, detail: str = "") -> IssueEvent:
    return IssueEvent(event_type=kind, occurred_at=day(at), detail=detail, document_id="d")


THREAD = issue(
    titles=(title(0, "[$250] Boats leak", at_creation=True), title(5, "[$500] Boats leak")),
    bodies=(TextVersion(START, "Water."), TextVersion(day(6), "More water.")),
    comments=(
        comment(1, 1, "first", later={2: "second", 7: "third"}),
        comment(2, 6, "too late"),
    ),
    assignments=(assigned(3, "ann"), assigned(8, "bob")),
    events=(event("labeled", 1, "Bug"), event("unlabeled", 6, "Bug"), event("labeled", 7, "Old")),
    labels=("Old", "Help"),
    closed_at=day(9),
    state_reason="COMPLETED",
    quiet={7: day(1), 8: day(9)},
)


def test_an_issue_is_as_it_was() -> None:
    known = issue_as_of(THREAD, day(4))
    assert known == issue(
        titles=THREAD.titles[:1],
        bodies=THREAD.bodies[:1],
        comments=(comment(1, 1, "first", later={2: "second"}),),
        assignments=THREAD.assignments[:1],
        events=THREAD.events[:1],
        labels=("Help", "Bug"),
        state="OPEN",
        quiet={7: day(1)},
    )


def test_after_everything_an_issue_is_as_it_is() -> None:
    assert issue_as_of(THREAD, day(9)) == THREAD
    assert issue_as_of(THREAD, START - (day(1) - START)) is None


def test_what_became_of_an_issue_is_not_dated_and_stays() -> None:
    gone = issue_as_of(issue(gone="deleted"), day(1))
    assert gone is not None
    assert gone.gone == "deleted"


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        (9, {}),
        (
            7,
            {
                "merged_at": None,
                "merge_commit": None,
                "parents": (),
                "closed_at": None,
                "state": "OPEN",
            },
        ),
    ],
)
def test_a_fix_is_merged_once_it_was(at: float, changes: dict[str, Any]) -> None:
    fix = pull(closed_at=day(8))
    assert pull_as_of(fix, day(at)) == fix.model_copy(update=changes)
    assert pull_as_of(fix, day(5)) is None


def test_a_pull_request_that_was_closed_later_was_open() -> None:
    shut = pull(merged_at=None, merge_commit=None, parents=(), state="CLOSED", closed_at=day(8))
    known = pull_as_of(shut, day(7))
    assert known == shut.model_copy(update={"closed_at": None, "state": "OPEN"})
    assert pulls_as_of({"a": shut, "b": pull(created_at=day(9))}, day(8)) == {"a": shut}
