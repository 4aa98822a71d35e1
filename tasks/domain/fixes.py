"""Which of the pull requests that name an issue is the fix it paid for."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tasks.domain.bounties import BountyEvent
from tasks.domain.follow_ups import CommentsOnly, is_follow_up
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.links import fixed_issues, is_revert, reverted_pulls
from tasks.domain.payment_words import speaks_of_bonus

_CHERRY_PICK: Final = re.compile(r"[\W_]*(?:cp\b|cherry[ -]?pick)", re.IGNORECASE)
_QUOTED_TITLE: Final = re.compile(r"[\"“'‘](.*)[\"”'’]", re.DOTALL)
# A merge that closes its issue is recorded a little before the closing, or after it.
_CLOSING_SLACK: Final = timedelta(hours=1)


class NoFix(NamedTuple):
    """Why there is none: a reason of `instances.REASONS`, and what was found instead."""

    reason: str
    detail: str


def choose_fix(
    issue: IssueHistory,
    fixes: Sequence[PullRequest],
    events: Sequence[BountyEvent] = (),
    comments_only: CommentsOnly | None = None,
) -> PullRequest | NoFix:
    """The fix among the pull requests that name the issue, in whatever order; or why there is none.

    Of what was merged into the issue's own repository, reverts take back the fix they name (or
    else the one before them), follow-ups and cherry-picks give way to what they follow, and of
    the rest the last counts that was merged before the issue was settled (`settled_at`): a second
    fix finishes what the first began, while one after the payment is other work. Where all came
    later, it is the first of them. A fix that was reverted and done again is the one done again,
    whenever that was; where a revert was itself taken back, the fix stands as it did before.
    """
    own = [p for p in fixes if p.repository.lower() == issue.repository.lower()]
    merged = sorted((p for p in own if p.merged_at is not None), key=_merge_order)
    history = _Merges(merged, issue.name)
    if history.done:
        real = _without_follow_ups(history, comments_only)
        if not real:
            return NoFix("reverted", history.took_back)
        return _last_before(real, settled_at(issue, events))
    unmerged = [p for p in own if p.merged_at is None]
    if unmerged:
        return NoFix("fix_unmerged", _unmerged(max(unmerged, key=lambda p: p.number)))
    if merged:
        return NoFix("no_fix", f"{merged[-1].name} only takes back another change")
    return _elsewhere(issue, [p for p in fixes if p not in own])


class _Merges:
    """A walk over what was merged. `done` are all fixes, `standing` those not taken back."""

    def __init__(self, merged: Sequence[PullRequest], issue: str) -> None:
        self.done: list[PullRequest] = []
        self.standing: list[PullRequest] = []
        self.took_back = ""
        # Revert → the fixes it took away, and what undid a revert → those it gave back.
        self._moved: dict[str, list[PullRequest]] = {}
        for pull in merged:
            named = {name.lower() for name in reverted_pulls(pull)}
            undone = [p for p in merged if p.name.lower() in named and p.name in self._moved]
            own = any(name.lower() == issue.lower() for name in fixed_issues(pull))
            if undone and not (own and not is_revert(pull)):
                self._undo(pull, undone)
            elif is_revert(pull):
                self._take_back(pull, named)
            elif own or not named:
                self.done.append(pull)
                self.standing.append(pull)

    def _undo(self, pull: PullRequest, undone: Sequence[PullRequest]) -> None:
        """What stood before a revert stands again; what such a one gave back is gone again."""
        moved = [fix for revert in undone for fix in self._moved[revert.name]]
        for fix in moved:
            if fix in self.standing:
                self.took_back = f"{pull.name} reverted {fix.name}"
        self.standing = [p for p in self.done if (p in self.standing) != (p in moved)]
        self._moved[pull.name] = moved

    def _take_back(self, revert: PullRequest, named: set[str]) -> None:
        if named:
            gone = [p for p in self.standing if p.name.lower() in named]
        else:
            quoted = _QUOTED_TITLE.search(revert.title)
            titled = [p for p in self.standing if quoted and p.title.strip() == quoted[1].strip()]
            gone = titled or self.standing[-1:]
        if gone:
            self.took_back = f"{revert.name} reverted {gone[-1].name}"
        self.standing = [p for p in self.standing if p not in gone]
        self._moved[revert.name] = gone


def _without_follow_ups(history: _Merges, comments_only: CommentsOnly | None) -> list[PullRequest]:
    """The standing fixes that are more than a touch-up of an earlier one, taken back or not."""
    if len(history.done) == 1:
        return history.standing
    real: list[PullRequest] = []
    for pull in history.done:
        picked = _CHERRY_PICK.match(pull.title) is not None and bool(real)
        if not picked and not is_follow_up(pull, real, comments_only):
            real.append(pull)
    return [pull for pull in real if pull in history.standing]


def _last_before(real: Sequence[PullRequest], settled: datetime | None) -> PullRequest:
    in_time = [p for p in real if settled is None or (p.merged_at or p.created_at) <= settled]
    return in_time[-1] if in_time else real[0]


def settled_at(issue: IssueHistory, events: Sequence[BountyEvent]) -> datetime | None:
    """When the issue was paid or, where no payment is known, closed; None where it was neither.

    The last payment to a contributor counts: a second one pays for a second fix, unless it is a
    bonus for somebody who was paid before. Closing has an hour's slack, since a merge may close
    its issue itself. An issue that was opened again and not closed since is not settled.
    """
    paid = [
        (event.occurred_at, speaks_of_bonus(event.words), (event.person or "").lower())
        for event in events
        if event.kind == "paid" and event.occurred_at is not None and event.superseded_by is None
        if event.role in (None, "contributor")
    ]
    people: set[str] = set()
    settled: datetime | None = None
    for at, with_bonus, person in sorted(paid):
        if not (with_bonus and person in people):
            settled = at
        people.add(person)
    if settled is not None:
        return settled
    return issue.closed_at + _CLOSING_SLACK if issue.closed_at else None


def _elsewhere(issue: IssueHistory, others: Sequence[PullRequest]) -> NoFix:
    """What other repositories hold: merged fixes that name the issue, then merged mentions."""
    merged = sorted(p.name for p in others if p.merged_at is not None)
    home = f"{issue.repository}#".lower()
    merged += sorted(n for n in issue.linked_pulls if not n.lower().startswith(home))
    if merged:
        return NoFix("fix_elsewhere", merged[0])
    if others:
        return NoFix("fix_unmerged", _unmerged(max(others, key=lambda p: (p.created_at, p.name))))
    return NoFix("no_fix", "no pull request names this issue as fixed")


def _unmerged(pull: PullRequest) -> str:
    if pull.state.upper() == "OPEN":
        return f"{pull.name} is still open"
    return f"{pull.name} was closed without a merge"


def _merge_order(pull: PullRequest) -> tuple[datetime, int]:
    return (pull.merged_at or pull.created_at, pull.number)
