"""What else outcomes rest on, and that they are made anew where it changes."""

from pathlib import Path
from typing import Any

import pytest

from tasks import judging, published
from tasks.build import build_version
from tasks.domain.errors import UsageError
from tasks.domain.leaks import Finding
from tasks.inputs import Inputs, inputs_of, mirror_state
from tasks.overlays import Overlays
from tasks.published import candidates_of
from tasks.repos import import_stream
from tasks.scrape import land_source
from tasks.specs import load_spec
from tasks.warehouse import Warehouse, run_checks
from tests.build_homes import (
    SPEC,
    build,
    built_whole,
    home_with,
    issue,
    of_issue,
    of_pull,
    pull,
    stored,
)
from tests.flows.published import Published, csv_text, manager_rows
from tests.sample_home import DATASETS, REPOSITORY, SAMPLE, SampleHome, sample_spec

DOCUMENTS = [
    *(of_issue(issue(number), 1) for number in (7, 8)),
    *(of_pull(pull(10 + number, [number]), 2) for number in (7, 8)),
]
OVERRIDE = """- issue: ours/app#7
  reason: the thread was edited
  at: 2025-01-01T05:00:00Z
  bounty: 4000
"""


def ledgers(home: Path) -> list[tuple[Any, ...]]:
    with Warehouse(home).read("core") as session:
        return session.tuples(
            "SELECT dataset, issue, kind, amount_cents FROM core.bounty_events "
            "ORDER BY dataset NULLS FIRST, issue, occurred_at"
        )


def test_two_comments_of_one_number_reject_their_issue_and_nothing_else(tmp_path: Path) -> None:
    broken = issue(9)
    broken["comments"]["nodes"][1]["databaseId"] = 901
    home = home_with(tmp_path / "home", [*DOCUMENTS, of_issue(broken, 1)])
    build(home)
    with Warehouse(home).read("core") as session:
        assert run_checks(session) == {}
        assert session.tuples(
            "SELECT DISTINCT candidate_id, reason, detail FROM core.rejections "
            "WHERE candidate_id LIKE '%#9%'"
        ) == [
            (
                "ours/app#9",
                "malformed",
                "github.issue: ValueError: the comments IC_901 and IC_902 are both numbered 901",
            )
        ]


def test_a_correction_makes_a_second_ledger_and_only_its_issue_is_judged_anew(
    tmp_path: Path, read_issues: list[tuple[str, ...]]
) -> None:
    folder = tmp_path / "boats"
    folder.mkdir()
    home = home_with(tmp_path / "home", DOCUMENTS)
    plain = build(home, folder=folder)
    before = stored(home, plain)
    read_issues.clear()
    (folder / "overrides.yaml").write_text(OVERRIDE, encoding="utf-8")
    corrected = build(home, folder=folder)
    assert read_issues == [("ours/app#7",)]
    own = [row for row in ledgers(home) if row[0] == "boats"]
    assert own == [
        ("boats", "ours/app#7", "posted", 25_000),
        ("boats", "ours/app#7", "raised", 400_000),
    ]
    assert corrected.price_cents - plain.price_cents == 375_000
    assert stored(home, corrected) == built_whole(tmp_path / "whole", DOCUMENTS, folder=folder)
    (folder / "overrides.yaml").unlink()
    assert build(home, folder=folder) == plain
    assert stored(home, plain) == before


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("ours/app#9999", "unknown issue 'ours/app#9999'; known: ours/app#7, ours/app#8"),
        ("ours/web#7", "unknown repository 'ours/web'; known: ours/app"),
        ("Ours/App#7", "unknown repository 'Ours/App'; known: ours/app"),
    ],
)
def test_a_correction_of_an_issue_that_is_not_there_is_told_with_its_line(
    tmp_path: Path, named: str, message: str
) -> None:
    folder = tmp_path / "boats"
    folder.mkdir()
    file = folder / "overrides.yaml"
    file.write_text(OVERRIDE + OVERRIDE.replace("ours/app#7", named), encoding="utf-8")
    home = home_with(tmp_path / "home", DOCUMENTS)
    with pytest.raises(UsageError) as refused:
        build(home, folder=folder)
    assert str(refused.value) == f"{file}:5: issue: {message}"
    assert ledgers(home) == []


def test_hidden_tests_of_an_issue_that_is_not_there_are_told_with_their_folder(
    tmp_path: Path,
) -> None:
    place = tmp_path / "boats" / "hidden_tests" / "ours__app-9999-ic_swe"
    place.mkdir(parents=True)
    (place / "reason.txt").write_text("Nobody tested it.", encoding="utf-8")
    (place / "test_boats.py").write_text("", encoding="utf-8")
    home = home_with(tmp_path / "home", DOCUMENTS)
    with pytest.raises(UsageError) as refused:
        build(home, folder=tmp_path / "boats")
    known = "ours__app-7-ic_swe, ours__app-8-ic_swe"
    assert str(refused.value) == (
        f"{place}: unknown instance 'ours__app-9999-ic_swe'; known: {known}"
    )
    assert ledgers(home) == []


def test_what_a_mirror_lacked_is_judged_anew_once_it_has_more(
    tmp_path: Path, built_sample: SampleHome, read_issues: list[tuple[str, ...]]
) -> None:
    home, spec = tmp_path / "home", sample_spec()
    options = {"repositories": [REPOSITORY]}
    land_source(home, spec.name, "github", SAMPLE / "documents", options)
    without = build_version(home, spec, workers=1)
    assert without.by_variant["ic_swe"].instances == 0
    read_issues.clear()
    import_stream(home, REPOSITORY, SAMPLE / "repository.fast-import")
    assert build_version(home, spec, workers=1) == built_sample.result
    lacking = without.by_reason["missing_commit"]
    assert len([name for names in read_issues for name in names]) <= lacking
    read_issues.clear()
    build_version(home, spec, workers=1)
    assert read_issues == []


def test_a_mirror_that_gets_something_is_another(tmp_path: Path) -> None:
    mirror = tmp_path / "m.git"
    states = [mirror_state(mirror)]
    for path in ("packed-refs", "refs/heads/main", "objects/pack/a.pack", "objects/ab/cd"):
        (mirror / path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / path).write_text(path, encoding="utf-8")
        states.append(mirror_state(mirror))
    assert len(set(states)) == len(states)


def _finding(severity: Any) -> Finding:
    return Finding(code="fix_number", severity=severity, field="statement", words="#17")


@pytest.mark.parametrize("severity", ["leak", "warning"])
@pytest.mark.parametrize("lint", ["report", "reject"])
def test_a_leak_rejects_where_the_dataset_says_so_and_is_reported_always(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: str, severity: str
) -> None:
    monkeypatch.setattr(judging, "lint_instance", lambda *given: (_finding(severity),))
    home = home_with(tmp_path / "home", DOCUMENTS)
    result = build(home, SPEC.model_copy(update={"lint": lint}))
    refused = lint == "reject" and severity == "leak"
    assert result.by_reason.get("leak", 0) == (2 if refused else 0)
    assert result.instances == (0 if refused else 2)
    found = stored(home, result)["lint_findings"]
    assert [row[3:] for row in found] == [("fix_number", severity, "statement", "#17", "")] * 2
    if refused:
        leaks = [row for row in stored(home, result)["rejections"] if row[3] == "leak"]
        assert {row[4] for row in leaks} == {"fix_number in statement: #17"}


def test_hidden_tests_and_corrections_concern_their_candidates_alone(tmp_path: Path) -> None:
    folder = tmp_path / "boats"
    place = folder / "hidden_tests" / "ours__app-7-ic_swe"
    place.mkdir(parents=True)
    (place / "reason.txt").write_text("none came with the fix", encoding="utf-8")
    (place / "test_boat.py").write_text("assert True", encoding="utf-8")
    plain = inputs_of(tmp_path, SPEC, ("ours/app",), {}, Overlays(None))
    found = inputs_of(tmp_path, SPEC, ("ours/app",), {}, Overlays(folder))
    assert found.general == plain.general
    assert list(found.own) == ["ours/app#7 ic_swe"]
    (place / "test_boat.py").write_text("assert 1", encoding="utf-8")
    again = inputs_of(tmp_path, SPEC, ("ours/app",), {}, Overlays(folder))
    assert again.own != found.own


def test_published_tasks_are_judged_again_only_when_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Published.make(tmp_path, manager_rows(4))
    spec = load_spec("swelancer", [DATASETS])[0]
    judged = []

    def noting(*given: Any) -> published.Candidates:
        judged.append(given[1])
        return candidates_of(*given)

    monkeypatch.setattr(published, "candidates_of", noting)
    assert build_version(made.home, spec) == made.result
    assert judged == []
    made.file.write_text(csv_text(manager_rows(5)), encoding="utf-8")
    land_source(made.home, None, "swelancer", made.file, {})
    assert build_version(made.home, spec).instances == made.result.instances + 1
    assert judged == ["swelancer"]


def test_only_what_lacks_a_commit_rests_on_the_mirror() -> None:
    one = Inputs(general="g", own={"o/n#1 ic_swe": "h"}, mirrors={"o/n": "before"})
    two = one.model_copy(update={"mirrors": {"o/n": "after"}})
    for candidate in ("o/n#1", "o/n#2"):
        same = [each.of(candidate, "ic_swe", None, "o/n") for each in (one, two)]
        assert same[0] == same[1] == ("h" if candidate == "o/n#1" else "g")
        lacking = [each.of(candidate, "ic_swe", "missing_commit", "o/n") for each in (one, two)]
        assert len({*lacking, *same}) == 3
