"""Reading fx.yaml: exchange rates for postings in other currencies, errors with file and line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from tasks.domain.errors import UsageError
from tasks.domain.exchange import Rates
from tasks.specs.reader import known_datasets, line_of, refuse_repeated_keys, sentence

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
    try:
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{file}:{mark.line + 1 if mark else 1}: not YAML: {problem}") from error
    refuse_repeated_keys(node, file)
    if not isinstance(data, dict):
        raise UsageError(f"{file}:1: expected a mapping with date, source and usd_per_unit")
    try:
        return Rates.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        said = sentence(first)
        # Of a table, the message begins with the key that it is about.
        inner = said.partition(":")[0] if first["loc"] == ("usd_per_unit",) else ""
        line = line_of(node, (*first["loc"], inner))
        raise UsageError(f"{file}:{line}: {'.'.join(map(str, first['loc']))}: {said}") from error
