"""A specification is begun, looked at and tried out from the command line."""

import json
from pathlib import Path

import pytest

from tests.flows.command import Paydag, clean_environment
from tests.sample_home import SampleHome


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    """The command line where no flow is to run."""
    return Paydag(clean_environment(), tmp_path)


def test_a_new_dataset_is_written_once_and_found_where_people_keep_theirs(
    plain_paydag: Paydag, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", tmp_path / "datasets" / "mine" / "dataset.yaml"
    answer = plain_paydag.json("new", "mine", "--extends", "sample", home=home)
    assert answer == {"dataset": "mine", "extends": "sample", "file": str(file)}
    text = file.read_text(encoding="utf-8")
    assert "extends: sample\n" in text
    again = plain_paydag("new", "mine", home=home)
    assert (again.code, again.out) == (2, "")
    assert again.err == f"paydag: {file} is there already; choose another name\n"
    assert file.read_text(encoding="utf-8") == text


def test_a_new_dataset_hides_none_that_is_there_and_stands_on_one_that_is(
    plain_paydag: Paydag, tmp_path: Path
) -> None:
    hiding = plain_paydag("new", "sample", home=tmp_path / "home")
    assert hiding.code == 2
    assert hiding.err.endswith("sample/dataset.yaml is there already; choose another name\n")
    nowhere = plain_paydag("new", "mine", "--extends", "boats", home=tmp_path / "home")
    assert nowhere.code == 2
    assert nowhere.err.startswith("paydag: unknown dataset 'boats'; known: expensify, ")
    assert not (tmp_path / "datasets").exists()


def test_a_folder_that_is_not_searched_is_told(plain_paydag: Paydag, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    made = plain_paydag("new", "mine", "--folder", place, home=tmp_path / "home")
    assert made.code == 0
    assert made.err == f"paydag: datasets in {place} are found with PAYDAG_DATASETS={place}\n"
    assert made.out == f"wrote {place}/mine/dataset.yaml\nnext: paydag build mine --dry-run\n"


def test_the_schema_is_printed_whole(plain_paydag: Paydag, tmp_path: Path) -> None:
    shown = plain_paydag("schema", "dataset", home=tmp_path / "home")
    assert (shown.code, shown.err) == (0, "")
    assert json.loads(shown.out) == plain_paydag.json("schema", "dataset", home=tmp_path / "home")
    unknown = plain_paydag("schema", "overrides", home=tmp_path / "home")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == "paydag: unknown schema 'overrides'; known: dataset\n"


@pytest.mark.exhaustive
@pytest.mark.prefect
def test_a_dry_run_prints_the_funnel_and_a_mistake_its_line(
    paydag: Paydag, own_sample: SampleHome, tmp_path: Path
) -> None:
    folder = tmp_path / "mine" / "lite"
    folder.mkdir(parents=True)
    file = folder / "dataset.yaml"
    head = "name: lite\nextends: sample\nfilters:\n"
    file.write_text(f"{head}  price: {{min: 500}}\nsample: {{count: 4}}\n", encoding="utf-8")
    call, mine = ("build", "lite", "--dry-run"), {"PAYDAG_DATASETS": str(tmp_path / "mine")}
    shown = paydag(*call, home=own_sample.home, **mine)
    assert (shown.code, shown.err) == (0, "")
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert lines[0] == "step candidates price left left price"
    assert lines[1] == "candidates 38 $17,875"
    assert lines[-5:-1] == [
        "no_tests -1 -$187.50 19 $11,437.50",
        "filter price -8 -$1,937.50 11 $9,500",
        "not_sampled -7 -$5,500 4 $4,000",
        "instances 4 $4,000",
    ]
    assert lines[-1].startswith("dry run: lite@")
    file.write_text(f"{head}  price: {{min: 90000}}\n", encoding="utf-8")
    refused = paydag(*call, home=own_sample.home, **mine)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"paydag: {file}:4: filters.price: selects none of the 19 instances that are left to it; "
        "loosen it\n"
    )
