"""A model's cutoff is a day; what is merged on it counts as seen."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs.cutoffs import Cutoff, load_cutoffs, seen_until

ROOT = Path(__file__).resolve().parents[2]


def write(root: Path, text: str) -> Path:
    root.mkdir(exist_ok=True)
    (root / "cutoffs.yaml").write_text(text, encoding="utf-8")
    return root


def test_ours_can_be_read_and_say_where_they_are_from() -> None:
    found = load_cutoffs([ROOT / "datasets"])
    assert found["gpt-4o"].cutoff == date(2023, 10, 31)
    assert all("memory" in one.source for one in found.values())


def test_the_first_folder_that_names_a_model_wins(tmp_path: Path) -> None:
    mine = write(tmp_path / "a", "models: {gpt-4o: {cutoff: 2024-01-31, source: mine}}\n")
    found = load_cutoffs([mine, tmp_path / "nothing", ROOT / "datasets"])
    assert found["gpt-4o"] == Cutoff(cutoff=date(2024, 1, 31), source="mine")
    assert "o3" in found


def test_what_was_merged_on_the_last_day_was_seen() -> None:
    cutoff = Cutoff(cutoff=date(2024, 2, 29), source="x")
    assert seen_until(cutoff) == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models:\n  a: {cutoff: spring, source: x}\n", "2: models.a.cutoff: Input should be"),
        ("models:\n  a: {cutoff: 2024-01-01}\n", "2: models.a.source: this key is required"),
        ("models:\n  a: {cutoff: 2024-02-30, source: x}\n", "2: not a date: day is out of range"),
        ("- a\n", "1: expected a mapping with the key models"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    root = write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        load_cutoffs([root])
    assert str(refused.value).startswith(f"{root}/cutoffs.yaml:{said}")
