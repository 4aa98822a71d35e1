"""Twelve tasks and three runs by hand: every metric is what a spreadsheet makes of the cells."""

from fractions import Fraction

import pytest

from tasks.domain.metrics import Metric, meaning_of
from tasks.domain.slices import has_everything
from tasks.measures import Scored
from tasks.scoring import compare, measure
from tests.scoring.worked import REACH, RUNS, attempts, evaluate, rows, tasks

Values = dict[tuple[str, str], float]


def expected(run: str) -> Values:
    """(slice, metric) → value; the ends of a range are metrics of their own."""
    return {
        (row["slice"], row["metric"]): float(row["value"])
        for row in rows("expected.csv")
        if row["run"] == run
    }


def values(metrics: list[Metric]) -> Values:
    found = {}
    for m in metrics:
        found[m.slice, m.metric] = m.value
        if m.metric == "earn_rate_leave_one_out" and m.low is not None and m.high is not None:
            found[m.slice, f"{m.metric} low"] = m.low
            found[m.slice, f"{m.metric} high"] = m.high
    return found


def measured(run: str) -> list[Metric]:
    return measure(tasks(), attempts(run), REACH if run == "alpha" else None)


def test_every_value_is_what_its_formula_comes_to() -> None:
    wrong = [
        row
        for row in rows("expected.csv")
        if abs(evaluate(row["formula"]) - Fraction(row["value"])) > Fraction(1, 10**12)
    ]
    assert wrong == []


@pytest.mark.parametrize("run", RUNS)
def test_every_metric_is_that_of_the_spreadsheet(run: str) -> None:
    found = values(measured(run))
    if run != "alpha":
        found = {key: value for key, value in found.items() if has_everything(key[0])}
    wanted = {key: v for key, v in expected(run).items() if not key[0].startswith("versus=")}
    assert found == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("this", "other"), [("alpha", "beta"), ("alpha", "first"), ("beta", "first")]
)
def test_every_comparison_is_that_of_the_spreadsheet(this: str, other: str) -> None:
    results = {
        run: Scored(tasks=tasks(), attempts=attempts(run)).results() for run in (this, other)
    }
    found = values(list(compare(results[this], results[other], other).values()))
    wanted = {key: v for key, v in expected(this).items() if key[0] == f"versus={other}"}
    assert found == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("run", RUNS)
def test_every_metric_has_a_meaning_and_an_interval_only_where_it_may(run: str) -> None:
    for metric in measured(run):
        meaning = meaning_of(metric.metric)
        assert meaning.everywhere or has_everything(metric.slice)
        assert metric.low is None or meaning.has_interval
        if metric.low is not None and metric.high is not None:
            assert metric.low <= metric.value <= metric.high
