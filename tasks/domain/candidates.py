"""From a scraped issue to the work it offered: the fix, the moment work began, and the prices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from tasks.domain.acceptance import (
    Acceptance,
    accepted_proposal,
    author_assigned,
    work_started,
)
from tasks.domain.bounties import (
    BountyEvent,
    Rung,
    ladder,
    last_price,
    paid_cents,
    price_at,
    prices,
)
from tasks.domain.fixes import NoFix, choose_fix
from tasks.domain.follow_ups import comments_only_in
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Rejection
from tasks.domain.issues import Gone, IssueHistory, PullRequest
from tasks.domain.ledger import advertised
from tasks.domain.links import fixed_issues, reverted_pulls
from tasks.domain.screening import is_pull_request, pays_elsewhere, tries_automation
from tasks.domain.titles import clean_title

_GONE: Final[Mapping[Gone, str]] = {
    "deleted": "the issue was deleted",
    "transferred": "the issue was moved to another repository",
    "unavailable": "the issue can no longer be read",
}


class Work(BaseModel, frozen=True, extra="forbid"):
    """A priced and fixed issue.

    `started` is the moment before which everything is known to whoever takes it on: as `screen`
    leaves it, that of ic_swe, when the fix's author was given the work. `begun` moves it.
    `branch` is what the fix was merged into. `base` is None where GitHub knows no parent of the
    merge commit and none is needed.
    """

    fix: PullRequest
    base: str | None
    fix_commit: str
    started: datetime
    ladder: tuple[Rung, ...]
    prices: dict[str, int | None]
    acceptance: Acceptance | None = None
    branch: str | None = None


def screen(
    issue: IssueHistory,
    variant: str,
    fixes: Sequence[PullRequest],
    events: Sequence[BountyEvent],
    *,
    history: CodeHistory | None = None,
    needs_base: bool = True,
) -> Work | Rejection:
    """The work behind an issue, or the one reason why it is none.

    `fixes` are the pull requests whose "Fixed Issues" section names the issue, any state, and
    their reverts (`named_fixes`). `history`, the repository's, tells a fix from a pull request
    that only corrects comments; without it, titles and sizes have to. Work that nobody checks
    out needs no base.
    """
    rungs = ladder(events)
    price = last_price(rungs)

    def reject(reason: str, detail: str) -> Rejection:
        return refuse(issue, variant, price, reason, detail)

    no_work = _no_work(issue)
    if no_work is not None:
        return reject(*no_work)
    if not rungs:
        return reject("no_price", "no bounty was ever advertised")
    if price is None:
        return reject("no_price", "the bounty was withdrawn")
    chosen = choose_fix(issue, fixes, events, comments_only_in(history))
    if isinstance(chosen, NoFix):
        return reject(*chosen)
    baseless = needs_base and not chosen.parents
    if chosen.merge_commit is None or chosen.merged_at is None or baseless:
        wanted = "merge commit with a parent" if needs_base else "merge commit"
        return reject("missing_commit", f"{chosen.name} has no {wanted}")
    accepted = accepted_proposal(issue, chosen)
    started = work_started(issue, chosen, accepted)
    return Work(
        fix=chosen,
        base=chosen.parents[0] if chosen.parents else None,
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
        acceptance=accepted,
        branch=chosen.base_branch,
    )


def begun(work: Work, issue: IssueHistory, moment: datetime, events: Sequence[BountyEvent]) -> Work:
    """The same work as of another moment, with the as-of price of then."""
    if moment == work.started:
        return work
    as_of = price_at(_known_at(issue, events, moment), moment)
    return work.model_copy(update={"started": moment, "prices": work.prices | {"as_of": as_of}})


def _known_at(
    issue: IssueHistory, events: Sequence[BountyEvent], moment: datetime
) -> tuple[Rung, ...]:
    """The ladder as it was known at `moment`. A correction by hand counts at any moment."""
    if any(event.dataset is not None for event in events):
        return ladder(events)
    return ladder(advertised(issue, moment))


def _no_work(issue: IssueHistory) -> tuple[str, str] | None:
    """(reason, detail) where the issue is no candidate for work, whatever came of it."""
    if issue.gone is not None:
        return "gone", _GONE[issue.gone]
    if is_pull_request(issue.url):
        return "unsupported", "a pull request is no task, though its title may repeat a price"
    title = issue.titles[-1].title
    if pays_elsewhere(title):
        return "payment_vehicle", clean_title(title)
    if tries_automation(title):
        return "automation_test", clean_title(title)
    return None


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


def named_fixes(pulls: Iterable[PullRequest], issues: Iterable[str] = ()) -> dict[str, list[str]]:
    """Issue → names of the pull requests that concern it, sorted: fixes, and their reverts.

    A revert made by a button names the pull request that it takes back, not the issue, and a
    revert of that one names the revert. `issues` are the known ones: their spelling is used where
    names differ by letter case alone.
    """
    listed = list(pulls)
    own = {pull.name: fixed_issues(pull) for pull in listed}
    undone = {pull.name: reverted_pulls(pull) for pull in listed}
    named = {}
    for pull in listed:
        behind, seen = [pull.name], set[str]()
        while behind:
            name = behind.pop()
            if name not in seen:
                seen.add(name)
                behind += undone.get(name, ())
        named[pull.name] = frozenset(issue for name in seen for issue in own.get(name, ()))
    return fixes_by_issue(named, issues)


def fixes_by_issue(
    named: Mapping[str, frozenset[str]], issues: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Pull name → issues it names, turned around: issue → pull names, sorted.

    GitHub ignores letter case: a name that differs from one of the known `issues` by case alone
    is that issue.
    """
    spelled = {issue.lower(): issue for issue in issues}
    found: dict[str, set[str]] = {}
    for pull, names in named.items():
        for issue in names:
            found.setdefault(spelled.get(issue.lower(), issue), set()).add(pull)
    return {issue: sorted(found[issue]) for issue in sorted(found)}
