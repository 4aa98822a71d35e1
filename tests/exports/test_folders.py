"""The folder of an export is whole or not there, and what is not ours in it is left alone."""

import json
from pathlib import Path

import pytest

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.exporting import MANIFEST
from tasks.exports.folders import check_target, write_manifest, written_beside

Files = dict[str, str]


def write(target: Path, files: Files, *, force: bool = False) -> None:
    with written_beside(target, force=force) as fresh:
        for name, text in files.items():
            file = fresh / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        write_manifest(fresh, {"format": "odd"})


def held(folder: Path) -> Files:
    names = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(f.relative_to(folder)): f.read_text() for f in names if f.name != MANIFEST}


def test_a_new_folder_appears_whole_with_its_parents(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    write(target, {"a": "1", "data/b": "2"})
    assert held(target) == {"a": "1", "data/b": "2"}
    assert [file.name for file in target.parent.iterdir()] == ["out"]
    told = json.loads((target / MANIFEST).read_text())
    assert told["format"] == "odd"
    assert told["files"]["a"] == "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"


def test_an_empty_folder_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", {"a": "1"})
    assert held(tmp_path / "out") == {"a": "1"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, UsageError, ValueError])
def test_what_fails_half_way_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def half() -> None:
        with written_beside(tmp_path / "out", force=False) as fresh:
            (fresh / "a").write_text("1")
            raise error("stop")

    with pytest.raises(error):
        half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_refused_without_force(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("dear")
    with pytest.raises(UsageError, match="is not empty; name another folder, or write over it"):
        write(tmp_path, {"a": "1"})
    assert held(tmp_path) == {"mine": "dear"}
    for force in (False, True):
        with pytest.raises(UsageError, match="mine is a file; name a folder"):
            check_target(tmp_path / "mine", force=force)


def test_force_puts_a_new_export_in_the_place_of_the_old_and_leaves_strangers(
    tmp_path: Path,
) -> None:
    target = tmp_path / "out"
    write(target, {"a": "1", "data/b": "2"})
    (target / ".git").mkdir()
    (target / ".git" / "HEAD").write_text("ref")
    (target / "mine").write_text("dear")
    write(target, {"a": "3", "c": "4"}, force=True)
    assert held(target) == {".git/HEAD": "ref", "a": "3", "c": "4", "mine": "dear"}
    assert sorted(json.loads((target / MANIFEST).read_text())["files"]) == ["a", "c"]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_manifest_cannot_name_files_outside_of_its_folder(tmp_path: Path) -> None:
    target, outside = tmp_path / "out", tmp_path / "outside"
    target.mkdir()
    outside.write_text("dear")
    listed = {"files": {"../outside": "", str(outside): ""}}
    (target / MANIFEST).write_text(json.dumps(listed))
    write(target, {"a": "1"}, force=True)
    assert outside.read_text() == "dear"
    assert held(target) == {"a": "1"}


def test_a_place_that_cannot_be_written_is_the_machines_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemFault, match="cannot be written: "):
        write(tmp_path / "file" / "out", {"a": "1"})
