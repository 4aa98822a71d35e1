"""What hidden tests change of a base, as a patch that puts exactly them in place."""

import pytest

from tasks.domain.errors import DataError
from tasks.domain.instances import HiddenFile, hidden_file
from tasks.repos import Mirror
from tests.repos.patches import BASE, files_in


def result(mirror: Mirror, base: str, *files: HiddenFile) -> dict[str, tuple[str, bytes]]:
    patch = mirror.overlay_patch(base, files)
    assert mirror.applies(base, patch)
    patched = mirror.patched(base, patch, ())
    assert patched.refusal == ""
    return files_in(patched.tar)


def test_new_changed_and_deleted_files_of_every_kind_are_in_it(mirror: Mirror, base: str) -> None:
    files = (
        hidden_file("tests/test_a.py", b"new text\n"),
        hidden_file("tests/new \u00e4.py", b"no newline", "100755"),
        hidden_file("tests/golden.bin", bytes(range(256))),
        hidden_file("tests/link", b"test_a.py", "120000"),
        hidden_file("tests/deep/test_b.py", None),
        hidden_file("tests/never was.py", None),
    )
    expected = dict(BASE) | {f.path: (f.mode, f.content) for f in files if f.content is not None}
    expected.pop("tests/deep/test_b.py")
    assert result(mirror, base, *files) == expected


def test_where_a_folder_was_there_may_be_a_file(mirror: Mirror, base: str) -> None:
    files = (hidden_file("tests/deep/test_b.py", None), hidden_file("tests/deep", b"flat\n"))
    found = result(mirror, base, *files)
    assert found["tests/deep"] == ("100644", b"flat\n")
    assert "tests/deep/test_b.py" not in found


def test_files_that_are_there_already_change_nothing(mirror: Mirror, base: str) -> None:
    same = hidden_file("tests/test_a.py", BASE["tests/test_a.py"][1])
    assert mirror.overlay_patch(base, [same]) == ""


def test_a_base_that_is_not_there_is_named(mirror: Mirror) -> None:
    with pytest.raises(DataError, match="does not hold the commit '0000"):
        mirror.overlay_patch("0" * 40, [])
