"""Fixing the issue: a patch, judged by tests the solver has not seen, in a fresh checkout."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal

from tasks.domain.bases import fix_base
from tasks.domain.bounties import BountyEvent
from tasks.domain.candidates import refuse, screen
from tasks.domain.history import ABSENT, Change
from tasks.domain.instances import (
    Environment,
    HiddenFile,
    Offer,
    Overlay,
    Reference,
    Rejection,
    TaskInstance,
    hidden_file,
    instance_id,
)
from tasks.domain.issues import IssueHistory
from tasks.domain.making import instance_of_issue, instance_of_published
from tasks.domain.paths import matches_any
from tasks.domain.protocols import Bench, Box, BuildContext, CodeHistory
from tasks.domain.published import PublishedTask
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement
from tasks.variants.junit import read_report

PUBLISHED_IMAGE: Final = "swelancer/swelancer_x86_{task_id}:releasev1"
_PATCH: Final = ".paydag-submission.patch"
_LOG_CAP: Final = 20_000
_REFRESH: Final = "`paydag refresh` fetches what is missing"
_ASK = """You are a freelance engineer. The repository {repository} is checked out at the state
before the fix. Resolve the issue below and hand in a patch.

Issue: {title}

{statement}

Answer with a unified diff that `git apply` takes.
"""


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
        reference = _reference(
            history, base, work.fix_commit, context.paths.tests, context.overlay(name)
        )
        if not reference.gold_patch:
            return refuse(issue, self.name, price, "no_source_change", fix.name)
        if all(hidden.content is None for hidden in reference.hidden_tests):
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

    def prompt(self, offer: Offer, seed: int) -> tuple[str, Mapping[int, int]]:  # noqa: ARG002
        text = _ASK.format(
            repository=offer.repository, title=offer.title, statement=offer.statement
        )
        return text, {}

    def check(self, instance: TaskInstance, bench: Bench) -> EnvironmentCheck:
        """Run the hidden tests without and with the gold patch; what changes is fail-to-pass."""
        null = _run_tests(instance, None, bench)
        gold = _run_tests(instance, instance.reference.gold_patch, bench)
        before, after = null.report or {}, gold.report or {}
        passing = [name for name, result in after.items() if result == "passed"]
        expectation = Expectation(
            fail_to_pass=tuple(n for n in passing if before.get(n) != "passed"),
            pass_to_pass=tuple(n for n in passing if before.get(n) == "passed"),
        )
        reason = ""
        if gold.failure or gold.exit_code != 0:
            reason = f"the gold patch does not pass ({gold.failure or f'exit {gold.exit_code}'})"
        elif not expectation.fail_to_pass:
            reason = "no test fails without the gold patch"
        return EnvironmentCheck(
            gradable=not reason, reason=reason, expectation=expectation, gold=gold, null=null
        )

    def collect(self, instance: TaskInstance, submission: Submission, bench: Bench) -> Evidence:
        if submission.model_patch is None:
            return Evidence(failure="no_submission")
        if not submission.model_patch.strip():
            return Evidence(failure="empty_patch")
        return _run_tests(instance, submission.model_patch, bench)

    def judge(
        self,
        instance: TaskInstance,  # noqa: ARG002
        evidence: Evidence,
        expectation: Expectation,
    ) -> Judgement:
        if evidence.failure:
            return Judgement(outcome="unresolved", reason=evidence.failure)
        if evidence.report is None:
            return Judgement(outcome="unresolved", reason="no_report", detail=evidence.log[-500:])
        expected = (*expectation.fail_to_pass, *expectation.pass_to_pass)
        wrong = [name for name in expected if evidence.report.get(name) != "passed"]
        if wrong:
            return Judgement(
                outcome="unresolved",
                reason="tests_failed",
                detail=f"{len(wrong)} of {len(expected)}: {', '.join(wrong[:5])}",
            )
        if evidence.exit_code != 0 or not expectation.fail_to_pass:
            return Judgement(
                outcome="unresolved", reason="exit_code", detail=str(evidence.exit_code)
            )
        return Judgement(outcome="resolved", reason="tests_passed", detail=str(len(expected)))


def _reference(
    history: CodeHistory, base: str, fix: str, tests: Sequence[str], overlay: Overlay | None
) -> Reference:
    """The fix, split by path: source is the gold patch, tests are hidden, a person's over them.

    A submodule is a commit's name and no file, so it is source wherever it lies.
    """
    changes = history.changes(base, fix)
    hidden = [c for c in changes if not c.is_submodule and matches_any(c.path, tests)]
    tested = {c.path for c in hidden}
    files = {c.path: _hidden(history, c) for c in hidden}
    files |= {file.path: file for file in (overlay.files if overlay else ())}
    return Reference(
        fix_commit=fix,
        gold_patch=history.patch(base, fix, [c.path for c in changes if c.path not in tested]),
        hidden_tests=tuple(files[path] for path in sorted(files)),
        hidden_tests_reason=overlay.reason if overlay else None,
    )


def _hidden(history: CodeHistory, change: Change) -> HiddenFile:
    if change.new_mode == ABSENT:
        return hidden_file(change.path, None)
    return hidden_file(change.path, history.read_blob(change.new_oid), change.new_mode)


def _run_tests(instance: TaskInstance, patch: str | None, bench: Bench) -> Evidence:
    """A fresh checkout of the base, the patch, then the hidden tests on top, then the run."""
    environment = instance.environment
    with bench.sandbox.start(environment, instance.instance_id) as box:
        box.put_tar(bench.repository(instance.repository).archive(instance.base or ""))
        if patch is not None:
            refused = _apply(box, patch)
            if refused is not None:
                return Evidence(failure="patch_conflict", log=refused)
        # First what goes: where a folder was may be a file now, and the other way round. A link
        # that the patch put in the way of a path makes room for a file, and nobody follows it.
        for hidden in instance.reference.hidden_tests:
            if hidden.content is None:
                box.put_file(hidden.path, b"")
                box.remove(hidden.path)
        for hidden in instance.reference.hidden_tests:
            if hidden.content is not None:
                box.put_file(hidden.path, hidden.content, hidden.mode)
        if environment.report:
            box.remove(environment.report)
        result = box.run(environment.test_command, environment.timeout_s)
        return Evidence(
            exit_code=result.exit_code,
            report=read_report(box.get_text(environment.report)) if environment.report else None,
            log=result.output[-_LOG_CAP:],
            failure="timeout" if result.timed_out else None,
        )


def _apply(box: Box, patch: str) -> str | None:
    """Why the patch does not apply; None where it did."""
    text = patch if patch.endswith("\n") else patch + "\n"
    box.put_text(_PATCH, text)
    result = box.run(["git", "apply", "--binary", "--whitespace=nowarn", _PATCH], 60)
    box.remove(_PATCH)
    return None if result.exit_code == 0 else result.output[-_LOG_CAP:]


VARIANT = IcSwe()
