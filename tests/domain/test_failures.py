"""Every reason of an unresolved verdict has a class."""

import pytest

from tasks.domain.failures import failure_class


@pytest.mark.parametrize(
    ("reason", "failure", "finish", "expected"),
    [
        ("tests_failed", None, "stop", "wrong"),
        ("cases_failed", None, None, "wrong"),
        ("wrong_proposal", None, None, "wrong"),
        ("unknown_proposal", None, None, "wrong"),
        ("patch_conflict", "patch_conflict", None, "wrong"),
        ("bad_submission", "bad_submission", None, "wrong"),
        ("a reason of tomorrow", None, None, "wrong"),
        ("crashed", None, None, "crash"),
        ("no_report", None, None, "crash"),
        ("contract_exit", None, None, "crash"),
        ("memory", None, None, "crash"),
        ("case_stopped", "stopped: memory", None, "crash"),
        ("case_stopped", "stopped: worker", None, "crash"),
        ("case_stopped", "stopped: cpu", None, "timeout"),
        ("case_stopped", "stopped: wall", None, "timeout"),
        ("timeout", "timeout", None, "timeout"),
        ("no_submission", "no_submission", None, "no_answer"),
        ("no_submission", "no_submission", "malformed", "no_answer"),
        ("no_submission", "no_submission", "context", "no_answer"),
        ("empty_patch", "empty_patch", None, "no_answer"),
        ("empty_program", "empty_program", None, "no_answer"),
        ("no_submission", "no_submission", "deadline", "timeout"),
        ("no_submission", "no_submission", "refusal", "declined"),
        ("no_submission", "no_submission", "declined", "declined"),
        ("declined", "declined", "declined", "declined"),
        ("tests_failed", None, "deadline", "wrong"),
        ("tampering", None, "refusal", "tampering"),
    ],
)
def test_a_reason_has_its_class(
    reason: str, failure: str | None, finish: str | None, expected: str
) -> None:
    assert failure_class(reason, failure, finish) == expected
