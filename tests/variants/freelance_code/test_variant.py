"""Postings become tasks whose programs are told right from wrong; one reason each for the rest."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.postings import Posting
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import Evidence, Expectation, Judgement
from tasks.prompts import load_prompts
from tasks.variants.freelance_code import VARIANT
from tests.variants.freelance_code.offers import MARKET, Context, ProgramBench, posting

BENCH = ProgramBench()


def made(postings: Sequence[Posting], **asked: Any) -> dict[str, TaskInstance | Rejection]:
    outcomes = VARIANT.from_postings(postings, Context(**asked))
    return {o.issue if isinstance(o, TaskInstance) else o.candidate_id: o for o in outcomes}


def task(key: int = 1, **changes: Any) -> TaskInstance:
    (built,) = made([posting(key, **changes)]).values()
    assert isinstance(built, TaskInstance)
    return built


def reason(outcome: TaskInstance | Rejection) -> str:
    return outcome.reason if isinstance(outcome, Rejection) else "instance"


def graded(instance: TaskInstance, program: str | None) -> Judgement:
    evidence = VARIANT.collect(instance, Submission(program=program), BENCH)
    return VARIANT.judge(instance, evidence, VARIANT.check(instance, BENCH).expectation)


def test_every_posting_becomes_a_task_or_has_the_one_reason_why_not() -> None:
    same = "Totals by shop, please: a summary."
    found = made(
        [
            posting(1),
            posting(2, rate_type="hourly"),
            posting(3, description=same),
            posting(4, description=same.upper().replace(",", " -- ")),
            posting(5, currency="XAU"),
            posting(6, band_max_cents=None),
            posting(7, tags=("zebra",), title="Stripes", description="Paint them."),
        ]
    )
    assert {name.removeprefix(f"{MARKET}#"): reason(o) for name, o in found.items()} == {
        "1": "instance",
        "2": "hourly",
        "3": "instance",
        "4": "near_duplicate",
        "5": "no_rate",
        "6": "no_price",
        "7": "no_family",
    }


def test_the_limit_takes_the_same_ones_in_any_order_and_more_only_adds() -> None:
    postings = [posting(key) for key in range(20)]
    shuffled = random.Random(3).sample(postings, len(postings))

    def chosen(listed: Sequence[Posting], **asked: Any) -> set[str]:
        outcomes = made(listed, **asked)
        return {name for name, o in outcomes.items() if isinstance(o, TaskInstance)}

    few = chosen(postings, limit=5)
    assert len(few) == 5
    assert chosen(shuffled, limit=5) == few
    assert chosen([*postings, posting(99)], limit=5) - few <= {f"{MARKET}#99"}
    assert few < chosen(postings, limit=9)
    assert chosen(postings, limit=5, seed=2) != few
    left = [o for o in made(postings, limit=5).values() if isinstance(o, Rejection)]
    assert {o.reason for o in left} == {"not_selected"}
    assert {o.price_cents for o in left} == {14_000}


def test_the_same_posting_gives_the_same_bytes_and_another_seed_another_task() -> None:
    one, again = task(), task()
    assert one.model_dump_json() == again.model_dump_json()
    (other,) = made([posting(1)], seed=2).values()
    assert isinstance(other, TaskInstance)
    assert other.reference != one.reference


def test_prices_are_those_of_the_band_in_dollars() -> None:
    assert task(currency="EUR").prices == {
        "band_min": 3_300,
        "band_mid": 15_400,
        "band_max": 27_500,
        "predicted": None,
        "median_bid": None,
        "awarded_bid": None,
    }


def test_the_offer_holds_examples_and_no_hidden_case() -> None:
    instance = task()
    shown = instance.offer().model_dump_json()
    coding = instance.reference.coding
    assert coding is not None
    assert len(coding.cases) == 8
    assert instance.coding is not None
    assert len(instance.coding.examples) == 2
    for case in coding.cases:
        assert case.output not in shown
        assert case not in instance.coding.examples
    text, _ = VARIANT.prompt(
        instance.offer(), 1, load_prompts(["freelance_code"])["freelance_code"]
    )
    assert all(case.output in text for case in instance.coding.examples)
    assert coding.solution not in text


def test_what_leads_to_the_client_is_not_in_the_statement() -> None:
    said = "Totals, a summary. Mail me@here.example, see https://x.example/a or +49 (170) 123-4567."
    statement = task(description=said).statement
    assert "Mail [address], see [link] or [number]." in statement


@pytest.mark.exhaustive
def test_the_solution_passes_and_every_wrong_one_does_not() -> None:
    instance = task()
    check = VARIANT.check(instance, BENCH)
    assert (check.gradable, check.reason) == (True, "")
    coding = instance.reference.coding
    assert coding is not None
    assert graded(instance, coding.solution) == Judgement(outcome="resolved", reason="cases_passed")
    for program in [coding.stub, *coding.mutants.values(), coding.cases[0].output]:
        assert graded(instance, program).outcome == "unresolved"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (None, "no_submission"),
        ("  \n", "empty_program"),
        ("raise SystemExit(3)", "cases_failed"),
        ("import os; os.kill(os.getpid(), 9)", "cases_failed"),
        ("def (", "cases_failed"),
        ("print('\\ud800')", "cases_failed"),
    ],
)
def test_what_does_not_answer_is_unresolved(program: str | None, expected: str) -> None:
    found = graded(task(), program)
    assert (found.outcome, found.reason) == ("unresolved", expected)


def test_a_solution_that_is_wrong_or_a_mutant_that_is_right_makes_a_task_not_gradable() -> None:
    instance = task()
    coding = instance.reference.coding
    assert coding is not None

    def checked(**changes: Any) -> str:
        reference = instance.reference.model_copy(
            update={"coding": coding.model_copy(update=changes)}
        )
        found = VARIANT.check(instance.model_copy(update={"reference": reference}), BENCH)
        assert not found.gradable
        return found.reason.partition(":")[0]

    assert checked(solution=coding.stub) == "gold_fails"
    assert checked(mutants={"right": coding.solution}) == "null_passes"
    assert checked(cases=(coding.cases[0], coding.cases[0])) == "constant_answer"


def test_evidence_that_lacks_a_case_never_resolves() -> None:
    instance = task()
    report = {f"case {number:02d}": "passed" for number in range(1, 8)}
    found = VARIANT.judge(instance, Evidence(report=report), Expectation())
    assert found.outcome == "unresolved"
