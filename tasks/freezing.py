"""Freeze: the gradable instances of a version as a split, a list of ids in a file."""

import re
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import short
from tasks.domain.errors import UsageError
from tasks.runs import Version, find_version
from tasks.validations import validated
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


def freeze(
    warehouse: Warehouse, folder: Path, dataset: str, split: str, *, overwrite: bool
) -> Frozen:
    """Write the gradable ids of a version, sorted, to `splits/<split>.txt` of its folder.

    Raises UsageError where an instance was never validated, where none is gradable, and where the
    file is there and `overwrite` is not given.
    """
    file = folder / "splits" / f"{_checked(split)}.txt"
    if file.exists() and not overwrite:
        raise UsageError(f"{file} is there already; --force writes it anew")
    with warehouse.read("core", "eval") as session:
        version = find_version(session, dataset)
        rows = session.query("version_validations", version=version.dataset_version)
    _check_all_validated(version, rows)
    found = [validated(row) for row in rows]
    kept = tuple(sorted(one.instance_id for one in found if one.result == "gradable"))
    left_out = {one.instance_id: one.reason for one in found if one.result != "gradable"}
    name = f"{version.dataset}@{short(version.dataset_version)}"
    if not kept:
        raise UsageError(f"no instance of {name} is gradable, so that there is nothing to freeze")
    _write(file, f"# {len(kept)} of {len(rows)} instances of {name}", kept)
    return Frozen(
        dataset=version.dataset,
        version=version.dataset_version,
        split=split,
        file=str(file),
        instances=kept,
        left_out=left_out,
    )


def _checked(split: str) -> str:
    if not _NAME.match(split):
        raise UsageError(
            f"{split!r} is no name of a split: letters, digits, dots, dashes and underscores, such "
            "as dev"
        )
    return split


def _check_all_validated(version: Version, rows: list[Row]) -> None:
    missing = [row["instance_id"] for row in rows if row["status"] is None]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        reference = f"{version.dataset}@{short(version.dataset_version)}"
        raise UsageError(
            f"{len(missing)} of {len(rows)} instances of {reference} have not been validated: "
            f"{', '.join(missing[:_MOST_NAMED])}{more}; run `paydag validate {reference}` first"
        )


def _write(file: Path, heading: str, ids: tuple[str, ...]) -> None:
    try:
        file.parent.mkdir(exist_ok=True)
        part = file.with_name(f".{file.name}.part")
        part.write_text("\n".join([heading, *ids]) + "\n", encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
