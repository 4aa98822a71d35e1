"""What `paydag show rollout` prints: one rollout, what was said in it and what it cost."""

import gzip
import json
from typing import Any, Final

from tasks.domain.errors import UsageError, unknown
from tasks.warehouse import Row, Session, Warehouse

_KNOWN: Final = 20
_SHOWN: Final = 12


def show_rollout(warehouse: Warehouse, reference: str) -> dict[str, Any]:
    """The rollout whose id starts with `reference`: its row with the submission and transcript as
    JSON, and the verdict on it. Raises UsageError where none or several fit."""
    with warehouse.read("core", "eval") as session:
        rollout_id = _rollout_id(session, reference)
        row = session.query("rollout", rollout_id=rollout_id)[0]
    transcript = row.pop("transcript")
    submission = row.pop("submission")
    asked = row.pop("questions")
    return {
        **row,
        "submission": json.loads(submission) if submission is not None else None,
        "questions": json.loads(asked) if asked is not None else [],
        "transcript": json.loads(gzip.decompress(transcript)) if transcript else None,
    }


def _rollout_id(session: Session, reference: str) -> str:
    rows: list[Row] = session.rows(
        "SELECT rollout_id FROM eval.rollouts WHERE starts_with(rollout_id, $reference) "
        "ORDER BY finished_at DESC LIMIT 2",
        {"reference": reference},
    )
    if not reference or not rows:
        newest = session.rows(
            f"SELECT rollout_id FROM eval.rollouts ORDER BY finished_at DESC LIMIT {_KNOWN}"  # noqa: S608
        )
        raise unknown("rollout", reference, [row["rollout_id"][:_SHOWN] for row in newest])
    if len(rows) > 1:
        raise UsageError(f"{reference!r} fits several rollouts; type more of the id")
    return str(rows[0]["rollout_id"])
