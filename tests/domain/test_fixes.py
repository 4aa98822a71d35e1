"""Of the pull requests that name an issue, the one it paid for; whatever order they come in."""

from itertools import permutations
from typing import Any

import pytest

from tasks.domain.bounties import BountyEvent
from tasks.domain.fixes import NoFix, choose_fix, settled_at
from tasks.domain.issues import PullRequest
from tests.domain.builders import ISSUE, day, issue, pull


def merged(number: int, at: float, title: str = "Caulk", **changes: Any) -> PullRequest:
    return pull(number=number, title=f"{title} {number}", merged_at=day(at), **changes)


def revert(number: int, at: float, of: int, body: str | None = None) -> PullRequest:
    told = f"Reverts ours/app#{of}" if body is None else body
    title = f'Revert "Caulk {of}"'
    return pull(number=number, title=title, merged_at=day(at), body=told)


def undo(number: int, at: float, of: int, title: str | None = None) -> PullRequest:
    """A revert of a revert as the button makes it: it names the revert, and no issue."""
    shown = title or f'Revert "Revert "Caulk {of}""'
    return pull(number=number, title=shown, merged_at=day(at), body=f"Reverts ours/app#{of}")


def unmerged(number: int, state: str = "CLOSED", **changes: Any) -> PullRequest:
    gone = {"merged_at": None, "merge_commit": None, "parents": ()}
    return pull(number=number, state=state, **(gone | changes))


def paid(at: float | None, role: str | None = "contributor", **changes: Any) -> BountyEvent:
    return BountyEvent(
        source="github",
        issue=ISSUE,
        occurred_at=None if at is None else day(at),
        kind="paid",
        amount_cents=25000,
        source_kind="payment_summary",
        document_id=f"c{at}",
        words="paid",
        role=role,
        **changes,
    )


def chosen(*fixes: PullRequest, events: Any = (), **changes: Any) -> int | NoFix:
    found = {
        f if isinstance(f, NoFix) else f.number
        for order in permutations(fixes)
        for f in [choose_fix(issue(**changes), order, events)]
    }
    assert len(found) == 1
    return found.pop()


SMALL: dict[str, Any] = {"changed_files": 1, "additions": 2, "deletions": 2}
LARGE: dict[str, Any] = {"changed_files": 4, "additions": 80, "deletions": 12}


@pytest.mark.parametrize(
    ("fixes", "number"),
    [
        ([merged(9, 8)], 9),
        ([merged(9, 8), merged(12, 9)], 12),
        ([merged(12, 8), merged(9, 9)], 9),
        ([merged(9, 8), unmerged(12)], 9),
        ([merged(9, 8), merged(3, 9, repository="ours/web")], 9),
        ([merged(9, 8, repository="Ours/App")], 9),
        # A touch-up gives way, and a second half does not.
        ([merged(9, 8, **LARGE), merged(12, 9, **SMALL)], 9),
        ([merged(9, 8, **LARGE), merged(12, 9, **LARGE)], 12),
        ([merged(9, 8, **LARGE), merged(12, 9, "Correct a code comment")], 9),
        ([merged(9, 8, **LARGE), merged(12, 9, **LARGE), merged(13, 10, **SMALL)], 12),
        ([merged(9, 8, **SMALL), merged(12, 9, **LARGE)], 12),
        ([merged(9, 8), merged(12, 9, "CP to staging: caulk")], 9),
        ([merged(12, 9, "Cherry pick caulk")], 12),
        # A redo wins over what was reverted, and a revert of a revert is a redo.
        ([merged(9, 8), revert(10, 9, 9), merged(12, 10)], 12),
        ([merged(9, 8), revert(10, 9, 9, "### Fixed issues\n$ #7"), merged(12, 10)], 12),
        ([merged(9, 8), revert(10, 9, 9), merged(11, 10, 'Revert "Revert "Caulk 9""')], 11),
        ([merged(9, 8), revert(10, 9, 9), merged(12, 10, **SMALL)], 12),
        ([merged(9, 8), merged(12, 9), revert(13, 10, 12)], 9),
        ([merged(9, 8), merged(12, 9), revert(13, 10, 9)], 12),
        # One that names no issue gives back what the revert took.
        ([merged(9, 8), revert(10, 9, 9), undo(13, 10, 10)], 9),
        ([merged(9, 8), revert(10, 9, 9), undo(13, 10, 10, title="Reland caulk")], 9),
        ([merged(9, 8), revert(10, 9, 9), undo(13, 10, 10, title="Back in")], 9),
        ([merged(9, 8), merged(12, 8.5), revert(13, 9, 9), undo(14, 10, 13)], 12),
        ([merged(9, 8), revert(10, 9, 9), undo(13, 10, 10), merged(14, 11)], 14),
        # What a revert takes back may be what broke it, not what fixed it.
        ([merged(9, 8), revert(10, 9, 4)], 9),
        ([revert(10, 7, 4), merged(9, 8)], 9),
    ],
)
def test_the_fix_is_the_last_that_stands(fixes: list[PullRequest], number: int) -> None:
    assert chosen(*fixes) == number


@pytest.mark.parametrize(
    ("events", "closed", "number"),
    [
        ([], None, 12),
        ([], 13, 12),
        ([], 10, 9),
        ([], 8, 9),
        ([], 7, 9),
        ([paid(10)], None, 9),
        ([paid(10)], 13, 9),
        ([paid(13)], 10, 12),
        ([paid(10), paid(13)], 10, 12),
        ([paid(10, role=None)], 13, 9),
        ([paid(10, role="reviewer")], 13, 12),
        ([paid(10, superseded_by="x")], 13, 12),
        ([paid(None)], 13, 12),
    ],
)
def test_what_was_merged_after_the_payment_or_else_the_closing_is_other_work(
    events: list[BountyEvent], closed: float | None, number: int
) -> None:
    fixes = [merged(9, 8), merged(12, 12)]
    at = None if closed is None else day(closed)
    assert chosen(*fixes, events=events, closed_at=at) == number


def test_a_redo_after_the_payment_still_wins_over_what_was_reverted() -> None:
    fixes = [merged(9, 8), revert(10, 11, 9), merged(12, 12)]
    assert chosen(*fixes, events=[paid(10)], closed_at=day(10)) == 12


def test_the_last_payment_to_a_contributor_settles_an_issue_and_else_its_closing() -> None:
    assert settled_at(issue(), ()) is None
    assert settled_at(issue(closed_at=day(9)), ()) == day(9 + 1 / 24)
    assert settled_at(issue(closed_at=day(9)), [paid(11), paid(10)]) == day(11)


def test_a_bonus_for_who_was_paid_before_is_no_second_settlement() -> None:
    pay = paid(10, person="ann")
    bonus = paid(13, person="Ann").model_copy(update={"words": "Paid @Ann $250 bonus"})
    for events in ([pay, bonus], [bonus, pay]):
        assert settled_at(issue(), events) == day(10)
    assert settled_at(issue(), [bonus]) == day(13)
    assert settled_at(issue(), [pay, bonus.model_copy(update={"person": "bob"})]) == day(13)


@pytest.mark.parametrize(
    ("fixes", "linked", "expected"),
    [
        ([], (), ("no_fix", "no pull request names this issue as fixed")),
        ([], ("ours/app#2",), ("no_fix", "no pull request names this issue as fixed")),
        ([], ("ours/app#2", "ours/web#5"), ("fix_elsewhere", "ours/web#5")),
        ([unmerged(9)], (), ("fix_unmerged", "ours/app#9 was closed without a merge")),
        ([unmerged(9, "OPEN")], (), ("fix_unmerged", "ours/app#9 is still open")),
        ([unmerged(9), unmerged(12, "OPEN")], (), ("fix_unmerged", "ours/app#12 is still open")),
        ([merged(3, 8, repository="ours/web")], (), ("fix_elsewhere", "ours/web#3")),
        (
            [unmerged(3, repository="ours/web")],
            (),
            ("fix_unmerged", "ours/web#3 was closed without a merge"),
        ),
        (
            [unmerged(9), merged(3, 8, repository="ours/web")],
            (),
            ("fix_unmerged", "ours/app#9 was closed without a merge"),
        ),
        ([merged(9, 8), revert(10, 9, 9)], (), ("reverted", "ours/app#10 reverted ours/app#9")),
        (
            [merged(9, 8), revert(10, 9, 9), unmerged(12, "OPEN")],
            (),
            ("reverted", "ours/app#10 reverted ours/app#9"),
        ),
        (
            [merged(9, 8, **LARGE), merged(12, 9, **SMALL), revert(13, 10, 9)],
            (),
            ("reverted", "ours/app#13 reverted ours/app#9"),
        ),
        (
            [merged(9, 8), revert(10, 9, 9, "no link")],
            (),
            ("reverted", "ours/app#10 reverted ours/app#9"),
        ),
        (
            [merged(9, 8), revert(10, 9, 9), undo(13, 10, 10), undo(14, 11, 13)],
            (),
            ("reverted", "ours/app#14 reverted ours/app#9"),
        ),
        ([revert(10, 9, 4)], (), ("no_fix", "ours/app#10 only takes back another change")),
    ],
)
def test_without_a_standing_fix_there_is_one_reason(
    fixes: list[PullRequest], linked: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert chosen(*fixes, linked_pulls=linked) == expected


def test_a_patch_that_changes_comments_alone_is_no_fix_of_its_own() -> None:
    fixes = [merged(9, 8), merged(12, 9)]
    found = choose_fix(issue(), fixes, (), lambda p: p.number == 12)
    assert isinstance(found, PullRequest)
    assert found.number == 9
    alone = choose_fix(issue(), [merged(12, 9)], (), lambda _: True)
    assert isinstance(alone, PullRequest)
