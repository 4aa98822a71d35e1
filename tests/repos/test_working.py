"""What was done to a base is read off the files, whatever they are and whoever packed them."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import Worked
from tasks.repos import Mirror
from tasks.repos.working import FILE_BYTES
from tests.repos.files import BEFORE, LINK, MODULE, PARTS, PLAIN, PROGRAM, Files, changed
from tests.repos.histories import Repository
from tests.repos.patches import BASE, files_in, without_modules

OFTEN = (PLAIN, b"the same\n")


def packed(files: Files, *more: tarfile.TarInfo) -> bytes:
    """As an engine packs a folder: names begin with `./`, second names are links."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, (mode, content) in files.items():
            entry = tarfile.TarInfo(f"./{path}")
            entry.mode = int(mode, 8) & 0o777
            if mode == LINK:
                entry.type, entry.linkname = tarfile.SYMTYPE, content.decode()
                archive.addfile(entry)
            elif mode != MODULE:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        for entry in more:
            archive.addfile(entry)
    return whole.getvalue()


def second_name(path: str, first: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(f"./{path}")
    entry.type, entry.linkname = tarfile.LNKTYPE, f"./{first}"
    return entry


def worked(mirror: Mirror, base: str, tar: bytes, *left_out: str) -> Worked:
    @contextmanager
    def files() -> Iterator[IO[bytes]]:
        yield io.BytesIO(tar)

    return mirror.worked(base, files, left_out)


def result(mirror: Mirror, base: str, tar: bytes, *left_out: str) -> tuple[Files, list[str]]:
    """The files that the patch makes of the base, and the paths that were left out."""
    found = worked(mirror, base, tar, *left_out)
    if not found.patch:
        return files_in(mirror.archive(base)), [path for path, _ in found.left_out]
    patched = mirror.patched(base, found.patch, ())
    assert patched.refusal == ""
    return files_in(patched.tar), [path for path, _ in found.left_out]


def test_every_kind_of_change_is_a_patch_that_makes_it_again(
    repository: Repository, mirror: Mirror
) -> None:
    base = repository.commit(BEFORE)
    modules = {path for path, (mode, _) in changed(BEFORE, *PARTS).items() if mode == MODULE}
    after = {p: e for p, e in changed(BEFORE, *PARTS).items() if p not in modules}
    assert result(mirror, base, packed(after)) == (after, [])


def test_files_as_they_were_are_no_change(repository: Repository, mirror: Mirror) -> None:
    base = repository.commit(BEFORE)
    assert worked(mirror, base, packed(without_modules(BEFORE))) == Worked("")


def test_git_s_own_files_and_what_the_base_ignores_are_no_work(
    repository: Repository, mirror: Mirror
) -> None:
    rules = {".gitignore": (PLAIN, b"*.log\nbuild/\n!kept.log\n"), "a/.gitignore": (PLAIN, b"x\n")}
    base = repository.commit(BASE | rules)
    new = {
        **dict.fromkeys((".git/config", "a/.git/hooks/pre-commit", ".GIT/x", "git~1/x"), OFTEN),
        **dict.fromkeys(("one.log", "build/deep/out.txt", "a/x", "report.xml", "b/TASK.md"), OFTEN),
    }
    kept = {"kept.log": OFTEN, "x": OFTEN, "b/build": OFTEN}
    after = BASE | rules | kept
    tar = packed(after | new)
    assert result(mirror, base, tar, "report.xml", "b/TASK.md") == (after, [])


def test_ignore_rules_that_the_work_brings_hide_nothing(
    repository: Repository, mirror: Mirror
) -> None:
    base = repository.commit(BASE)
    after = BASE | {".gitignore": (PLAIN, b"*\n"), "new.py": OFTEN}
    assert result(mirror, base, packed(after)) == (after, [])


def test_a_second_name_of_a_file_is_a_file(repository: Repository, mirror: Mirror) -> None:
    base = repository.commit(BASE | {".gitignore": (PLAIN, b"*.log\n"), "there.txt": OFTEN})
    files = BASE | {".gitignore": (PLAIN, b"*.log\n"), "there.txt": OFTEN}
    tar = packed(
        files | {"one.log": (PROGRAM, b"one\n")},
        second_name("two.txt", "one.log"),
        second_name("three.txt", "there.txt"),
        second_name("four.txt", "nowhere"),
    )
    after = files | {"two.txt": (PROGRAM, b"one\n"), "three.txt": OFTEN}
    assert result(mirror, base, tar) == (after, [])


def test_what_no_patch_may_hold_is_left_out_alone(repository: Repository, mirror: Mirror) -> None:
    base = repository.commit(BASE)
    strange: Files = {
        "out": (LINK, b"/etc/passwd"),
        "up": (LINK, b"../up"),
        "large": (PLAIN, bytes(FILE_BYTES + 1)),
        b"caf\xe9".decode(errors="surrogateescape"): OFTEN,
    }
    after = BASE | {"new.py": OFTEN}
    assert result(mirror, base, packed(after | strange)) == (
        after,
        ["caf?", "large", "out", "up"],
    )


def test_a_file_with_holes_is_not_read_to_its_end(repository: Repository, mirror: Mirror) -> None:
    base = repository.commit(BASE)
    holes = tarfile.TarInfo("./holes")
    holes.size = 1 << 50
    with pytest.raises(DataError, match="the workspace holds more than"):
        worked(mirror, base, holes.tobuf(tarfile.GNU_FORMAT) + packed(BASE))


def test_a_tar_that_breaks_off_deletes_nothing(repository: Repository, mirror: Mirror) -> None:
    base = repository.commit(BASE)
    whole = packed(BASE | {"z.bin": (PLAIN, bytes(90_000))})
    with pytest.raises(SystemFault, match="cannot be read to their end"):
        worked(mirror, base, whole[:60_000])
