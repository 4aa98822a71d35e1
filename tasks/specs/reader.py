"""Reading dataset.yaml, with what it extends; errors name the file and the line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tasks.domain.errors import UsageError, unknown
from tasks.specs.extending import (
    SPECIFICATION,
    known_datasets,
    line_of,
    lineage,
    place_of,
    read_text,
    refuse_repeated_keys,
    resolved,
    written_in,
)
from tasks.specs.model import DatasetSpec

__all__ = [
    "known_datasets",
    "line_of",
    "load_spec",
    "parse_spec",
    "refuse_repeated_keys",
    "sentence",
]


def load_spec(name: str, folders: Sequence[Path]) -> tuple[DatasetSpec, Path]:
    """The specification of a dataset, with what it extends, and the folder it stands in.

    Raises UsageError for an unknown name or an unreadable file.
    """
    datasets = known_datasets(folders)
    if name not in datasets:
        raise unknown("dataset", name, list(datasets))
    file = datasets[name] / SPECIFICATION
    spec = parse_spec(read_text(file), file, folders)
    if spec.name != name:
        place = place_of([written_in(read_text(file), file)], ["name"])
        raise UsageError(
            f"{place}: name is {spec.name!r}, but the folder is called {name!r}; rename one of them"
        )
    return spec, datasets[name]


def parse_spec(text: str, file: Path, folders: Sequence[Path] = ()) -> DatasetSpec:
    """The specification in `text`; `file` is for messages, `folders` are where the dataset that it
    extends is looked for. Raises UsageError with the line."""
    chain = lineage(written_in(text, file), folders)
    try:
        return DatasetSpec.model_validate(resolved(chain))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = f"{where}: {sentence(first)}" if where else sentence(first)
        raise UsageError(f"{place_of(chain, first['loc'])}: {said}") from error


def sentence(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key; remove it or correct its spelling"
    if error["type"] == "missing":
        return "this key is required"
    return str(error["msg"]).removeprefix("Value error, ")
