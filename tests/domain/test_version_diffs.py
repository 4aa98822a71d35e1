"""before + added - removed + repriced = after, whatever two versions hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.domain.version_diffs import DiffRow, Totals, moved

# Task → what it pays in cents, None where it is unpriced.
VERSION = st.dictionaries(
    st.sampled_from("abcdefgh"), st.none() | st.integers(0, 100_000_000), max_size=8
)


def totals(version: dict[str, int | None]) -> Totals:
    prices = list(version.values())
    known = [price for price in prices if price is not None]
    return Totals(instances=len(prices), unpriced=len(prices) - len(known), price_cents=sum(known))


def row(name: str, before: dict[str, int | None], after: dict[str, int | None]) -> DiffRow:
    fate = "changed" if name in before and name in after else "added"
    return DiffRow(
        instance_id=name,
        variant="swe_manager",
        issue="ours/app#1",
        title="",
        fate="removed" if name not in after else fate,
        before_cents=before.get(name),
        after_cents=after.get(name),
    )


@given(VERSION, VERSION)
def test_the_rows_of_any_two_versions_add_up(
    before: dict[str, int | None], after: dict[str, int | None]
) -> None:
    rows = [row(name, before, after) for name in sorted({*before, *after})]
    found = moved(totals(before), totals(after), rows)
    back = moved(totals(after), totals(before), [row(r.instance_id, after, before) for r in rows])
    assert (found.added, found.removed) == (back.removed, back.added)
    assert found.repriced.plus(back.repriced) == Totals()
    assert found.repriced_count == sum(r.is_repriced for r in rows)


@given(VERSION, VERSION, st.sampled_from("abcdefgh"))
def test_a_row_that_is_missing_is_noticed(
    before: dict[str, int | None], after: dict[str, int | None], left_out: str
) -> None:
    rows = [row(name, before, after) for name in sorted({*before, *after})]
    kept = [r for r in rows if r.instance_id != left_out]
    if before.get(left_out, -1) == after.get(left_out, -1):
        moved(totals(before), totals(after), kept)
        return
    with pytest.raises(ValidationError, match="by the rows is not"):
        moved(totals(before), totals(after), kept)
