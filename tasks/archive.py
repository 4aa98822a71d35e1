"""Archives: what a dataset's repositories have in raw, as files that `--from` lands elsewhere."""

import gzip
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tasks.domain.digests import digest
from tasks.domain.errors import SystemFault, UsageError
from tasks.specs import DatasetSpec
from tasks.stages import open_warehouse
from tasks.warehouse import Row
from tasks.warehouse.archived import documents_from, raw_fingerprint

SOURCE: Final = "github"


def archive_folder(path: str, specs: Sequence[DatasetSpec]) -> Path:
    """The folder of `--archive`, made where it is missing.

    Raises UsageError where it cannot be one, or no dataset has what belongs in it.
    """
    folder = Path(path)
    if all(spec.sources.github is None for spec in specs):
        names = ", ".join(spec.name for spec in specs)
        raise UsageError(f"--archive saves documents of GitHub repositories, and {names} has none")
    if not folder.is_absolute():
        raise UsageError(f"the archive of a flow must be an absolute path, not {path!r}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--archive {folder} cannot be a folder: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"--archive {folder} cannot be written to")
    return folder


def export_archive(
    home: Path, dataset: str, repositories: Sequence[str], folder: Path
) -> Path | None:
    """Write what `folder` does not hold yet of these repositories; the file, None for nothing.

    `<dataset>-<fingerprint>-<first>-<last>.jsonl.gz`: the fingerprint tells this home's raw file
    and this list of repositories from others, first and last are positions in it. A file is there
    whole or not at all, and equal documents give equal bytes.
    """
    warehouse = open_warehouse(home)
    raw = raw_fingerprint(warehouse)
    if raw is None:
        return None
    name = f"{dataset}-{_fingerprint(raw, repositories)}"
    try:
        _remove_leftovers(folder, name)
        documents = documents_from(warehouse, SOURCE, dataset, repositories, _next(folder, name))
        return _write(documents, folder, name)
    except OSError as error:
        raise SystemFault(
            f"the archive in {folder} cannot be written: {error.strerror}; what was collected is "
            "in the warehouse, and the same command writes what is missing"
        ) from error


def _fingerprint(raw: str, repositories: Sequence[str]) -> str:
    """8 hex digits. Another list of repositories starts anew: what it adds may lie far back."""
    return digest([raw, sorted({name.lower() for name in repositories})])[:8]


def _next(folder: Path, name: str) -> int:
    """The position after the highest that an archive of this name holds."""
    pattern = re.compile(re.escape(name) + r"-[0-9]+-([0-9]+)\.jsonl\.gz")
    found = (pattern.fullmatch(file.name) for file in folder.iterdir())
    return max((int(match[1]) + 1 for match in found if match), default=0)


def _write(documents: Iterator[Row], folder: Path, name: str) -> Path | None:
    first = last = None
    partial = folder / f".{name}-{os.getpid()}.partial"
    with _removed_at_the_end(partial):
        with partial.open("wb") as raw:
            # Neither a time nor a name in the header, so that equal documents give equal bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                for row in documents:
                    packed.write(_line(row))
                    first = row["position"] if first is None else first
                    last = row["position"]
            raw.flush()
            os.fsync(raw.fileno())
        if first is None or last is None:
            return None
        file = folder / f"{name}-{first:010d}-{last:010d}.jsonl.gz"
        partial.replace(file)
        _sync(folder)
    return file


def _line(row: Row) -> bytes:
    """One document in an archive's form; the payload's text goes in as it is."""
    head = {key: row[key] for key in ("source", "kind", "external_id")}
    head["fetched_at"] = row["fetched_at"].isoformat()
    return f'{json.dumps(head)[:-1]}, "payload": {row["payload"]}}}\n'.encode()


@contextmanager
def _removed_at_the_end(partial: Path) -> Iterator[None]:
    try:
        yield
    finally:
        partial.unlink(missing_ok=True)


def _remove_leftovers(folder: Path, name: str) -> None:
    """Half archives of processes that were killed; those of living ones are left alone."""
    pattern = re.compile(re.escape(f".{name}-") + r"([0-9]+)\.partial")
    for file in list(folder.iterdir()):
        match = pattern.fullmatch(file.name)
        if match and not _alive(int(match[1])):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(folder: Path) -> None:
    """Without this the file's new name may be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
