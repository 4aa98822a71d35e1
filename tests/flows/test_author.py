"""A model writes tasks from postings; those of them that can be graded pay, and no others."""

from pathlib import Path

import pytest

from tests.authored import script
from tests.flows import odd_jobs
from tests.flows.command import Paydag
from tests.flows.scripted import KEY, KEYS, home_bytes
from tests.flows.tables import assert_sound
from tests.model_server import ModelServer

pytestmark = pytest.mark.prefect

MODEL = "openai:gpt-4o"


@pytest.mark.exhaustive
def test_exactly_what_can_be_graded_is_paid(tmp_path: Path, paydag: Paydag) -> None:
    datasets = odd_jobs.write_dataset(tmp_path, limit=100, authored=MODEL)
    home, places = tmp_path / "home", {"PAYDAG_DATASETS": str(datasets), **KEYS}
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    with ModelServer(script) as server:
        command = ("refresh", odd_jobs.NAME, "--author", MODEL, "--base-url", server.url)
        found = paydag.json(*command, home=home, **places)
        again = paydag(*command, home=home, **places)
        assert len(server.asked) == 18
    (one,) = found.pop("datasets")
    assert found == {"candidates": 11, "known": 0, "asked": 11, "written": 7, "unusable": 4}
    assert one["spent_cents"] == pytest.approx(18 * 0.35)  # 1,000 tokens in and 100 out
    assert one["notes"] == []
    assert (again.code, again.out.split()[-6:]) == (0, ["11", "11", "0", "0", "0", "$0.0630"])
    odd_jobs.build(home, datasets)
    gold = paydag.json("evaluate", odd_jobs.NAME, "--solver", "gold", home=home, **places)
    assert (gold["attempted"], gold["resolved"], gold["invalid"]) == (5, 5, 0)
    assert gold["earned_cents"] == gold["available_cents"] > 0
    assert KEY.encode() not in home_bytes(home)
    assert_sound(home)
