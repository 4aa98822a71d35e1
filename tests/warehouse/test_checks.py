"""Every check reports the rows it was written for, and none on good ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tasks.warehouse import FILES, FileName, Row, Warehouse, migrate, run_checks
from tests.warehouse.homes import fresh
from tests.warehouse.planted import (
    BID,
    COMMENT,
    EDITED,
    EVENT,
    EVIDENCE,
    GOOD,
    ISSUE,
    ITEM,
    LISTED,
    OUTCOME,
    PAYOUT,
    POSTING,
    PROPOSAL,
    PULL,
    READ,
    REJECTION,
    ROLLOUT,
    SETTLEMENT,
    USED,
    VERDICT,
    VERSION,
    Planted,
)

CHECKS: Final = sorted(f.stem for f in (Path(migrate.__file__).parent / "checks").glob("*.sql"))


def _other(row: Row, **changes: Any) -> list[Row]:
    return [row, row | changes]


# Check → (what is planted in place of the good rows, how many rows the check reports)
PLANTED: Final[Mapping[str, Sequence[tuple[Planted, int]]]] = {
    "bounty_events_are_unique": [
        ({"core.bounty_events": _other(EVENT, words="again")}, 1),
        ({"core.bounty_events": _other(EVENT | {"dataset": "d"}, words="again")}, 1),
    ],
    "build_keys_are_unique": [
        ({"core.outcomes": _other(OUTCOME, reason="leak")}, 1),
        ({"core.staging.read_documents": _other(READ, content_sha256="c2")}, 1),
    ],
    "candidates_are_instances_plus_rejections": [
        ({"core.dataset_versions": [VERSION | {"candidates": 2}]}, 1),
        ({"core.dataset_versions": [VERSION | {"candidates": 2, "rejections": 1}]}, 1),
        ({"core.dataset_versions": [VERSION | {"candidates": 2, "instances": 2}]}, 1),
        ({"core.rejections": [REJECTION]}, 1),
    ],
    "every_item_has_one_state": [
        ({"eval.run_items": _other(ITEM, instance_id="i2", instance_digest="gone")}, 1),
        (
            {
                "eval.verdicts": [VERDICT | {"outcome": "perhaps"}],
                "eval.payouts": [PAYOUT | {"payout_cents": 0}],
            },
            1,
        ),
    ],
    "payouts_follow_verdicts": [
        ({"eval.payouts": [PAYOUT | {"payout_cents": 99}]}, 1),
        ({"eval.payouts": [PAYOUT | {"price_cents": None}]}, 1),
        ({"eval.verdicts": [VERDICT | {"outcome": "unresolved"}]}, 1),
        ({"eval.verdicts": [VERDICT | {"outcome": "invalid"}]}, 1),
    ],
    "postings_are_unique": [
        ({"core.staging.postings": _other(POSTING, title="again")}, 1),
        ({"core.staging.bids": _other(BID, amount_cents=5)}, 1),
    ],
    "stage_rows_have_their_input": [
        ({"eval.rollouts": _other(ROLLOUT, rollout_id="x", attempt=2)}, 1),
        ({"eval.evidence": _other(EVIDENCE, rollout_id="x")}, 1),
        ({"eval.run_environments": _other(USED, instance_digest="d2")}, 1),
        ({"eval.verdicts": _other(VERDICT, verdict_id="x", evidence_take=2)}, 1),
        ({"eval.payouts": _other(PAYOUT, verdict_id="x")}, 1),
        ({"eval.settlements": [SETTLEMENT | {"verdict_id": "x"}]}, 1),
    ],
    "settlements_follow_verdicts": [
        ({"eval.settlements": [SETTLEMENT | {"approved": False}]}, 1),
        ({"eval.settlements": [SETTLEMENT | {"paid_cents": 50}]}, 1),
        ({"eval.settlements": [SETTLEMENT | {"paid_cents": 99, "invoiced_cents": 99}]}, 1),
        (
            {
                "eval.settlements": [
                    SETTLEMENT | {"terms": "expensify", "paid_cents": 50},
                    SETTLEMENT | {"approved": False, "price_rule": "initial"},
                ]
            },
            1,
        ),
    ],
    "staging_keys_are_unique": [
        ({"core.staging.issues": _other(ISSUE, title="again")}, 1),
        ({"core.staging.pulls": _other(PULL, title="again")}, 1),
        ({"core.staging.comments": _other(COMMENT, body="again")}, 1),
        ({"core.staging.proposals": _other(PROPOSAL, body="again")}, 1),
        ({"core.staging.comment_edits": _other(EDITED, payload="[]")}, 1),
    ],
    "version_instances_have_a_body": [
        ({"core.version_instances": [LISTED | {"instance_digest": "gone"}]}, 1),
    ],
}


def offending(home: Path, rows: Planted) -> dict[str, int]:
    warehouse = fresh(home)
    _plant(warehouse, "core", rows)
    _plant(warehouse, "eval", rows)
    with warehouse.read(*FILES) as session:
        return run_checks(session)


def _plant(warehouse: Warehouse, name: FileName, rows: Planted) -> None:
    with warehouse.write(name) as session:
        for table, listed in rows.items():
            if table.startswith(f"{name}."):
                session.insert(table, listed)


def test_good_rows_offend_no_check(tmp_path: Path) -> None:
    assert offending(tmp_path, GOOD) == {}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_reports_exactly_the_rows_planted_for_it(tmp_path: Path, check: str) -> None:
    assert check in PLANTED, f"plant an offending row for {check}"
    for number, (rows, count) in enumerate(PLANTED[check]):
        assert offending(tmp_path / str(number), {**GOOD, **rows}) == {check: count}


def test_a_check_waits_until_the_files_it_reads_are_attached(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    _plant(warehouse, "core", {"core.version_instances": [LISTED]})
    with warehouse.read("raw", "eval") as session:
        assert run_checks(session) == {}
    with warehouse.read("core") as session:
        assert run_checks(session) == {"version_instances_have_a_body": 1}
