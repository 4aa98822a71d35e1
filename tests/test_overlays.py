"""Hidden tests of a person are files and a reason, or one sentence that names the folder."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.instances import HiddenFile, Overlay
from tasks.overlays import Overlays

NAME = "ours__app-7-ic_swe"


def written(dataset: Path, files: Mapping[str, bytes], name: str = NAME) -> Path:
    folder = dataset / "hidden_tests" / name
    folder.mkdir(parents=True)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_an_overlay_holds_every_file_as_it_is(tmp_path: Path) -> None:
    files = {
        "reason.txt": b"  The fix was tested by hand.\n",
        "tests/b.py": b"b\r\n",
        "tests/a b.bin": b"\0\xff",
        "tests/empty.txt": b"",
        "tests/run.sh": b"#!/bin/sh\n",
        "tests/reason.txt": b"a file like any other\n",
        "tests/__pycache__/b.pyc": b"\0",
        ".DS_Store": b"\0",
    }
    folder = written(tmp_path, files)
    (folder / "tests" / "run.sh").chmod(0o755)
    (folder / "tests" / "link").symlink_to("b.py")
    found = Overlays(tmp_path).overlay(NAME)
    assert found == Overlay(
        files=(
            HiddenFile(path="tests/a b.bin", text=None, base64="AP8="),
            HiddenFile(path="tests/b.py", text="b\r\n"),
            HiddenFile(path="tests/empty.txt", text=""),
            HiddenFile(path="tests/link", text="b.py", mode="120000"),
            HiddenFile(path="tests/reason.txt", text="a file like any other\n"),
            HiddenFile(path="tests/run.sh", text="#!/bin/sh\n", mode="100755"),
        ),
        reason="The fix was tested by hand.",
    )
    assert Overlays(tmp_path).names() == (NAME,)


def test_without_a_folder_there_is_no_overlay(tmp_path: Path) -> None:
    for overlays in (Overlays(None), Overlays(tmp_path), Overlays(tmp_path / "none")):
        assert overlays.overlay(NAME) is None
        assert overlays.names() == ()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"tests/b.py": b"b\n"}, "hidden tests need a reason.txt"),
        ({"tests/b.py": b"b\n", "reason.txt": b" \n"}, "hidden tests need a reason.txt"),
        ({"tests/b.py": b"b\n", "reason.txt": b"\xff"}, "reason.txt cannot be read as UTF-8"),
        ({"reason.txt": b"Because."}, "there is no file beside reason.txt"),
    ],
)
def test_what_cannot_be_used_names_its_folder(
    tmp_path: Path, files: Mapping[str, bytes], words: str
) -> None:
    folder = written(tmp_path, files)
    with pytest.raises(UsageError) as refused:
        Overlays(tmp_path).overlay(NAME)
    assert words in str(refused.value)
    assert str(folder) in str(refused.value)


def test_what_is_neither_file_nor_link_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, {"reason.txt": b"Because."})
    os.mkfifo(folder / "pipe")
    with pytest.raises(UsageError, match="pipe is neither a file nor a link"):
        Overlays(tmp_path).overlay(NAME)


@pytest.mark.parametrize("name", ["ours__app-7-swe_manager", "ours-app-7-ic_swe", "7", "a b"])
def test_a_folder_that_no_instance_can_have_is_a_mistake(tmp_path: Path, name: str) -> None:
    written(tmp_path, {"reason.txt": b"Because."}, name)
    with pytest.raises(UsageError, match="no instance can have this name"):
        Overlays(tmp_path).names()
