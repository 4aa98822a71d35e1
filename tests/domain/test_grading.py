"""A verdict needs a report that agrees with all else; whatever does not, is never resolved."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.grading import judge_contract, judge_tests
from tasks.domain.sentinels import matched
from tasks.domain.verdicts import Evidence, Expectation

SENTINELS = {"test_aa": "passed", "test_bb": "failed"}
PLACED = {"x.K::test_aa": "passed", "x.K::test_bb": "failed"}
EXPECTED = Expectation(
    fail_to_pass=("t::a",),
    pass_to_pass=("t::b",),
    others=("t::skipped",),
    flaky=("t::flaky",),
    gone=("t::gone",),
)
OWN = {"t::a": "passed", "t::b": "passed", "t::skipped": "skipped"}
NOTHING = Expectation()


def evidence(own: dict[str, str] | None = None, **changes: Any) -> Evidence:
    """An honest run in which all is well, but for the changes; sentinels are in it."""
    plain: dict[str, Any] = {
        "exit_code": 1,
        "report": (OWN if own is None else own) | PLACED,
        "sentinels": SENTINELS,
    }
    return Evidence(**(plain | changes))


def without(name: str) -> dict[str, str]:
    return {n: result for n, result in (OWN | PLACED).items() if n != name}


RESOLVED = {
    "all as expected": evidence(),
    "a flaky test fails": evidence(OWN | {"t::flaky": "failed"}),
    "a flaky test passes": evidence(OWN | {"t::flaky": "passed"}),
    "a flaky test is doubled": evidence(OWN | {"t::flaky": "error"}, doubled=("t::flaky",)),
    "what is gone with the reference is there": evidence(OWN | {"t::gone": "passed"}),
    "a test of the others passes": evidence(OWN | {"t::skipped": "passed"}),
    "a placed test fails by an error": evidence(report=OWN | PLACED | {"x.K::test_bb": "error"}),
    "without sentinels": Evidence(exit_code=0, report=OWN),
}
TAMPERING = {
    "stale": evidence(stale=True),
    "doubled": evidence(doubled=("t::a",)),
    "an extra test that passed": evidence(OWN | {"t::more": "passed"}),
    "an extra test that was skipped": evidence(OWN | {"t::more": "skipped"}),
    "a placed test that had to fail": evidence(report=OWN | PLACED | {"x.K::test_bb": "passed"}),
    "a placed test that had to pass": evidence(report=OWN | PLACED | {"x.K::test_aa": "failed"}),
    "a placed test that was skipped": evidence(report=OWN | PLACED | {"x.K::test_aa": "skipped"}),
    "a placed test twice": evidence(OWN | {"y::test_aa": "passed"}),
    "a placed test is missing": evidence(report=without("x.K::test_bb"), exit_code=0),
    "a test is missing": evidence(report=without("t::b")),
    "another test is missing": evidence(report=without("t::skipped")),
    "failed and exit code 0": evidence(exit_code=0),
    "nothing failed and exit code 1": Evidence(exit_code=1, report=OWN),
    "an empty report": Evidence(exit_code=0, report={}),
    "no report and exit code 0": evidence(report=None, exit_code=0),
}
FAILED = {
    "a failure": evidence(OWN | {"t::a": "failed"}),
    "an error": evidence(OWN | {"t::b": "error"}),
    "a skipped test": evidence(OWN | {"t::b": "skipped"}),
    "an extra test that failed": evidence(OWN | {"t::more": "error"}),
    "an import that breaks": Evidence(
        exit_code=2, report={"t::(import)": "error"}, sentinels=SENTINELS
    ),
}
OTHERS = {
    "timeout": evidence(failure="timeout"),
    "patch_conflict": Evidence(failure="patch_conflict"),
    "no_submission": Evidence(failure="no_submission"),
    "memory": evidence(killed="memory"),
    "disk": evidence(killed="disk"),
    "output": evidence(killed="output"),
    "crashed": evidence(report=None, exit_code=-11),
    "no_report": evidence(report=None, exit_code=2),
}
UNRESOLVED = (
    [pytest.param(e, "tampering", id=name) for name, e in TAMPERING.items()]
    + [pytest.param(e, "tests_failed", id=name) for name, e in FAILED.items()]
    + [pytest.param(e, reason, id=reason) for reason, e in OTHERS.items()]
    + [pytest.param(evidence(report=None, exit_code=139), "crashed", id="crashed in a shell")]
)


@pytest.mark.parametrize("kind", RESOLVED)
def test_what_agrees_with_everything_is_resolved(kind: str) -> None:
    found = judge_tests(RESOLVED[kind], EXPECTED)
    assert (found.outcome, found.reason) == ("resolved", "tests_passed"), found.detail


@pytest.mark.parametrize(("found", "reason"), UNRESOLVED)
def test_what_does_not_agree_is_unresolved_with_its_reason(found: Evidence, reason: str) -> None:
    judged = judge_tests(found, EXPECTED)
    assert (judged.outcome, judged.reason) == ("unresolved", reason), judged.detail


def test_a_verdict_names_the_tests_it_rests_on() -> None:
    detail = judge_tests(evidence(OWN | {"t::a": "failed"}), EXPECTED).detail
    assert detail == "of 2 tests, 1 failed: t::a"
    detail = judge_tests(evidence(OWN | {"t::more": "passed"}), EXPECTED).detail
    assert detail == "tests that the reference does not have: t::more"


RAN = [*RESOLVED.values(), *TAMPERING.values(), *FAILED.values()]


@pytest.mark.parametrize(
    "found", [*RAN, evidence(killed="memory"), evidence(report=None, exit_code=-9)]
)
def test_where_the_reference_was_not_seen_to_pass_nobody_is_blamed(found: Evidence) -> None:
    judged = judge_tests(found, NOTHING)
    assert (judged.outcome, judged.reason) == ("invalid", "not_validated")


outcomes = st.sampled_from(["passed", "failed", "error", "skipped"])
names = st.sampled_from([*OWN, *PLACED, "t::flaky", "t::gone", "t::more", "y::test_aa", "::"])
reports = st.dictionaries(names, outcomes).map(lambda changes: OWN | PLACED | changes)
some_reports = st.one_of(
    st.none(),
    reports,
    st.tuples(reports, st.sets(names)).map(
        lambda two: {n: r for n, r in two[0].items() if n not in two[1]}
    ),
)
evidences = st.builds(
    Evidence,
    exit_code=st.one_of(st.none(), st.integers(-15, 140)),
    report=some_reports,
    failure=st.sampled_from([None, None, None, "timeout"]),
    killed=st.sampled_from([None, None, None, "memory"]),
    sentinels=st.just(SENTINELS),
    doubled=st.sampled_from([(), (), ("t::a",), ("t::flaky",)]),
    stale=st.sampled_from([False, False, True]),
)


@given(found=evidences)
def test_no_report_without_all_expected_names_is_ever_resolved(found: Evidence) -> None:
    judged = judge_tests(found, EXPECTED)
    assert judged.outcome in ("resolved", "unresolved")
    if judged.outcome == "resolved":
        report = found.report or {}
        assert {report[name] for name in ("t::a", "t::b")} == {"passed"}
        # A placed test goes by the end of its name, and is there once.
        placed = matched(report, SENTINELS)
        ((good,), (bad,)) = placed["test_aa"], placed["test_bb"]
        assert report[good] == "passed"
        assert report[bad] in ("failed", "error")
        assert {*OWN, good, bad} <= set(report) <= {*OWN, good, bad, "t::flaky", "t::gone"}
        assert not found.stale
        assert set(found.doubled) <= {"t::flaky"}
        assert (found.failure, found.killed) == (None, None)
        assert found.exit_code != 0  # a placed test failed


@given(found=evidences, fields=st.fixed_dictionaries({"log": st.text(max_size=20)}))
def test_what_was_printed_changes_no_outcome(found: Evidence, fields: dict[str, str]) -> None:
    other = judge_tests(found.model_copy(update=fields), EXPECTED)
    same = judge_tests(found, EXPECTED)
    assert (other.outcome, other.reason) == (same.outcome, same.reason)


@given(found=evidences)
def test_tampering_is_never_invalid_and_never_resolved(found: Evidence) -> None:
    judged = judge_tests(found.model_copy(update={"stale": True}), EXPECTED)
    assert judged.outcome == "unresolved"


@pytest.mark.parametrize(
    ("found", "outcome", "reason"),
    [
        (Evidence(exit_code=0), "resolved", "tests_passed"),
        (Evidence(exit_code=1), "unresolved", "tests_failed"),
        (Evidence(exit_code=2), "unresolved", "contract_exit"),
        (Evidence(exit_code=124), "unresolved", "contract_exit"),
        (Evidence(exit_code=None), "unresolved", "contract_exit"),
        (Evidence(exit_code=0, stale=True), "unresolved", "tampering"),
        (Evidence(exit_code=0, killed="memory"), "unresolved", "memory"),
        (Evidence(exit_code=0, failure="timeout"), "unresolved", "timeout"),
        (Evidence(failure="patch_conflict"), "unresolved", "patch_conflict"),
    ],
)
def test_the_contracts_exit_code_is_the_verdict_where_the_reference_passes(
    found: Evidence, outcome: str, reason: str
) -> None:
    judged = judge_contract(found, Expectation(fail_to_pass=("7",)))
    assert (judged.outcome, judged.reason) == (outcome, reason)
    if not found.failure:
        assert judge_contract(found, NOTHING).outcome == "invalid"
