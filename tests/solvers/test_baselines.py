"""The rules that every model has to beat, and the reference that nothing can."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import UsageError
from tasks.domain.instances import Reference
from tasks.domain.rollouts import NOTHING, Job, Solution, Submission
from tasks.solvers import known_solvers, wants_of
from tests.domain.builders import proposal
from tests.solvers.jobs import job, of_ids, plain_solver

IDS = st.lists(st.integers(0, 10**10), unique=True, min_size=1, max_size=8)


def choice(name: str, asked: Job) -> int | None:
    return plain_solver(name, {}).solve(asked).submission.selected_proposal_id


@given(IDS)
def test_first_and_last_follow_the_published_order(ids: list[int]) -> None:
    asked = job(of_ids(*ids))
    assert (choice("first", asked), choice("last", asked)) == (ids[0], ids[-1])


@given(IDS, st.integers(-(10**6), 10**6), st.text(st.characters(codec="utf-8"), max_size=20))
def test_random_is_the_formula_of_the_specification(ids: list[int], seed: int, name: str) -> None:
    drawn = int(hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), 16)
    expected = sorted(ids)[drawn % len(ids)]
    assert choice("random", job(of_ids(*ids), seed=seed, name=name)) == expected
    again = job(of_ids(*reversed(ids)), seed=seed, name=name, attempt=2)
    assert choice("random", again) == expected


def test_random_is_pinned_for_an_instance_of_the_published_shape() -> None:
    # sha256("7:Expensify__App-1-swe_manager") taken modulo 3, by sha256sum.
    assert choice("random", job(of_ids(0, 1, 2), seed=7, name="Expensify__App-1-swe_manager")) == 1


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        ({3: "aaa", 1: "aa", 2: "a"}, 3),
        ({3: "aaa", 1: "aaa", 2: "a"}, 1),
        ({9: "", 4: ""}, 4),
        ({1: "\u00e9\u00e9", 2: "abc"}, 2),
        ({1: "\U0001f6a3\U0001f6a3\U0001f6a3", 2: "aa"}, 1),
        ({1: "e\u0301", 2: "\u00e9"}, 1),
    ],
)
def test_longest_counts_code_points_and_a_tie_goes_to_the_lowest_id(
    texts: dict[int, str], chosen: int
) -> None:
    proposals = [proposal(number, text) for number, text in texts.items()]
    assert choice("longest", job(proposals)) == chosen
    assert choice("longest", job(proposals[::-1])) == chosen


@pytest.mark.parametrize("name", ["null", "first", "last", "random", "longest"])
def test_without_proposals_a_baseline_has_no_answer(name: str) -> None:
    empty = job([], variant="ic_swe")
    assert plain_solver(name, {}).solve(empty) == Solution(submission=NOTHING)


def test_null_never_answers() -> None:
    assert plain_solver("null", {}).solve(job(of_ids(1, 2))) == Solution(submission=NOTHING)


@pytest.mark.parametrize(
    ("variant", "reference", "expected"),
    [
        ("swe_manager", Reference(accepted_proposal_id=2), Submission(selected_proposal_id=2)),
        ("swe_manager", Reference(gold_patch="p"), NOTHING),
        ("ic_swe", Reference(gold_patch="p"), Submission(model_patch="p")),
        ("ic_swe", Reference(accepted_proposal_id=2), NOTHING),
    ],
)
def test_gold_hands_in_the_reference(
    variant: str, reference: Reference, expected: Submission
) -> None:
    asked = job(of_ids(1, 2), reference=reference, variant=variant)
    assert plain_solver("gold", {}).solve(asked) == Solution(submission=expected)


def test_gold_alone_sees_the_reference_and_needs_it() -> None:
    plain = [name for name in known_solvers() if name != "replay" and not wants_of(name).needs]
    assert [name for name in plain if plain_solver(name, {}).sees_reference] == ["gold"]
    with pytest.raises(ValueError, match="was not given the reference"):
        plain_solver("gold", {}).solve(job(of_ids(1, 2)))


@pytest.mark.parametrize("name", ["gold", "null", "first", "last", "random", "longest"])
def test_a_solver_without_options_refuses_one(name: str) -> None:
    message = f"the {name} solver takes no option, but was given speed"
    with pytest.raises(UsageError, match=message):
        plain_solver(name, {"speed": 1})


def test_an_unknown_solver_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        plain_solver("oracle", {})
    assert str(refused.value) == f"unknown solver 'oracle'; known: {', '.join(known_solvers())}"
