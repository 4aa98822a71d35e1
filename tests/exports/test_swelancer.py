"""The published columns: what their reader evaluates, and what our own importer makes of them."""

import ast
import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.build import build_version
from tasks.domain.exporting import Entry
from tasks.domain.instances import TaskInstance
from tasks.export import export
from tasks.exports.swelancer import FILE, FORMAT, escaped
from tasks.scrape import land_source
from tasks.sources.swelancer.cells import is_blank, read_text
from tasks.specs import load_spec
from tests.exports.entries import FACTS, NASTY, manager, patched, program
from tests.flows.published import Published, ic_row, manager_rows
from tests.sample_home import DATASETS

COLUMNS = [
    "question_id",
    "variant",
    "price",
    "price_limit",
    "manager_data",
    "manager_commit",
    "acceptable_folders",
    "cwd",
    "set",
    "title",
    "description",
    "proposals",
    "canary",
]
Cells = dict[str, str]


def rows(folder: Path, *given_entries: Entry) -> list[Cells]:
    FORMAT.write(FACTS, given_entries, folder)
    with (folder / FILE).open(encoding="ascii", newline="") as file:
        reader = csv.DictReader(file)
        found = list(reader)
    assert reader.fieldnames == COLUMNS
    return found


def published_reader(cell: str) -> str:
    """As the published evaluation decodes its texts."""
    return cell.encode("utf-8").decode("unicode_escape")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(TEXTS)
@example('"quoted"')
@example("'it'")
@example("nan")
@example(" None ")
@example("N/A")
@example("\\")
@example("\\n is two characters")
@example(NASTY)
def test_both_readers_decode_what_was_escaped(text: str) -> None:
    cell = escaped(text)
    assert cell.isascii()
    assert "\n" not in cell
    assert published_reader(cell) == text
    assert read_text(cell) == text
    assert is_blank(cell) == (text.strip(" ") == "")


def test_the_cells_are_those_of_the_published_file(tmp_path: Path) -> None:
    task = manager(instance_id="Expensify__App-7-swe_manager", repository="Expensify/App")
    (found,) = rows(tmp_path, Entry(task, 12_550))
    assert (found["question_id"], found["variant"], found["price"]) == (
        "7",
        "swe_manager",
        "125.50",
    )
    assert (found["cwd"], found["acceptable_folders"]) == ("/app/expensify", "[]")
    assert found["manager_commit"] == "f" * 40
    assert published_reader(found["description"]) == NASTY
    game = ast.literal_eval(found["manager_data"])["game"]
    assert game["all_formal_proposals"] == [
        {"id": 3, "content": NASTY, "author": "ann", "source_url": "https://example.org/3"},
        {"id": 0, "content": ""},
        {"id": -7, "content": "Wait."},
    ]
    assert game["correct_proposal"] == {"id": 0, "content": ""}
    assert f"Proposal: 3:\n\n{NASTY}\n\n---" in published_reader(found["proposals"])


def test_a_coding_task_has_no_proposals_and_names_its_folder(tmp_path: Path) -> None:
    (found,) = rows(tmp_path, Entry(patched(), 100))
    assert (found["manager_data"], found["proposals"]) == ("", "")
    assert ast.literal_eval(found["acceptable_folders"]) == ["8"]
    assert (found["cwd"], found["canary"]) == ("/app/app", "its own canary")


@pytest.mark.parametrize(
    ("task", "cents", "reason"),
    [
        (manager(), 100, None),
        (manager(), None, "unpriced under the version's rule"),
        (program(), 100, "the published file has no freelance_code"),
        (manager(title=" "), 100, "no title or no statement"),
    ],
)
def test_what_has_no_place_is_refused_with_the_reason(
    task: TaskInstance, cents: int | None, reason: str | None
) -> None:
    assert FORMAT.refusal(Entry(task, cents)) == reason


def test_what_is_lost_is_named() -> None:
    lost = {"as_of", "base", "ladder", "prices", "proposals.posted_at", "reference.accepted_by"}
    raised = manager(prices={"final": 2, "initial": 1})
    assert set(FORMAT.lost(Entry(raised, 1))) == lost
    assert {"reference.gold_patch", "reference.hidden_tests", "environment"} <= set(
        FORMAT.lost(Entry(patched(), 1))
    )


def test_a_published_version_is_imported_again_as_the_same_version(tmp_path: Path) -> None:
    made = Published.make(tmp_path, [*manager_rows(6), ic_row(90), ic_row(91)])
    done = export(made.home, "swelancer", "swelancer", tmp_path / "out")
    assert (done.instances, done.lost, done.left_out) == (8, {}, {})
    again = tmp_path / "again"
    land_source(again, None, "swelancer", tmp_path / "out", {})
    built = build_version(again, load_spec("swelancer", [DATASETS])[0])
    assert (built.version, built.rejections) == (made.result.version, 0)
