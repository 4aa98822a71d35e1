"""Test cases: what is counted of a report."""

import pytest

from tasks.domain.cases import Cases, cases_of
from tasks.domain.verdicts import Evidence

SENTINELS = {"test_0f": "passed", "test_1e": "failed"}
REPORT = {
    "a": "passed",
    "b": "failed",
    "c": "error",
    "d": "skipped",
    "tests/x.py::test_0f": "passed",
    "tests/x.py::test_1e": "failed",
    "tests/x.py::test_1e [one]": "failed",
    "another_test_0f": "passed",
}


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(), None),
        (Evidence(report={}), Cases(0, 0)),
        (Evidence(report=REPORT, sentinels=SENTINELS), Cases(2, 4)),
        (Evidence(report={"1": "passed", "2": "skipped"}), Cases(1, 1)),
        (Evidence(report={"1": "passed", "2": "skipped"}, failure="stopped: wall"), Cases(1, 2)),
    ],
)
def test_cases_are_those_of_the_report_without_what_grading_placed(
    evidence: Evidence, expected: Cases | None
) -> None:
    assert cases_of(evidence) == expected
