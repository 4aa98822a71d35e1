"""Running one stage again: what it adds, and all that it leaves alone."""

from pathlib import Path

import pytest

from tasks.domain.verdicts import GRADER_VERSION
from tests.flows.command import Paydag
from tests.flows.reference import totals
from tests.flows.tables import Tables, assert_sound, query, read_tables
from tests.flows.worker import FlowFailedError, Worker

pytestmark = pytest.mark.prefect

_NEXT_GRADER = dict.fromkeys(
    (
        "tasks.grade.GRADER_VERSION",
        "tasks.queries.GRADER_VERSION",
        "tasks.measures.GRADER_VERSION",
    ),
    str(int(GRADER_VERSION) + 1),
)


@pytest.fixture
def home(own_prepared: Path) -> Path:
    """A home with one run of the null solver on the whole sample."""
    return own_prepared


@pytest.fixture
def run_id(home: Path) -> str:
    ((found,),) = query(home, "SELECT run_id FROM eval.runs")
    return str(found)


def metrics_aside(home: Path, before: Tables) -> dict[str, int]:
    """Added rows but for the metrics, which score replaces by the same."""
    after = read_tables(home)
    assert after.rows["metrics"] == before.rows["metrics"]
    return after.added_since(before)


def first_instance(home: Path, variant: str) -> str:
    ((name,),) = query(
        home,
        "SELECT min(instance_id) FROM eval.run_items WHERE variant = $variant",
        variant=variant,
    )
    return str(name)


def test_a_raised_grader_judges_again_without_solving_and_keeps_the_old_verdicts(
    home: Path, run_id: str, worker: Worker
) -> None:
    before = read_tables(home)
    summary = worker.run("rerun", home, constants=_NEXT_GRADER, stage="grade", run_id=run_id)

    added = read_tables(home).added_since(before)
    assert added.pop("metrics") == before.rows["metrics"].total()
    assert added == {"verdicts": 19, "payouts": 19, "settlements": 19}
    assert summary["stages"]["grade"] == {"done": 19, "pending": 0, "failed": 0}
    versions = query(
        home, "SELECT grader_version, count(*) FROM eval.verdicts GROUP BY 1 ORDER BY 1"
    )
    current = query(home, "SELECT DISTINCT grader_version FROM marts.current_verdicts")
    newer = str(int(GRADER_VERSION) + 1)
    assert (versions, current) == ([(GRADER_VERSION, 19), (newer, 19)], [(newer,)])
    assert_sound(home)


@pytest.mark.exhaustive
@pytest.mark.parametrize("variant", ["swe_manager", "ic_swe"])
def test_solving_one_instance_again_touches_it_and_what_is_downstream_of_it(
    home: Path, run_id: str, paydag: Paydag, variant: str
) -> None:
    instance = first_instance(home, variant)
    before = read_tables(home)
    summary = paydag.json(
        *("rerun", "solve", "--redo", "--run", run_id[:8], "--instance", instance), home=home
    )
    added = metrics_aside(home, before)
    graded = {"evidence": 1, "verdicts": 1, "payouts": 1, "settlements": 1}
    assert added == {"rollouts": 1, **graded}
    takes = query(
        home,
        "SELECT instance_id, attempt, take FROM marts.current_rollouts WHERE take > 1",
    )
    assert takes == [(instance, 1, 2)]
    touched = query(
        home,
        "SELECT r.instance_id, r.take, e.take, v.evidence_take, p.payout_cents "
        "FROM eval.rollouts r JOIN eval.evidence e USING (rollout_id) "
        "JOIN eval.verdicts v USING (rollout_id) JOIN eval.payouts p USING (verdict_id) "
        "WHERE r.take > 1",
    )
    assert touched == [(instance, 2, 1, 1, 0)]
    assert (summary["run_id"], summary["attempted"]) == (run_id, 19)
    assert_sound(home)


def test_grading_one_instance_again_collects_evidence_anew(
    home: Path, run_id: str, worker: Worker
) -> None:
    instance = first_instance(home, "swe_manager")
    before = read_tables(home)
    worker.run("rerun", home, stage="grade", run_id=run_id, instances=[instance], redo=True)
    graded = {"evidence": 1, "verdicts": 1, "payouts": 1, "settlements": 1}
    assert metrics_aside(home, before) == graded
    fresh = query(
        home,
        "SELECT r.instance_id, r.take, e.take FROM eval.evidence e "
        "JOIN eval.rollouts r USING (rollout_id) WHERE e.take > 1",
    )
    assert fresh == [(instance, 1, 2)]
    assert_sound(home)


@pytest.mark.parametrize("stage", ["prepare", "solve", "grade", "score", "report"])
def test_a_stage_without_anything_pending_changes_nothing(
    home: Path, run_id: str, worker: Worker, stage: str
) -> None:
    before = read_tables(home)
    page = home / "reports" / run_id / "index.html"
    written = page.stat().st_mtime_ns if page.exists() else None
    worker.run("rerun", home, stage=stage, run_id=run_id)
    assert read_tables(home) == before
    assert written is None or page.stat().st_mtime_ns == written


def test_a_lost_page_is_pending_and_written_again_as_it_was(
    home: Path, run_id: str, worker: Worker, paydag: Paydag
) -> None:
    page = home / "reports" / run_id / "index.html"
    page.unlink(missing_ok=True)  # one that `paydag report` wrote is as current, and has charts
    worker.run("rerun", home, stage="report", run_id=run_id)
    text = page.read_text()
    before = read_tables(home)
    page.unlink()
    lost = paydag.json("show", "run", run_id, home=home)
    assert lost["report"] is None
    assert lost["stages"]["report"] == {"done": 0, "pending": 1, "failed": 0}

    summary = worker.run("rerun", home, stage="report", run_id=run_id)
    assert summary["report"] == str(page)
    assert summary["stages"]["report"] == {"done": 1, "pending": 0, "failed": 0}
    assert page.read_text().splitlines() == text.splitlines()
    assert read_tables(home) == before


def test_a_baseline_that_comes_later_makes_the_page_of_a_run_pending(
    home: Path, run_id: str, worker: Worker, paydag: Paydag
) -> None:
    shown = worker.run("rerun", home, stage="report", run_id=run_id)
    assert shown["stages"]["report"]["pending"] == 0
    worker.run("evaluate", home, dataset="sample", solver="longest")
    stale = paydag.json("show", "run", run_id, home=home)
    assert stale["stages"]["report"] == {"done": 0, "pending": 1, "failed": 0}

    again = worker.run("rerun", home, stage="report", run_id=run_id)
    assert again["stages"]["report"]["pending"] == 0
    assert ">longest<" in (home / "reports" / run_id / "index.html").read_text()


@pytest.mark.exhaustive
def test_preparing_one_instance_again_replaces_its_check_alone(
    home: Path, run_id: str, worker: Worker
) -> None:
    instance = first_instance(home, "ic_swe")
    before = read_tables(home)
    summary = worker.run(
        "rerun", home, stage="prepare", run_id=run_id, instances=[instance], redo=True
    )
    after = read_tables(home)
    gone = before.rows["environments"] - after.rows["environments"]
    come = after.rows["environments"] - before.rows["environments"]
    assert [row[2] for row in gone] == [row[2] for row in come] == [instance]
    others = {table: rows for table, rows in before.rows.items() if table != "environments"}
    assert {table: after.rows[table] for table in others} == others
    assert totals(summary)["attempted"] == 19


def test_a_run_and_an_instance_must_be_known(home: Path, run_id: str, worker: Worker) -> None:
    before = read_tables(home)
    for given, said in (
        ({"stage": "polish", "run_id": run_id}, "unknown stage 'polish'"),
        ({"stage": "solve", "run_id": "ffff"}, "unknown run 'ffff'"),
        ({"stage": "solve", "run_id": run_id, "instances": ["x"]}, "unknown instance 'x'"),
    ):
        with pytest.raises(FlowFailedError, match=said) as caught:
            worker.run("rerun", home, **given)
        assert (caught.value.error, caught.value.exit_code) == ("UsageError", 2)
    assert read_tables(home) == before
