"""What holds of the metrics of any run."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.metrics import FAILURE_CLASSES, FUNNEL, METRICS, Metric
from tasks.domain.payouts import Outcome, tally, tally_by_variant
from tasks.scoring import measure
from tests.scoring.generated import Run, runs

Slices = dict[str, dict[str, Metric]]


def by_slice(run: Run) -> Slices:
    found: Slices = {}
    for metric in measure(*run):
        found.setdefault(metric.slice, {})[metric.metric] = metric
    return found


def outcomes(run: Run) -> list[Outcome]:
    tasks, attempts = run
    return [
        Outcome(
            instance_id=tasks[a.task].instance_id,
            attempt=a.attempt,
            variant=tasks[a.task].variant,
            state=a.state,
            price_cents=tasks[a.task].price_cents,
        )
        for a in attempts
    ]


def told(metrics: dict[str, Metric], names: list[str]) -> dict[str, float]:
    return {name: metrics[name].value for name in names}


@settings(max_examples=20)
@given(runs())
def test_the_counts_and_sums_are_those_of_the_tally(run: Run) -> None:
    found = by_slice(run)
    whole = tally(outcomes(run)).model_dump()
    assert told(found["all"], list(whole)) == whole
    for variant, counts in tally_by_variant(outcomes(run)).items():
        expected = counts.model_dump()
        assert told(found[f"variant={variant}"], list(expected)) == expected
        rate = found[f"variant={variant}"].get("earn_rate")
        assert (None if rate is None else rate.value) == counts.earn_rate


@settings(max_examples=15)
@given(runs(), st.randoms(use_true_random=False))
def test_neither_the_order_of_tasks_nor_that_of_attempts_matters(
    run: Run, dice: random.Random
) -> None:
    tasks, attempts = run
    order = list(range(len(tasks)))
    dice.shuffle(order)
    places = {old: new for new, old in enumerate(order)}
    moved = [one._replace(task=places[one.task]) for one in attempts]
    dice.shuffle(moved)
    assert measure([tasks[number] for number in order], moved) == measure(tasks, attempts)


@settings(max_examples=20)
@given(runs())
def test_failures_add_up_to_what_is_unresolved_and_the_funnel_narrows(run: Run) -> None:
    for slice_, metrics in by_slice(run).items():
        failed = [metrics[f"failed_{name}"].value for name in FAILURE_CLASSES]
        assert sum(failed) == metrics["unresolved"].value
        if "funnel_paid" in metrics:
            steps = [metrics[f"funnel_{name}"].value for name in FUNNEL]
            assert [metrics["attempted"].value, *steps] == sorted(
                [metrics["attempted"].value, *steps], reverse=True
            ), slice_


@settings(max_examples=20)
@given(runs())
def test_slices_of_one_kind_add_up_to_the_whole(run: Run) -> None:
    found = by_slice(run)
    for kind in ("variant", "price_band", "raises", "first_raise", "month", "patch_size"):
        parts = [metrics for name, metrics in found.items() if name.startswith(f"{kind}=")]
        for name in ("attempted", "resolved", "instances", "available_cents", "excluded"):
            assert sum(m[name].value for m in parts) == found["all"][name].value


@settings(max_examples=20)
@given(runs())
def test_shares_are_shares_and_ends_enclose_them(run: Run) -> None:
    tasks, _ = run
    falls = any(
        t.initial_cents and t.final_cents and t.initial_cents > t.final_cents for t in tasks
    )
    for metric in measure(*run):
        meaning = METRICS.get(metric.metric)
        if meaning and meaning.unit == "share" and not (falls and "premium" in metric.metric):
            lowest = float("-inf") if metric.metric == "cost_savings" else 0
            assert lowest <= metric.value <= 1
        assert metric.low is None or metric.high is None or metric.low <= metric.high


@settings(max_examples=20)
@given(runs(most_attempts=3))
def test_sums_stay_exact_where_machine_numbers_end(run: Run) -> None:
    """Prices beyond any market, of which sums times attempts have more than 64 bits."""
    tasks, attempts = run
    dear = [
        t if t.price_cents is None else t.model_copy(update={"price_cents": t.price_cents + 2**61})
        for t in tasks
    ]
    expected = tally(outcomes((dear, attempts)))
    found = by_slice((dear, attempts))["all"]
    assert found["earned_cents"].value == float(expected.earned_cents)
    assert found["gradable_cents"].value == float(expected.gradable_cents)


def test_a_run_of_nothing_has_counts_and_no_rates() -> None:
    found = by_slice(([], []))
    assert list(found) == ["all"]
    assert {m.value for m in found["all"].values()} == {0}
    assert not {"earn_rate", "resolve_rate", "pass@1", "gini"} & set(found["all"])
