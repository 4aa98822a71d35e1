"""An instance as a flat row, and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tasks.domain.digests import canonical_json
from tasks.domain.exporting import Entry
from tasks.domain.instances import TaskInstance

Row = dict[str, Any]

_TEXTS = ("instance_id", "variant", "repository", "key", "issue", "title", "statement", "base")
_HIDDEN = (
    *("accepted_proposal_id", "accepted_by", "fix_commit", "gold_patch"),
    *("hidden_tests", "hidden_tests_reason", "bug_patch"),
)


def row_of(entry: Entry) -> Row:
    """The columns of one instance.

    `exact` is the whole instance as JSON where the columns alone would not give it back, as with
    a time that is not in UTC; None otherwise.
    """
    instance = entry.instance
    hidden = instance.reference.model_dump()
    row = {
        "instance_digest": instance.instance_digest,
        **{name: getattr(instance, name) for name in _TEXTS},
        "as_of": instance.as_of,
        "price_cents": entry.price_cents,
        "prices": [{"rule": r, "cents": c} for r, c in sorted(instance.prices.items())],
        "ladder": [rung.model_dump() for rung in instance.ladder],
        "proposals": [proposal.model_dump() for proposal in instance.proposals],
        **{name: hidden[name] for name in _HIDDEN},
        "coding": _as_json(instance.coding),
        "coding_reference": _as_json(instance.reference.coding),
        "environment": _as_json(instance.environment),
        "canary": instance.canary,
        "exact": None,
    }
    if instance_of(row).instance_digest != instance.instance_digest:
        row["exact"] = canonical_json(instance.model_dump(mode="json", exclude_defaults=True))
    return row


def instance_of(row: Mapping[str, Any]) -> TaskInstance:
    """The instance that a row was made of. Raises ValueError where it is none."""
    if row["exact"] is not None:
        return TaskInstance.model_validate_json(row["exact"])
    hidden = {name: row[name] for name in _HIDDEN}
    return TaskInstance.model_validate(
        {
            **{name: row[name] for name in _TEXTS},
            "as_of": _in_utc(row["as_of"]),
            "prices": {one["rule"]: one["cents"] for one in row["prices"]},
            "ladder": [_moved(one, "occurred_at") for one in row["ladder"]],
            "proposals": [_moved(one, "posted_at") for one in row["proposals"]],
            "reference": {**hidden, "coding": _from_json(row["coding_reference"])},
            "coding": _from_json(row["coding"]),
            "environment": _from_json(row["environment"]),
            "canary": row["canary"],
        }
    )


def _as_json(part: Any) -> str | None:
    if part is None:
        return None
    return canonical_json(part.model_dump(mode="json", exclude_defaults=True))


def _from_json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _moved(part: Mapping[str, Any], key: str) -> Row:
    return {**part, key: _in_utc(part[key])}


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
