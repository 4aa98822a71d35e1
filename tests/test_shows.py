"""What is shown of a stored ledger."""

from itertools import permutations
from pathlib import Path

import pytest

from tasks.shows import show_ledger
from tests.warehouse.homes import START, fresh
from tests.warehouse.planted import EVENT

# In the order of the walk, within one second.
TIED = tuple(
    EVENT
    | {"issue": "r#1", "kind": kind, "source_kind": source_kind, "document_id": document}
    | {"amount_cents": cents, "previous_cents": before, "occurred_at": START}
    for kind, source_kind, document, cents, before in (
        ("posted", "title_rename", "z/1", 100, None),
        ("raised", "title_rename", "z/2", 200, 100),
        ("raised", "comment", "c", 300, 200),
        ("raised", "comment", "c", 400, 300),
        ("lowered", "override", "override:1", 50, 400),
    )
)


@pytest.mark.parametrize("order", list(permutations(range(len(TIED))))[::17])
def test_events_of_one_second_stay_in_the_order_of_the_walk(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Ids are digests, so that they sort in any order; so do the rows of a table."""
    warehouse = fresh(tmp_path)
    rows = [TIED[place] | {"event_id": f"e{rank}"} for rank, place in enumerate(order)]
    with warehouse.write("core") as session:
        session.insert("core.bounty_events", rows)
    shown = show_ledger(warehouse, "r#1")
    assert [event["amount_cents"] for event in shown["events"]] == [100, 200, 300, 400, 50]
    assert (shown["escalation"]["initial_cents"], shown["escalation"]["final_cents"]) == (100, 50)
