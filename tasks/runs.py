"""Runs: opening one, finding one, and loading the instances it works on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.digests import canonical_json, digest
from tasks.domain.errors import UsageError, unknown
from tasks.domain.instances import TaskInstance
from tasks.domain.rollouts import Run
from tasks.warehouse import Row, Session, Warehouse

RUN_ID_DIGITS: Final = 16


class Selection(BaseModel, frozen=True, extra="forbid"):
    """Which instances of a version a run works on. `split` is kept by name for people; the ids
    it stands for are what counts."""

    variant: str | None = None
    split: str | None = None
    instances: tuple[str, ...] = ()
    limit: int | None = None

    def identity(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)


class Version(BaseModel, frozen=True, extra="forbid"):
    """A built dataset version."""

    dataset: str
    dataset_version: str
    price_rule: str


def find_version(session: Session, reference: str) -> Version:
    """`name`, `name@latest` or `name@digest-prefix` → the version. Reads core.

    Raises UsageError for a name of which nothing was built, and for a prefix that fits no version
    or several.
    """
    name, at, wanted = reference.partition("@")
    if at and not wanted:
        raise UsageError(f"{reference!r} names no version after the @; leave it out for the latest")
    rows = session.query("dataset_versions", dataset=name)
    if not rows:
        raise UsageError(_nothing_built(session, name))
    if wanted in ("", "latest"):
        return version_in(rows[0])
    matching = [row for row in rows if row["dataset_version"].startswith(wanted.lower())]
    if not matching:
        raise unknown("version", reference, [_named(row, 12) for row in rows])
    if len(matching) > 1:
        digits = max(12, len(wanted) + 4)
        listed = ", ".join(_named(row, digits) for row in matching)
        raise UsageError(
            f"{reference!r} fits {len(matching)} versions: {listed}; type more of the digest"
        )
    return version_in(matching[0])


def version_in(row: Row) -> Version:
    """The version that a row of core.dataset_versions is of."""
    return Version.model_validate({name: row[name] for name in Version.model_fields})


def version_before(session: Session, dataset_version: str) -> Version:
    """The other version of its dataset that was built last before this one. Reads core.

    Raises UsageError where it is the oldest.
    """
    name = session.tuples(
        "SELECT dataset FROM core.dataset_versions WHERE dataset_version = $v",
        {"v": dataset_version},
    )[0][0]
    rows = session.query("dataset_versions", dataset=name)
    place = [row["dataset_version"] for row in rows].index(dataset_version)
    if place + 1 == len(rows):
        raise UsageError(
            f"{_named(rows[place], 12)} has no version before it to be compared with; name two "
            "versions, or build again once something has changed"
        )
    return version_in(rows[place + 1])


def _named(row: Row, digits: int) -> str:
    return f"{row['dataset']}@{row['dataset_version'][:digits]}"


def _nothing_built(session: Session, name: str) -> str:
    known = session.tuples("SELECT DISTINCT dataset FROM core.dataset_versions ORDER BY 1")
    built = ", ".join(row[0] for row in known)
    there = f"; there are versions of {built}" if built else ""
    return f"no version of {name!r} has been built; run `paydag build {name}` first{there}"


def select_instances(
    session: Session, version: Version, selection: Selection, split_ids: Sequence[str] | None
) -> list[Row]:
    """instance_id, instance_digest and variant of the selected instances, by instance id."""
    rows = session.rows(
        "SELECT v.instance_id, v.instance_digest, t.variant FROM core.version_instances v "
        "JOIN core.task_instances t USING (instance_digest) "
        "WHERE v.dataset_version = $version ORDER BY v.instance_id",
        {"version": version.dataset_version},
    )
    known = [row["instance_id"] for row in rows]
    for wanted in selection.instances:
        if wanted not in known:
            raise unknown("instance", wanted, known)
    chosen = set(selection.instances or known)
    if split_ids is not None:
        chosen &= set(split_ids)
    rows = [
        row
        for row in rows
        if row["instance_id"] in chosen and selection.variant in (None, row["variant"])
    ]
    rows = rows[: selection.limit] if selection.limit is not None else rows
    if not rows:
        raise UsageError(
            f"nothing of {version.dataset} is selected; loosen --variant, --split, --instance "
            "or --limit"
        )
    return rows


def open_run(
    warehouse: Warehouse,
    version: Version,
    items: Sequence[Row],
    *,
    solver: str,
    parameters: Mapping[str, Any],
    selection: Selection,
    seed: int,
    attempts: int,
    price_rule: str,
    new: bool,
    code_version: str,
    libraries: Mapping[str, str],
    now: datetime,
) -> str:
    """The run id of this question: an existing run is continued, `new` opens another.

    The id says nothing of budget, concurrency, price rule or address, nor of the versions of code
    and `libraries`, which are stored beside it.
    """
    base = digest(
        {
            "dataset_version": version.dataset_version,
            "solver": solver,
            "parameters": dict(parameters),
            "selection": {**selection.identity(), "items": [r["instance_digest"] for r in items]},
            "seed": seed,
            "attempts": attempts,
        }
    )
    with warehouse.write("eval") as session:
        existing = session.rows(
            "SELECT run_id, ordinal FROM eval.runs WHERE base_digest = $base ORDER BY ordinal",
            {"base": base},
        )
        if existing and not new:
            return str(existing[-1]["run_id"])
        ordinal = len(existing)
        run_id = digest([base, ordinal])[:RUN_ID_DIGITS]
        session.insert(
            "eval.runs",
            [
                {
                    "run_id": run_id,
                    "base_digest": base,
                    "ordinal": ordinal,
                    "dataset": version.dataset,
                    "dataset_version": version.dataset_version,
                    "solver": solver,
                    "parameters": canonical_json(dict(parameters)),
                    "selection": canonical_json(selection.identity()),
                    "seed": seed,
                    "attempts": attempts,
                    "price_rule": price_rule,
                    "code_version": code_version,
                    "libraries": canonical_json(dict(libraries)),
                    "opened_at": now,
                }
            ],
        )
        session.insert("eval.run_items", _items(run_id, items, attempts))
    return run_id


def _items(run_id: str, items: Sequence[Row], attempts: int) -> list[Row]:
    pairs = [(attempt, row) for row in items for attempt in range(1, attempts + 1)]
    return [
        {
            "run_id": run_id,
            "instance_id": row["instance_id"],
            "attempt": attempt,
            "position": position,
            "instance_digest": row["instance_digest"],
            "variant": row["variant"],
        }
        for position, (attempt, row) in enumerate(pairs)
    ]


def find_run(session: Session, reference: str) -> Run:
    """The run whose id starts with `reference`. Reads eval."""
    rows = session.rows(
        "SELECT * EXCLUDE (base_digest, code_version, libraries) FROM eval.runs "
        "ORDER BY opened_at DESC"
    )
    matching = [row for row in rows if reference and row["run_id"].startswith(reference)]
    if not matching:
        raise unknown("run", reference, [row["run_id"] for row in rows])
    if len(matching) > 1:
        raise UsageError(f"{reference!r} fits {len(matching)} runs; type more of the id")
    row = matching[0]
    return Run.model_validate(
        row
        | {
            "parameters": json.loads(row["parameters"]),
            "selection": json.loads(row["selection"]),
        }
    )


def count_items(session: Session, run: Run, instances: Sequence[str]) -> int:
    """How many items the run has, of these instances (all where none is named). Reads eval."""
    rows = session.tuples(
        "SELECT count(*) FROM eval.run_items WHERE run_id = $run "
        "AND (len($only) = 0 OR instance_id IN (SELECT unnest($only)))",
        {"run": run.run_id, "only": list(instances)},
    )
    return int(rows[0][0])


def check_instances(session: Session, run: Run, instances: Sequence[str]) -> None:
    """Raise UsageError for an instance that is no item of the run."""
    rows = session.tuples(
        "SELECT DISTINCT instance_id FROM eval.run_items WHERE run_id = $run ORDER BY 1",
        {"run": run.run_id},
    )
    known = [row[0] for row in rows]
    for wanted in instances:
        if wanted not in known:
            raise unknown("instance", wanted, known)


def load_instances(session: Session, digests: Iterable[str]) -> dict[str, TaskInstance]:
    """instance_digest → instance, parsed. Reads core."""
    rows = session.query("instances_by_digest", digests=sorted(set(digests)))
    return {row["instance_digest"]: TaskInstance.model_validate_json(row["body"]) for row in rows}
