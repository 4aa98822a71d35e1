"""overrides.yaml: what it may say, and the line of what it may not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.overrides import Override
from tasks.specs.overrides import line_of_override, load_overrides, parse_overrides

FILE = Path("boats/overrides.yaml")
GOOD = """\
- issue: ours/app#7
  at: 2024-03-01T12:00:00Z
  bounty: 187.50
  reason: the job said so
- issue: ours/app#7
  drop: 00ff00ff
  reason: a slip
- issue: ours/app#8
  at: 2024-03-01T12:00:00Z
  paid: 500
  person: ann
  reason: the receipt
"""


def test_entries_are_read_by_issue_in_the_files_order() -> None:
    moment = datetime(2024, 3, 1, 12, tzinfo=UTC)
    seven, eight = "ours/app#7", "ours/app#8"
    assert parse_overrides(GOOD, FILE) == {
        seven: (
            Override(issue=seven, reason="the job said so", occurred_at=moment, bounty_cents=18750),
            Override(issue=seven, reason="a slip", drop="00ff00ff"),
        ),
        eight: (
            Override(
                issue=eight,
                reason="the receipt",
                occurred_at=moment,
                paid_cents=50000,
                person="ann",
            ),
        ),
    }


def test_no_file_and_an_empty_file_correct_nothing(tmp_path: Path) -> None:
    assert load_overrides(tmp_path) == {}
    (tmp_path / "overrides.yaml").write_text("# nothing yet\n")
    assert load_overrides(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "boats/overrides.yaml:1: not YAML"),
        ("a: 1", "boats/overrides.yaml:1: expected a list of entries with issue and reason"),
        ("- 7", "boats/overrides.yaml:1: expected a mapping"),
        ("-\n  issue: o/n#1\n  drop: abcdef", "boats/overrides.yaml:2: reason: this key is req"),
        ("- issue: 7\n  drop: abcdef\n  reason: x", "boats/overrides.yaml:1: issue: "),
        (
            "- issue: o/n#1\n  reason: x\n  at: 2024-01-01T00:00:00Z\n  bounty: much",
            "boats/overrides.yaml:4: bounty: 'much' is not an amount in dollars",
        ),
        (
            "- issue: o/n#1\n  reason: x\n  bounty_cents: 4",
            "boats/overrides.yaml:3: bounty_cents: unknown key",
        ),
        ("- issue: o/n#1\n  reason: x\n  why: 4", "boats/overrides.yaml:3: why: unknown key"),
        ("- issue: o/n#1\n  reason: x", "boats/overrides.yaml:1: say one of bounty, paid or drop"),
        (
            "- issue: o/n#1\n  reason: x\n  at: 2024-01-01T00:00:00\n  paid: 1",
            "boats/overrides.yaml:3: at: ",
        ),
        *(
            (
                f"- issue: o/n#1\n  reason: x\n  at: 2024-01-01T00:00:00Z\n  {key}: {amount}",
                f"boats/overrides.yaml:4: {key}: more than $1,000,000,000 is a slip",
            )
            for key in ("bounty", "paid")
            for amount in ("1e30", "1e5000", "10000000000000000000000", "1000000000.01")
        ),
        *(
            (
                f"- issue: o/n#1\n  reason: x\n  at: {moment}\n  bounty: 1",
                "boats/overrides.yaml:3: at: is outside the years 1 to 9999 in UTC",
            )
            for moment in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")
        ),
        (
            "- issue: o/n#1\n  reason: x\n  drop: abcdef\n  reason: y",
            "boats/overrides.yaml:4: reason: stands twice",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_overrides(text, FILE)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


def test_the_bounds_themselves_are_amounts_and_moments() -> None:
    entry = "- issue: o/n#1\n  reason: x\n  at: 9999-12-31T23:59:59Z\n  bounty: 1000000000"
    assert parse_overrides(entry, FILE)["o/n#1"][0].bounty_cents == 100_000_000_000


def test_an_entry_is_found_by_its_issue(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text(GOOD)
    assert [line_of_override(tmp_path, f"ours/app#{n}") for n in (7, 8, 9)] == [1, 8, 1]
