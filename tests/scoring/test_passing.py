"""pass@k and McNemar's test are what enumerating every case gives."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.scoring.passing import mcnemar_p, pass_at


def drawn(valid: int, resolved: int, k: int) -> float:
    """The share of all choices of k attempts that hold a resolved one."""
    choices = list(combinations([True] * resolved + [False] * (valid - resolved), k))
    return sum(any(choice) for choice in choices) / len(choices)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted), min_size=1),
    st.integers(1, 9),
)
def test_pass_at_k_is_the_share_of_all_choices_of_k_attempts(
    tasks: list[list[int]], k: int
) -> None:
    resolved, valid = (np.array(column, dtype=np.int64) for column in zip(*tasks, strict=True))
    expected = [drawn(v, c, k) if v >= k else 0.0 for c, v in tasks]
    assert pass_at(valid, resolved, k) == pytest.approx(expected)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_more_attempts_never_pass_less(valid: int, resolved: int, k: int) -> None:
    resolved, k = min(resolved, valid), min(k, valid)
    rates = [float(pass_at(np.array([valid]), np.array([resolved]), n)[0]) for n in range(1, k + 1)]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(resolved / valid)


def enumerated(only_one: int, only_other: int) -> float:
    """The share of all ways to hand the tasks to two equal runs that is as uneven or more so."""
    tasks = only_one + only_other
    uneven = abs(only_one - only_other)
    ways = [abs(tasks - 2 * sum(way)) >= uneven for way in product((0, 1), repeat=tasks)]
    return sum(ways) / len(ways)


@given(st.integers(0, 6), st.integers(0, 6))
def test_mcnemar_is_the_share_of_splits_that_are_as_uneven(one: int, other: int) -> None:
    assert mcnemar_p(one, other) == pytest.approx(enumerated(one, other))
    assert mcnemar_p(one, other) == mcnemar_p(other, one)


def test_mcnemar_of_many_tasks_is_a_number() -> None:
    assert mcnemar_p(2_000, 2_000) == 1.0
    assert mcnemar_p(0, 5_000) == 0.0
    assert mcnemar_p(10, 0) == 2 / 2**10
