"""`paydag score` and `paydag compare` on the sample: numbers, checks, errors in one sentence."""

import shutil
from pathlib import Path

import pytest

from tasks.domain.metrics import meaning_of
from tasks.warehouse import Warehouse
from tests.flows.command import Paydag
from tests.flows.tables import query
from tests.flows.worker import Worker

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def home(prepared_sample: Path, worker: Worker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with runs of null, longest and gold."""
    home = Path(shutil.copytree(prepared_sample, tmp_path_factory.mktemp("scores") / "home"))
    for solver in ("longest", "gold"):
        worker.evaluate(home, "sample", solver)
    return home


@pytest.fixture(scope="module")
def runs(home: Path) -> dict[str, str]:
    """Solver → run id."""
    return dict(query(home, "SELECT solver, run_id FROM eval.runs"))


def test_score_prints_what_is_stored_under_the_rule(
    home: Path, runs: dict[str, str], paydag: Paydag
) -> None:
    answer = paydag.json("score", runs["gold"][:8], "--price-rule", "initial", home=home)
    assert (answer["run_id"], answer["price_rule"]) == (runs["gold"], "initial")
    assert list(answer["metrics"]) == ["all", "variant=ic_swe", "variant=swe_manager"]
    whole = answer["metrics"]["all"]
    assert {name: whole[name]["value"] for name in ("resolved", "earned_cents", "earn_rate")} == {
        "resolved": 19,
        "earned_cents": 843_750,
        "earn_rate": 1,
    }
    rows = query(
        home,
        "SELECT count(*), count(*) FILTER (slice = 'all') FROM eval.metrics "
        "WHERE run_id = $run AND price_rule = 'initial'",
        run=runs["gold"],
    )
    assert rows == [(answer["stored"], len(whole))]
    assert all(meaning_of(name) for name in whole)


def test_a_check_passes_and_names_what_was_changed_since(
    home: Path, runs: dict[str, str], paydag: Paydag, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(home, tmp_path / "own"))
    whole = paydag("score", runs["longest"], "--check", home=own)
    assert (whole.code, whole.err) == (0, "")
    assert whole.out.startswith("19 payouts and ")
    with Warehouse(own).write("eval") as session:
        session.execute(
            "UPDATE eval.metrics SET value = 5 WHERE run_id = $run AND slice = 'all' "
            "AND metric = 'resolved' AND price_rule = 'final'",
            {"run": runs["longest"]},
        )
    spoiled = paydag("score", runs["longest"], "--check", "--json", home=own)
    assert spoiled.code == 1
    assert spoiled.answer["differences"] == ["all resolved: stored 5, recomputed 4"]


def test_compare_sets_a_run_beside_the_baselines(
    home: Path, runs: dict[str, str], paydag: Paydag
) -> None:
    answer = paydag.json("compare", runs["gold"], home=home)
    shown = [(run["solver"], run["role"], run["asked"]) for run in answer["runs"]]
    assert shown == [
        ("gold", "reference", True),
        ("longest", "baseline", False),
        ("null", "baseline", False),
    ]
    values = [
        {name: metric["value"] for name, metric in pair["metrics"].items()}
        for pair in answer["pairs"]
    ]
    assert [(v["difference_cents"], v["only_this"], v["mcnemar_p"]) for v in values] == [
        (1_143_750 - 218_750, 15, 2 / 2**15),
        (1_143_750, 19, 2 / 2**19),
    ]
    told = paydag("compare", runs["gold"], home=home)
    assert (told.code, told.err) == (0, "")
    assert "no run of first, last, random on this dataset version" in told.out


def test_the_funnel_is_that_of_the_engagements_by_plain_terms(
    home: Path, runs: dict[str, str]
) -> None:
    for run_id in runs.values():
        engaged = query(
            home,
            "SELECT count(*), count(*) FILTER (accepted), count(*) FILTER (delivered), "
            "count(*) FILTER (invoiced_cents > 0), count(*) FILTER (paid_cents > 0), "
            "sum(invoiced_cents), sum(paid_cents) FROM marts.engagements "
            "WHERE run_id = $run AND terms = 'plain' AND price_rule = 'final'",
            run=run_id,
        )
        steps = ("offered", "accepted", "delivered", "invoiced", "paid")
        names = [f"funnel_{step}" for step in (*steps, "invoiced_cents", "paid_cents")]
        stored = dict(
            query(
                home,
                "SELECT metric, value FROM eval.metrics WHERE run_id = $run AND slice = 'all' "
                "AND price_rule = 'final'",
                run=run_id,
            )
        )
        assert tuple(stored[name] for name in names) == engaged[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "nowhere"), "nowhere"),
        (("score", "nowhere", "--check"), "nowhere"),
        (("score", "RUN", "--price-rule", "luck"), "luck"),
        (("score", "RUN", "--check", "--price-rule", "peak"), "has no scores under 'peak'"),
        (("compare", "nowhere"), "nowhere"),
        (("compare", "RUN", "--price-rule", "luck"), "luck"),
        (("compare",), "RUN"),
    ],
)
def test_a_mistake_is_one_sentence(
    home: Path, runs: dict[str, str], paydag: Paydag, arguments: tuple[str, ...], said: str
) -> None:
    given = [runs["gold"] if word == "RUN" else word for word in arguments]
    finished = paydag(*given, home=home)
    assert (finished.code, finished.out) == (2, "")
    assert said in finished.err
    assert len(finished.err.strip().splitlines()) == 1
