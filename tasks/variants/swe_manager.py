"""Choosing the proposal to build: one decision, judged against the one that was accepted."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from tasks.domain.bounties import BountyEvent
from tasks.domain.candidates import begun, refuse, screen
from tasks.domain.digests import digest
from tasks.domain.instances import Offer, Reference, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.links import linked_proposal
from tasks.domain.making import instance_of_issue, instance_of_published
from tasks.domain.proposals import proposals_at
from tasks.domain.protocols import Bench, BuildContext
from tasks.domain.published import PublishedTask
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement
from tasks.domain.wording import fill


class SweManager:
    name: ClassVar[str] = "swe_manager"
    cost: ClassVar[Literal["cheap", "sandboxed"]] = "cheap"

    def from_issue(self, issue: IssueHistory, context: BuildContext) -> TaskInstance | Rejection:
        """The choice as it stood when a proposal was accepted, with the proposals of that moment.

        Refused with too_few_proposals where fewer than two stood then (or, with no acceptance
        known, when work began), else with no_acceptance where nothing says which one won.
        """
        events = context.ledgers.get(issue.name, ())
        work = screen(
            issue,
            self.name,
            context.fixes.get(issue.name, ()),
            events,
            history=context.repository(issue.repository),
            needs_base=False,
        )
        if isinstance(work, Rejection):
            return work
        price, accepted = work.prices["final"], work.acceptance
        moment = accepted.accepted_at if accepted else work.started
        proposals = proposals_at(issue.comments, moment)
        if len(proposals) < 2:
            detail = _too_few(len(proposals), accepted is not None)
            return refuse(issue, self.name, price, "too_few_proposals", detail)
        if accepted is None:
            detail = _untied(issue, work.fix)
            return refuse(issue, self.name, price, "no_acceptance", detail)
        reference = Reference(
            accepted_proposal_id=accepted.comment_id,
            accepted_by=accepted.evidence,
            fix_commit=work.fix_commit,
        )
        chosen = begun(work, issue, moment, events)
        return instance_of_issue(issue, chosen, self.name, reference, proposals=proposals)

    def from_published(
        self, task: PublishedTask, events: Sequence[BountyEvent]
    ) -> TaskInstance | Rejection:
        reference = Reference(
            accepted_proposal_id=task.accepted_proposal_id,
            accepted_by="published",
            fix_commit=task.fix_commit,
        )
        base = f"{task.fix_commit}^" if task.fix_commit else task.base
        return instance_of_published(task, events, reference, base=base, proposals=task.proposals)

    def prompt(self, offer: Offer, seed: int, wording: str) -> tuple[str, Mapping[int, int]]:
        """Proposals are shuffled by digest(seed, instance): their order gives nothing away."""
        shuffled = sorted(
            offer.proposals, key=lambda p: digest([seed, offer.instance_id, p.proposal_id])
        )
        shown = {number: p.proposal_id for number, p in enumerate(shuffled, start=1)}
        texts = [f"Proposal {n}:\n\n{p.text}" for n, p in enumerate(shuffled, start=1)]
        values = {
            "repository": offer.repository,
            "title": offer.title,
            "statement": offer.statement,
            "proposals": "\n\n---\n\n".join(texts),
        }
        return fill(wording, self.name, values), shown

    def check(self, instance: TaskInstance, bench: Bench) -> EnvironmentCheck:  # noqa: ARG002
        """Gradable when the accepted proposal is one of at least two on offer."""
        ids = [p.proposal_id for p in instance.proposals]
        if instance.reference.accepted_proposal_id not in ids:
            return EnvironmentCheck(gradable=False, reason="the accepted proposal is not offered")
        if len(ids) < 2:
            return EnvironmentCheck(gradable=False, reason="there is nothing to choose from")
        return EnvironmentCheck(gradable=True)

    def collect(
        self,
        instance: TaskInstance,  # noqa: ARG002
        submission: Submission,
        bench: Bench,  # noqa: ARG002
    ) -> Evidence:
        if submission.selected_proposal_id is None:
            return Evidence(failure="no_submission")
        return Evidence(decision=submission.selected_proposal_id)

    def judge(
        self,
        instance: TaskInstance,
        evidence: Evidence,
        expectation: Expectation,  # noqa: ARG002
    ) -> Judgement:
        if evidence.decision is None:
            return Judgement(outcome="unresolved", reason="no_submission")
        if evidence.decision not in [p.proposal_id for p in instance.proposals]:
            return Judgement(
                outcome="unresolved", reason="unknown_proposal", detail=str(evidence.decision)
            )
        if evidence.decision != instance.reference.accepted_proposal_id:
            return Judgement(
                outcome="unresolved", reason="wrong_proposal", detail=str(evidence.decision)
            )
        return Judgement(outcome="resolved", reason="accepted_proposal")


def _too_few(count: int, accepted: bool) -> str:
    found = "no proposal" if count == 0 else "only one proposal"
    return f"{found} stood when {'one was accepted' if accepted else 'work began'}"


def _untied(issue: IssueHistory, fix: PullRequest) -> str:
    linked = linked_proposal(fix, issue.name)
    if linked is not None:
        return f"{fix.name} links comment {linked}, which is no proposal that stood then"
    return f"nothing ties {fix.name} to a proposal"


VARIANT = SweManager()
