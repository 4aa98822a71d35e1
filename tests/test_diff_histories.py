"""Causes of every kind, in homes where an invented market changes turn by turn."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tasks.build import BuildResult, build_version
from tasks.diffs import diff_last_build, diff_versions
from tasks.domain.making import instance_of_issue
from tasks.domain.version_diffs import DiffRow, VersionDiff
from tasks.scrape import land_source
from tasks.specs import load_spec
from tasks.variants import swe_manager
from tasks.warehouse import Warehouse
from tests.build_homes import (
    SPEC,
    build,
    history,
    home_with,
    issue,
    land_also,
    of_issue,
    of_pull,
    pull,
    renamed,
)
from tests.flows import odd_jobs
from tests.flows.published import Published, csv_text, manager_rows
from tests.sample_home import DATASETS

MARKET = [of_issue(issue(7), 1), of_pull(pull(10, [7]), 1)]


def between(home: Path, before: BuildResult, after: BuildResult) -> VersionDiff:
    return diff_versions(Warehouse(home), before.version, after.version)


def reasons(row: DiffRow) -> list[tuple[str, str, bool]]:
    """(what, document or detail, whether it is certain) of all causes, each once."""
    causes = [*row.causes, *(c for each in row.changes for c in each.causes)]
    return list(dict.fromkeys((c.what, c.external_id or c.detail, c.certain) for c in causes))


# Turn → (fate, task, prices before and after, the document that did it).
TOLD: dict[int, list[tuple[str, str, int | None, int | None, str]]] = {
    1: [("added", "7", None, 25_000, "ours/app#10")],
    2: [("changed", "7", 25_000, 50_000, "ours/app#7")],
    3: [("changed", "7", 50_000, 50_000, "IC_701")],
    4: [("added", "8", None, 25_000, "ours/app#11")],
    5: [
        ("added", "5", None, 25_000, "ours/app#10"),
        ("removed", "7", 50_000, None, "ours/app#10"),
    ],
    6: [("removed", "8", 25_000, None, "ours/app#8")],
    7: [("added", "7", None, 50_000, "ours/app#10")],
    8: [("added", "8", None, 25_000, "ours/app#8")],
    9: [("removed", "8", 25_000, None, "ours/app#12")],
}


@dataclass(frozen=True)
class Turned:
    """A home with a build after each of ten turns, and the diff that each of them made."""

    home: Path
    results: list[BuildResult]
    diffs: list[VersionDiff | None]


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Turned:
    home = home_with(tmp_path_factory.mktemp("turned") / "home")
    found = Turned(home, [], [])
    for turn in history()[:10]:
        land_also(home, turn)
        found.results.append(build(home))
        found.diffs.append(diff_last_build(Warehouse(home), SPEC.name, most=100))
    return found


@pytest.mark.exhaustive
def test_every_turn_is_told_with_the_document_that_made_it(turned: Turned) -> None:
    assert turned.diffs[0] is None
    for number, diff in enumerate(turned.diffs):
        assert [
            (r.fate, r.issue.partition("#")[2], r.before_cents, r.after_cents, because)
            for r in (diff.rows if diff else ())
            for _, because, certain in reasons(r)
            if certain
        ] == TOLD.get(number, []), number


@pytest.mark.exhaustive
def test_two_turns_wherever_they_are_add_up_both_ways(turned: Turned) -> None:
    pairs = list(combinations({r.version: r for r in turned.results}.values(), 2))
    for before, after in pairs[::4]:
        forth, back = between(turned.home, before, after), between(turned.home, after, before)
        assert (forth.total.before, forth.total.after) == (back.total.after, back.total.before)
        assert forth.total.after.price_cents == after.price_cents
        assert forth.total.added == back.total.removed
        assert {r.instance_id for r in forth.rows} == {r.instance_id for r in back.rows}


OVERRIDE = """- issue: ours/app#7
  reason: the thread was edited
  at: 2025-01-01T05:00:00Z
  bounty: 4000
"""


def test_a_correction_by_hand_is_a_cause_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "boats"
    folder.mkdir()
    home = home_with(tmp_path / "home", MARKET)
    plain = build(home, folder=folder)
    (folder / "overrides.yaml").write_text(OVERRIDE, encoding="utf-8")
    land_also(home, [of_issue(issue(7) | {"stateReason": "COMPLETED"}, 2)])
    corrected = build(home, folder=folder)
    (row,) = between(home, plain, corrected).rows
    assert (row.before_cents, row.after_cents) == (25_000, 400_000)
    assert reasons(row) == [("override", "the thread was edited", True)]
    (row,) = between(home, corrected, plain).rows
    assert reasons(row) == [("override", "taken back: the thread was edited", True)]


@pytest.mark.parametrize("also", [[], [of_issue(issue(7) | {"stateReason": "COMPLETED"}, 2)]])
def test_other_code_is_the_cause_where_nothing_else_gives_the_older_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: list[Any]
) -> None:
    home = home_with(tmp_path / "home", MARKET)
    before = build(home)
    land_also(home, also)
    made = instance_of_issue

    def shouting(*given: Any, **named: Any) -> Any:
        instance = made(*given, **named)
        return instance.model_copy(update={"title": instance.title.upper()})

    monkeypatch.setattr(swe_manager, "instance_of_issue", shouting)
    for module in ("inputs", "builds", "jobs"):
        monkeypatch.setattr(f"tasks.{module}.rules_of_code", lambda: "f" * 64)
    after = build(home)
    (row,) = between(home, before, after).rows
    ((what, detail, certain),) = reasons(row)
    assert (what, detail.rpartition(" → ")[2], certain) == ("rules", "f" * 12, True)


def test_a_variant_that_a_specification_gave_up_is_a_cause(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", MARKET)
    both = build(home)
    only = build(home, SPEC.model_copy(update={"variants": ("ic_swe",)}))
    (row,) = between(home, both, only).rows
    assert (row.fate, row.reason) == ("removed", None)
    assert reasons(row) == [("specification", "variants", True)]


def test_two_documents_that_only_together_make_a_task_are_both_named(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [of_issue(issue(7, "Boats leak"), 1)])
    before = build(home)
    land_also(home, [of_pull(pull(10, [7]), 2), of_issue(renamed(7, 250, 500), 2)])
    (row,) = between(home, before, build(home)).rows
    assert row.fate == "added"
    assert reasons(row) == [
        ("document", "ours/app#7", True),
        ("document", "ours/app#10", True),
    ]


def test_a_published_row_that_changed_its_price_is_the_cause(tmp_path: Path) -> None:
    rows = manager_rows(3)
    made = Published.make(tmp_path, rows)
    rows[1]["price"] = "900.0"
    made.file.write_text(csv_text(rows), encoding="utf-8")
    land_source(made.home, None, "swelancer", made.file, {})
    after = build_version(made.home, load_spec("swelancer", [DATASETS])[0])
    (row,) = between(made.home, made.result, after).rows
    assert (row.before_cents, row.after_cents) == (25_200, 90_000)
    assert reasons(row) == [("document", "tasks.csv#2-manager-0", True)]


def test_a_posting_is_re_priced_by_its_own_row_or_by_rates(tmp_path: Path) -> None:
    datasets = odd_jobs.write_dataset(tmp_path, limit=10)
    file, home = tmp_path / odd_jobs.FILE, tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(file))
    before = odd_jobs.build(home, datasets)
    rows = odd_jobs.postings()
    rows[0]["max_price"] = "400.0"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(file, rows))
    after = odd_jobs.build(home, datasets)
    diff = between(home, before, after)
    (row,) = [row for row in diff.rows if row.is_repriced]
    assert (row.issue, row.before_cents, row.after_cents) == ("mill/odd-jobs#1", 25_000, 40_000)
    assert reasons(row) == [("document", "mill/odd-jobs#1", True)]
    others = {what for row in diff.rows if not row.is_repriced for what, *_ in reasons(row)}
    assert others <= {"documents"}
    rates = datasets / odd_jobs.NAME / "fx.yaml"
    rates.write_text(rates.read_text().replace("1.1", "1.2"), encoding="utf-8")
    (row,) = [r for r in between(home, after, odd_jobs.build(home, datasets)).rows if r.is_repriced]
    assert (row.before_cents, row.after_cents) == (33_000, 36_000)
    assert reasons(row) == [("specification", "fx.yaml", True)]
