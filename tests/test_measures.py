"""Scores in the warehouse: stored as they are measured, checked, compared, and fast to read."""

import shutil
from pathlib import Path

import pytest

from benchmarks.generated_runs import RULE
from benchmarks.scored_market import Made, Size, make_home
from tasks.comparing import compare_runs
from tasks.domain.errors import UsageError
from tasks.domain.metrics import METRICS, VERSUS_METRICS, Metric, meaning_of
from tasks.domain.rollouts import Run
from tasks.measures import measure_run, measured, pay_run, read_scored, stored_metrics
from tasks.queries import summarise_run
from tasks.rechecking import check_scores
from tasks.runs import find_run
from tasks.stages import check_warehouse
from tasks.warehouse import Warehouse
from tests.flows.tables import query

# gpt-4o, o1, first, last
RUNS = 4


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Forty tasks, four runs, two attempts; nothing is scored."""
    return make_home(tmp_path_factory.mktemp("market") / "home", Size(40, RUNS, 2))


@pytest.fixture(scope="module")
def scored(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The same, scored."""
    home = tmp_path_factory.mktemp("scored") / "home"
    shutil.copytree(made.home, home)
    for run_id in made.run_ids:
        score(home, run_id)
    return Made(home, made.run_ids)


@pytest.fixture
def own(scored: Made, tmp_path: Path) -> Made:
    """A copy of the scored home that a test may spoil."""
    shutil.copytree(scored.home, tmp_path / "home")
    return Made(tmp_path / "home", scored.run_ids)


def run_of(home: Path, run_id: str) -> Run:
    with Warehouse(home).read("eval") as session:
        return find_run(session, run_id)


def score(home: Path, run_id: str, rule: str = RULE) -> list[Metric]:
    pay_run(Warehouse(home), run_id, rule)
    return measure_run(Warehouse(home), run_of(home, run_id), rule)


def change(home: Path, sql: str) -> None:
    with Warehouse(home).write("eval") as session:
        session.execute(sql)


def test_what_is_measured_is_stored_under_its_name(scored: Made) -> None:
    for run_id in scored.run_ids:
        run = run_of(scored.home, run_id)
        with Warehouse(scored.home).read("eval") as session:
            stored = stored_metrics(session, run, RULE)
        assert len(stored) > 500
        assert all(meaning_of(metric.metric) for metric in stored)
        assert set(stored) == set(again(scored.home, run))


def again(home: Path, run: Run) -> list[Metric]:
    with Warehouse(home).read("core", "eval") as session:
        return measured(read_scored(session, run.run_id, RULE), run)


def test_the_whole_is_what_the_command_line_prints(scored: Made) -> None:
    for run_id in scored.run_ids:
        total = summarise_run(Warehouse(scored.home), scored.home, run_id).total.model_dump()
        stored = dict(
            query(
                scored.home,
                "SELECT metric, value FROM eval.metrics WHERE run_id = $run AND slice = 'all'",
                run=run_id,
            )
        )
        assert {name: stored[name] for name in total} == total


def test_earnings_are_the_payouts_over_the_attempts(scored: Made) -> None:
    rows = query(
        scored.home,
        "SELECT m.run_id, m.value, e.cents FROM eval.metrics m JOIN ("
        " SELECT run_id, round_even(sum(payout_cents) / 2, 0) AS cents"
        " FROM marts.earnings WHERE price_rule = 'final' GROUP BY run_id"
        ") e USING (run_id) WHERE m.slice = 'all' AND m.metric = 'earned_cents'",
    )
    assert len(rows) == RUNS
    assert [row[1] for row in rows] == [row[2] for row in rows]


def test_models_have_costs_and_a_cutoff_and_baselines_have_none(scored: Made) -> None:
    found = query(
        scored.home,
        "SELECT r.solver, bool_or(metric = 'cost_savings'), bool_or(starts_with(slice, 'cutoff=')) "
        "FROM eval.metrics m JOIN eval.runs r USING (run_id) GROUP BY ALL ORDER BY 1",
    )
    assert found == [("first", False, False), ("last", False, False), ("model", True, True)]


def test_another_rule_stands_beside_the_first(own: Made) -> None:
    run_id = own.run_ids[0]
    before = query(own.home, "FROM eval.metrics WHERE price_rule = 'final' ORDER BY ALL")
    score(own.home, run_id, "initial")
    assert query(own.home, "FROM eval.metrics WHERE price_rule = 'final' ORDER BY ALL") == before
    rows = query(
        own.home,
        "SELECT m.price_rule, m.value = i.value FROM eval.metrics m JOIN eval.metrics i USING "
        "(run_id, slice, price_rule) WHERE run_id = $run AND slice = 'all' AND "
        "m.metric = 'earned_cents' AND i.metric = price_rule || '_earned_cents' ORDER BY 1",
        run=run_id,
    )
    assert rows == [("final", True), ("initial", True)]


def test_what_is_stored_passes_its_own_check(scored: Made) -> None:
    found = check_scores(Warehouse(scored.home), run_of(scored.home, scored.run_ids[0]), RULE)
    assert found.differences == ()
    assert found.payouts == 80
    assert found.metrics > 500
    check_warehouse(Warehouse(scored.home), ("core", "eval"), scored.run_ids[0])


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "UPDATE eval.metrics SET value = value + 1 WHERE slice = 'all' AND metric = 'resolved'",
            "all resolved: stored ",
        ),
        (
            "UPDATE eval.metrics SET low = low - 0.01 WHERE slice = 'all' AND metric = 'earn_rate'",
            "all earn_rate: stored ",
        ),
        (
            "DELETE FROM eval.metrics WHERE slice = 'all' AND metric = 'gini'",
            "all gini: stored nothing, recomputed ",
        ),
        (
            "INSERT INTO eval.metrics SELECT run_id, grader_version, price_rule, 'all', 'luck', 1,"
            " NULL, NULL FROM eval.metrics WHERE slice = 'all' AND metric = 'resolved'",
            "all luck: stored 1, recomputed nothing",
        ),
    ],
)
def test_a_check_names_the_row_that_differs(own: Made, sql: str, told: str) -> None:
    change(own.home, sql)
    found = check_scores(Warehouse(own.home), run_of(own.home, own.run_ids[0]), RULE)
    assert len(found.differences) == 1
    assert found.differences[0].startswith(told)


def test_a_check_sees_payouts_that_the_verdicts_do_not_justify(own: Made) -> None:
    change(
        own.home,
        "UPDATE eval.payouts SET payout_cents = payout_cents + 7 WHERE verdict_id = "
        f"(SELECT min(verdict_id) FROM eval.payouts WHERE run_id = '{own.run_ids[0]}')",
    )
    found = check_scores(Warehouse(own.home), run_of(own.home, own.run_ids[0]), RULE)
    assert len(found.differences) == 1
    assert found.differences[0].startswith("payout of ours__")
    score(own.home, own.run_ids[0])  # as the message says
    found = check_scores(Warehouse(own.home), run_of(own.home, own.run_ids[0]), RULE)
    assert found.differences == ()


def test_a_check_sees_comparisons_too(own: Made) -> None:
    warehouse, run = Warehouse(own.home), run_of(own.home, own.run_ids[0])
    compare_runs(own.home, own.run_ids[:2], baselines=False)
    assert check_scores(warehouse, run, RULE).differences == ()
    change(
        own.home,
        "UPDATE eval.metrics SET value = value + 1 WHERE metric = 'only_this'",
    )
    (found,) = check_scores(warehouse, run, RULE).differences
    assert found.startswith(f"versus={own.run_ids[1]} only_this: stored ")
    score(own.home, run.run_id)  # as the message says; `paydag compare` makes pairs anew
    assert check_scores(warehouse, run, RULE).differences == ()


def test_a_check_of_what_was_never_scored_says_how_to_score_it(made: Made) -> None:
    run = run_of(made.home, made.run_ids[0])
    with pytest.raises(UsageError, match="has no scores under 'peak' by grader"):
        check_scores(Warehouse(made.home), run, "peak")


def test_models_are_compared_with_each_other_and_with_the_baselines(own: Made) -> None:
    one, other = own.run_ids[:2]
    found = compare_runs(own.home, [one[:6], other[:6]])
    assert [(run.run_id, run.role, run.asked) for run in found.runs] == [
        (one, "model", True),
        (other, "model", True),
        (own.run_ids[2], "baseline", False),
        (own.run_ids[3], "baseline", False),
    ]
    assert [run.name for run in found.runs[:2]] == ["openai:gpt-4o", "openai:o1"]
    assert len(found.pairs) == 5
    assert all(pair.metrics["common_instances"].value == 40 for pair in found.pairs)
    assert found.notes == (
        "no run of random, longest, null on this dataset version; make one with `paydag evaluate "
        f"generated@{found.runs[0].dataset_version[:12]} --solver random`",
    )
    for pair in found.pairs:
        stored = query(
            own.home,
            "SELECT metric, value, low, high FROM eval.metrics WHERE run_id = $run AND slice = $s",
            run=pair.this,
            s=pair.slice,
        )
        assert {row[0]: row[1:] for row in stored} == {
            name: (m.value, m.low, m.high) for name, m in pair.metrics.items()
        }
        assert set(pair.metrics) <= set(VERSUS_METRICS)


def test_a_comparison_turned_round_is_its_own_negative(own: Made) -> None:
    one, other = own.run_ids[:2]
    forth = compare_runs(own.home, [one, other], baselines=False).pairs[0].metrics
    back = compare_runs(own.home, [other, one], baselines=False).pairs[0].metrics
    assert back["difference_cents"].value == -forth["difference_cents"].value
    assert back["only_this"].value == forth["only_other"].value
    assert back["mcnemar_p"].value == forth["mcnemar_p"].value
    low, high = forth["difference_rate"].low, forth["difference_rate"].high
    assert low is not None
    assert high is not None
    assert (back["difference_rate"].low, back["difference_rate"].high) == pytest.approx(
        (-high, -low)
    )


def test_a_comparison_scores_what_it_needs(made: Made, tmp_path: Path) -> None:
    shutil.copytree(made.home, tmp_path / "home")
    found = compare_runs(tmp_path / "home", made.run_ids[:1], "initial")
    assert found.price_rule == "initial"
    assert len(found.runs) == 3
    assert all(set(run.by_variant) == {"ic_swe", "swe_manager"} for run in found.runs)


def test_scoring_anew_takes_back_the_comparisons_that_rest_on_it(own: Made) -> None:
    one, other = own.run_ids[:2]
    compare_runs(own.home, [one, other], baselines=False)
    counted = "SELECT count(*) FROM eval.metrics WHERE starts_with(slice, 'versus=')"
    assert query(own.home, counted) == [(len(VERSUS_METRICS),)]
    score(own.home, other)
    assert query(own.home, counted) == [(0,)]


def test_the_names_in_the_decision_are_those_that_are_measured() -> None:
    text = (Path(__file__).parents[1] / "docs/decisions/0012-metrics.md").read_text()
    for name in (*METRICS, *VERSUS_METRICS):
        if name.startswith("funnel_") and name.endswith("_cents"):
            continue  # named by the first and the last
        written = name.replace("{k}", "k").replace("pass@k", "pass@").rstrip("_")
        assert written.split("@")[0] in text, name
