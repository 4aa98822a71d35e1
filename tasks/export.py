"""Export: a dataset version as a folder that other harnesses load."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.errors import DataError, SystemFault, UsageError
from tasks.domain.exporting import (
    CARD,
    Entry,
    ExportFacts,
    Format,
    ReadableFormat,
    Tally,
    canary_of,
)
from tasks.domain.instances import TaskInstance
from tasks.domain.verdicts import Expectation
from tasks.exports import format_named
from tasks.exports.card import card
from tasks.exports.folders import check_target, write_manifest, written_beside
from tasks.holding import held_out
from tasks.prompts import load_prompts, prompt_of
from tasks.repos import Mirror, mirror_path
from tasks.runs import Version, find_version, load_instances
from tasks.settings import dataset_folders
from tasks.specs import DatasetSpec, load_spec, load_split
from tasks.stages import open_warehouse
from tasks.warehouse import Row, Warehouse

_AT_ONCE: Final = 500
# Decides the order in which proposals are shown.
_SEED: Final = 0


class Exported(BaseModel, frozen=True, extra="forbid"):
    """What an export holds, and what it does not.

    `held_back` counts the instances of the holdout that were not asked for, `left_out` those that
    the format has no place for, by reason. `lost` counts instances by the field that the format
    cannot hold, `unknown` by the format's field that no instance fills.
    """

    dataset: str
    version: str
    format: str
    folder: str
    split: str | None
    instances: int
    price_cents: int
    price_rule: str
    held_back: int
    left_out: dict[str, int]
    lost: dict[str, int]
    unknown: dict[str, int]
    holds_answers: bool = True
    canary: str


@dataclass(frozen=True)
class _Source:
    """What entries are made of: the listed instances in order, and where the rest is found."""

    home: Path
    warehouse: Warehouse
    listed: Sequence[Row]
    price_rule: str
    needs: frozenset[str]

    def entries(self) -> Iterator[Entry]:
        rows = iter(self.listed)
        while part := list(islice(rows, _AT_ONCE)):
            with self.warehouse.read("core") as session:
                loaded = load_instances(session, (row["instance_digest"] for row in part))
            yield from (self._entry(loaded[row["instance_digest"]], row) for row in part)

    def _entry(self, instance: TaskInstance, row: Row) -> Entry:
        prompt, shown = self._prompt(instance) if "prompts" in self.needs else ("", {})
        return Entry(
            instance=instance,
            price_cents=instance.prices.get(self.price_rule),
            prompt=prompt,
            shown=shown,
            test_patch=self._test_patch(instance) if "test_patches" in self.needs else "",
            expectation=_expectation(row) if "expectations" in self.needs else None,
        )

    def _prompt(self, instance: TaskInstance) -> tuple[str, Mapping[int, int]]:
        wording = self._wordings[instance.variant]
        return prompt_of(instance, _SEED, wording, None, None)

    @cached_property
    def _wordings(self) -> Mapping[str, str]:
        return load_prompts(sorted({row["variant"] for row in self.listed}))

    @cached_property
    def _mirrors(self) -> Any:
        return cache(lambda name: Mirror(mirror_path(self.home, name)))

    def _test_patch(self, instance: TaskInstance) -> str:
        hidden = instance.reference.hidden_tests
        if not hidden or instance.base is None:
            return ""
        try:
            return str(self._mirrors(instance.repository).overlay_patch(instance.base, hidden))
        except DataError as error:
            raise SystemFault(f"{instance.instance_id}: {error}", retryable=False) from error


def export(
    home: Path,
    reference: str,
    format_name: str,
    folder: Path,
    *,
    split: str | None = None,
    include_holdout: bool = False,
    force: bool = False,
) -> Exported:
    """Write the version `name`, `name@latest` or `name@digest-prefix` to a folder.

    The same version, with the same validations where the format tells of tests, gives the same
    bytes. Raises UsageError for what is unknown, where the folder is not free, and where nothing
    would be in the export; SystemFault where what was written is not read back as it was.
    """
    chosen = format_named(format_name)
    check_target(folder, force=force)
    folders = dataset_folders()
    spec, place = load_spec(reference.partition("@")[0], folders)
    wanted = frozenset(load_split(place, split)) if split else None
    warehouse = open_warehouse(home)
    with warehouse.read("core", "eval") as session:
        version = find_version(session, reference)
        rows = session.query("version_validations", version=version.dataset_version)
        stored = session.query("version_facts", version=version.dataset_version)[0]
        reasons = session.tuples(
            "SELECT reason, count(*) FROM core.rejections WHERE dataset_version = $version "
            "GROUP BY reason ORDER BY reason",
            {"version": version.dataset_version},
        )
    issues = {row["instance_id"]: row["issue"] for row in rows}
    held = frozenset[str]() if include_holdout else held_out(spec, place, folders, issues)
    selected = [row for row in rows if wanted is None or row["instance_id"] in wanted]
    listed = [row for row in selected if row["instance_id"] not in held]
    _check_listed(version, split, selected, listed)
    facts = _facts(spec, stored, dict(reasons), split)
    source = _Source(home, warehouse, listed, version.price_rule, chosen.needs)
    held_back = len(selected) - len(listed)
    tally = _write(facts, chosen, source, folder, held_back, force=force)
    return Exported(
        dataset=facts.dataset,
        version=facts.version,
        format=chosen.name,
        folder=str(folder),
        split=split,
        instances=tally.instances,
        price_cents=tally.price_cents,
        price_rule=facts.price_rule,
        held_back=held_back,
        left_out=dict(sorted(tally.left_out.items())),
        lost=dict(sorted(tally.lost.items())),
        unknown=dict(sorted(tally.unknown.items())),
        canary=facts.canary,
    )


def _check_listed(
    version: Version, split: str | None, selected: Sequence[Row], listed: Sequence[Row]
) -> None:
    if not selected:
        narrowed = f" in the split {split}" if split else ""
        raise UsageError(
            f"{version.dataset}@{version.dataset_version[:12]} has no instance{narrowed}, so that "
            "there is nothing to export"
        )
    if not listed:
        raise UsageError(
            f"all {len(selected)} instances are held out; --include-holdout exports them as well"
        )


def _facts(
    spec: DatasetSpec, stored: Row, rejections: dict[str, int], split: str | None
) -> ExportFacts:
    specification = json.loads(stored["specification"])
    return ExportFacts(
        dataset=stored["dataset"],
        version=stored["dataset_version"],
        title=spec.title,
        description=spec.description,
        price_rule=stored["price_rule"],
        split=split,
        canary=canary_of(stored["dataset"], specification.get("canary")),
        sources={name: dict(part or {}) for name, part in specification["sources"].items()},
        candidates=stored["candidates"],
        instances=stored["instances"],
        rejections=rejections,
    )


def _write(
    facts: ExportFacts,
    chosen: Format,
    source: _Source,
    folder: Path,
    held_back: int,
    *,
    force: bool,
) -> Tally:
    tally = Tally()
    with written_beside(folder, force=force) as fresh:
        chosen.write(facts, tally.passing(source.entries(), chosen), fresh)
        if not tally.instances:
            raise UsageError(
                f"{facts.reference} has nothing that the format {chosen.name} can hold: "
                f"{'; '.join(f'{n} x {why}' for why, n in sorted(tally.left_out.items()))}"
            )
        if isinstance(chosen, ReadableFormat):
            _check_read_back(chosen.read(fresh), source.listed)
        (fresh / CARD).write_text(card(facts, chosen, tally, held_back), encoding="utf-8")
        write_manifest(fresh, _manifest(facts, chosen, tally, held_back))
    return tally


def _check_read_back(found: Iterable[TaskInstance], listed: Sequence[Row]) -> None:
    """An export that cannot be read back is none."""
    read = [instance.instance_digest for instance in found]
    if read != [row["instance_digest"] for row in listed]:
        raise SystemFault(
            f"{len(read)} of {len(listed)} instances were read back, or others than were written; "
            "please report this with the file",
            retryable=False,
        )


def _manifest(facts: ExportFacts, chosen: Format, tally: Tally, held_back: int) -> dict[str, Any]:
    return {
        "dataset": facts.dataset,
        "version": facts.version,
        "format": chosen.name,
        "split": facts.split,
        "price_rule": facts.price_rule,
        "price_cents": tally.price_cents,
        "instances": tally.instances,
        "held_back": held_back,
        "left_out": dict(tally.left_out),
        "lost": dict(tally.lost),
        "unknown": dict(tally.unknown),
        "holds_answers": True,
        "canary": facts.canary,
    }


def _expectation(row: Row) -> Expectation | None:
    if row["status"] != "done" or not row["gradable"]:
        return None
    return Expectation.model_validate_json(row["expectation"])
