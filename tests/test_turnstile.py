"""Not more tests run side by side than are to, however many boxes are on their way."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from tasks.domain.rollouts import RolloutStopped
from tasks.machines import one_ahead
from tasks.turnstile import running_at_most, turn


class Crowd:
    """How many are inside at once."""

    def __init__(self, expected: int) -> None:
        self.most = self._inside = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(expected)

    def enter(self) -> None:
        with turn(lambda: False):
            with self._lock:
                self._inside += 1
                self.most = max(self.most, self._inside)
            self._full.wait(10)
            with self._lock:
                self._inside -= 1


@pytest.mark.parametrize("tests", [1, 2, 3])
def test_as_many_tests_run_at_once_as_are_to(tests: int) -> None:
    crowd = Crowd(tests)
    with running_at_most(tests), ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(copy_context().run, crowd.enter) for _ in range(6)]:
            done.result()
    assert crowd.most == tests


def test_tests_that_nobody_waits_for_any_more_do_not_begin() -> None:
    told = "ended before these tests began"
    with (
        running_at_most(1),
        turn(lambda: False),
        pytest.raises(RolloutStopped, match=told),
        turn(lambda: True),
    ):
        raise AssertionError("they began")
    with turn(lambda: True):
        pass  # without a limit there is no waiting


def test_without_a_limit_nobody_waits() -> None:
    crowd = Crowd(6)
    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(copy_context().run, crowd.enter) for _ in range(6)]:
            done.result()
    assert crowd.most == 6


def test_one_order_more_is_on_its_way_where_boxes_are_made() -> None:
    assert (one_ahead(2, ["sandboxed"]), one_ahead(2, [])) == (3, 2)
