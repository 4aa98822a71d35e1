"""What a build rests on besides documents, noted with every version that it stores."""

import json
import platform
from datetime import datetime
from importlib import metadata
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.digests import canonical_json, digest
from tasks.domain.exchange import Rates
from tasks.domain.overrides import Override
from tasks.inputs import rules_of_code
from tasks.judging import Judging
from tasks.overlays import Overlays
from tasks.warehouse import Row, Session
from tasks.warehouse.snapshot import end_of_raw

# What reads, decides and stores; another version of one of these may decide otherwise.
_LIBRARIES: Final = (
    *("GitPython", "PyYAML", "duckdb", "numpy", "orjson", "pyarrow", "pydantic", "scikit-learn"),
)
_PLAIN: Final = ("raw_first", "raw_end", "rules", "rates")


class Basis(BaseModel, frozen=True, extra="forbid"):
    """What a version's newest build noted.

    Documents at positions of raw before `raw_first` were read, those from `raw_end` on were not.
    `rules` is the digest of the code that decides. `overlays` maps instance id → digest of its
    hidden tests by hand, `mirrors` repository → state of its mirror. `rates` is the digest of the
    exchange rates, None for datasets of issues.
    """

    raw_first: int
    raw_end: int
    rules: str
    overrides: dict[str, tuple[Override, ...]] = {}
    overlays: dict[str, str] = {}
    mirrors: dict[str, str] = {}
    rates: str | None = None
    libraries: dict[str, str] = {}


def basis_of(session: Session, judging: Judging, rates: Rates | None) -> Basis:
    """What a build that begins now will rest on. Reads raw."""
    position = end_of_raw(session)
    overlays = Overlays(*judging.folders)
    found = {name: overlays.overlay(name) for name in overlays.names()}
    return Basis(
        raw_first=position,
        raw_end=position,
        rules=rules_of_code(),
        overrides=judging.overrides,
        overlays={
            name: digest(overlay.model_dump(mode="json"))
            for name, overlay in found.items()
            if overlay is not None
        },
        mirrors=judging.inputs.mirrors,
        rates=digest(rates.model_dump(mode="json")) if rates is not None else None,
        libraries=build_libraries(),
    )


def build_libraries() -> dict[str, str]:
    """Python and the libraries whose versions a build may depend on."""
    found = {name: metadata.version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **found}


def note_build(
    session: Session,
    basis: Basis,
    version: str,
    dataset: str,
    previous: str | None,
    code_version: str,
    moment: datetime,
) -> None:
    """Note a build of `version`; `previous` is the version that the dataset had before."""
    plain = basis.model_dump(mode="json")
    listed = {name: canonical_json(value) for name, value in plain.items() if type(value) is dict}
    session.insert(
        "core.builds",
        [
            {
                **plain,
                **listed,
                "dataset": dataset,
                "dataset_version": version,
                "previous_version": previous,
                "built_at": moment,
                "code_version": code_version,
            }
        ],
    )


def basis_in(row: Row) -> Basis | None:
    """What the row of a version says of its newest build; None where that noted nothing."""
    if row["raw_first"] is None:
        return None
    kept: dict[str, Any] = {name: row[name] for name in _PLAIN}
    listed = ("overrides", "overlays", "mirrors", "libraries")
    return Basis.model_validate({**kept, **{name: json.loads(row[name]) for name in listed}})


def newest_version(session: Session, dataset: str) -> str | None:
    """The version of a dataset that was built last, if any was. Reads core."""
    rows = session.query("dataset_versions", dataset=dataset)
    return str(rows[0]["dataset_version"]) if rows else None


def last_build(session: Session, dataset: str) -> tuple[str | None, str]:
    """(the version before it, the version) of the dataset's last build. Reads core.

    Raises LookupError where no build was noted.
    """
    rows = session.tuples(
        "SELECT previous_version, dataset_version FROM core.builds WHERE dataset = $dataset "
        "ORDER BY built_at DESC LIMIT 1",
        {"dataset": dataset},
    )
    if not rows:
        raise LookupError(f"no build of {dataset} was noted")
    return rows[0]
