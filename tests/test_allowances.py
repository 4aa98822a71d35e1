"""A run's budget: what is set aside, given back and never exceeded."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Lock

from tasks.allowances import Allowance, allowance_of, allowing
from tasks.domain.solver_options import NO_USE, SolverUse

DOLLAR = SolverUse(budget_cents=Decimal(100), cap_cents=Decimal(30))


def test_without_a_budget_everything_starts() -> None:
    allowance = Allowance(NO_USE, Decimal(10_000))
    assert all(allowance.start() for _ in range(100))
    assert allowance.note() is None


def test_what_was_spent_before_counts_and_what_was_not_used_comes_back() -> None:
    allowance = Allowance(DOLLAR, Decimal(41))
    assert allowance.start()  # 41 + 30
    allowance.end(Decimal(0))
    assert allowance.start()
    allowance.end(Decimal(29))  # exactly 70 are spent, and 30 fit
    assert allowance.start()
    allowance.end(Decimal(1))
    assert not allowance.start()
    assert allowance.note() == (
        "the budget of $1.00 does not reach further: $0.71 are spent and a rollout may cost $0.30; "
        "1 rollout was not started, and the same command with a larger --budget goes on"
    )


def test_side_by_side_no_budget_is_exceeded_and_none_is_wasted() -> None:
    allowance, lock = Allowance(DOLLAR, Decimal(0)), Lock()
    held = most = 0
    spent = Decimal(0)

    def one(_: int) -> bool:
        nonlocal held, most, spent
        if not allowance.start():
            return False
        with lock:
            held += 30
            most = max(most, held + int(spent))
        with lock:
            held -= 30
            spent += 10
        allowance.end(Decimal(10))
        return True

    with ThreadPoolExecutor(8) as threads:
        started = sum(threads.map(one, range(40)))
    assert (started, int(spent)) == (8, 80)  # 80 + 30 are more than 100
    assert most <= 100


def test_a_stop_wakes_who_waits_and_lasts(tmp_path: Path) -> None:
    with allowing(tmp_path, "run", Allowance(DOLLAR, Decimal(0))) as allowance:
        assert allowance_of(tmp_path, "run") is allowance
        assert all(allowance.start() for _ in range(3))
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(allowance.start)
            allowance.stop("the key is wrong")
            assert waiting.result(10) is False
        assert allowance.note() == "1 rollout was not started, because of this: the key is wrong"
    assert not allowance_of(tmp_path, "run").start()
    assert allowance_of(tmp_path, "another").start()
