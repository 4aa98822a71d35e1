"""Datasets over the same issues share the work: what one has judged, another takes over."""

from pathlib import Path

import pytest

from tasks.warehouse import Warehouse
from tests.build_homes import home_with, land_also, of_issue, renamed, stored
from tests.dataset_folders import WHOLE, build, market, numbers, write
from tests.flows.published import Published, manager_rows

OVERRIDE = """- issue: ours/app#2
  reason: the title was changed a day late
  at: 2025-01-01T05:00:00Z
  bounty: 4000
"""
Read = list[tuple[str, ...]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, "boats", text=WHOLE)
    monkeypatch.setenv("PAYDAG_DATASETS", str(tmp_path))
    return home_with(tmp_path / "home", market())


@pytest.mark.parametrize(
    "lines",
    [
        (
            "filters: {raises: {min: 1}}",
            "sample: {count: 3}",
            "price_rule: initial",
            "lint: reject",
        ),
        ("variants: [swe_manager]", "price_rule: initial", "canary: 'a text to search for'"),
    ],
)
def test_a_second_dataset_reads_no_issue_and_stores_what_it_would_alone(
    home: Path, tmp_path: Path, read_issues: Read, lines: tuple[str, ...]
) -> None:
    write(tmp_path, "ships", *lines)
    build(home, tmp_path, "boats")
    read_issues.clear()
    second = build(home, tmp_path, "ships")
    assert read_issues == []
    alone = home_with(tmp_path / "alone", market())
    assert build(alone, tmp_path, "ships") == second
    with Warehouse(home).write("core") as session:
        session.execute("DELETE FROM core.outcomes WHERE dataset = 'boats'")
    assert stored(home, second) == stored(alone, second)


def test_the_first_takes_over_what_the_second_read_anew(
    home: Path, tmp_path: Path, read_issues: Read
) -> None:
    write(tmp_path, "ships", "filters: {price: {min: 900}}")
    write(tmp_path, "tugs", "filters: {raises: {min: 3}}")
    build(home, tmp_path, "boats")
    land_also(home, [of_issue(renamed(2, 125, 250, 500, 1000), 3)])
    read_issues.clear()
    assert numbers(home, build(home, tmp_path, "ships")) == [2]
    assert numbers(home, build(home, tmp_path, "tugs")) == [2]
    assert build(home, tmp_path, "boats").price_cents == 5 * 50_000 + 4 * 12_500 + 100_000
    assert read_issues == [("ours/app#2",)]


def test_what_would_be_judged_otherwise_is_not_shared(
    home: Path, tmp_path: Path, read_issues: Read
) -> None:
    write(tmp_path, "ships", "as_of: 2025-01-20")
    write(tmp_path, "tugs", "environment: {timeout_s: 7}")
    build(home, tmp_path, "boats")
    for name in ("ships", "tugs"):
        read_issues.clear()
        build(home, tmp_path, name)
        assert len(read_issues[0]) == 10


def test_corrections_count_for_what_extends_the_corrected_and_only_there(
    home: Path, tmp_path: Path, read_issues: Read
) -> None:
    other = WHOLE.replace("name: boats", "name: other")
    write(tmp_path, "other", text=other)
    folder = write(tmp_path, "ships", "filters: {price: {min: 4000}}")
    (tmp_path / "boats" / "overrides.yaml").write_text(OVERRIDE, encoding="utf-8")
    build(home, tmp_path, "boats")
    read_issues.clear()
    assert numbers(home, build(home, tmp_path, "ships")) == [2]
    assert read_issues == [("ours/app#2",)]
    assert build(home, tmp_path, "other").price_cents == 5 * 50_000 + 5 * 12_500
    (folder / "overrides.yaml").write_text(OVERRIDE.replace("4000", "5000"), encoding="utf-8")
    assert build(home, tmp_path, "ships").price_cents == 500_000


def test_hidden_tests_of_what_is_extended_count_and_ones_own_come_first(tmp_path: Path) -> None:
    from tasks.overlays import Overlays

    def overlay(name: str, text: str) -> Path:
        place = tmp_path / name / "hidden_tests" / "ours__app-7-ic_swe"
        place.mkdir(parents=True)
        (place / "reason.txt").write_text(text, encoding="utf-8")
        (place / "test_boat.py").write_text(text, encoding="utf-8")
        return tmp_path / name

    base, own = overlay("base", "theirs"), tmp_path / "own"
    found = Overlays(own, base).overlay("ours__app-7-ic_swe")
    assert found is not None
    assert found.reason == "theirs"
    overlay("own", "ours")
    found = Overlays(own, base).overlay("ours__app-7-ic_swe")
    assert found is not None
    assert (found.reason, Overlays(own, base).names()) == ("ours", ("ours__app-7-ic_swe",))


def test_published_tasks_are_judged_once_for_all_datasets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import published

    made = Published.make(tmp_path, manager_rows(4))
    text = "name: {}\nsources: {{swelancer: {{}}}}\nvariants: [ic_swe, swe_manager]\n"
    write(tmp_path, "twin", text=text.format("twin") + "filters: {proposals: {min: 1}}\n")
    monkeypatch.setattr(published, "candidates_of", None)
    result = build(made.home, tmp_path, "twin")
    assert result.instances == made.result.instances
    assert result.price_cents == made.result.price_cents
