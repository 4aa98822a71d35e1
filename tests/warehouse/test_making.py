"""Files of a warehouse that were being made when the process died or the disk was full."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.warehouse import FILES, Warehouse, ensure

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("size", [0, 4096, 8192])
def test_a_file_without_its_headers_is_made_anew(tmp_path: Path, size: int) -> None:
    whole = Warehouse(tmp_path / "whole")
    ensure(whole, NOW)
    broken = Warehouse(tmp_path / "broken")
    ensure(broken, NOW)
    headers = whole.path("eval").read_bytes()[:size]
    broken.path("eval").write_bytes(headers)
    ensure(broken, NOW)
    with broken.read(*FILES) as session:
        assert session.tuples("SELECT count(*) FROM eval.runs") == [(0,)]


def test_a_file_that_is_whole_is_never_taken_for_a_stub(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    ensure(warehouse, NOW)
    before = [warehouse.path(name).stat().st_ino for name in FILES]
    ensure(warehouse, NOW)
    assert [warehouse.path(name).stat().st_ino for name in FILES] == before
