"""How many test cases an attempt passed, read off the report that grading collected."""

from typing import NamedTuple

from tasks.domain.grading import own_tests
from tasks.domain.sentinels import PASSED
from tasks.domain.verdicts import Evidence

_SKIPPED = "skipped"


class Cases(NamedTuple):
    """`passed` of `total` cases that were reported."""

    passed: int
    total: int


def cases_of(evidence: Evidence) -> Cases | None:
    """The cases of a report, without the tests that were placed at grading; None without a report.

    What a test suite skips asks nothing of anybody and is no case. A case that was skipped because
    a limit had ended the one before it is a case that was not passed.
    """
    if evidence.report is None:
        return None
    results = list(own_tests(evidence.report, evidence.sentinels).values())
    skipped = 0 if evidence.failure else results.count(_SKIPPED)
    return Cases(passed=results.count(PASSED), total=len(results) - skipped)
