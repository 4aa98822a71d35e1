"""Which proposal won, on what evidence, and when work began.

Evidence, best first (`Acceptance.evidence`):

pull_link   The fixing pull request links the proposal, or a pointer that leads to it.
assignment  The fix's author was assigned while a proposal of his stood: the newest of his.
ribbon      A reviewer's ribbon names exactly one standing proposal. It is only a recommendation,
            so it counts for nothing where the reviewer wrote the fix or the proposal, or where the
            fix's author had another proposal of his own.

The moment of acceptance, whatever the evidence, is the first of these that lies after the
proposal and no later than the opening of the fix: the assignment of the proposal's author, else
that of the fix's author, else a ribbon that names the proposal, else the opening itself. Only
where the fix was opened before the proposal was posted does a later assignment of the proposal's
author count. A proposal must stand at that moment.

Triage, apps and reviewers' assignments never count: people other than these two authors, and
whatever an automation assigned. Nor do assignments after the merge, which give out no work, nor
those that somebody made of himself: they begin work (`work_started`), and accept nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.instances import Proposal
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.links import proposal_line
from tasks.domain.proposals import distinct, pointed_comment, proposals_at, text_known_at
from tasks.domain.ribbons import RibbonAt, named_by, ribbons_of

EvidenceKind = Literal["pull_link", "assignment", "ribbon"]

# Apps, and the two users that are the market's automation.
_AUTOMATION: Final = re.compile(r"(?:\[bot\]|[-_]bot)\Z|\A(?:osbotify|melvinbot)\Z", re.IGNORECASE)

_AGREES: Final = " agrees: "


class Acceptance(BaseModel, frozen=True, extra="forbid"):
    """The accepted proposal's comment, and what says so.

    `words` and `url` are what the evidence rests on; `also` is a phrase for every other piece of
    evidence, whether it agrees or names another proposal.
    """

    comment_id: int
    evidence: EvidenceKind
    accepted_at: datetime
    words: str = ""
    url: str | None = None
    also: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of evidence that name this proposal, each on its own, sorted."""
        agreeing = {phrase.partition(_AGREES)[0] for phrase in self.also if _AGREES in phrase}
        return tuple(sorted({self.evidence, *agreeing}))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A piece of evidence. `accepted_at` is None where the proposal did not stand when it had
    to."""

    evidence: EvidenceKind
    comment_id: int
    accepted_at: datetime | None
    words: str
    url: str

    def phrase(self, accepted: "_Claim") -> str:
        if self.comment_id == accepted.comment_id:
            return f"{self.evidence}{_AGREES}{self.words} ({self.url})"
        return f"{self.evidence} names comment {self.comment_id}: {self.words} ({self.url})"


def accepted_proposal(issue: IssueHistory, fix: PullRequest) -> Acceptance | None:
    """The proposal that won; None where nothing ties the fix to one. Order and repetition of
    comments and assignments do not matter."""
    return _Case(issue, fix).decide()


def work_started(
    issue: IssueHistory, fix: PullRequest, accepted: Acceptance | None = None
) -> datetime:
    """The moment of ic_swe: the earliest of acceptance, assignment of the fix's author, and
    opening of the fix."""
    moments = [fix.created_at, author_assigned(issue, fix)]
    moments.append(accepted.accepted_at if accepted else None)
    return min(moment for moment in moments if moment is not None)


def is_automation(login: str) -> bool:
    """Whether an app or one of the market's own users bears this name."""
    return _AUTOMATION.search(login) is not None


def author_assigned(issue: IssueHistory, fix: PullRequest) -> datetime | None:
    """When the fix's author was first assigned to the issue, by people."""
    return min(assignments_of(issue, fix.author), default=None)


def assignments_of(
    issue: IssueHistory, login: str | None, *, by_others: bool = False
) -> list[datetime]:
    """When people assigned somebody to the issue, oldest first. What an automation did is no
    decision; where the source does not say who did it, it was a person, and with `by_others`
    another one."""
    if login is None:
        return []
    wanted = login.lower()
    uncounted = {
        event.occurred_at
        for event in issue.events
        if event.event_type == "assigned" and event.detail.lower() == wanted
        if event.actor is not None
        if is_automation(event.actor) or (by_others and event.actor.lower() == wanted)
    }
    moments = {a.assigned_at for a in issue.assignments if a.login.lower() == wanted}
    return sorted(moments - uncounted)


class _Case:
    """An issue and its fix, with what was read of them so far."""

    def __init__(self, issue: IssueHistory, fix: PullRequest) -> None:
        self.issue, self.fix = issue, fix
        self.comments = distinct(issue.comments)
        self.by_id = {comment.comment_id: comment for comment in self.comments}
        self._standing: dict[datetime, tuple[Proposal, ...]] = {}

    def standing(self, moment: datetime) -> tuple[Proposal, ...]:
        if moment not in self._standing:
            self._standing[moment] = proposals_at(self.comments, moment)
        return self._standing[moment]

    @cached_property
    def ribbons(self) -> Sequence[tuple[RibbonAt, int]]:
        """Ribbons before the fix that name one proposal, with its comment; oldest first."""
        found = []
        for ribbon in ribbons_of(self.comments):
            if ribbon.at >= self.fix.created_at or _same(ribbon.author, self.fix.author):
                continue
            named = named_by(ribbon, self.standing(ribbon.at), self.target)
            if named is not None and not _same(named.author, ribbon.author):
                found.append((ribbon, named.proposal_id))
        return found

    def target(self, comment_id: int) -> int:
        """Where pointers lead in the end; the comment itself where it is no pointer."""
        seen = {comment_id}
        while (comment := self.by_id.get(comment_id)) is not None:
            text = text_known_at(comment, self.fix.created_at)
            further = pointed_comment(text) if text is not None else None
            if further is None or further in seen or not self._is_known(further):
                break
            seen.add(further)
            comment_id = further
        return comment_id

    def _is_known(self, comment_id: int) -> bool:
        return comment_id in self.by_id or comment_id in self.issue.quiet

    def decide(self) -> Acceptance | None:
        claims = [claim for claim in (self._linked(), self._assigned()) if claim is not None]
        claims += reversed([self._recommended(*ribbon) for ribbon in self.ribbons])
        for claim in claims:
            if claim.accepted_at is None or self._contradicted(claim):
                continue
            others = [other.phrase(claim) for other in claims if other is not claim]
            return Acceptance(
                comment_id=claim.comment_id,
                evidence=claim.evidence,
                accepted_at=claim.accepted_at,
                words=claim.words,
                url=claim.url,
                also=tuple(others),
            )
        return None

    def _linked(self) -> _Claim | None:
        found = proposal_line(self.fix, self.issue.name)
        if found is None:
            return None
        target = self.target(found[0])
        return _Claim("pull_link", target, self._accepted_at(target), found[1], self.fix.url)

    def _assigned(self) -> _Claim | None:
        opened = self.fix.created_at
        for at in self._given(self.fix.author):
            for moment in sorted({min(at, opened), at}):
                own = self._own(moment)
                if own:
                    words = f"@{self.fix.author} was assigned on {at:%Y-%m-%d}"
                    number = own[-1].proposal_id
                    return _Claim("assignment", number, moment, words, self.issue.url)
        return None

    def _recommended(self, ribbon: RibbonAt, number: int) -> _Claim:
        moment = self._accepted_at(number)
        return _Claim("ribbon", number, moment, ribbon.words, ribbon.url)

    def _contradicted(self, claim: _Claim) -> bool:
        """A recommendation that somebody with another proposal did not heed decides nothing."""
        if claim.evidence != "ribbon":
            return False
        own = self._own(self.fix.created_at)
        return bool(own) and all(p.proposal_id != claim.comment_id for p in own)

    def _given(self, login: str | None) -> list[datetime]:
        """When somebody was given the work: assignments by others until it was merged."""
        end = self.fix.merged_at
        given = assignments_of(self.issue, login, by_others=True)
        return [a for a in given if end is None or a <= end]

    def _own(self, moment: datetime) -> list[Proposal]:
        return [p for p in self.standing(moment) if _same(p.author, self.fix.author)]

    def _accepted_at(self, number: int) -> datetime | None:
        comment = self.by_id.get(number)
        moment = self._moment(comment) if comment is not None else None
        if moment is None or all(p.proposal_id != number for p in self.standing(moment)):
            return None
        return moment

    def _moment(self, comment: Comment) -> datetime | None:
        posted, opened = comment.created_at, self.fix.created_at
        own = _after(posted, self._given(comment.author))
        for given in (own, _after(posted, self._given(self.fix.author))):
            if given is not None and given <= opened:
                return given
        for ribbon, number in self.ribbons:
            if number == comment.comment_id:
                return ribbon.at
        return opened if posted < opened else own


def _after(moment: datetime, moments: Iterable[datetime]) -> datetime | None:
    return min((m for m in moments if m > moment), default=None)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()
