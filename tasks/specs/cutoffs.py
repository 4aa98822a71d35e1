"""Reading cutoffs.yaml: the last day that the training of each model reached."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ValidationError

from tasks.domain.errors import UsageError
from tasks.specs.reader import line_of, refuse_repeated_keys, sentence

CUTOFFS: Final = "cutoffs.yaml"


class Cutoff(BaseModel, frozen=True, extra="forbid"):
    """`cutoff` is the last day that training reached, `source` who says so."""

    cutoff: date
    source: str


class _Table(BaseModel, frozen=True, extra="forbid"):
    models: dict[str, Cutoff]
    note: str = ""


def seen_until(cutoff: Cutoff) -> datetime:
    """The midnight, in UTC, at which the last day ends."""
    return datetime.combine(cutoff.cutoff + timedelta(days=1), time(), UTC)


def load_cutoffs(folders: Sequence[Path]) -> dict[str, Cutoff]:
    """Model → its cutoff, of the first folder that has the file; empty where none has.

    Raises UsageError with file and line where it cannot be used.
    """
    files = [folder / CUTOFFS for folder in folders]
    file = next((file for file in files if file.is_file()), None)
    return dict(_read(file, file.stat().st_mtime_ns)) if file else {}


# Every run that is scored asks; `changed_at` makes another file another question.
@lru_cache(maxsize=4)
def _read(file: Path, changed_at: int) -> dict[str, Cutoff]:  # noqa: ARG001
    try:
        return parse_cutoffs(file.read_text(encoding="utf-8"), file)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error


def parse_cutoffs(text: str, file: Path) -> dict[str, Cutoff]:
    """The same of a text; `file` is for messages."""
    try:
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{file}:{mark.line + 1 if mark else 1}: not YAML: {problem}") from error
    refuse_repeated_keys(node, file)
    if not isinstance(data, dict):
        raise UsageError(f"{file}:1: expected a mapping with the key models")
    try:
        return _Table.model_validate(data).models
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(node, first["loc"])
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"{file}:{line}: {where}: {sentence(first)}") from error
