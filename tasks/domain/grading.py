"""Judges: what a piece of evidence comes to. Pure; the rules are in docs/decisions/0005-grading.md.

A verdict needs a report that agrees with everything else that is known of the run: what the
reference did, how the sentinels must come out, when it was written and how the runner ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tasks.domain.sentinels import FAILED, PASSED, is_part, matched
from tasks.domain.verdicts import Evidence, Expectation, Judgement

FAILURES: Final = ("failed", "error")
# What validation did not see pass; nobody can be blamed for what happens there.
_NOT_VALIDATED: Final = "the reference was not seen to pass in this environment"
_SHOWN: Final = 5
_LOG_SHOWN: Final = 500
_SIGNALS: Final = 128  # a shell adds it to the signal that ended a program


def judge_tests(evidence: Evidence, expectation: Expectation) -> Judgement:
    """The verdict on a run of tests. resolved: every expected test passed, in a report that
    cannot be doubted; unresolved: it did not, or the submission stopped the run; invalid: the
    reference was not seen to pass where the submission ran."""
    stopped = _stopped(evidence, expectation)
    if stopped is not None:
        return stopped
    if evidence.report is None:
        return _without_report(evidence)
    doubt = doubts(evidence, expectation)
    if doubt:
        return _unresolved("tampering", doubt)
    return _read(evidence.report, evidence.sentinels, expectation)


def judge_contract(evidence: Evidence, expectation: Expectation) -> Judgement:
    """The verdict on one trial of the published image contract, read off its exit code: 0 passed,
    1 failed, anything else broke before it came to that."""
    stopped = _stopped(evidence, expectation)
    if stopped is not None:
        return stopped
    if evidence.stale:
        return _unresolved("tampering", "the exit code was written before the tests began")
    if evidence.exit_code == 0:
        return Judgement(outcome="resolved", reason="tests_passed", detail="exit code 0")
    if evidence.exit_code == 1:
        return _unresolved("tests_failed", "exit code 1")
    said = "none" if evidence.exit_code is None else str(evidence.exit_code)
    return _unresolved("contract_exit", f"exit code {said}, where the reference has 0")


def _stopped(evidence: Evidence, expectation: Expectation) -> Judgement | None:
    """The verdict where the tests did not come to an end, or nobody knows how they should end."""
    if evidence.failure:
        return _unresolved(evidence.failure, evidence.log[-_LOG_SHOWN:])
    if not expectation.fail_to_pass:
        return Judgement(outcome="invalid", reason="not_validated", detail=_NOT_VALIDATED)
    if evidence.killed:
        return _unresolved(evidence.killed, f"the tests went past the limit: {evidence.killed}")
    return None


def doubts(evidence: Evidence, expectation: Expectation | None = None) -> str:
    """Why the report was not written by an honest run of the tests, or ""; without an expectation
    no name is too much."""
    report = evidence.report or {}
    if evidence.stale:
        return "the report is older than the run"
    tolerated = (*expectation.flaky, *expectation.gone) if expectation else ()
    doubled = [name for name in evidence.doubled if name not in tolerated]
    if doubled:
        return f"reported more than once: {first_few(doubled)}"
    wrong = sentinels_wrong(report, evidence.sentinels)
    if wrong:
        return wrong
    if evidence.exit_code == 0 and any(result in FAILURES for result in report.values()):
        return "tests failed, and the runner ended with exit code 0"
    if evidence.exit_code != 0 and not any(result in FAILURES for result in report.values()):
        return f"no test failed, and the runner ended with exit code {evidence.exit_code}"
    if expectation is None:
        return ""
    own = own_tests(report, evidence.sentinels)
    known = _known(expectation)
    extra = [name for name, said in own.items() if name not in known and said not in FAILURES]
    if extra:
        return f"tests that the reference does not have: {first_few(extra)}"
    missing = missing_names(report, evidence.sentinels, expectation)
    if missing and not _honest_failures(own, expectation):
        return f"not reported, though nothing failed: {first_few(missing)}"
    return ""


def sentinels_wrong(report: Mapping[str, str], sentinels: Mapping[str, str]) -> str:
    """Which sentinels came out otherwise than they must, in words; "" where none did. One that is
    not reported at all may have been swept away by an honest crash."""
    found = matched(report, sentinels)
    tests = [[name for name in names if not is_part(name)] for names in found.values()]
    doubled = [name for names in tests if len(names) > 1 for name in names]
    if doubled:
        return f"reported more than once: {first_few(doubled)}"
    wrong = [
        names[0]
        for sentinel, names in found.items()
        if names and _outcome([report[name] for name in names]) != sentinels[sentinel]
    ]
    return f"tests placed at grading came out wrong: {first_few(wrong)}" if wrong else ""


def missing_names(
    report: Mapping[str, str], sentinels: Mapping[str, str], expectation: Expectation
) -> list[str]:
    """Tests that must be in a whole report, and are not."""
    asked = (*expectation.fail_to_pass, *expectation.pass_to_pass, *expectation.others)
    unseen = [sentinel for sentinel, names in matched(report, sentinels).items() if not names]
    return [name for name in asked if name not in report] + unseen


def _read(
    report: Mapping[str, str], sentinels: Mapping[str, str], expectation: Expectation
) -> Judgement:
    """The verdict on a report that is beyond doubt."""
    asked = (*expectation.fail_to_pass, *expectation.pass_to_pass)
    failed = [name for name in asked if report.get(name, PASSED) != PASSED]
    missing = missing_names(report, sentinels, expectation)
    known = _known(expectation)
    unknown = [name for name in own_tests(report, sentinels) if name not in known]
    parts = {"failed": failed, "not reported": missing, "failed beside them": unknown}
    said = [f"{len(names)} {what}: {first_few(names)}" for what, names in parts.items() if names]
    if said:
        return _unresolved("tests_failed", f"of {len(asked)} tests, {'; '.join(said)}")
    return Judgement(outcome="resolved", reason="tests_passed", detail=f"{len(asked)} tests")


def _without_report(evidence: Evidence) -> Judgement:
    code = evidence.exit_code
    if code == 0:
        return _unresolved(
            "tampering", "the runner ended as if all was well, and left no report to read"
        )
    if code is None or code < 0 or code > _SIGNALS:
        return _unresolved("crashed", f"exit code {code}: {evidence.log[-_LOG_SHOWN:]}")
    return _unresolved("no_report", f"exit code {code}: {evidence.log[-_LOG_SHOWN:]}")


def own_tests(report: Mapping[str, str], sentinels: Mapping[str, str]) -> dict[str, str]:
    """The report without the tests that were placed at grading."""
    placed = {name for names in matched(report, sentinels).values() for name in names}
    return {name: result for name, result in report.items() if name not in placed}


def _known(expectation: Expectation) -> frozenset[str]:
    e = expectation
    return frozenset((*e.fail_to_pass, *e.pass_to_pass, *e.others, *e.flaky, *e.gone))


def _honest_failures(own: Mapping[str, str], expectation: Expectation) -> bool:
    """Whether a test failed that does not fail anyhow: after that, others may be missing."""
    anyhow = {*expectation.others, *expectation.flaky}
    return any(result in FAILURES and name not in anyhow for name, result in own.items())


def _outcome(results: Sequence[str]) -> str:
    """What a test came out as, by itself and its subtests."""
    return FAILED if any(result in FAILURES for result in results) else results[0]


def _unresolved(reason: str, detail: str = "") -> Judgement:
    return Judgement(outcome="unresolved", reason=reason, detail=detail)


def first_few(names: Iterable[str]) -> str:
    """The first few of these names."""
    listed = sorted(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
