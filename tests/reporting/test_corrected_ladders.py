"""The ladder behind a task's page: the corrected one where the runs' dataset has one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.scored_market import Size
from tasks.warehouse import Row, Session, Warehouse
from tests.reporting.conftest import scored


def _event(name: str, issue: str, number: int, dataset: str | None) -> Row:
    return {
        "event_id": name,
        "source": "github",
        "issue": issue,
        "occurred_at": datetime(2024, 1, number, tzinfo=UTC),
        "kind": "posted",
        "amount_cents": 100_00 * number,
        "currency": "USD",
        "source_kind": "title_rename",
        "document_id": "d",
        "url": "https://github.com/ours/app/issues/7",
        "words": "[$250] Boats leak",
        "confidence": 1.0,
        "dataset": dataset,
    }


def _shown(session: Session, digest: str, runs: list[str]) -> list[str]:
    rows = session.query("report_task_ladder", digest=digest, runs=runs)
    return [row["event_id"] for row in rows]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored(tmp_path_factory.mktemp("corrected") / "home", Size(6, 2, 1)).home


def test_a_task_shows_the_ladder_its_dataset_corrected_or_the_shared_one(home: Path) -> None:
    warehouse = Warehouse(home)
    with warehouse.read("core", "eval") as session:
        tasks = session.tuples(
            "SELECT min(instance_digest), issue FROM core.task_instances GROUP BY issue ORDER BY 2"
        )
        runs = session.tuples("SELECT run_id, dataset FROM eval.runs ORDER BY 1")
    (first, issue), (second, other) = tasks[:2]
    own = runs[0][1]
    with warehouse.write("core") as session:
        session.execute("DELETE FROM core.bounty_events")
        session.insert(
            "core.bounty_events",
            [
                _event("plain", issue, 1, None),
                _event("corrected", issue, 2, own),
                _event("another's", issue, 3, "elsewhere"),
                _event("shared", other, 4, None),
                _event("another's too", other, 5, "elsewhere"),
            ],
        )
    with warehouse.read("core", "eval") as session:
        assert _shown(session, first, [run for run, _ in runs]) == ["corrected"]
        assert _shown(session, second, [run for run, _ in runs]) == ["shared"]
