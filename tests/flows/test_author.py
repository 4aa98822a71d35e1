"""A model writes tasks from postings: landed, built, verified; what cannot be graded pays nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.authored import script
from tests.chat_completions import Asked
from tests.flows import odd_jobs
from tests.flows.command import Paydag
from tests.flows.scripted import KEY, KEYS
from tests.flows.tables import assert_sound, query
from tests.model_server import Cut, ModelServer, Reaction, Refuse

pytestmark = pytest.mark.prefect

MODEL = "openai:gpt-4o"
GOOD = {"7", "8", "9", "10", "23"}


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    return odd_jobs.write_dataset(tmp_path, limit=100, authored=MODEL)


@pytest.fixture
def home(tmp_path: Path, datasets: Path) -> Path:
    """A home with the postings landed."""
    home = tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    return home


def payloads(home: Path, kind: str = "authored.program") -> dict[str, dict[str, Any]]:
    rows = query(home, f"SELECT external_id, payload FROM raw.documents WHERE kind = '{kind}'")
    return {name: json.loads(payload) for name, payload in rows}


def reasons(home: Path) -> dict[str, str]:
    rows = query(home, "SELECT candidate_id, reason FROM core.rejections")
    return {name.partition("#")[2]: reason for name, reason in rows}


def test_exactly_what_can_be_graded_is_paid(home: Path, datasets: Path, paydag: Paydag) -> None:
    places = {"PAYDAG_DATASETS": str(datasets), **KEYS}
    with ModelServer(script) as server:
        command = ("refresh", odd_jobs.NAME, "--author", MODEL, "--base-url", server.url)
        found = paydag.json(*command, home=home, **places)
        # Once each, twice where it was mended, three times where it could not be.
        assert len(server.asked) == 11 + 1 + 3 * 2
        again = paydag.json(*command, home=home, **places)
        assert len(server.asked) == 18
    assert {name: found[name] for name in ("candidates", "known", "asked", "written", "unusable")} == {
        "candidates": 11,
        "known": 0,
        "asked": 11,
        "written": 7,
        "unusable": 4,
    }
    # 1,000 tokens in and 100 out cost 0.35 cents.
    assert found["datasets"][0]["spent_cents"] == pytest.approx(18 * 0.35)
    assert (again["known"], again["asked"]) == (11, 0)
    landed = payloads(home)
    assert len(landed) == 11
    zebra = landed[f"{odd_jobs.MARKET}#23@{MODEL}"]
    assert (zebra["called"], zebra["problem"]) == ("write_task", None)
    assert zebra["posting"]["document_id"].endswith("#23")
    assert KEY not in json.dumps(landed)

    built = paydag.json("build", odd_jobs.NAME, home=home, **places)
    assert (built["candidates"], built["instances"]) == (14, 7)
    assert reasons(home) == {
        "3": "malformed",
        "4": "too_few_cases",
        "5": "degenerate",
        "6": "no_program",
        "20": "hourly",
        "21": "near_duplicate",
        "22": "no_rate",
    }
    gold = paydag.json("evaluate", odd_jobs.NAME, "--solver", "gold", home=home, **places)
    assert (gold["attempted"], gold["resolved"], gold["invalid"]) == (5, 5, 0)
    gradable = query(
        home,
        "SELECT instance_id, split_part(reason, ':', 1) FROM eval.environments e "
        "JOIN core.task_instances i USING (instance_digest) WHERE NOT gradable ORDER BY 1",
    )
    assert [(n.rpartition("jobs-")[2].partition("-")[0], why) for n, why in gradable] == [
        ("1", "gold_fails"),
        ("2", "null_passes"),
    ]
    assert_sound(home)
