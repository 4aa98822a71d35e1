"""Freeze: instances of a version as a split, a list of ids in a file that never gives one away.

Only gradable instances are frozen; the split's rule in dataset.yaml may ask for more. An id that
one split has published stays with it, whatever becomes of the rules.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import short
from tasks.domain.errors import UsageError
from tasks.domain.facts import Facts
from tasks.domain.sampling import falls_below
from tasks.holding import held_out
from tasks.runs import Version, find_version
from tasks.specs import DatasetSpec
from tasks.specs.selecting import SplitRule
from tasks.specs.splits import HOLDOUT, known_splits, published, split_file, split_text
from tasks.validations import Validated, validated
from tasks.warehouse import Row, Warehouse

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_MOST_NAMED: Final = 5


class Frozen(BaseModel, frozen=True, extra="forbid"):
    """A written split. `left_out` maps the instances that are not in it to why."""

    dataset: str
    version: str
    split: str
    file: str
    instances: tuple[str, ...]
    left_out: dict[str, str]


@dataclass(frozen=True)
class Ground:
    """The dataset that is frozen from: its specification and folder, and where others are."""

    spec: DatasetSpec
    folder: Path
    folders: Sequence[Path] = ()


def freeze(
    warehouse: Warehouse, ground: Ground, reference: str, split: str, *, overwrite: bool
) -> Frozen:
    """Write the ids of a version that fit the split's rule, sorted, to its `splits/<split>.txt`.

    Raises UsageError where an instance was never validated, where none fits, where another split
    has published one of the ids, and where the file is there and `overwrite` is not given.
    """
    file = split_file(ground.folder, _checked(split))
    if file.exists() and not overwrite:
        raise UsageError(f"{file} is there already; --force writes it anew")
    rule = _rule(ground, split)
    with warehouse.read("core", "eval") as session:
        version = find_version(session, reference)
        rows = session.query("version_validations", version=version.dataset_version)
        known = session.query(
            "split_candidates", version=version.dataset_version, dataset=version.dataset
        )
    _check_all_validated(version, rows)
    earlier = published(ground.folder)
    issues = {row["instance_id"]: row["issue"] for row in known}
    held = frozenset[str]()
    if split != HOLDOUT:
        held = held_out(ground.spec, ground.folder, ground.folders, issues)
    taken = {name: one for one in rule.without for name in earlier.get(one, ())}
    taken |= dict.fromkeys(held, HOLDOUT)
    about = {row["instance_id"]: row for row in known}
    verdicts = {
        one.instance_id: _against(one, about[one.instance_id], rule, taken)
        for one in map(validated, rows)
    }
    kept = tuple(sorted(name for name, why in verdicts.items() if why is None))
    name = f"{version.dataset}@{short(version.dataset_version)}"
    if not kept:
        wanted = "gradable" if rule == SplitRule() else f"gradable and fits the rule of {split}"
        raise UsageError(f"no instance of {name} is {wanted}, so that there is nothing to freeze")
    _check_unpublished(split, kept, earlier)
    once = earlier.get(split, frozenset()) - set(kept)
    _write(file, split_text(f"{len(kept)} of {len(rows)} instances of {name}", kept, once))
    return Frozen(
        dataset=version.dataset,
        version=version.dataset_version,
        split=split,
        file=str(file),
        instances=kept,
        left_out={name: why for name, why in verdicts.items() if why is not None},
    )


def _checked(split: str) -> str:
    if not _NAME.match(split):
        raise UsageError(
            f"{split!r} is no name of a split: letters, digits, dots, dashes and underscores, such "
            "as dev"
        )
    return split


def _rule(ground: Ground, split: str) -> SplitRule:
    """The rule in the specification; without one, whatever is gradable."""
    splits = ground.spec.splits
    frozen = known_splits(ground.folder)
    if split == HOLDOUT and split not in splits:
        raise UsageError(
            f"no rule says how much {ground.spec.name} holds out; write "
            f"`splits: {{{HOLDOUT}: {{share: 0.1}}}}` into its dataset.yaml"
        )
    if split != HOLDOUT and HOLDOUT in splits and HOLDOUT not in frozen:
        name = ground.spec.name
        raise UsageError(
            f"{name} holds out ids that are not frozen yet; run `paydag freeze {name} {HOLDOUT}` "
            f"before {split} publishes any of them"
        )
    return splits.get(split, SplitRule())


def _against(one: Validated, row: Row, rule: SplitRule, taken: dict[str, str]) -> str | None:
    """Why an instance is not in the split; None where it is."""
    if one.result != "gradable":
        return one.reason
    if one.instance_id in taken:
        return f"it is in the split {taken[one.instance_id]}"
    evidence = Facts.model_validate_json(row["facts"]).evidence if row["facts"] else ()
    if rule.evidence is not None and len(evidence) < rule.evidence:
        found = ", ".join(evidence) or "none"
        return f"{len(evidence)} of {rule.evidence} kinds of evidence for the acceptance ({found})"
    if rule.lint == "clean" and row["findings"]:
        return f"the leak linter finds {row['findings']} in it"
    # By issue, not by instance: of one issue, the choice of a proposal gives away the fix.
    if rule.share is not None and not falls_below(rule.share, rule.seed, row["issue"]):
        return f"its issue is not in the share of {rule.share:g}"
    return None


def _check_unpublished(split: str, kept: Sequence[str], earlier: dict[str, frozenset[str]]) -> None:
    for other, ids in earlier.items():
        both = [name for name in kept if name in ids]
        if other != split and both:
            shown = f"{', '.join(both[:_MOST_NAMED])}{' ...' if len(both) > _MOST_NAMED else ''}"
            raise UsageError(
                f"{len(both)} of the ids for {split} are published in the split {other} ({shown}) "
                f"and never move; `without: [{other}]` in the rule of {split} leaves them there"
            )


def _check_all_validated(version: Version, rows: list[Row]) -> None:
    missing = [row["instance_id"] for row in rows if row["status"] is None]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        reference = f"{version.dataset}@{short(version.dataset_version)}"
        raise UsageError(
            f"{len(missing)} of {len(rows)} instances of {reference} have not been validated: "
            f"{', '.join(missing[:_MOST_NAMED])}{more}; run `paydag validate {reference}` first"
        )


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(exist_ok=True)
        part = file.with_name(f".{file.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
