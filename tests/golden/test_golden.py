"""Every golden history is read as its author meant it, whole."""

from collections import Counter

import pytest

from tasks.domain.instances import REASONS
from tests.golden.histories import History, load
from tests.golden.tables import VARIANTS, found, meant

HISTORIES = load()


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_every_history_is_read_as_its_author_meant(history: History) -> None:
    assert found(history) == meant(history)


def test_the_set_is_as_wide_as_promised() -> None:
    traps = Counter(trap for history in HISTORIES.values() for trap in history.traps)
    assert len(HISTORIES) >= 64
    assert sum(len(history.traps) >= 3 for history in HISTORIES.values()) >= 8
    assert sum(count for trap, count in traps.items() if trap.startswith("payment summary")) >= 12
    assert {f"era {year}" for year in range(2020, 2027)} <= set(traps)


def test_every_outcome_is_one_that_exists() -> None:
    outcomes = {h.expected[variant] for h in HISTORIES.values() for variant in VARIANTS}
    assert outcomes <= {"ok", *REASONS}


def test_no_two_histories_are_of_one_issue_or_share_a_pull_request() -> None:
    issues = [history.issue for history in HISTORIES.values()]
    pulls = [pull.name for history in HISTORIES.values() for pull in history.pulls]
    assert len(set(issues)) == len(issues)
    assert len(set(pulls)) == len(pulls)
