"""A store behind an fsspec address: data named by content, and manifests that make it visible.

    tables/<table>/<sha256>.parquet    files/<sha256>    manifests/<generation>.json

Data is written first and never changed. A generation begins to exist when its manifest does, which
is created whole or not at all, by one writer: whoever comes second finds it there.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tasks.domain.digests import stream_sha256
from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.domain.redaction import Redactor
from tasks.domain.store_manifest import Manifest, manifest_text, read_manifest
from tasks.stores.addresses import Address

KEEP: Final = 10
GRACE: Final = timedelta(days=1)
_EXTRAS: Final = {"s3": "paydag[s3]", "s3a": "paydag[s3]"}
_MANIFESTS: Final = "manifests"


class StoreTakenError(SystemFault):
    """Another writer has created the generation that was to be created."""


def open_place(address: Address, redactor: Redactor) -> "Place":
    """The store at an address; nothing is asked of it yet.

    Raises UsageError where fsspec does not know the protocol, or its library is not installed.
    """
    import fsspec

    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if address.protocol in ("file", "local"):
        options |= {"auto_mkdir": True}
    try:
        files, root = fsspec.core.url_to_fs(address.url, **options)
    except ImportError as error:
        extra = _EXTRAS.get(address.protocol)
        what = f"pip install '{extra}'" if extra else "install it"
        raise UsageError(
            f"stores at {address.protocol}:// need a library that is not here "
            f"({error.name or error}); {what}"
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{address.url!r} is no address of a store: {redactor.clean(str(error))}"
        ) from error
    return Place(address, files, root, redactor)


class Place:
    """Reads and writes one store. Whatever fails there is a SystemFault that names it; what no
    second try mends (no such bucket, no credentials) is a UsageError."""

    def __init__(self, address: Address, files: Any, root: str, redactor: Redactor) -> None:
        self.address = address
        self._files = files
        self._root = root.rstrip("/")
        self._redactor = redactor

    def check(self) -> None:
        """Raise UsageError where the bucket of an address is not there."""
        bucket = self._root.partition("/")[0]
        try:
            with self._telling("read"):
                if bucket:
                    self._files.info(bucket)
        except FileNotFoundError:
            raise UsageError(
                f"there is no bucket {bucket!r} for the store {self.address.url}; make one"
            ) from None

    def generations(self) -> list[int]:
        """The numbers of the manifests that are there, readable or not, in order."""
        with self._telling("read"):
            return self._generations()

    def _generations(self) -> list[int]:
        self._files.invalidate_cache()
        try:
            listed = self._files.ls(self._path(_MANIFESTS), detail=False)
        except FileNotFoundError:
            return []
        names = (str(path).rpartition("/")[2] for path in listed)
        stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def manifest(self, generation: int) -> Manifest | None:
        """None where it is not whole, or gone."""
        with self._telling("read"):
            try:
                content = self._files.cat_file(self._manifest_path(generation))
            except FileNotFoundError:
                return None
        return read_manifest(content.decode("utf-8", "replace"))

    def head(self) -> tuple[Manifest | None, int]:
        """(the newest generation that is whole, the number of the next one).

        The number is one more than that of any manifest, whole or not.
        """
        numbers = self.generations()
        whole = (found for n in reversed(numbers) if (found := self.manifest(n)) is not None)
        return next(whole, None), max(numbers, default=0) + 1

    def put(self, files: Mapping[str, Path]) -> None:
        """Write local files under their keys."""
        if not files:
            return
        with self._telling("written"):
            targets = [self._path(key) for key in files]
            self._files.put([str(path) for path in files.values()], targets)

    def get(self, key: str, sha256: str, target: Path) -> None:
        """Read one file. Raises FileNotFoundError where it is gone, SystemFault where it is not
        what its name says."""
        with self._telling("read"):
            self._files.get_file(self._path(key), str(target))
        with target.open("rb") as stream:
            if stream_sha256(stream) != sha256:
                raise SystemFault(
                    f"{key} of the store {self.address.url} is damaged; attach an older copy, or "
                    "write the store anew from its home to another address",
                    retryable=False,
                )

    def create(self, manifest: Manifest) -> None:
        """Make a generation visible. Raises StoreTakenError where there is one of that number."""
        path, content = self._manifest_path(manifest.generation), manifest_text(manifest).encode()
        try:
            with self._telling("written", missing_is_gone=False):
                if self.address.protocol in ("file", "local"):
                    _create_locally(Path(path), content)
                else:
                    self._files.pipe_file(path, content, mode="create")
        except FileExistsError:
            raise StoreTakenError(
                f"another process has written generation {manifest.generation} of the store "
                f"{self.address.url} at the same time",
                retryable=False,
            ) from None

    def prune(self, now: datetime, *, keep: int = KEEP, grace: timedelta = GRACE) -> int:
        """Remove generations beyond the newest `keep` that are older than `grace`, then the data
        that no generation names and that is as old; how many files of data.

        Where a manifest that stays cannot be read, nothing is removed.
        """
        numbers = self.generations()
        old = [n for n in numbers[:-keep] if self._is_old(n, now - grace)]
        if not old:
            return 0
        kept = [self.manifest(n) for n in numbers if n not in old]
        if any(manifest is None for manifest in kept):
            return 0
        named = {key for manifest in kept if manifest is not None for key in manifest.data()}
        with self._telling("pruned"):
            self._files.rm([self._manifest_path(n) for n in old])
            gone = [path for path, key in self._data_before(now - grace) if key not in named]
            if gone:
                self._files.rm(gone)
        return len(gone)

    def _is_old(self, generation: int, moment: datetime) -> bool:
        found = self.manifest(generation)
        return found is None or found.written_at < moment

    def _data_before(self, moment: datetime) -> Iterator[tuple[str, str]]:
        """(path, key) of the data that was written before a moment; without a time, none was."""
        for folder in ("tables", "files"):
            for path, facts in self._files.find(self._path(folder), detail=True).items():
                written = facts.get("LastModified", facts.get("mtime", facts.get("created")))
                if isinstance(written, (int, float)):
                    written = datetime.fromtimestamp(written, UTC)
                if isinstance(written, datetime) and written < moment:
                    yield path, path[path.rindex(f"/{folder}/") + 1 :]

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _manifest_path(self, generation: int) -> str:
        return self._path(f"{_MANIFESTS}/{generation:08d}.json")

    @contextmanager
    def _telling(self, what: str, *, missing_is_gone: bool = True) -> Iterator[None]:
        """Libraries' errors as ours, without secrets; one of a missing file as it is."""
        try:
            yield
        except (PaydagError, FileExistsError):
            raise
        except Exception as error:
            if isinstance(error, FileNotFoundError) and missing_is_gone and what == "read":
                raise
            text = self._redactor.clean(" ".join(str(error).split()))[:300]
            said = f"the store {self.address.url} cannot be {what}: {text or type(error).__name__}"
            if isinstance(error, (PermissionError, FileNotFoundError)) or _unknown_to(error):
                raise UsageError(f"{said}; mend the address or the credentials") from error
            raise SystemFault(said) from error


def _unknown_to(error: Exception) -> bool:
    """Whether a library of S3 has found no credentials to go with."""
    return type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError")


def _create_locally(path: Path, content: bytes) -> None:
    """A whole file under a name that nothing has, or FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links; a half manifest is seen to be none
            with path.open("xb") as file:
                file.write(content)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
