"""Which fixes a mirror holds with all their files: fetched mirrors hold no others."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

RECORD: Final = "paydag-complete"


class Ends(NamedTuple):
    """The commits a fix lies between; both are in the mirror with every file."""

    base: str
    fix: str


def read_record(mirror: Path) -> dict[str, Ends] | None:
    """Key of a pull request → its complete ends; None where the mirror was not fetched."""
    try:
        lines = (mirror / RECORD).read_text().split("\n")
    except FileNotFoundError:
        return None
    found = (line.split(" ") for line in lines if line)
    return {key: Ends(base, fix) for key, base, fix in found}


def write_record(mirror: Path, record: Mapping[str, Ends]) -> None:
    """Replace the record; a crash leaves the old one or the new one."""
    lines = _lines(record)
    fresh = mirror / f"{RECORD}.new"
    with fresh.open("w") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(mirror / RECORD)


def _lines(record: Mapping[str, Ends]) -> str:
    return "".join(f"{key} {ends.base} {ends.fix}\n" for key, ends in sorted(record.items()))


def complete_commits(record: Iterable[Ends]) -> frozenset[str]:
    return frozenset(commit for ends in record for commit in ends)
