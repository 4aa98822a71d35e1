"""From a scraped issue to the work it offered: the fix, the moment work began, and the prices."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from tasks.domain.bounties import BountyEvent, Rung, ladder, paid_cents, prices
from tasks.domain.instances import Rejection
from tasks.domain.issues import Gone, IssueHistory, PullRequest
from tasks.domain.ledger import read_ledger
from tasks.domain.proposals import author_assigned, work_started

_PAYMENT_VEHICLE = re.compile(
    r"\A\W*(?:payment\s*(?:for\b|-|#)|issue for payment\b|reporting bonus\b)", re.IGNORECASE
)
_AUTOMATION_TEST = re.compile(
    r"\b(?:test(?:ing)?\s+(?:the\s+)?(?:upwork\s+)?automation|automation\s+test(?:ing)?\b"
    r"|(?:ignore|test)\W+upwork\b)",
    re.IGNORECASE,
)
_REVERT = re.compile(r"\A\W*revert\b", re.IGNORECASE)
_GONE: Final[Mapping[Gone, str]] = {
    "deleted": "the issue was deleted",
    "transferred": "the issue was moved to another repository",
    "unavailable": "the issue can no longer be read",
}
_TAGS = re.compile(r"\[[^\[\]]*\]")


class Work(BaseModel, frozen=True, extra="forbid"):
    """A priced and fixed issue. `started` is the moment the fix's author was given the work."""

    fix: PullRequest
    base: str
    fix_commit: str
    started: datetime
    ladder: tuple[Rung, ...]
    prices: dict[str, int | None]


def screen(
    issue: IssueHistory,
    variant: str,
    fixes: Sequence[PullRequest],
    events: Sequence[BountyEvent],
) -> Work | Rejection:
    """The work behind an issue, or the one reason why it is none.

    `fixes` are the pull requests whose "Fixed Issues" section names the issue, any state.
    """
    rungs = ladder(events)
    price = (rungs[-1].amount_cents or None) if rungs else None

    def reject(reason: str, detail: str) -> Rejection:
        return refuse(issue, variant, price, reason, detail)

    if issue.gone is not None:
        return reject("gone", _GONE[issue.gone])
    title = _TAGS.sub("", issue.titles[-1].title)
    if _PAYMENT_VEHICLE.match(title):
        return reject("payment_vehicle", title.strip())
    if _AUTOMATION_TEST.search(title):
        return reject("automation_test", title.strip())
    if not rungs:
        return reject("no_price", "no bounty was ever advertised")
    if price is None:
        return reject("no_price", "the bounty was withdrawn")
    chosen = _choose_fix(issue, fixes)
    if isinstance(chosen, tuple):
        return reject(*chosen)
    if chosen.merge_commit is None or chosen.merged_at is None or not chosen.parents:
        return reject("missing_commit", f"{chosen.name} has no merge commit with a parent")
    started = work_started(issue, chosen)
    return Work(
        fix=chosen,
        base=chosen.parents[0],
        fix_commit=chosen.merge_commit,
        started=started,
        ladder=rungs,
        prices=prices(
            rungs,
            known=_known_at(issue, events, started),
            as_of=started,
            assigned_at=author_assigned(issue, chosen),
            merged_at=chosen.merged_at,
            paid=paid_cents(events),
        ),
    )


def _known_at(
    issue: IssueHistory, events: Sequence[BountyEvent], moment: datetime
) -> tuple[Rung, ...]:
    """The ladder as it was known at `moment`. A correction by hand counts at any moment."""
    if any(event.dataset is not None for event in events):
        return ladder(events)
    return ladder(read_ledger("", issue, until=moment).events)


def refuse(
    issue: IssueHistory, variant: str, price_cents: int | None, reason: str, detail: str
) -> Rejection:
    """The rejection of a scraped issue as a candidate of `variant`."""
    return Rejection(
        candidate_id=issue.name,
        variant=variant,
        reason=reason,
        detail=detail,
        price_cents=price_cents,
        origin=issue.repository,
    )


def _choose_fix(issue: IssueHistory, fixes: Sequence[PullRequest]) -> PullRequest | tuple[str, str]:
    """The last merged fix in the issue's own repository, or (reason, detail).

    The last one, because a second pull request for one issue finishes what the first began.
    """
    own = [p for p in fixes if p.repository == issue.repository]
    elsewhere = [p.name for p in fixes if p.repository != issue.repository]
    elsewhere += [n for n in issue.linked_pulls if not n.startswith(f"{issue.repository}#")]
    merged = sorted((p for p in own if p.merged_at is not None), key=_merge_order)
    real = [p for p in merged if not _REVERT.match(p.title)]
    if real:
        if merged[-1] not in real:
            return "reverted", f"{merged[-1].name} reverted {real[-1].name}"
        return real[-1]
    unmerged = [p for p in own if p.merged_at is None]
    if unmerged:
        last = max(unmerged, key=lambda p: p.number)
        return "fix_unmerged", f"{last.name} was closed without a merge"
    if merged:
        return "no_fix", f"{merged[-1].name} only takes back another change"
    if elsewhere:
        return "fix_elsewhere", elsewhere[0]
    return "no_fix", "no pull request names this issue as fixed"


def _merge_order(pull: PullRequest) -> tuple[datetime, int]:
    return (pull.merged_at or pull.created_at, pull.number)


def fixes_by_issue(named: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Pull name → issues it names, turned around: issue → pull names, sorted."""
    found: dict[str, list[str]] = {}
    for pull in sorted(named):
        for issue in named[pull]:
            found.setdefault(issue, []).append(pull)
    return found
