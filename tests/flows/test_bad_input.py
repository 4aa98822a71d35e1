"""Mistakes of users: one clear sentence on stderr, the right exit code, and nothing is lost."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Finished, Paydag
from tests.flows.published import csv_text, ic_row, manager_row
from tests.flows.tables import query, read_tables
from tests.flows.worker import FlowFailedError, Worker

pytestmark = pytest.mark.prefect


def assert_one_sentence(finished: Finished, code: int, said: str) -> None:
    assert (finished.code, finished.out) == (code, "")
    assert finished.err.startswith("paydag: ")
    assert finished.err.count("\n") == 1
    assert said in finished.err
    assert "Traceback" not in finished.err


def everything(home: Path) -> Any:
    """All that a home keeps: documents, instances and what was evaluated."""
    kept = [
        query(home, f"SELECT count(*), bit_xor(hash(t)) FROM {table} t")
        for table in ("raw.documents", "core.task_instances", "core.dataset_versions")
    ]
    return kept, read_tables(home)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "invoice", "1"), "unknown thing to show 'invoice'; known: run, instance"),
        (("show", "run", "nope"), "unknown run 'nope'; known: "),
        (("show", "run", ""), "unknown run ''; known: "),
        (("show", "instance", "nope"), "unknown instance 'nope'; known: tally-works__tally-"),
        (("show", "ledger", "9999"), "unknown issue '9999'; known: tally-works/tally#"),
        (("show", "rejections", "nope"), "no version of 'nope' has been built"),
        (("show", "rejections", "sample@00ff"), "unknown version 'sample@00ff'; known: sample@"),
        (("show", "rejections", "sample@"), "'sample@' names no version after the @"),
        (("report", "nope"), "unknown run 'nope'"),
        (("report", "--format", "pdf"), "unknown format 'pdf'; known: md, json, csv, png, svg"),
        (("report", "--name", "../x"), "'../x' is no name for a folder"),
        (("browse", "nope"), "unknown run 'nope'"),
        (("sql", "SELECT 1; SELECT 2"), "exactly one SELECT"),
        (("sql", "DROP TABLE eval.runs"), "exactly one SELECT"),
        (("sql", ""), "exactly one SELECT"),
        (("sql", "SELEC 1"), "not SQL"),
        (("sql", "SELECT nope FROM eval.runs"), "the query fails"),
        (("sql", "SELECT * FROM read_text('/etc/hostname')"), "the query fails"),
        (("import", "upwork", "."), "unknown published source 'upwork'; known: results, swelancer"),
    ],
)
def test_a_mistaken_question_is_answered_with_one_sentence(
    prepared_sample: Path, paydag: Paydag, arguments: tuple[str, ...], said: str
) -> None:
    before = everything(prepared_sample)
    assert_one_sentence(paydag(*arguments, "--json", home=prepared_sample), 2, said)
    assert everything(prepared_sample) == before


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("refresh", "freelancer", "--base-url", "http://127.0.0.1:9/v1"),
            "--base-url is for --author PROVIDER:NAME",
        ),
        (("refresh", "sample", "--author", "openai:x"), "sample is made of issues"),
        (
            ("refresh", "freelancer", "--author", "openai:x", "--from", "a.csv"),
            "--from is for landing documents, and --author asks about postings",
        ),
        (
            ("refresh", "freelancer", "--author", "gpt", "--base-url", "http://127.0.0.1:9/v1"),
            "'gpt' is no model; write PROVIDER:NAME",
        ),
        (("refresh", "freelancer", "--author", "openai:x", "--limit", "0"), "--limit 0: at least"),
        (
            ("refresh", "freelancer", "--author", "openai:x", "--budget", "5"),
            "--budget needs --rollout-cap",
        ),
        (("build", "nope"), "unknown dataset 'nope'; known: expensify, expensify-escalated"),
        (
            ("evaluate", "sample", "--solver", "nope"),
            "unknown solver 'nope'; known: agent, command, first, gold",
        ),
        (("rerun", "polish", "--run", "x"), "unknown stage 'polish'; known: prepare, solve"),
        (("import", "swelancer", "nowhere"), "nowhere does not exist"),
    ],
)
def test_a_flow_command_fails_with_one_sentence(
    prepared_sample: Path, paydag: Paydag, arguments: tuple[str, ...], said: str
) -> None:
    before = everything(prepared_sample)
    assert_one_sentence(paydag(*arguments, "--json", home=prepared_sample), 2, said)
    assert everything(prepared_sample) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dataset": "nope"}, "unknown dataset 'nope'; known: expensify, expensify-escalated"),
        ({"dataset": "swelancer"}, "no version of 'swelancer' has been built; run `paydag build"),
        ({"dataset": "sample@00ff"}, "unknown version 'sample@00ff'; known: sample@"),
        ({"solver": "nope"}, "unknown solver 'nope'; known: "),
        ({"variant": "nope"}, "unknown variant 'nope'; known: freelance_code, ic_swe, swe_manager"),
        ({"split": "nope"}, "unknown split 'nope'; known: none"),
        ({"instances": ["nope"]}, "unknown instance 'nope'; known: tally-works__tally-"),
        ({"price_rule": "nope"}, "unknown price rule 'nope'; known: "),
        ({"attempts": 0}, "--attempts 0: at least one attempt is needed"),
        ({"seed": -1}, "--seed -1: a seed is a number from 0 to 9007199254740991"),
        ({"seed": 10**30}, f"--seed {10**30}: a seed is a number from 0 to 9007199254740991"),
        ({"limit": 0}, "--limit 0: at least one instance is needed"),
        ({"solver": "replay"}, "the replay solver needs --predictions FILE"),
        ({"solver": "gold", "predictions": "PREDICTIONS"}, "the gold solver takes no option"),
        ({"solver": "replay", "predictions": "nowhere.jsonl"}, "nowhere.jsonl cannot be read"),
        ({"solver": "replay", "predictions": "PREDICTIONS"}, ":2 is not JSON"),
        ({"home": "relative"}, "the home of a flow must be an absolute path, not 'relative'"),
    ],
)
def test_a_mistaken_evaluation_opens_no_run(
    prepared_sample: Path, worker: Worker, tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"instance_id": "a", "selected_proposal_id": 1}\n{"instance_id": \n')
    arguments = {"home": str(prepared_sample), "dataset": "sample", "solver": "null"} | given
    if arguments.get("predictions") == "PREDICTIONS":
        arguments["predictions"] = str(broken)
    before = everything(prepared_sample)
    with pytest.raises(FlowFailedError) as caught:
        worker.run("evaluate", **arguments)
    assert (caught.value.error, caught.value.exit_code) == ("UsageError", 2)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert everything(prepared_sample) == before


@pytest.mark.parametrize("stage", ["prepare", "solve", "grade", "score", "report", "build"])
def test_no_flow_works_in_a_relative_home(worker: Worker, stage: str) -> None:
    given: dict[str, Any] = {"dataset": "sample"} if stage == "build" else {"run_id": "x"}
    with pytest.raises(FlowFailedError, match="must be an absolute path") as caught:
        worker.run(stage, "relative", **given)
    assert caught.value.exit_code == 2


def test_a_folder_that_is_not_the_benchmark_lands_nothing(paydag: Paydag, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "plans.csv").write_text("day,place\n1,beach\n")
    home = tmp_path / "home"
    finished = paydag("import", "swelancer", folder, "--json", home=home)
    assert_one_sentence(finished, 2, f"{folder} holds no SWE-Lancer file: expected ")
    assert query(home, "SELECT count(*) FROM raw.documents") == [(0,)]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("cut", "the file ends inside a quoted cell"),
        ("cell", "manager_data: not a Python literal (SyntaxError)"),
    ],
)
def test_a_malformed_row_costs_only_itself(
    paydag: Paydag, worker: Worker, tmp_path: Path, damage: str, reason: str
) -> None:
    last = manager_row(3)
    if damage == "cell":
        last["manager_data"] = "{'title': 'not closed"
    text = csv_text([manager_row(1), ic_row(2), last])
    file = tmp_path / "tasks.csv"
    file.write_text(text[: text.rindex("push harder")] if damage == "cut" else text)
    home = tmp_path / "home"

    finished = paydag("import", "swelancer", file, "--json", home=home)
    assert finished.code == 0
    malformed = {"file": "tasks.csv", "row": 3, "reason": reason}
    assert finished.answer == {
        "source": "swelancer",
        "read": 3,
        "landed": 3,
        "unchanged": 0,
        "gone": 0,
        "calls": 0,
        "points": 0,
        "malformed": [malformed],
        "complete": True,
        "notes": [],
        "archives": [],
    }
    assert finished.err == (
        "paydag: 1 malformed, kept as they are and left out by build; the first: "
        f"tasks.csv row 3: {reason}\n"
    )
    built = worker.run("build", home, dataset="swelancer")
    assert (built["instances"], built["by_reason"]) == (2, {"malformed": 1})
    shown = paydag.json("show", "rejections", "swelancer", home=home)
    assert shown["rejections"] == [
        {
            "candidate_id": "tasks.csv@3",
            "variant": "unknown",
            "reason": "malformed",
            "detail": f"tasks.csv row 3: {reason}",
            "origin": "tasks.csv",
            "price_cents": None,
        }
    ]


@pytest.mark.parametrize("name", ["core", "eval", "raw"])
def test_a_file_that_is_no_database_is_named_and_left_alone(
    own_prepared: Path, paydag: Paydag, name: str
) -> None:
    file = own_prepared / "warehouse" / f"{name}.duckdb"
    file.write_bytes(b"a letter to grandmother\n" * 500)
    finished = paydag("show", "run", "x", "--json", home=own_prepared)
    assert_one_sentence(finished, 2, f"{file} is not a DuckDB database")
    assert file.read_bytes() == b"a letter to grandmother\n" * 500


def test_without_arguments_the_help_is_shown(paydag: Paydag) -> None:
    finished = paydag()
    assert (finished.code, finished.out) == (2, "")
    assert "Start with: paydag demo" in finished.err
