"""Fixing the issue: a patch, judged by tests the solver has not seen, in a fresh checkout."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final, Literal

from tasks.domain.bases import fix_base
from tasks.domain.bounties import BountyEvent
from tasks.domain.candidates import refuse, screen
from tasks.domain.grading import judge_contract, judge_tests
from tasks.domain.instances import (
    Environment,
    Offer,
    Reference,
    Rejection,
    TaskInstance,
    instance_id,
)
from tasks.domain.issues import IssueHistory
from tasks.domain.making import instance_of_issue, instance_of_published
from tasks.domain.protocols import Bench, BuildContext
from tasks.domain.published import PublishedTask
from tasks.domain.rollouts import Submission
from tasks.domain.validation import compare
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement
from tasks.domain.wording import fill
from tasks.variants.contract import run_contract
from tasks.variants.references import reference_of, tests_something
from tasks.variants.testing import run_tests

PUBLISHED_IMAGE: Final = "swelancer/swelancer_x86_{task_id}:releasev1"
_NO_GOLD: Final = "no_gold: the published task carries no patch to validate its environment with"
_REFRESH: Final = "`paydag refresh` fetches what is missing"


class IcSwe:
    name: ClassVar[str] = "ic_swe"
    cost: ClassVar[Literal["cheap", "sandboxed"]] = "sandboxed"

    def from_issue(self, issue: IssueHistory, context: BuildContext) -> TaskInstance | Rejection:
        events = context.ledgers.get(issue.name, ())
        history = context.repository(issue.repository)
        fixes = context.fixes.get(issue.name, ())
        work = screen(issue, self.name, fixes, events, history=history)
        if isinstance(work, Rejection):
            return work
        price, fix = work.prices["final"], work.fix
        if history is None:
            detail = f"there is no mirror of {issue.repository}; {_REFRESH}"
            return refuse(issue, self.name, price, "missing_commit", detail)
        base = fix_base(history, fix)
        missing = [c for c in (base, work.fix_commit) if not history.has_commit(c)]
        if missing:
            detail = f"the mirror lacks {', '.join(missing)}; {_REFRESH}"
            return refuse(issue, self.name, price, "missing_commit", detail)
        name = instance_id(issue.repository, str(issue.number), self.name)
        overlay = context.overlay(name)
        reference = reference_of(history, base, work.fix_commit, context.paths, overlay)
        if not reference.gold_patch:
            return refuse(issue, self.name, price, "no_source_change", fix.name)
        if not tests_something(reference, context.paths.tests, overlay):
            return refuse(issue, self.name, price, "no_tests", fix.name)
        if not history.applies(base, reference.gold_patch):
            return refuse(issue, self.name, price, "patch_conflict", fix.name)
        based = work.model_copy(update={"base": base})
        return instance_of_issue(
            issue, based, self.name, reference, environment=context.environment
        )

    def from_published(
        self, task: PublishedTask, events: Sequence[BountyEvent]
    ) -> TaskInstance | Rejection:
        return instance_of_published(
            task,
            events,
            Reference(fix_commit=task.fix_commit, bug_patch=task.bug_patch),
            base=task.base,
            environment=Environment(
                kind="swelancer", image=PUBLISHED_IMAGE.format(task_id=task.task_id)
            ),
        )

    def prompt(
        self,
        offer: Offer,
        seed: int,  # noqa: ARG002
        wording: str,
    ) -> tuple[str, Mapping[int, int]]:
        values = {
            "repository": offer.repository,
            "title": offer.title,
            "statement": offer.statement,
        }
        return fill(wording, self.name, values), {}

    def check(self, instance: TaskInstance, bench: Bench) -> EnvironmentCheck:
        """Run the hidden tests without and with the gold patch, `repeats` times each."""
        repeats = instance.environment.repeats
        if instance.environment.kind != "swelancer":
            gold_patch = instance.reference.gold_patch or ""
            return compare(
                _repeated(repeats, lambda: run_tests(instance, None, bench)),
                _repeated(repeats, lambda: run_tests(instance, gold_patch, bench)),
            )
        # The published reference is the patch that puts the bug back, taken backwards.
        gold, bug = instance.reference.gold_patch, instance.reference.bug_patch
        patch, reverse = (gold, False) if gold else (bug, True)
        if not patch:
            return EnvironmentCheck(gradable=False, reason=_NO_GOLD)
        return compare(
            _repeated(repeats, lambda: run_contract(instance, None, bench)),
            _repeated(repeats, lambda: run_contract(instance, patch, bench, reverse=reverse)),
        )

    def collect(self, instance: TaskInstance, submission: Submission, bench: Bench) -> Evidence:
        if submission.model_patch is None:
            return Evidence(failure="no_submission")
        if not submission.model_patch.strip():
            return Evidence(failure="empty_patch")
        if instance.environment.kind == "swelancer":
            return run_contract(instance, submission.model_patch, bench)
        return run_tests(instance, submission.model_patch, bench)

    def judge(
        self,
        instance: TaskInstance,
        evidence: Evidence,
        expectation: Expectation,
    ) -> Judgement:
        if instance.environment.kind == "swelancer":
            return judge_contract(evidence, expectation)
        return judge_tests(evidence, expectation)


def _repeated(times: int, run: Callable[[], Evidence]) -> Sequence[Evidence]:
    """As many runs, or up to the first that something stopped: it would stop the next ones, too."""
    runs: list[Evidence] = []
    while len(runs) < times and not (runs and (runs[-1].failure or runs[-1].killed)):
        runs.append(run())
    return runs


VARIANT = IcSwe()
