"""Published results become the rows of a run: placed by name, stored once, told from our own."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.importing import import_run
from tasks.queries import RunSummary, summarise_run
from tasks.runs import find_run
from tests.flows.published import Published
from tests.flows.tables import assert_sound, query, read_tables
from tests.sample_home import SampleHome
from tests.sources.results.reports import COLUMNS, answer, report, write

SWE = "tally-works__tally-{}-ic_swe"
LISTS = {
    "resolved": [SWE.format(11)],
    "unresolved": [SWE.format(15), "other__repo-1"],
    "error": [SWE.format(18)],
    "empty_patch": [SWE.format(24)],
    "incomplete": [SWE.format(27)],
}


@pytest.fixture
def run_report(tmp_path: Path) -> Path:
    files = {"some__model.r.json": report(**LISTS), "p.jsonl": [answer(SWE.format(15), "diff\n")]}
    return write(tmp_path / "published", files)


def imported(home: Path, path: Path, **given: Any) -> tuple[RunSummary, tuple[str, ...]]:
    from tasks.warehouse import Warehouse

    run_id, notes = import_run(home, path, **given)
    return summarise_run(Warehouse(home), home, run_id), notes


def states(summary: RunSummary) -> dict[str, str]:
    return {row["instance_id"]: row["state"] for row in summary.items}


def test_a_report_becomes_a_run_of_what_was_answered(
    own_sample: SampleHome, run_report: Path
) -> None:
    summary, notes = imported(own_sample.home, run_report)
    assert states(summary) == {
        SWE.format(11): "resolved",
        SWE.format(15): "unresolved",
        SWE.format(18): "invalid",
        SWE.format(24): "unresolved",
    }
    total = summary.total
    assert (total.attempted, total.resolved, total.unresolved, total.invalid) == (4, 1, 2, 1)
    assert summary.run.solver == "replay"
    assert summary.run.parameters["model"] == "some/model"
    assert summary.stages["grade"] == {"done": 4, "pending": 0, "failed": 0}
    assert (summary.sandboxes, summary.exclusions) == ({}, {})
    assert notes == (
        "1 of 4 are errors of the harness, which does not tell patches that do not apply from "
        "failures of the machine: they count as invalid",
        f"1 tasks of the results are not in sample@{own_sample.result.version[:12]} and not "
        "counted: other__repo-1",
    )
    assert summary.notes == (
        "published results of some/model: these verdicts were reached elsewhere; 1 tasks of the "
        "results are not in the version, 15 of the version have no result and were not attempted",
    )
    handed_in = query(
        own_sample.home,
        "SELECT instance_id, submission FROM eval.rollouts WHERE submission <> '{}'",
    )
    assert handed_in == [(SWE.format(15), '{"model_patch":"diff\\n"}')]
    graders = query(own_sample.home, "SELECT DISTINCT grader_version FROM marts.current_verdicts")
    assert graders == [("published",)]
    assert_sound(own_sample.home)


def test_importing_again_changes_nothing(own_sample: SampleHome, run_report: Path) -> None:
    home = own_sample.home
    first, _ = imported(home, run_report)
    before, documents = read_tables(home), query(home, "FROM raw.documents ORDER BY ALL")
    again, _ = imported(home, run_report)
    assert again.run == first.run
    assert read_tables(home).rows == before.rows
    assert query(home, "FROM raw.documents ORDER BY ALL") == documents
    assert Counter(row[1] for row in documents if row[0] == "results") == {
        "results.run_report": 1,
        "results.predictions": 1,
    }


def test_an_interrupted_import_is_completed_by_the_next(
    own_sample: SampleHome, run_report: Path
) -> None:
    home = own_sample.home
    first, _ = imported(home, run_report)
    with own_sample.warehouse.write("eval") as session:
        for table in ("verdicts", "evidence", "rollouts", "run_environments", "environments"):
            session.execute(f"DELETE FROM eval.{table}")
    again, _ = imported(home, run_report)
    assert (again.run, again.total) == (first.run, first.total)


def test_what_others_published_validates_nothing(own_sample: SampleHome, run_report: Path) -> None:
    imported(own_sample.home, run_report)
    assert query(own_sample.home, "SELECT count(*) FROM eval.environments") == [(4,)]
    assert query(own_sample.home, "SELECT count(*) FROM marts.validations") == [(0,)]


def test_other_files_or_another_name_for_the_model_are_another_run(
    own_sample: SampleHome, run_report: Path, tmp_path: Path
) -> None:
    home = own_sample.home
    first, _ = imported(home, run_report)
    named, _ = imported(home, run_report, model="renamed")
    other = write(tmp_path / "other", {"some__model.r.json": report(resolved=[SWE.format(11)])})
    alone, _ = imported(home, other)
    assert len({one.run.run_id for one in (first, named, alone)}) == 3
    assert named.run.parameters["model"] == "renamed"
    assert alone.total.attempted == 1


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    from tests.flows.published import ic_row, manager_rows

    folder = tmp_path_factory.mktemp("published")
    return Published.make(folder, [*manager_rows(3), ic_row(90)])


def table(folder: Path, *rows: str) -> Path:
    file = folder / "results.csv"
    file.write_text("\n".join([COLUMNS, *rows]) + "\n")
    return file


def test_a_table_is_placed_by_published_ids_with_attempts_and_tokens(
    published: Published, tmp_path: Path
) -> None:
    home = published.copied_to(tmp_path / "home")
    rows = (
        *("90_77,0,True,10,5,1,1000.0", "90_77,1,False,12,6,0,0.0"),
        *("1-manager-0,0,False,0,0,0,0.0", "1-manager-0,1,True,3,2,0,99.0"),
        *("77_1,0,True,1,1,1,1.0", "77_1,1,True,1,1,1,1.0"),
    )
    summary, notes = imported(home, table(tmp_path, *rows), model="o1")
    total = summary.total
    assert (total.attempted, total.resolved, total.unresolved) == (4, 2, 2)
    assert (total.available_cents, total.earned_cents) == (125_100, 62_550)
    tokens = query(
        home,
        "SELECT attempt, tokens_in, tokens_out, tokens_reasoning FROM eval.rollouts "
        "WHERE instance_id = 'Expensify__App-90_77-ic_swe' ORDER BY attempt",
    )
    assert tokens == [(1, 10, 5, 1), (2, 12, 6, 0)]
    version = f"swelancer@{published.result.version[:12]}"
    assert notes == (
        "1 of 4 rows are not correct and count no token: the file does not tell whether the "
        "machine or the solver failed there, so that they count as unresolved",
        f"1 tasks of the results are not in {version} and not counted: 77_1",
        "1 solved tasks earned another amount in the results than their price here (final); the "
        "price here counts",
    )


def test_attempts_that_differ_from_task_to_task_are_no_run(
    published: Published, tmp_path: Path
) -> None:
    rows = ("90_77,0,True,1,1,1,1", "90_77,1,True,1,1,1,1", "1-manager-0,0,False,1,1,1,0")
    with pytest.raises(UsageError, match="0-swe_manager has the attempts 1 where others have 2"):
        import_run(published.copied_to(tmp_path / "home"), table(tmp_path, *rows))


def test_a_key_that_two_variants_share_wants_the_variant(
    own_sample: SampleHome, tmp_path: Path
) -> None:
    file = table(tmp_path, "11,0,True,1,1,1,250.0")
    with pytest.raises(UsageError, match=r"11 is a task of several variants in sample \(ic_swe, "):
        import_run(own_sample.home, file)
    summary, _ = imported(own_sample.home, file, variant="swe_manager")
    assert states(summary) == {"tally-works__tally-11-swe_manager": "resolved"}


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("nobody-1", {}, "no built dataset has any of the tasks of these results; name the"),
        ("nobody-1", {"dataset": "sample"}, "has none of the 1 tasks of these results, nobody-1"),
        (SWE.format(11), {"dataset": "swelancer"}, "no version of 'swelancer' has been built"),
        (SWE.format(11), {"variant": "ic"}, "unknown variant 'ic'; known: "),
    ],
)
def test_results_that_fit_nowhere_are_refused_before_anything_is_stored(
    own_sample: SampleHome, tmp_path: Path, name: str, given: dict[str, str], message: str
) -> None:
    path = write(tmp_path / "new", {"m.r.json": report(resolved=[name])})
    before = read_tables(own_sample.home)
    with pytest.raises(UsageError) as refused:
        import_run(own_sample.home, path, **given)
    assert message in str(refused.value)
    assert read_tables(own_sample.home).rows == before.rows
    landed = "SELECT count(*) FROM raw.documents WHERE source = 'results'"
    assert query(own_sample.home, landed) == [(0,)]


def test_what_cannot_be_read_is_told_with_its_file(own_sample: SampleHome, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text("Model,Earned,Accuracy\no1,1,0.1\n")
    with pytest.raises(UsageError, match=r"results\.csv states the totals of models and not what"):
        import_run(own_sample.home, file)


def test_a_run_knows_whether_it_was_imported(own_sample: SampleHome, run_report: Path) -> None:
    run_id, _ = import_run(own_sample.home, run_report)
    with own_sample.warehouse.read("eval") as session:
        run = find_run(session, run_id)
    assert run.is_published
    assert json.loads(json.dumps(run.parameters)) == run.parameters
