"""GitHub's published GraphQL schema, taken from its npm package into a cache of this machine."""

import fcntl
import functools
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

PACKAGE = "@octokit/graphql-schema"
VERSION = "15.26.1"
_MEMBER = "package/schema.graphql"
_PATIENCE_SECONDS = 120


class SchemaMissingError(Exception):
    """The schema cannot be had on this machine; the text is the reason."""


def cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "paydag-tests"


@functools.cache
def github_schema() -> GraphQLSchema:
    """The schema, built once a process (a second or two). Raises SchemaMissingError."""
    sdl = schema_file().read_text(encoding="utf-8")
    return build_schema(sdl, assume_valid=True, assume_valid_sdl=True)


def schema_file() -> Path:
    """Where the schema's text lies, after fetching it if need be. Raises SchemaMissingError."""
    folder = cache_folder()
    file = folder / f"github-schema-{VERSION}.graphql"
    if not file.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder / "schema.lock"):
                if not file.is_file():  # another process may have fetched it meanwhile
                    _fetch(file)
        except OSError as error:
            raise SchemaMissingError(f"{folder} cannot be written: {error.strerror}") from error
    return file


@functools.cache
def schema_or_skip_reason() -> GraphQLSchema | str:
    """The schema, or why there is none."""
    try:
        return github_schema()
    except SchemaMissingError as missing:
        return str(missing)


def need_schema() -> GraphQLSchema:
    """The schema; skips the test, with the reason, where it cannot be had."""
    found = schema_or_skip_reason()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch(file: Path) -> None:
    if shutil.which("npm") is None:
        raise SchemaMissingError(f"npm is not installed, it fetches GitHub's schema ({PACKAGE})")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        command = ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent", "--ignore-scripts"]
        command.append("--fetch-retries=1")
        try:
            subprocess.run(
                command, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE_SECONDS
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            what = f"npm pack {PACKAGE}@{VERSION} failed"
            raise SchemaMissingError(f"{what} ({type(error).__name__})") from error
        fetched = Path(folder) / file.name
        fetched.write_bytes(_member(Path(folder)))
        fetched.replace(file)


def _member(folder: Path) -> bytes:
    archives = sorted(folder.glob("*.tgz"))
    if len(archives) != 1:
        raise SchemaMissingError(f"npm pack left {len(archives)} archives instead of one")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile(_MEMBER)
        if member is None:
            raise SchemaMissingError(f"{PACKAGE}@{VERSION} holds no {_MEMBER}")
        return member.read()
