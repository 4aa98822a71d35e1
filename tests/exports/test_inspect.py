"""Samples and task file for Inspect; that Inspect runs them is measured in benchmarks/."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.exporting import Entry
from tasks.exports.inspect_task import FILE, FORMAT, TASK
from tests.exports.entries import CANARY, FACTS, manager, patched, program

Submission = Callable[[str, dict[str, int], str], dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("inspect")
    shown = {2: 0, 1: 3, 3: -7}
    given = [
        Entry(manager(), 100, prompt="Choose.", shown=shown),
        Entry(patched(), None, prompt="Mend."),
        Entry(program(), 50, prompt="Write."),
    ]
    FORMAT.write(FACTS, given, place)
    return place


@pytest.fixture(scope="module")
def submission(folder: Path) -> Submission:
    """The task file's own reading of an answer; what it imports of Inspect is not needed for it."""
    tree = ast.parse((folder / TASK).read_text(encoding="utf-8"))
    wanted = ("CHOICE", "FENCED", "submission")
    tree.body = [node for node in tree.body if any(n in ast.unparse(node)[:20] for n in wanted)]
    space: dict[str, Any] = {"re": re}
    exec(compile(tree, TASK, "exec"), space)
    found: Submission = space["submission"]
    return found


def test_a_sample_asks_in_words_and_keeps_the_rest_beside(folder: Path) -> None:
    found = [json.loads(line) for line in (folder / FILE).read_text().splitlines()]
    assert found[0] == {
        "id": "ours__app-7-swe_manager",
        "input": "Choose.",
        "target": "0",
        "metadata": {
            "variant": "swe_manager",
            "repository": "ours/app",
            "issue": manager().issue,
            "base": "a" * 40,
            "instance_digest": manager().instance_digest,
            "price_cents": 100,
            "price_rule": "final",
            "canary": CANARY,
            "shown": {"1": 3, "2": 0, "3": -7},
        },
    }
    assert [one["target"] for one in found[1:]] == ["", ""]
    assert found[1]["metadata"]["canary"] == "its own canary"


def test_the_task_file_is_python_with_one_task_and_the_canary(folder: Path) -> None:
    text = (folder / TASK).read_text(encoding="utf-8")
    tree = ast.parse(text)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert "paydag_odd" in names
    assert CANARY in text
    assert "odd@c0ffeec0ffee" in text
    assert all(len(line) <= 120 for line in text.splitlines())


SHOWN = {"1": 30, "2": 0}


@pytest.mark.parametrize(
    ("variant", "said", "handed_in"),
    [
        ("swe_manager", '{"selected_proposal_id": 2}', {"selected_proposal_id": 0}),
        ("swe_manager", 'No. {"selected_proposal_id":"1"} done', {"selected_proposal_id": 30}),
        (
            "swe_manager",
            '{"selected_proposal_id": 2} or {"selected_proposal_id": 1}',
            {"selected_proposal_id": 30},
        ),
        ("swe_manager", '{"selected_proposal_id": 9}', {}),
        ("swe_manager", '{"selected_proposal_id": 1.5}', {}),
        ("swe_manager", "Proposal 1", {}),
        ("ic_swe", "Here:\n```diff\n--- a\n```\n", {"model_patch": "--- a\n"}),
        ("ic_swe", "--- a\n", {"model_patch": "--- a\n"}),
        ("freelance_code", "```python\nprint(1)\n```", {"program": "print(1)\n"}),
        ("freelance_code", "```\nx\n```\n```py\ny\n```", {"program": "y\n"}),
        ("freelance_code", "  \n", {}),
    ],
)
def test_an_answer_is_read_as_what_it_hands_in(
    submission: Submission, variant: str, said: str, handed_in: dict[str, Any]
) -> None:
    assert submission(variant, SHOWN, said) == handed_in


def test_what_is_lost_is_named() -> None:
    assert "reference.gold_patch" in set(FORMAT.lost(Entry(patched(), 1)))
    assert "proposals" in set(FORMAT.lost(Entry(manager(), 1)))
    assert FORMAT.refusal(Entry(program(), None)) is None
