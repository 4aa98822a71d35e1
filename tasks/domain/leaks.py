"""The leak linter: whether what an agent sees tells how the issue ended or who did the work.

Every text of an instance is checked: title, statement, proposals. What is found is a row with a
code of the closed list `LEAKS` and a severity; a dataset decides whether leaks reject.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from tasks.domain.errors import DataError
from tasks.domain.history import CodeHistory
from tasks.domain.instances import TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.leak_facts import facts_of
from tasks.domain.leak_findings import LEAKS, Finding, LeakFacts, TextHistory
from tasks.domain.leak_names import fix_findings, link_findings, people_findings
from tasks.domain.leak_payments import job_findings, money_findings
from tasks.domain.leak_texts import SeenText, seen_texts
from tasks.domain.patch_runs import NewLines, changed_lines, reads_like_code

__all__ = ["LEAKS", "Finding", "LeakFacts", "TextHistory", "facts_of", "lint", "lint_instance"]

_ORDER = {code: place for place, code in enumerate(LEAKS)}
_RULES = (money_findings, job_findings, fix_findings, people_findings, link_findings)


def lint_instance(
    instance: TaskInstance,
    issue: IssueHistory | None,
    fix: PullRequest | None,
    history: CodeHistory | None,
) -> tuple[Finding, ...]:
    """The findings in an instance. A published task has neither issue nor fix nor history.

    With a history, runs of the fix's new lines are compared with the tree at the instance's base.
    """
    lines = _new_lines(instance)
    absent = _absent_runs(instance, lines, history)
    return _lint(
        instance,
        facts_of(issue, fix, instance, _merge_title(fix, history)),
        lines,
        None if absent is None else absent.__contains__,
    )


def lint(
    instance: TaskInstance,
    facts: LeakFacts,
    absent_from_base: Callable[[str], bool] | None = None,
) -> tuple[Finding, ...]:
    """Findings in the order of the texts and of the codes' list, none twice.

    `absent_from_base` says whether a run of the fix's new lines stands nowhere in the tree at the
    base; without it, a run is only a warning.
    """
    return _lint(instance, facts, _new_lines(instance), absent_from_base)


def _lint(
    instance: TaskInstance,
    facts: LeakFacts,
    lines: NewLines,
    absent_from_base: Callable[[str], bool] | None,
) -> tuple[Finding, ...]:
    found: dict[Finding, None] = {}
    for text in seen_texts(instance):
        of_text = [finding for rule in _RULES for finding in rule(text, facts)]
        of_text += _patch_findings(text, lines, absent_from_base)
        of_text += _moment_findings(text, instance, facts)
        found.update(dict.fromkeys(sorted(of_text, key=_place)))
    return tuple(found)


def _place(finding: Finding) -> tuple[int, str]:
    return _ORDER[finding.code], finding.words


def _patch_findings(
    text: SeenText, lines: NewLines, absent_from_base: Callable[[str], bool] | None
) -> Iterator[Finding]:
    for run, words in lines.shared_runs(text.text):
        if absent_from_base is not None and not absent_from_base(run):
            continue
        sure = absent_from_base is not None and reads_like_code(run)
        detail = "" if absent_from_base else "the tree at the base is not at hand"
        yield Finding(
            code="patch_run",
            severity="leak" if sure else "warning",
            field=text.field,
            words=" ".join(words.split())[:160],
            detail=detail,
        )


def _merge_title(fix: PullRequest | None, history: CodeHistory | None) -> str:
    if history is None or fix is None or not fix.merge_commit:
        return ""
    commit = history.commit(fix.merge_commit)
    return commit.subject if commit else ""


def _new_lines(instance: TaskInstance) -> NewLines:
    """What the fix added. Where only the patch that brings the bug back is known, what it takes
    away is that."""
    reference = instance.reference
    if reference.gold_patch:
        return NewLines(changed_lines(reference.gold_patch, "+"))
    return NewLines(changed_lines(reference.bug_patch or "", "-"))


def _absent_runs(
    instance: TaskInstance, lines: NewLines, history: CodeHistory | None
) -> frozenset[str] | None:
    """Those of the runs to be judged that the base lacks, asked for at once; None: unknown."""
    if history is None or instance.base is None:
        return None
    runs = {run for text in seen_texts(instance) for run, _ in lines.shared_runs(text.text)}
    if not runs:
        return frozenset()
    try:
        return history.absent_runs(instance.base, runs)
    except DataError:
        return None


def _moment_findings(text: SeenText, instance: TaskInstance, facts: LeakFacts) -> Iterator[Finding]:
    """What was posted or written after the moment of the task."""
    posted = _posted_at(text, instance)
    if facts.as_of and posted and posted > facts.as_of:
        yield _whole(text, "later_proposal", f"posted {_day(posted)}, after {_day(facts.as_of)}")
    history = facts.texts.get(text.field)
    if history is None or text.text in history.then:
        return
    if text.text in history.later or not history.then:
        yield _whole(text, "later_text", "only a later version says so")
    else:
        yield _whole(text, "later_text", "it is not the version of the moment", leak=False)


def _posted_at(text: SeenText, instance: TaskInstance) -> datetime | None:
    for proposal in instance.proposals:
        if proposal.proposal_id == text.proposal_id:
            return proposal.posted_at
    return None


def _whole(text: SeenText, code: str, detail: str, *, leak: bool = True) -> Finding:
    return Finding(
        code=code,
        severity="leak" if leak else "warning",
        field=text.field,
        words=text.quote(0, min(len(text.text), 80)),
        detail=detail,
    )


def _day(moment: datetime) -> date:
    return moment.date()
