"""Ways to write a dataset version down, found by name: a module here that defines `FORMAT`."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tasks.domain.errors import UsageError, unknown
from tasks.domain.exporting import MANIFEST, Format, ReadableFormat
from tasks.domain.instances import TaskInstance


@cache
def formats() -> dict[str, Format]:
    """Name → format, in alphabetical order."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        made = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FORMAT", None)
        if made is not None:
            found[made.name] = made
    return dict(sorted(found.items()))


def format_named(name: str) -> Format:
    """The format called `name`; UsageError with the known ones otherwise."""
    if name not in formats():
        raise unknown("format", name, list(formats()))
    return formats()[name]


def read_export(folder: Path) -> Iterator[TaskInstance]:
    """The instances of an exported folder, each with the digest it had in its warehouse.

    Raises UsageError where the folder is no export, or one of a format that holds no whole
    instances, and DataError for an instance that has changed since.
    """
    try:
        name = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} holds no export: its {MANIFEST} cannot be read; name a folder that "
            "`paydag export` wrote"
        ) from error
    chosen = format_named(str(name))
    if not isinstance(chosen, ReadableFormat):
        whole = [n for n, f in formats().items() if isinstance(f, ReadableFormat)]
        raise UsageError(
            f"{folder} is of the format {name}, which holds no whole instances; export as "
            f"{' or '.join(whole)} for that"
        )
    return chosen.read(folder)
