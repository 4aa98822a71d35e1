"""fx.yaml: which one counts, and errors with file, line and key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs.rates import load_rates, parse_rates

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
GOOD = "date: 2024-02-03\nsource: us\nusd_per_unit:\n  USD: 1\n  EUR: 1.5\n"


def test_the_bundled_table_has_the_currencies_of_the_postings() -> None:
    rates = load_rates(DATASETS / "freelancer")
    assert " ".join(rates.usd_per_unit) == "USD INR AUD EUR GBP CAD SGD NZD HKD"
    assert (rates.date, "2023" in rates.source) == (date(2023, 12, 31), True)


def test_a_datasets_own_table_counts_before_the_bundled_one(tmp_path: Path) -> None:
    assert load_rates(tmp_path, [DATASETS]) == load_rates(DATASETS / "freelancer")
    (tmp_path / "fx.yaml").write_text(GOOD)
    assert load_rates(tmp_path, [DATASETS]).usd_per_unit["EUR"] == Decimal("1.5")


def test_without_any_table_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"fx\.yaml does not exist: write one with date"):
        load_rates(tmp_path, [tmp_path])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fx.yaml:1: expected a mapping with date, source and usd_per_unit"),
        ("- 1", "fx.yaml:1: expected a mapping with date, source and usd_per_unit"),
        (GOOD.replace("date: 2024-02-03\n", ""), "fx.yaml:1: date: this key is required"),
        (GOOD.replace("2024-02-03", "soon"), "fx.yaml:1: date: Input should be a valid date"),
        (GOOD.replace("us\n", '""\n'), "fx.yaml:2: source: String should have at least 1"),
        (GOOD + "more: 1\n", "fx.yaml:6: more: unknown key"),
        (GOOD + "  EUR: 1.6\n", "fx.yaml:6: EUR: stands twice"),
        (GOOD.replace("1.5", "cheap"), "fx.yaml:5: usd_per_unit: EUR: 'cheap' is no number"),
        (GOOD.replace("1.5", "-1"), "fx.yaml:5: usd_per_unit: EUR: -1 dollars for one unit is no"),
        ("date: [\n", "fx.yaml:2: not YAML: "),
        (GOOD.partition("  USD")[0] + "  - 1\n", "fx.yaml:3: usd_per_unit: write a mapping"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rates(text, Path("fx.yaml"))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "fx.yaml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8 text"):
        load_rates(tmp_path)
