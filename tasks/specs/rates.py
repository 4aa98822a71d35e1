"""Reading fx.yaml: exchange rates for postings in other currencies, errors with file and line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from tasks.domain.errors import UsageError
from tasks.domain.exchange import Rates
from tasks.specs.extending import written_in
from tasks.specs.reader import known_datasets, sentence

RATES: Final = "fx.yaml"
_BUNDLED: Final = "freelancer"


def load_rates(folder: Path, folders: Sequence[Path] = ()) -> Rates:
    """The rates in the dataset's own folder, else those of the dataset `freelancer`.

    `folders` are where datasets are looked for. Raises UsageError where there are none, or with
    the line where they cannot be used.
    """
    places = [folder]
    if _BUNDLED in (known := known_datasets(folders)):
        places.append(known[_BUNDLED])
    for place in places:
        file = place / RATES
        if file.is_file():
            try:
                return parse_rates(file.read_text(encoding="utf-8"), file)
            except UnicodeDecodeError as error:
                raise UsageError(f"{file}:1: not UTF-8 text") from error
    raise UsageError(f"{folder / RATES} does not exist: write one with date, source, usd_per_unit")


def parse_rates(text: str, file: Path) -> Rates:
    """The same of a text; `file` is for messages."""
    written = written_in(text, file, "date, source and usd_per_unit")
    try:
        return Rates.model_validate(written.data)
    except ValidationError as error:
        first = error.errors()[0]
        said = sentence(first)
        # Of a table, the message begins with the key that it is about.
        inner = said.partition(":")[0] if first["loc"] == ("usd_per_unit",) else ""
        line = written.line(*first["loc"], inner)
        raise UsageError(f"{file}:{line}: {'.'.join(map(str, first['loc']))}: {said}") from error
