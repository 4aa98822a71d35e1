"""From a file of postings to dollars: priced programs, each told right from wrong."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.flows import odd_jobs
from tests.flows.command import Paydag
from tests.flows.tables import query
from tests.sources.postings import row

pytestmark = pytest.mark.prefect

NO_ENGINE = (
    "no Docker engine answered: 6 trusted instances run in the process sandbox, which isolates "
    "nothing"
)


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    return odd_jobs.write_dataset(tmp_path)


@pytest.fixture
def landed(tmp_path: Path, datasets: Path) -> Path:
    """A home with the postings landed and built."""
    home = tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    odd_jobs.build(home, datasets)
    return home


def bodies(home: Path) -> dict[str, dict[str, Any]]:
    rows = query(home, "SELECT instance_id, body FROM core.task_instances ORDER BY 1")
    return {name: json.loads(body) for name, body in rows}


def predictions(file: Path, programs: dict[str, str]) -> Path:
    lines = [json.dumps({"instance_id": n, "program": text}) for n, text in programs.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.exhaustive
def test_the_whole_way_through_the_command_line(
    tmp_path: Path, datasets: Path, paydag: Paydag
) -> None:
    home, places = tmp_path / "home", {"PAYDAG_DATASETS": str(datasets)}
    file = odd_jobs.write_postings(tmp_path / odd_jobs.FILE)
    found = paydag.json("refresh", odd_jobs.NAME, "--from", f"kaggle={file}", home=home, **places)
    assert (found["read"], found["landed"], found["malformed"]) == (15, 15, [])
    built = paydag.json("build", odd_jobs.NAME, home=home, **places)
    assert (built["candidates"], built["instances"], built["rejections"]) == (14, 6, 8)
    assert built["by_reason"] == {
        "hourly": 1,
        "near_duplicate": 1,
        "no_family": 1,
        "no_rate": 1,
        "not_selected": 4,
    }
    prices = [body["prices"]["band_max"] for body in bodies(home).values()]
    assert built["price_cents"] == sum(prices)
    assert set(prices) <= {25_000, 33_000}
    validation = paydag.json("validate", odd_jobs.NAME, home=home, **places)
    assert (validation["gradable"], validation["not_gradable"], validation["fault"]) == (6, 0, 0)
    gold = paydag.json("evaluate", odd_jobs.NAME, "--solver", "gold", home=home, **places)
    assert (gold["attempted"], gold["resolved"], gold["invalid"]) == (6, 6, 0)
    assert gold["earned_cents"] == gold["available_cents"] == sum(prices)
    assert gold["notes"] == [NO_ENGINE]
    null = paydag.json("evaluate", odd_jobs.NAME, "--solver", "null", home=home, **places)
    assert (null["attempted"], null["resolved"], null["earned_cents"]) == (6, 0, 0)


@pytest.mark.exhaustive
def test_no_wrong_solution_of_any_family_earns_anything(
    tmp_path: Path, landed: Path, datasets: Path, paydag: Paydag
) -> None:
    wrong: list[dict[str, str]] = [{} for _ in range(2)]
    for name, body in bodies(landed).items():
        mutants = list(body["reference"]["coding"]["mutants"].values())
        for number, programs in enumerate(wrong):
            programs[name] = mutants[number]
    for number, programs in enumerate(wrong):
        file = predictions(tmp_path / f"{number}.jsonl", programs)
        ran = paydag.json(
            *("evaluate", odd_jobs.NAME, "--solver", "replay", "--predictions", file),
            home=landed,
            PAYDAG_DATASETS=str(datasets),
        )
        assert (ran["attempted"], ran["resolved"], ran["unresolved"]) == (6, 0, 6)
        assert ran["earned_cents"] == 0


@pytest.mark.exhaustive
def test_programs_that_are_not_trusted_need_docker_and_are_faults_without(
    tmp_path: Path, landed: Path, paydag: Paydag
) -> None:
    datasets = odd_jobs.write_dataset(tmp_path, trusted=False)
    odd_jobs.build(landed, datasets)
    finished = paydag(
        *("evaluate", odd_jobs.NAME, "--solver", "gold"),
        home=landed,
        PAYDAG_DATASETS=str(datasets),
    )
    assert finished.code == 1
    assert "prepare" in finished.err
    assert "Docker" in finished.err
    assert "Traceback" not in finished.err


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_order_line_ends_a_mark_and_a_broken_row_change_no_task(
    tmp_path: Path, landed: Path, datasets: Path, end: str
) -> None:
    before = odd_jobs.build(landed, datasets)
    rows = random.Random(5).sample(odd_jobs.postings(), len(odd_jobs.postings()))
    file = odd_jobs.write_postings(
        tmp_path / "other" / odd_jobs.FILE, [*rows, row("99", min_price="cheap")], end
    )
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    other = tmp_path / "other-home"
    result = odd_jobs.land(other, datasets, file)
    assert [(m.row, m.reason.partition(":")[0]) for m in result.malformed] == [(15, "min_price")]
    after = odd_jobs.build(other, datasets)
    assert after.version == before.version
    assert after.by_reason == before.by_reason | {"malformed": 1}
    assert bodies(other) == bodies(landed)


def test_a_build_that_finds_nothing_new_judges_nothing(landed: Path, datasets: Path) -> None:
    moments = "SELECT dataset_version, first_built_at FROM core.dataset_versions"
    before, facts = query(landed, moments), query(landed, "SELECT * FROM core.dataset_facts")
    odd_jobs.build(landed, datasets)
    assert query(landed, moments) == before
    assert query(landed, "SELECT * FROM core.dataset_facts") == facts


def test_a_posting_that_a_newer_file_drops_is_no_candidate_any_more(
    tmp_path: Path, landed: Path, datasets: Path
) -> None:
    fewer = [one for one in odd_jobs.postings() if one["projectId"] != "20"]
    odd_jobs.land(landed, datasets, odd_jobs.write_postings(tmp_path / "n" / odd_jobs.FILE, fewer))
    built = odd_jobs.build(landed, datasets)
    assert (built.candidates, "hourly" in built.by_reason) == (13, False)
    assert query(landed, "SELECT count(*) FROM core.staging.postings") == [(13,)]


def test_the_card_adds_up(landed: Path, datasets: Path, paydag: Paydag) -> None:
    card = paydag.json("show", "card", odd_jobs.NAME, home=landed)
    assert (card["instances"], card["price_rule"]) == (6, "band_max")
    own = card["prices"]["freelance_code"]["band_max"]
    assert own["total_cents"] == sum(b["prices"]["band_max"] for b in bodies(landed).values())
    assert own["n"] + own["unpriced"] == 6
    assert sum(card["facts"]["families"].values()) == 6
    assert card["facts"]["usd_fixed_band_max"]["n"] == 11
    assert card["facts"]["rates"] == {"date": "2024-01-01", "source": "invented for these tests"}
    shown = paydag("show", "card", odd_jobs.NAME, home=landed)
    assert shown.code == 0
    assert "no bids published" in shown.out
    assert "$250" in shown.out
