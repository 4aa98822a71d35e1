"""`paydag diff`: two versions of a dataset, or of two datasets, and what made them differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.builds import last_build
from tasks.domain.differences import differences
from tasks.domain.errors import SystemFault
from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.version_diffs import DiffRow, Explained, Side, Totals, VersionDiff, moved
from tasks.explaining import Compared, Outcome
from tasks.listing_causes import key_of
from tasks.reasons import Reasons
from tasks.runs import find_version, load_instances, version_before
from tasks.warehouse import Row, Session, Warehouse

_UNREADABLE: Final = "unknown"


@dataclass(frozen=True)
class _Pair:
    """The rows of core.dataset_versions of the two."""

    before: Row
    after: Row


def diff_references(warehouse: Warehouse, first: str, second: str | None = None) -> VersionDiff:
    """What changed from one version to another; from the one before it where only one is named.

    Raises UsageError for references that name no version, and where there is none before.
    """
    with warehouse.read("core") as session:
        named = find_version(session, first).dataset_version
        if second is None:
            before, after = version_before(session, named).dataset_version, named
        else:
            before, after = named, find_version(session, second).dataset_version
    return diff_versions(warehouse, before, after)


def diff_last_build(warehouse: Warehouse, dataset: str, *, most: int = 0) -> VersionDiff | None:
    """What the dataset's last build changed; None where it made the first version.

    Causes are looked for of so many tasks at `most`.
    """
    with warehouse.read("core") as session:
        before, after = last_build(session, dataset)
    return None if before is None else diff_versions(warehouse, before, after, most=most)


def diff_versions(
    warehouse: Warehouse, before: str, after: str, *, most: int | None = None
) -> VersionDiff:
    """The same of two whole digests; causes are looked for of so many rows at `most`."""
    with warehouse.read("core") as session:
        pair = _Pair(_stored(session, before), _stored(session, after))
        rows = _rows(session, pair)
        compared = _compared(session, pair, rows[:most])
        totals = [_totals(session, row) for row in (pair.before, pair.after)]
    reasons = Reasons(warehouse, pair.before, pair.after)
    found = {row.instance_id: row for row in reasons.explained(compared)}
    complete = tuple(found.get(row.instance_id, row) for row in rows)
    notes = list(reasons.notes)
    if most and len(rows) > most:
        notes.append(f"causes were looked for of the first {most} of {len(rows)} tasks")
    return _assembled(pair, totals, complete, len(compared), notes)


def _assembled(
    pair: _Pair,
    totals: Sequence[Mapping[str, Totals]],
    rows: tuple[DiffRow, ...],
    compared: int,
    notes: Sequence[str],
) -> VersionDiff:
    before, after = totals
    variants = sorted({*before, *after, *(row.variant for row in rows)})
    try:
        return VersionDiff(
            before=_side(pair.before),
            after=_side(pair.after),
            total=moved(_all(before.values()), _all(after.values()), rows),
            by_variant={
                variant: moved(
                    before.get(variant, Totals()),
                    after.get(variant, Totals()),
                    [row for row in rows if row.variant == variant],
                )
                for variant in variants
            },
            rows=rows,
            compared=compared,
            notes=tuple(notes),
        )
    except ValueError as error:
        raise SystemFault(
            f"the rows of the diff do not add up to its versions ({error}); please report this",
            retryable=False,
        ) from error


def _stored(session: Session, version: str) -> Row:
    name = session.tuples(
        "SELECT dataset FROM core.dataset_versions WHERE dataset_version = $v", {"v": version}
    )[0][0]
    rows = session.query("dataset_versions", dataset=name)
    return next(row for row in rows if row["dataset_version"] == version)


def _side(row: Row) -> Side:
    named = {name: row[name] for name in Side.model_fields if name != "version"}
    return Side(version=row["dataset_version"], **named)


def _rows(session: Session, pair: _Pair) -> list[DiffRow]:
    """Without causes and changes, in the order of added, removed, changed."""
    found = session.query(
        "version_rows_differing",
        before=pair.before["dataset_version"],
        after=pair.after["dataset_version"],
        before_rule=pair.before["price_rule"],
        after_rule=pair.after["price_rule"],
    )
    rows = [DiffRow(fate=_fate(row), **row) for row in found]
    return [row for fate in ("added", "removed", "changed") for row in rows if row.fate == fate]


def _fate(row: Row) -> str:
    if row["before_digest"] is None:
        return "added"
    return "removed" if row["after_digest"] is None else "changed"


def _totals(session: Session, row: Row) -> dict[str, Totals]:
    found = session.query("version_totals", version=row["dataset_version"], rule=row["price_rule"])
    return {one.pop("variant"): Totals.model_validate(one) for one in found}


def _all(totals: Iterable[Totals]) -> Totals:
    found = Totals()
    for one in totals:
        found = found.plus(one)
    return found


def _compared(session: Session, pair: _Pair, rows: Sequence[DiffRow]) -> list[Compared]:
    digests = [d for row in rows for d in (row.before_digest, row.after_digest) if d]
    instances = load_instances(session, digests)
    refused_before = _Refused(session, pair.before, [r for r in rows if r.fate == "added"])
    refused_after = _Refused(session, pair.after, [r for r in rows if r.fate == "removed"])
    rules = pair.before["price_rule"], pair.after["price_rule"]
    found = []
    for row in rows:
        before: Outcome = instances.get(row.before_digest or "") or refused_before.of(row)
        after: Outcome = instances.get(row.after_digest or "") or refused_after.of(row)
        found.append(_one(row, before, after, rules))
    return found


def _one(row: DiffRow, before: Outcome, after: Outcome, rules: tuple[str, str]) -> Compared:
    if isinstance(before, TaskInstance) and isinstance(after, TaskInstance):
        changes = differences(before, after, rules)
        told = tuple(Explained(change=change) for change in changes)
        return Compared(row.model_copy(update={"changes": told}), before, after, changes)
    refused = before if row.fate == "added" else after
    if isinstance(refused, Rejection):
        row = row.model_copy(update={"reason": refused.reason, "detail": refused.detail})
    return Compared(row, before, after)


class _Refused:
    """The rejections that a version has for these rows' candidates."""

    def __init__(self, session: Session, version: Row, rows: Sequence[DiffRow]) -> None:
        name = version["dataset_version"]
        with session.values("wanted_candidates", "candidate_id", {row.issue for row in rows}):
            listed = session.query("rejections_of", version=name)
        with session.values("wanted_keys", "key", {key_of(row) for row in rows}):
            published = session.query("rejections_of_keys", version=name)
        self._found: dict[tuple[str, str], Row] = {}
        for row in [*published, *listed]:
            self._found[row.get("candidate_id") or row["key"], row["variant"]] = row

    def of(self, row: DiffRow) -> Rejection | None:
        names = (row.issue, key_of(row))
        for place in [(n, v) for v in (row.variant, _UNREADABLE) for n in names]:
            found = self._found.get(place)
            if found is not None:
                return Rejection(
                    candidate_id=place[0],
                    variant=row.variant,
                    reason=found["reason"],
                    detail=found["detail"],
                )
        return None
