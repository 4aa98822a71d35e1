"""Which items within documents made a task another one: events, texts, an acceptance, a fix."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tasks.domain.acceptance import Acceptance, accepted_proposal
from tasks.domain.bounties import BountyEvent
from tasks.domain.causes import Evidence, cut
from tasks.domain.differences import Kind
from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.ledger import Ledger

_MOST_ITEMS: Final = 5


@dataclass(frozen=True)
class Known:
    """What an issue came to: its history and ledger, its fixes, and one variant's outcome."""

    issue: IssueHistory | None
    ledger: Ledger
    fixes: tuple[PullRequest, ...]
    outcome: TaskInstance | Rejection | None


def items_of(kind: Kind | None, before: Known, after: Known) -> tuple[Evidence, ...]:
    """The items that differ and bear on a kind of change, at most five; new ones stand first.

    Without a kind: those that bear on whether there is a task at all.
    """
    if kind is None:
        found = [*_fixes(before, after), *_acceptance(before, after)]
        found += [*_events(before, after), *_comments(before, after)]
    else:
        found = [item for reader in _READERS.get(kind, ()) for item in reader(before, after)]
    return tuple(dict.fromkeys(found))[:_MOST_ITEMS]


def _events(before: Known, after: Known) -> list[Evidence]:
    """Bounty events that one of the ledgers lacks, or that count in one of them only."""
    earlier, later = _in_force(before.ledger), _in_force(after.ledger)
    return _differing(earlier, later)


def _superseded(before: Known, after: Known) -> list[Evidence]:
    """Those that no longer count, but did until they were superseded: prices as of a moment rest
    on them."""
    earlier, later = _in_force(before.ledger, False), _in_force(after.ledger, False)
    return _differing(earlier, later)


def _differing(
    earlier: Mapping[tuple[object, ...], BountyEvent],
    later: Mapping[tuple[object, ...], BountyEvent],
) -> list[Evidence]:
    came = [_event(e, "") for name, e in later.items() if name not in earlier]
    went = [_event(e, "no longer: ") for name, e in earlier.items() if name not in later]
    return came + went


def _in_force(ledger: Ledger, counts: bool = True) -> dict[tuple[object, ...], BountyEvent]:
    """What counts (or what does not), by what it changed and where it stands: other words change
    nothing. Payments last, on which one price rule alone rests."""
    chosen = [event for event in ledger.events if (event.superseded_by is None) is counts]
    return {
        (e.kind, e.amount_cents, e.occurred_at, e.source_kind, e.document_id, e.person): e
        for e in sorted(chosen, key=lambda event: event.kind == "paid")
    }


def _event(event: BountyEvent, word: str) -> Evidence:
    return Evidence(
        what=f"{word}{event.kind} by {event.source_kind.replace('_', ' ')}",
        document_id=event.document_id,
        url=event.url,
        occurred_at=event.occurred_at,
        actor=event.actor,
        words=cut(event.words),
    )


def _titles(before: Known, after: Known) -> list[Evidence]:
    earlier = {(t.document_id, t.title) for t in before.issue.titles} if before.issue else set()
    issue = after.issue
    return [
        Evidence(
            what="title",
            document_id=title.document_id,
            url=issue.url,
            occurred_at=title.since,
            actor=title.actor,
            words=cut(title.title),
        )
        for title in (reversed(issue.titles) if issue else ())
        if issue and (title.document_id, title.title) not in earlier
    ]


def _bodies(before: Known, after: Known) -> list[Evidence]:
    issue = after.issue
    if issue is None or (before.issue is not None and before.issue.bodies == issue.bodies):
        return []
    newest = issue.bodies[-1]
    return [
        Evidence(
            what="body",
            document_id=issue.document_id,
            url=issue.url,
            occurred_at=newest.since,
            actor=issue.author,
            words=cut(newest.text),
        )
    ]


def _comments(before: Known, after: Known) -> list[Evidence]:
    """Comments whose texts differ, or that one of the two lacks, among the proposals of either."""
    earlier, later = _by_id(before), _by_id(after)
    offered = _offered(before) | _offered(after)
    found = []
    for number in sorted({*earlier, *later}):
        one, other = earlier.get(number), later.get(number)
        if number in offered and one != other:
            found.append(_comment(other, "proposal") if other else _gone(one))
    return [item for item in found if item is not None]


def _by_id(known: Known) -> dict[int, Comment]:
    return {c.comment_id: c for c in known.issue.comments} if known.issue else {}


def _offered(known: Known) -> set[int]:
    outcome = known.outcome
    if isinstance(outcome, TaskInstance):
        return {proposal.proposal_id for proposal in outcome.proposals}
    return set()


def _gone(comment: Comment | None) -> Evidence | None:
    return _comment(comment, "no longer: proposal") if comment else None


def _comment(comment: Comment, what: str) -> Evidence:
    newest = comment.versions[-1]
    return Evidence(
        what=what,
        document_id=comment.node_id or str(comment.comment_id),
        url=comment.url,
        occurred_at=newest.since,
        actor=comment.author,
        words=cut(newest.text),
    )


def _fixes(before: Known, after: Known) -> list[Evidence]:
    """Pull requests that differ or came, where the fix is another one or of another state."""
    earlier = {pull.name: pull for pull in before.fixes}
    return [
        Evidence(
            what="pull request",
            document_id=pull.name,
            url=pull.url,
            occurred_at=pull.merged_at or pull.created_at,
            actor=pull.author,
            words=cut(pull.title),
        )
        for pull in after.fixes
        if earlier.get(pull.name) != pull
    ]


def _acceptance(before: Known, after: Known) -> list[Evidence]:
    earlier, later = _accepted(before), _accepted(after)
    if later is None or earlier == later or after.issue is None:
        return []
    named = _by_id(after).get(later.comment_id)
    return [
        Evidence(
            what=f"accepted by {later.evidence.replace('_', ' ')}",
            document_id=(named.node_id if named else None) or after.issue.document_id,
            url=later.url,
            occurred_at=later.accepted_at,
            words=cut(later.words),
        )
    ]


def _accepted(known: Known) -> Acceptance | None:
    outcome = known.outcome
    if known.issue is None or not isinstance(outcome, TaskInstance):
        return None
    commit = outcome.reference.fix_commit
    fixes = [pull for pull in known.fixes if pull.merge_commit == commit]
    return accepted_proposal(known.issue, fixes[0]) if fixes else None


def _assignments(before: Known, after: Known) -> list[Evidence]:
    def assigned(known: Known) -> dict[str, Evidence]:
        if known.issue is None:
            return {}
        return {
            event.document_id: Evidence(
                what="assignment",
                document_id=event.document_id,
                url=known.issue.url,
                occurred_at=event.occurred_at,
                actor=event.actor,
                words=cut(event.detail),
            )
            for event in known.issue.events
            if event.event_type == "assigned"
        }

    earlier, later = assigned(before), assigned(after)
    return [item for name, item in later.items() if earlier.get(name) != item]


_READERS: Final[Mapping[Kind, tuple[Callable[[Known, Known], Iterable[Evidence]], ...]]] = {
    "price": (_events,),
    "other_prices": (_events, _superseded, _assignments, _acceptance),
    "title": (_titles,),
    "link": (_fixes, _acceptance),
    "proposals": (_comments,),
    "statement": (_bodies, _titles),
    "tests": (_fixes,),
    "environment": (_fixes,),
    "as_of": (_assignments, _acceptance, _fixes),
}


def held_by(item: Evidence, kind: str, external_id: str) -> bool:
    """Whether a document of GitHub holds an item: an issue all of its own, a pull request and the
    edits of a comment those that bear their name, a job's document those that name the job."""
    if kind == "github.issue":
        return item.what != "pull request" or item.document_id.startswith(f"{external_id}/")
    return item.document_id == external_id or external_id in item.document_id.split("/")
