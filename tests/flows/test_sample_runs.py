"""The bundled sample from solver to dollars, against a reference script over the stored bodies."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.reference import bodies, counts, game_of, totals, won
from tests.flows.tables import assert_sound, query, read_tables
from tests.flows.worker import Worker
from tests.sample_home import SAMPLE

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def home(prepared_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all runs of this module: runs do not see each other."""
    return Path(shutil.copytree(prepared_sample, tmp_path_factory.mktemp("runs") / "home"))


def by_variant(home: Path, variant: str) -> list[dict[str, Any]]:
    return [body for body in bodies(home).values() if body["variant"] == variant]


def states(home: Path, run_id: str) -> dict[str, tuple[str, str]]:
    rows = query(
        home,
        "SELECT instance_id, state, reason FROM marts.run_state WHERE run_id = $run",
        run=run_id,
    )
    return {name: (state, reason) for name, state, reason in rows}


def items(home: Path, run_id: str) -> list[str]:
    rows = query(
        home,
        "SELECT instance_id FROM eval.run_items WHERE run_id = $run ORDER BY position",
        run=run_id,
    )
    return [name for (name,) in rows]


@pytest.mark.parametrize("solver", ["gold", "null", "first", "last", "longest", "random"])
def test_a_solver_earns_what_a_reference_script_counts(
    home: Path, worker: Worker, solver: str
) -> None:
    games = [game_of(body) for body in by_variant(home, "swe_manager")]
    coding = by_variant(home, "ic_swe")
    code_cents = sum(body["prices"]["final"] for body in coding)
    game_cents = sum(game.price_cents for game in games)
    right = won(solver, games, seed=7)
    right_cents = sum(game.price_cents for game in right)
    fixed, fixed_cents = (len(coding), code_cents) if solver == "gold" else (0, 0)

    summary = worker.evaluate(home, "sample", solver, seed=7)

    assert totals(summary) == counts(
        len(games) + len(coding),
        len(right) + fixed,
        game_cents + code_cents,
        right_cents + fixed_cents,
    )
    assert summary["by_variant"] == {
        "ic_swe": counts(len(coding), fixed, code_cents, fixed_cents),
        "swe_manager": counts(len(games), len(right), game_cents, right_cents),
    }
    assert_sound(home)


def test_the_same_command_continues_the_same_run_and_new_opens_another(
    own_prepared: Path, worker: Worker
) -> None:
    before = read_tables(own_prepared)
    (run_id,) = next(iter(query(own_prepared, "SELECT run_id FROM eval.runs")))
    continued = worker.evaluate(own_prepared, "sample", "null")
    assert continued["run_id"] == run_id
    # Score measures again what it measured; every row is what it was.
    assert read_tables(own_prepared) == before

    again = worker.evaluate(own_prepared, "sample", "null", new=True)
    other = again["run_id"]
    assert (again["reused"], again["notes"]) == ({"answers": 0, "evidence": 0}, continued["notes"])
    added = read_tables(own_prepared).added_since(before)
    assert other != run_id
    assert added.pop("metrics") == sum(before.rows["metrics"].values())
    stages = ("run_items", "rollouts", "evidence", "verdicts", "payouts", "settlements")
    per_item = dict.fromkeys(stages, 19)
    per_item["run_environments"] = 19
    assert added == {"runs": 1, **per_item}


@pytest.mark.exhaustive
def test_a_run_says_what_it_took_over_from_earlier_ones(own_prepared: Path, paydag: Paydag) -> None:
    question = (
        "evaluate",
        "sample",
        "--solver",
        "null",
        "--variant",
        "swe_manager",
        "--limit",
        "3",
    )
    run = paydag.json(*question, home=own_prepared)
    note = (
        "taken over from earlier runs: 3 answers, and the evidence of 3; rerun solve or grade with "
        "--redo asks or grades anew"
    )
    assert (run["reused"], run["notes"]) == ({"answers": 3, "evidence": 3}, [note])
    assert note in paydag("show", "run", run["run_id"], home=own_prepared).out.splitlines()


def test_a_task_won_once_in_three_attempts_pays_a_third(home: Path, worker: Worker) -> None:
    games = [game_of(body) for body in by_variant(home, "swe_manager")]
    cents = sum(game.price_cents for game in games)
    assert cents % 3 == 0, "the sample's dollars were to be divisible; choose other attempts"
    summary = worker.evaluate(home, "sample", "lucky", variant="swe_manager", attempts=3)
    assert totals(summary) == counts(3 * len(games), len(games), cents, cents // 3)


def test_seven_attempts_round_the_sum_once_and_half_to_even(home: Path, worker: Worker) -> None:
    game = game_of(by_variant(home, "swe_manager")[0])
    assert game.price_cents % 7
    summary = worker.evaluate(home, "sample", "lucky", instances=[game.instance_id], attempts=7)
    earned = round(game.price_cents / 7)
    assert totals(summary) == counts(7, 1, game.price_cents, earned)


def test_limit_takes_the_first_ids_of_the_variant(home: Path, worker: Worker) -> None:
    wanted = sorted(body["instance_id"] for body in by_variant(home, "swe_manager"))[:4]
    summary = worker.evaluate(home, "sample", "first", variant="swe_manager", limit=4)
    assert items(home, summary["run_id"]) == wanted
    assert list(summary["by_variant"]) == ["swe_manager"]


def test_named_instances_are_run_once_whatever_their_order(home: Path, worker: Worker) -> None:
    names = [body["instance_id"] for body in by_variant(home, "swe_manager")][:3]
    given = [names[2], names[0], names[2]]
    summary = worker.evaluate(home, "sample", "last", instances=given)
    assert items(home, summary["run_id"]) == sorted({names[0], names[2]})


@pytest.mark.exhaustive
def test_a_split_selects_its_ids_and_leaves_the_version_alone(
    home: Path, paydag: Paydag, tmp_path: Path
) -> None:
    names = sorted(body["instance_id"] for body in by_variant(home, "swe_manager"))
    shutil.copytree(SAMPLE, tmp_path / "mine" / "sample")
    splits = tmp_path / "mine" / "sample" / "splits"
    splits.mkdir()
    (splits / "dev.txt").write_text(f"# two to look at\n{names[3]}\n\n{names[1]}\n")
    summary = paydag.json(
        *("evaluate", "sample", "--solver", "longest", "--split", "dev"),
        home=home,
        PAYDAG_DATASETS=str(tmp_path / "mine"),
    )
    assert items(home, summary["run_id"]) == [names[1], names[3]]
    ((version,),) = query(home, "SELECT dataset_version FROM core.dataset_versions")
    assert summary["version"] == version


@pytest.mark.exhaustive
def test_another_price_rule_changes_dollars_and_no_verdict(home: Path, worker: Worker) -> None:
    games = [game_of(body) for body in by_variant(home, "swe_manager")]
    initial = [game_of(body, "initial") for body in by_variant(home, "swe_manager")]
    final_cents, initial_cents = (sum(g.price_cents for g in gs) for gs in (games, initial))
    assert final_cents != initial_cents
    question = {"variant": "swe_manager", "seed": 3}
    first = worker.evaluate(home, "sample", "gold", **question)
    before = read_tables(home)
    again = worker.evaluate(home, "sample", "gold", **question, price_rule="initial")

    assert totals(first) == counts(len(games), len(games), final_cents, final_cents)
    assert totals(again) == counts(len(games), len(games), initial_cents, initial_cents)
    assert again["run_id"] == first["run_id"]
    assert again["price_rule"] == "initial"
    added = read_tables(home).added_since(before)
    assert added.pop("metrics") > 0
    assert added == {"payouts": len(games), "settlements": len(games)}


def test_replayed_answers_are_judged_as_if_handed_in(
    home: Path, worker: Worker, tmp_path: Path
) -> None:
    managing, coding = by_variant(home, "swe_manager"), by_variant(home, "ic_swe")
    right, wrong, unknown_one = managing[:3]
    fixed, broken, garbled = coding[:3]
    other = next(
        p["proposal_id"]
        for p in wrong["proposals"]
        if p["proposal_id"] != wrong["reference"]["accepted_proposal_id"]
    )
    harmless = "--- /dev/null\n+++ b/note.txt\n@@ -0,0 +1 @@\n+nothing of use\n"
    answers = {
        right["instance_id"]: {"selected_proposal_id": right["reference"]["accepted_proposal_id"]},
        wrong["instance_id"]: {"selected_proposal_id": other},
        unknown_one["instance_id"]: {"selected_proposal_id": 10**9},
        fixed["instance_id"]: {"model_patch": fixed["reference"]["gold_patch"]},
        broken["instance_id"]: {"model_patch": harmless},
        garbled["instance_id"]: {"model_patch": "not a patch"},
    }
    lines = [
        json.dumps({"instance_id": name, "model_name_or_path": "me", **answer})
        for name, answer in answers.items()
    ]
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(lines) + "\n")

    summary = worker.evaluate(home, "sample", "replay", predictions=str(file))

    nothing = {body["instance_id"]: ("unresolved", "no_submission") for body in managing + coding}
    assert states(home, summary["run_id"]) == nothing | {
        right["instance_id"]: ("resolved", "accepted_proposal"),
        wrong["instance_id"]: ("unresolved", "wrong_proposal"),
        unknown_one["instance_id"]: ("unresolved", "unknown_proposal"),
        fixed["instance_id"]: ("resolved", "tests_passed"),
        broken["instance_id"]: ("unresolved", "tests_failed"),
        garbled["instance_id"]: ("unresolved", "patch_conflict"),
    }
    earned = right["prices"]["final"] + fixed["prices"]["final"]
    assert summary["earned_cents"] == earned
