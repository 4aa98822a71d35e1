"""Reading overrides.yaml: corrections of ledgers by hand, errors with file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from tasks.domain.errors import UsageError
from tasks.domain.money import dollars_to_cents, show_cents
from tasks.domain.overrides import MOST_CENTS, Override
from tasks.specs.reader import line_of, refuse_repeated_keys, sentence

OVERRIDES: Final = "overrides.yaml"
_DOLLARS: Final = {"bounty": "bounty_cents", "paid": "paid_cents"}
_NAMES: Final = {**_DOLLARS, "at": "occurred_at"}


def load_overrides(folder: Path) -> dict[str, tuple[Override, ...]]:
    """issue (`owner/name#N`) → its corrections, in the file's order; empty without a file.

    The file is a list of entries with `issue`, `reason` and one of `bounty` (dollars from `at`
    on), `paid` (dollars to `person` at `at`) or `drop` (the beginning of an event's id). Raises
    UsageError with the line.
    """
    file = folder / OVERRIDES
    if not file.is_file():
        return {}
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error
    return parse_overrides(text, file)


def parse_overrides(text: str, file: Path) -> dict[str, tuple[Override, ...]]:
    """The same of a text; `file` is for messages."""
    try:
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{file}:{line}: not YAML: {problem}") from error
    refuse_repeated_keys(node, file)
    if data is None:
        return {}
    if not isinstance(data, list):
        raise UsageError(f"{file}:1: expected a list of entries with issue and reason")
    found: dict[str, list[Override]] = {}
    for number, entry in enumerate(data):
        override = _override(entry, number, node, file)
        found.setdefault(override.issue, []).append(override)
    return {issue: tuple(entries) for issue, entries in found.items()}


def line_of_override(folder: Path, issue: str) -> int:
    """The line of the first entry about an issue, 1 where none is."""
    node = yaml.compose((folder / OVERRIDES).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for entry in node.value if isinstance(node, yaml.SequenceNode) else ():
        for key, value in entry.value:
            if (key.value, value.value) == ("issue", issue):
                return int(value.start_mark.line) + 1
    return 1


def _cents(value: object) -> int:
    cents = dollars_to_cents(str(value))
    if cents > MOST_CENTS:
        raise ValueError(f"more than {show_cents(MOST_CENTS)} is a slip and no amount")
    return cents


def _override(entry: Any, number: int, node: Any, file: Path) -> Override:
    def refuse(where: str, why: str) -> UsageError:
        line = line_of(node, (number, where) if where else (number,))
        return UsageError(f"{file}:{line}: {where + ': ' if where else ''}{why}")

    if not isinstance(entry, Mapping):
        raise refuse("", "expected a mapping with issue, reason and a correction")
    fields = {}
    for key, value in entry.items():
        try:
            fields[_NAMES.get(key, key)] = _cents(value) if key in _DOLLARS else value
        except ValueError as error:
            raise refuse(key, str(error)) from error
    for key in set(entry) & set(_NAMES.values()):
        raise refuse(key, "unknown key; remove it or correct its spelling")
    try:
        return Override.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        written = {inner: outer for outer, inner in _NAMES.items()}
        key = str(first["loc"][0]) if first["loc"] else ""
        raise refuse(written.get(key, key), sentence(first)) from error
