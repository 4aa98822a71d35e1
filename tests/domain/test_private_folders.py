"""A folder that is a user's alone."""

import os
from pathlib import Path

import pytest

from tasks.domain.private_folders import is_private


@pytest.mark.parametrize(("mode", "private"), [(0o700, True), (0o755, True), (0o770, False),
                                               (0o702, False)])  # fmt: skip
def test_nobody_else_may_write_to_it(tmp_path: Path, mode: int, private: bool) -> None:
    tmp_path.chmod(mode)
    assert is_private(tmp_path.lstat(), os.getuid()) is private


def test_files_links_and_folders_of_others_are_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "file").touch(0o600)
    (tmp_path / "link").symlink_to(tmp_path)
    assert not is_private((tmp_path / "file").lstat(), os.getuid())
    assert not is_private((tmp_path / "link").lstat(), os.getuid())
    assert not is_private(tmp_path.lstat(), os.getuid() + 1)
