"""Reading cutoffs.yaml: up to which day a model's training data reaches."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from tasks.domain.errors import UsageError
from tasks.specs.extending import place_of, read_text, written_in
from tasks.specs.ranges import refuse_numbers
from tasks.specs.reader import sentence

CUTOFFS: Final = "cutoffs.yaml"


class Cutoff(BaseModel, frozen=True, extra="forbid"):
    """`cutoff` is the last day that counts as seen, `source` says who says so."""

    cutoff: Annotated[date, BeforeValidator(refuse_numbers)]
    source: str = Field(min_length=1)


class Cutoffs(BaseModel, frozen=True, extra="forbid"):
    """Model → its cutoff."""

    models: dict[str, Cutoff]
    note: str = ""


def load_cutoffs(folders: Sequence[Path]) -> dict[str, Cutoff]:
    """Model → cutoff, of the `cutoffs.yaml` beside the datasets; the first folder that names a
    model wins. Raises UsageError with the line."""
    found: dict[str, Cutoff] = {}
    for root in folders:
        file = root / CUTOFFS
        if file.is_file():
            found = {**_read(file).models, **found}
    return dict(sorted(found.items()))


def seen_until(cutoff: Cutoff) -> datetime:
    """The first moment that the model cannot have seen: midnight (UTC) after its last day."""
    day = cutoff.cutoff + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _read(file: Path) -> Cutoffs:
    written = written_in(read_text(file), file, "the key models")
    try:
        return Cutoffs.model_validate(written.data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        place = place_of([written], first["loc"])
        raise UsageError(f"{place}: {where}: {sentence(first)}") from error
