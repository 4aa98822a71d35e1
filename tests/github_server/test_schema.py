"""The schema is fetched once, and where it cannot be had the reason is said."""

import os
import stat
from pathlib import Path

import pytest

from tests.github_server import schema


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def _npm(folder: Path, script: str) -> None:
    """A program of that name, alone on the path."""
    npm = folder / "bin" / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)


def test_without_npm_the_reason_names_it(empty_cache: Path) -> None:
    with pytest.raises(schema.SchemaMissingError, match="npm is not installed"):
        schema.schema_file()


def test_a_failing_npm_is_the_reason_and_leaves_nothing(empty_cache: Path) -> None:
    _npm(empty_cache, "exit 7")
    with pytest.raises(schema.SchemaMissingError, match=r"npm pack .* failed"):
        schema.schema_file()
    assert os.listdir(schema.cache_folder()) == ["schema.lock"]


def test_what_npm_packs_is_kept_for_the_next_time(empty_cache: Path) -> None:
    packing = (
        'export PATH=/usr/bin:/bin; mkdir package; echo "type Query { a: Int }" > '
        "package/schema.graphql; tar -czf one.tgz package"
    )
    _npm(empty_cache, packing)
    file = schema.schema_file()
    assert file.read_text() == "type Query { a: Int }\n"
    _npm(empty_cache, "exit 7")
    assert schema.schema_file() == file


def test_the_schema_is_built_once_a_process() -> None:
    assert schema.need_schema() is schema.need_schema()
