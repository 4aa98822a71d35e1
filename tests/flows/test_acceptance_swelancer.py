"""The published benchmark beside the checkout, against a script that knows only csv and ast."""

import ast
import csv
from pathlib import Path

import pytest

from tests.flows.command import Paydag
from tests.flows.reference import Game, counts, totals, won
from tests.flows.tables import query
from tests.flows.worker import Worker
from tests.sample_home import ROOT

DATA = ROOT.parent / "shared" / "data" / "swelancer"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.prefect,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the published files are not at {DATA}"),
]


def published_rows() -> dict[str, list[dict[str, str]]]:
    """File name → its rows."""
    found = {}
    for file in sorted(DATA.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            before = csv.field_size_limit(1 << 28)
            found[file.name] = list(csv.DictReader(lines))
            csv.field_size_limit(before)
    return found


def published_games() -> list[Game]:
    rows = [row for one in published_rows().values() for row in one]
    games = {}
    for row in rows:
        if row["variant"] == "swe_manager":
            game = ast.literal_eval(row["manager_data"])["game"]
            name = f"Expensify__App-{row['question_id']}-swe_manager"
            offered = [(int(p["id"]), p["content"]) for p in game["all_formal_proposals"]]
            cents = round(float(row["price"]) * 100)
            games[name] = Game(name, cents, offered, int(game["correct_proposal"]["id"]))
    return list(games.values())


@pytest.fixture(scope="module")
def home(flow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    home = folder / "home"
    paydag = Paydag(flow_environment, folder)
    landed = paydag.json("import", "swelancer", DATA, home=home)
    assert landed["malformed"] == []
    built = paydag.json("build", "swelancer", home=home)
    assert built["candidates"] == built["instances"] + built["rejections"] == landed["read"]
    assert set(built["by_reason"]) <= {"duplicate_generation"}
    return home


@pytest.mark.exhaustive
def test_every_row_and_folder_is_an_instance_a_duplicate_or_a_rejection(home: Path) -> None:
    rows = {name: len(one) for name, one in published_rows().items()}
    folders = len(list((DATA / "issues").iterdir()))
    documents = query(
        home,
        "SELECT CASE WHEN kind = 'swelancer.issue_folder' THEN 'issues' "
        "ELSE split_part(external_id, '#', 1) END AS origin, count(*) "
        "FROM raw.documents GROUP BY 1 ORDER BY 1",
    )
    assert dict(documents) == rows | {"issues": folders}
    ((refused, duplicates),) = query(
        home,
        "SELECT count(*), count(*) FILTER (reason = 'duplicate_generation') FROM core.rejections",
    )
    tasks = {(r["variant"], r["question_id"]) for one in published_rows().values() for r in one}
    tasks |= {("ic_swe", folder.name) for folder in (DATA / "issues").iterdir()}
    instances = query(
        home, "SELECT variant, split_part(instance_id, '-', 2) FROM core.task_instances"
    )
    assert len(instances) == len(tasks)
    assert refused == duplicates == sum(rows.values()) + folders - len(tasks)


@pytest.mark.exhaustive
def test_the_first_proposal_earns_what_the_files_say(home: Path, paydag: Paydag) -> None:
    games = published_games()
    right = won("first", games)
    command = ("evaluate", "swelancer", "--variant", "swe_manager", "--solver", "first")
    assert totals(paydag.json(*command, home=home)) == counts(
        len(games),
        len(right),
        sum(game.price_cents for game in games),
        sum(game.price_cents for game in right),
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("solver", ["gold", "null", "last", "longest", "random"])
def test_a_baseline_earns_what_the_files_say(home: Path, worker: Worker, solver: str) -> None:
    games = published_games()
    right = won(solver, games, seed=7)
    assert len(right) == {"gold": len(games), "null": 0}.get(solver, len(right))
    summary = worker.evaluate(home, "swelancer", solver, variant="swe_manager", seed=7)
    assert totals(summary) == counts(
        len(games),
        len(right),
        sum(game.price_cents for game in games),
        sum(game.price_cents for game in right),
    )
