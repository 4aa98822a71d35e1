"""The tables of a dataset on disk: a CSV, or the folder or zip that holds them."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Final, TextIO

from tasks.domain.columns import PostingsFile
from tasks.domain.errors import UsageError
from tasks.sources.cells import storable
from tasks.sources.kaggle.archives import DAMAGED, MOST_BYTES, is_zip, members, open_archive

_MOST_SHOWN: Final = 20

_File = tuple[str, Callable[[], IO[bytes]]]


class Tables:
    """Where the two tables are; each is opened at its beginning."""

    def __init__(self, path: Path, files: Sequence[_File], spec: PostingsFile) -> None:
        self._path = path
        self._files = files
        self._spec = spec

    def postings(self) -> AbstractContextManager[TextIO]:
        """The lines of the table of postings. Raises UsageError where it is not there."""
        alone = self._spec.bids is None
        return self._lines(self._spec.file, or_the_only_one=alone)

    def bids(self) -> AbstractContextManager[TextIO]:
        """The lines of the table of bids. Raises UsageError where it is not there."""
        assert self._spec.bids is not None
        return self._lines(self._spec.bids.file, or_the_only_one=False)

    @contextmanager
    def _lines(self, wanted: str, *, or_the_only_one: bool) -> Iterator[TextIO]:
        name, opened = self._choose(wanted, or_the_only_one)
        limited = io.BufferedReader(_Limited(opened(), f"{self._path}: {storable(name)}"))
        # Bytes that are no UTF-8 stay visible, so that they cost their row and no other.
        with io.TextIOWrapper(
            limited, encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as lines:
            yield lines

    def _choose(self, wanted: str, or_the_only_one: bool) -> _File:
        tables = [file for file in self._files if file[0].lower().endswith(".csv")]
        named = [f for f in self._files if f[0] == wanted]
        named = named or [f for f in self._files if f[0].endswith(f"/{wanted}")]
        if not named and or_the_only_one and len(tables) == 1:
            named = tables
        if len(named) == 1:
            return named[0]
        shown = ", ".join(storable(name) for name, _ in (named or tables)[:_MOST_SHOWN])
        if named:
            raise UsageError(f"{self._path} holds {wanted} several times ({shown}): name one file")
        has = f"its CSV files are {shown}" if tables else "it holds no CSV file"
        raise UsageError(
            f"{self._path} does not hold {wanted}: {has}; say the right one in dataset.yaml, under "
            "sources.kaggle"
        )


@contextmanager
def open_tables(path: Path, spec: PostingsFile) -> Iterator[Tables]:
    """The tables at `path`. Raises UsageError for what cannot be opened or read to its end."""
    try:
        if path.is_dir():
            yield Tables(path, sorted(_in_folder(path)), spec)
        elif not path.exists():
            raise UsageError(f"{path} does not exist: name the CSV, zip or folder of {spec.market}")
        elif is_zip(path):
            with open_archive(path) as archive:
                yield Tables(path, members(archive, path), spec)
        else:
            yield Tables(path, [(_name_of_alone(path, spec), _opener(path))], spec)
    except DAMAGED as error:
        raise UsageError(f"{path} is damaged ({error}): download it again") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error}): check its permissions") from error


def _name_of_alone(path: Path, spec: PostingsFile) -> str:
    """A file that somebody names is the table, whatever it is called."""
    if spec.bids is not None:
        raise UsageError(
            f"{path} is one file, but {spec.market} also has {spec.bids.file}: name the folder or "
            "zip that holds both"
        )
    return spec.file


def _in_folder(root: Path) -> Iterator[_File]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file():
                yield file.relative_to(root).as_posix(), _opener(file)


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        return path.open("rb")

    return opened


class _Limited(io.RawIOBase):
    """A stream that ends with a UsageError where it holds more than a table can."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UsageError(
                f"{self._name} holds more than {MOST_BYTES:,} bytes: it is no table of postings, "
                "or it was made to do harm"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
