"""From where a dataset looks at the market: with hindsight, or as of a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tasks.domain.as_of import issue_as_of, pulls_as_of
from tasks.domain.bounties import BountyEvent
from tasks.domain.corrections import apply_overrides
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import Ledger
from tasks.domain.overrides import Override
from tasks.judging import Fate, Judging, fixes_of, judge, ledger_of, refused
from tasks.market import Context
from tasks.variants import issue_variants

AFTER: Final = "after_as_of"


@dataclass(frozen=True)
class View:
    """The pull requests that are known, and which issue they fix. `moment` is the date as of which
    all is seen, None with hindsight."""

    judging: Judging
    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    moment: datetime | None = None

    def events(self, source: str, issue: IssueHistory, ledger: Ledger) -> tuple[BountyEvent, ...]:
        """The ledger that prices are read off; `ledger` is the one with hindsight.

        Jobs of the market place are seen as they are today only, so that as of a date none counts.
        """
        if self.moment is None:
            return ledger.events
        known = issue_as_of(issue, self.moment)
        if known is None:
            return ()
        then = ledger_of(source, known, self.fixes.get(issue.name, ()), {})
        entries = _known(self.judging.overrides.get(issue.name, ()), self.moment, then)
        if not entries:
            return then.events
        return apply_overrides(then, entries, self.judging.spec.name, source, known).events

    def fates(self, issue: IssueHistory, context: Context) -> list[Fate]:
        """What becomes of the issue in every variant of the dataset that is made of issues."""
        if self.moment is None:
            return judge(issue, self.judging, context)
        known = issue_as_of(issue, self.moment)
        if known is not None:
            return judge(known, self.judging, context)
        detail = f"opened on {issue.created_at:%Y-%m-%d}"
        variants = issue_variants(self.judging.spec.variants)
        return [refused(issue, variant, AFTER, detail) for variant in variants]


def view_of(
    judging: Judging, pulls: Mapping[str, PullRequest], issues: Sequence[IssueHistory]
) -> View:
    """The view of a dataset on these pull requests, and on what they fix of these issues."""
    names = [issue.name for issue in issues]
    moment = judging.spec.as_of
    if not isinstance(moment, datetime):
        return View(judging, pulls, fixes_of(pulls, names))
    known = pulls_as_of(pulls, moment)
    return View(judging, known, fixes_of(known, names), moment)


def _known(entries: Sequence[Override], moment: datetime, ledger: Ledger) -> list[Override]:
    """The corrections of what had happened by then."""
    return [
        entry
        for entry in entries
        if (entry.occurred_at is None or entry.occurred_at <= moment)
        if entry.drop is None or any(e.event_id.startswith(entry.drop) for e in ledger.events)
    ]
