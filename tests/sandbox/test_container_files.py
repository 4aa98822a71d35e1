"""Whatever lies in a box, and whatever is put there, files come and go whole and nowhere else."""

import io
import os
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.protocols import Box
from tasks.sandbox.clock import seconds
from tests.sandbox.starting import box_in, said, sh
from tests.sandbox.tars import tar_of


@pytest.fixture(scope="module")
def shared(engine: Any, base_image: str) -> Iterator[Box]:
    with box_in(base_image, "files") as started:
        yield started


@pytest.fixture
def box(shared: Box) -> Box:
    """One box for all; its workspace is empty at first."""
    sh(shared, "chmod -R u+rwx .")
    for name in sh(shared, "ls -A").output.split():
        shared.remove(name)
    assert said(shared, "ls -A") == ""
    return shared


def python(box: Box, script: str) -> str:
    result = box.run(["python3", "-c", script], 30)
    assert result.exit_code == 0, result.output
    return result.output


def test_only_plain_files_are_read(box: Box) -> None:
    python(
        box,
        "import os, socket\n"
        "os.mkfifo('fifo'); os.mkdir('folder'); os.symlink('fifo', 'to_fifo')\n"
        "os.symlink('/dev/zero', 'zero'); os.symlink('loop', 'loop'); os.symlink('plain', 'to')\n"
        "socket.socket(socket.AF_UNIX).bind('socket'); open('plain', 'w').write('p')\n"
        "os.link('plain', 'hard')",
    )
    found = {name: box.get_text(name) for name in said(box, "ls").split()}
    assert found == {
        **dict.fromkeys(("fifo", "folder", "to_fifo", "zero", "loop", "to", "socket")),
        "plain": "p",
        "hard": "p",
    }


def test_closed_files_are_read_and_huge_ones_are_not(box: Box) -> None:
    said(box, "echo x >closed; chmod 000 closed; truncate -s 900G huge; head -c 9M /dev/zero >big")
    assert box.get_text("closed") == "x\n"
    assert (box.get_file("huge"), box.get_file("big")) == (None, None)
    file = box.get_file("big", max_bytes=10 << 20)
    assert file is not None
    assert file.content == bytes(9 << 20)


@pytest.mark.parametrize("path", ["a/link/file", "link/file", "link/none", "link/a/b"])
def test_no_link_on_the_way_is_followed(box: Box, path: str) -> None:
    said(box, "mkdir -p a real/a; echo x >real/file; ln -s ../real a/link; ln -s real link")
    for look in (box.get_file, box.remove):
        with pytest.raises(DataError, match="behind the link"):
            look(path)
    assert said(box, "cat real/file") == "x\n"


def test_names_of_any_bytes_are_carried(box: Box) -> None:
    names = [b"\xff\xfe", "ä €".encode(), b"new\nline", b"%2e%2e", b"a?b#c", b"-rf", b"x" * 250]
    for name in names:
        box.put_file(os.fsdecode(name), name)
    listed = python(box, "import os; print(sorted(os.listdir(b'.')))")
    assert listed.strip() == repr(sorted(names))
    for name in names[1:]:
        file = box.get_file(os.fsdecode(name))
        assert file is not None
        assert file.content == name
    with pytest.raises(DataError, match="cannot be read out of a box"):
        box.get_file(os.fsdecode(names[0]))
    for name in names:
        box.remove(os.fsdecode(name))
    assert said(box, "ls -A") == ""


def test_folders_and_links_in_the_way_make_room_and_nothing_behind_them_changes(box: Box) -> None:
    said(
        box, "mkdir -p real/sub; echo x >real/kept; ln -s real link; ln -s /tmp away; mkdir locked"
    )
    said(box, "echo x >locked/file; chmod 000 locked; echo x >/tmp/theirs")
    for path in ("link/kept", "away/theirs", "real/sub", "locked/file"):
        box.put_text(path, "ours", role="grader")
    assert said(box, "cat link/kept away/theirs real/sub locked/file real/kept /tmp/theirs") == (
        "oursoursoursoursx\nx\n"
    )
    assert sh(box, "echo x >link/kept").exit_code != 0


def test_what_was_put_last_counts_before_anything_ran(engine: Any, base_image: str) -> None:
    with box_in(base_image, "order") as box:
        box.put_text("a", "file")
        box.put_text("a/b", "below")
        box.put_text("c/d", "below")
        box.put_text("c", "file")
        box.put_tar(tar_of(("t/one", b"1"), ("t/two", b"2"), ("report", b"old"), ("l", "t/one")))
        box.put_text("t/one", "1b", role="grader")
        box.put_text("l/below", "no link")
        box.remove("report")
        box.remove("t/two")
        box.give(["t"], "code")
        box.put_text("t/three", "3", role="grader")
        assert said(box, "find . -type f | sort; cat a/b c t/one l/below; echo x >t/one") == (
            "./a/b\n./c\n./l/below\n./t/one\n./t/three\nbelowfile1bno link"
        )
        assert sh(box, "echo x >t/three").exit_code != 0


def test_modes_and_owners_of_a_tar_do_not_matter(box: Box) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, mode, kind in (
            ("d", 0o000, tarfile.DIRTYPE),
            ("d/setuid", 0o6755, tarfile.REGTYPE),
            ("d/open", 0o666, tarfile.REGTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.mode, member.type, member.uid, member.uname = mode, kind, 4711, "nobody"
            archive.addfile(member)
    box.put_tar(file.getvalue(), role="grader")
    assert said(box, "stat -c '%n %a %u:%g' d d/setuid d/open") == (
        "d 755 0:0\nd/setuid 755 0:0\nd/open 644 0:0\n"
    )


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_a_tar_holds_files_folders_and_links_only(box: Box, kind: bytes) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("odd")
        member.type, member.linkname = kind, "../../etc/passwd"
        archive.addfile(member)
    with pytest.raises(DataError, match="neither a file, a folder nor a link"):
        box.put_tar(file.getvalue())
    with pytest.raises(DataError, match="a tar cannot be read"):
        box.put_tar(b"no tar" * 100)


def test_long_paths_and_large_trees_arrive(box: Box) -> None:
    deep = "/".join(["long-folder-name"] * 20) + "/file"
    box.put_tar(tar_of((deep, b"deep"), *((f"many/{n}.txt", b"%d" % n) for n in range(2000))))
    assert said(box, f"cat {deep}; ls many | wc -l; cat many/1999.txt") == "deep2000\n1999"


def test_files_that_do_not_fit_are_a_fault_that_names_the_limit(
    engine: Any, base_image: str
) -> None:
    with box_in(base_image, "tight") as box:
        box.put_file("big", bytes(100 << 20))
        with pytest.raises(
            SystemFault, match=r"do not fit into the box of tight-[0-9]+: raise limits\.disk"
        ):
            box.get_file("big")


def test_folders_change_hands_with_all_that_is_in_them(box: Box) -> None:
    box.put_text("out/deep/kept", "kept", role="grader")
    box.put_file("out/run", b"#!/bin/sh\n", "100755", role="grader")
    box.put_file("out/link", b"deep/kept", "120000", role="grader")
    box.put_text("beside", "b", role="grader")
    said(box, "true")
    box.give(["out", "new/deep"], "code")
    script = "echo more >>out/deep/kept && rm out/run out/link && touch out/made new/deep/made"
    said(box, f"test -x out/run && cat out/link && {script}")
    assert box.get_text("out/deep/kept") == "keptmore\n"
    assert sh(box, "echo x >beside || touch new/made").exit_code != 0
    box.give(["out"], "grader")
    assert box.get_text("out/deep/kept") == "keptmore\n"
    assert sh(box, "echo x >out/deep/kept || rm -rf out || touch out/x").exit_code != 0


def test_what_code_is_given_in_a_grader_s_folder_leaves_the_folder_as_it_is(box: Box) -> None:
    box.put_text("tests/a", "a", role="grader")
    said(box, "mkdir mine; ln -s mine link")
    for path in ("tests/b", "mine/b", "link/b", "fresh/b"):
        box.put_text(path, "b")
    assert said(box, "stat -c '%n %u' tests tests/* mine mine/b link/b link fresh") == (
        "tests 0\ntests/a 0\ntests/b 10001\nmine 10001\nmine/b 10001\nlink/b 10001\n"
        "link 10001\nfresh 10001\n"
    )
    assert said(box, "test -L link || ls mine") == "b\n"
    assert sh(box, "rm -f tests/a").exit_code != 0


def test_hardlinked_and_odd_files_change_hands_too(box: Box) -> None:
    said(box, "mkdir out; echo x >out/a; ln out/a out/b; mkfifo out/fifo; ln -s /etc/passwd out/l")
    box.give(["out"], "grader")
    assert said(box, "stat -c '%n %u' out out/*") == "".join(
        f"{name} 0\n" for name in ("out", "out/a", "out/b", "out/fifo", "out/l")
    )
    assert said(box, "stat -c %u /etc/passwd") == "0\n"


def test_folders_that_code_closed_are_removed(box: Box) -> None:
    said(box, "mkdir -p shut/in; echo x >shut/in/file; chmod 500 shut; chmod 700 shut/in")
    sh(box, "mkdir theirs; echo x >theirs/file", role="grader")
    box.put_text("ours/file", "x", role="grader")
    sh(box, "chmod 700 shut")
    for path in ("shut", "theirs", "ours"):
        box.remove(path)
    assert said(box, "ls -A") == ""


def test_moments_of_the_engine_are_read_to_the_last_digit() -> None:
    whole = 1_600_000_000.0
    assert [
        seconds(moment)
        for moment in (
            "2020-09-13T12:26:40Z",
            "2020-09-13T12:26:40.5Z",
            "2020-09-13T14:26:40.25+02:00",
            "2020-09-13T12:26:40.000000512Z",
        )
    ] == [whole, whole + 0.5, whole + 0.25, whole + 0.000000512]
