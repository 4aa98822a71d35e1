"""Trials: one for most, any of three for the published contract, none beside tampering."""

import pytest

from tasks.domain.instances import Environment
from tasks.domain.trials import judge_trials, settles, trials_of
from tasks.domain.verdicts import Judgement

PASSED = Judgement(outcome="resolved", reason="tests_passed", detail="4")
FAILED = Judgement(outcome="unresolved", reason="tests_failed", detail="1 of 4")
SPOILED = Judgement(outcome="invalid", reason="fault", detail="the engine stopped answering")
CHEATED = Judgement(outcome="unresolved", reason="tampering")


def test_only_the_published_contract_has_several_trials() -> None:
    kinds = {kind: trials_of(Environment(kind=kind)) for kind in ("none", "tests", "swelancer")}
    assert kinds == {"none": 1, "tests": 1, "swelancer": 3}


@pytest.mark.parametrize("only", [PASSED, FAILED, SPOILED, CHEATED])
def test_a_single_trial_is_judged_as_it_is(only: Judgement) -> None:
    assert judge_trials([only]) == only


def test_any_pass_counts() -> None:
    found = judge_trials([FAILED, SPOILED, PASSED])
    assert found == PASSED.model_copy(update={"detail": "trial 3 of 3: 4"})


def test_failures_alone_count_against_the_solver() -> None:
    found = judge_trials([FAILED, FAILED, FAILED])
    assert found == FAILED.model_copy(update={"detail": "trial 1 of 3: 1 of 4"})


def test_what_the_machine_spoiled_does_not_count_against_the_solver() -> None:
    assert judge_trials([FAILED, SPOILED]).outcome == "invalid"


def test_no_pass_counts_beside_tampering() -> None:
    found = judge_trials([CHEATED, PASSED])
    assert (found.outcome, found.reason) == ("unresolved", "tampering")
    assert found.detail == "trial 1 of 2"


def test_a_pass_and_tampering_end_the_trials() -> None:
    assert [settles(one) for one in (PASSED, FAILED, SPOILED, CHEATED)] == [
        *(True, False, False, True)
    ]
