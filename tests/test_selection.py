"""A dataset takes what its filters, window and sample let through; the rest is rejected by name."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks import judging
from tasks.domain.errors import UsageError
from tasks.domain.leaks import Finding
from tasks.warehouse import Warehouse
from tests.build_homes import home_with
from tests.dataset_folders import WHOLE, build, market, numbers, write
from tests.sample_home import ROOT


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the market, and the dataset `boats` built. Tests add datasets to it."""
    home = home_with(tmp_path_factory.mktemp("landed") / "home", market())
    write(home.parent, "boats", text=WHOLE)
    build(home, home.parent, "boats")
    return home


@pytest.fixture
def root(landed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, "boats", text=WHOLE)
    monkeypatch.setenv("PAYDAG_DATASETS", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("filters: {price: {min: 500}}", [1, 3, 5, 7, 9]),
        ("filters: {price: {max: 250, rule: initial}}", list(range(1, 11))),
        ("filters: {raises: {max: 0}}", [2, 4, 6, 8, 10]),
        ("filters: {labels: {any: [old]}}", [6, 7, 8, 9, 10]),
        ("filters: {patch: {lines: {min: 3, max: 4}}}", [3, 4]),
        ("filters: {text: {any: ['leak 7.', 'leak 2.']}}", [2, 7]),
        ("filters: {merged: {last_days: 2}}", [8, 9, 10]),
        ("filters: {raises: {min: 1}, labels: {none: [Old]}}", [1, 3, 5]),
        ("filters: {proposals: {min: 2, max: 2}}", list(range(1, 11))),
        ("contamination: {model: mill-1}", [6, 7, 8, 9, 10]),
        ("contamination: {model: mill-1, merged: before}", [1, 2, 3, 4, 5]),
    ],
)
def test_what_is_left_out_is_a_rejection_that_names_its_filter(
    landed: Path, root: Path, line: str, kept: list[int]
) -> None:
    (root / "cutoffs.yaml").write_text("models: {mill-1: {cutoff: 2025-01-07, source: us}}\n")
    write(root, "some", line)
    result = build(landed, root, "some")
    assert numbers(landed, result) == kept
    assert result.candidates == result.instances + result.rejections == 20
    assert result.by_reason.get("filtered", 0) == 10 - len(kept)
    assert result.funnel.instances == len(kept)
    steps = [step for step in result.funnel.steps if step.reason == "filtered"]
    named = line.partition("filters: ")[2] or "contamination"
    assert all(step.filter is not None and step.filter in named for step in steps)


def test_filters_change_no_task(landed: Path, root: Path) -> None:
    write(root, "first", "filters: {raises: {min: 1}}", "price_rule: initial")
    result = build(landed, root, "first")
    with Warehouse(landed).read("core") as session:
        mine, theirs = (
            {
                row[0]
                for row in session.tuples(
                    "SELECT instance_digest FROM core.version_instances "
                    "JOIN core.dataset_versions USING (dataset_version) WHERE dataset = $name",
                    {"name": name},
                )
            }
            for name in ("first", "boats")
        )
    assert mine < theirs
    assert result.price_cents == len(mine) * 25_000


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ("filters:", "  price: {min: 500}", "  raises: {max: 0}"),
            "5: filters.raises: selects none of the 5 instances that are left to it; loosen it",
        ),
        (
            ("contamination: {model: mill-2}",),
            "3: contamination.model: unknown model 'mill-2'; known: mill-1",
        ),
        (
            ("contamination: {model: mill-1}",),
            "3: contamination: selects none of the 10 instances that are left to it; loosen it",
        ),
    ],
)
def test_a_filter_that_selects_nothing_is_told_with_its_line(
    landed: Path, root: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], said: str
) -> None:
    from tasks import build as build_module

    monkeypatch.setattr(build_module, "dataset_folders", lambda: [root])
    (root / "cutoffs.yaml").write_text("models: {mill-1: {cutoff: 2026-01-07, source: us}}\n")
    file = write(root, "none", *lines) / "dataset.yaml"
    with pytest.raises(UsageError) as refused:
        build(landed, root, "none")
    assert str(refused.value) == f"{file}:{said}"
    with Warehouse(landed).read("core") as session:
        assert not session.tuples("SELECT 1 FROM core.dataset_versions WHERE dataset = 'none'")


def test_a_dry_run_comes_to_what_a_build_stores_and_stores_nothing(
    landed: Path, root: Path
) -> None:
    write(root, "dry", "filters: {raises: {min: 1}}", "sample: {count: 2}")
    dry = build(landed, root, "dry", dry_run=True)
    with Warehouse(landed).read("core") as session:
        for table in ("dataset_versions", "version_instances", "rejections", "lint_findings"):
            assert not session.tuples(
                f"SELECT 1 FROM core.{table} WHERE dataset_version = $version",
                {"version": dry.version},
            )
    assert build(landed, root, "dry") == dry.model_copy(update={"stored": True})
    assert [
        (s.name, s.candidates, s.price_cents, s.left, s.left_cents) for s in dry.funnel.steps
    ] == [
        ("missing_commit", 10, 312_500, 10, 312_500),
        ("filter raises", 5, 62_500, 5, 250_000),
        ("not_sampled", 3, 150_000, 2, 100_000),
    ]


def test_a_leak_is_rejected_before_any_filter_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak = Finding(code="fix_number", severity="leak", field="statement", words="#17")
    warning = leak.model_copy(update={"severity": "warning"})
    given = iter([(leak,), (warning,)] * 5)
    monkeypatch.setattr(judging, "lint_instance", lambda *_: next(given))
    monkeypatch.setenv("PAYDAG_DATASETS", str(tmp_path))
    home = home_with(tmp_path / "home", market())
    write(tmp_path, "boats", text=WHOLE)
    write(tmp_path, "clean", "lint: reject", "filters: {raises: {min: 1}}")
    assert build(home, tmp_path, "boats").by_reason.get("leak") is None
    result = build(home, tmp_path, "clean", dry_run=True)
    found = {step.name: step.candidates for step in result.funnel.steps}
    assert found["leak"] == 5
    assert found["leak"] + found.get("filter raises", 0) + result.instances == 10


def test_as_of_a_date_nothing_later_counts(landed: Path, root: Path) -> None:
    # The third fix was merged on the 5th of January at 6 o'clock.
    write(root, "then", "as_of: 2025-01-05T06:00:00Z")
    result = build(landed, root, "then")
    assert numbers(landed, result) == [1, 2, 3]
    assert result.by_reason["fix_unmerged"] == 14
    write(root, "before", "as_of: 2024-12-31")
    assert build(landed, root, "before").by_reason == {"after_as_of": 20}


_PROGRAM = """
import sys
from pathlib import Path
from tests.dataset_folders import build
home, root = map(Path, sys.argv[1:])
print(build(home, root, "drawn").version)
"""


def test_another_process_order_and_hash_seed_draw_the_same_version(root: Path) -> None:
    write(root, "drawn", "sample: {count: 4, stratify: [price_band, month], seed: 3}")
    here = build(home_with(root / "here", market()), root, "drawn").version
    there = home_with(root / "there", reversed(market()))
    seed = {"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(there), str(root)],
        env=os.environ | seed,
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout.strip() == here


def test_the_clock_has_no_say_in_what_is_fresh(landed: Path, root: Path) -> None:
    newest = datetime(2025, 1, 12, 6, tzinfo=UTC)
    assert newest < datetime.now(UTC)
    write(root, "fresh", "filters: {merged: {last_days: 1}}")
    assert numbers(landed, build(landed, root, "fresh")) == [9, 10]
    # As of a date, days are counted back from what had happened by then.
    write(root, "then", "as_of: 2025-01-09T12:00:00Z", "filters: {merged: {last_days: 1}}")
    assert numbers(landed, build(landed, root, "then")) == [7]
