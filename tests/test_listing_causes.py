"""What was left out by a filter or a sample says so among its causes."""

import pytest

from tasks.domain.causes import Cause
from tasks.domain.version_diffs import DiffRow
from tasks.listing_causes import with_selection

ROW = DiffRow(
    instance_id="tally-works__tally-41-ic_swe",
    variant="ic_swe",
    issue="tally-works/tally#41",
    title="Rounding",
    fate="removed",
    before_digest="0" * 64,
    before_cents=250_00,
    reason="filtered",
    detail="price: $250 is below $1,000",
)


@pytest.mark.parametrize("reason", ["filtered", "not_sampled", "not_selected"])
@pytest.mark.parametrize("fate", ["added", "removed"])
def test_a_selection_is_a_cause_of_coming_and_going(fate: str, reason: str) -> None:
    row = ROW.model_copy(update={"fate": fate, "reason": reason})
    cause = Cause(what="selection", detail="price: $250 is below $1,000", certain=True)
    assert with_selection(row) == row.model_copy(update={"causes": (cause,)})


def test_other_rejections_are_left_to_their_causes() -> None:
    row = ROW.model_copy(update={"reason": "reverted"})
    assert with_selection(row) == row
