"""What every sandbox promises of its boxes, whichever it is."""

import tarfile
import time
from collections.abc import Iterator

import pytest

from tasks.domain.boxes import CUT, OUTPUT_CAP, BoxFile
from tasks.domain.errors import DataError
from tasks.domain.instances import Environment
from tasks.domain.protocols import Box
from tasks.sandbox import sandbox_named
from tests.sandbox.starting import SMALL, said, sh
from tests.sandbox.tars import tar_of


@pytest.fixture(params=["process", "docker"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    image = request.getfixturevalue("base_image") if request.param == "docker" else None
    environment = Environment(kind="tests", image=image, trusted=True, limits=SMALL)
    with sandbox_named(request.param).start(environment, "contract") as started:
        yield started


def test_a_command_runs_in_the_workspace_with_its_words_in_order(box: Box) -> None:
    box.put_text("a/b.txt", "hello\r\n")
    result = sh(box, "cat a/b.txt; echo bad >&2; ls; exit 3")
    assert (result.exit_code, result.output) == (3, "hello\r\nbad\na\n")
    assert (result.timed_out, result.killed) == (False, None)


def test_a_command_that_does_not_exist_is_an_exit_code(box: Box) -> None:
    result = box.run(["no-such-command"], 5)
    assert (result.exit_code, result.timed_out, result.killed) == (127, False, None)
    assert "no-such-command" in result.output


def test_a_command_reads_what_it_is_given_and_else_nothing(box: Box) -> None:
    assert sh(box, "cat", stdin=b"in\0put").output == "in\0put"
    assert sh(box, "cat").output == ""
    large = b"x" * 3_000_000
    assert sh(box, "wc -c", stdin=large).output.strip() == "3000000"
    for script in (
        "exec <&-; sleep 0.2; echo unread",
        "echo unread",
        "head -c 9 >/dev/null; echo unread",
    ):
        assert sh(box, script, stdin=large).output == "unread\n"


def test_variables_are_given_on_top_of_a_small_environment(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    result = box.run(["/bin/sh", "-c", "env"], 5, env={"GIVEN": "a b"})
    assert "GIVEN=a b\n" in result.output
    assert "PYTHONHASHSEED=0\n" in result.output
    assert "secret" not in result.output


def test_a_timeout_ends_the_command_and_what_it_started(box: Box) -> None:
    began = time.monotonic()
    result = sh(box, "sleep 600 & echo started; sleep 600", timeout_s=1)
    assert result.timed_out
    assert result.exit_code != 0
    assert result.output == "started\n"
    assert time.monotonic() - began < 15


def test_output_is_cut_at_the_cap_and_says_so(box: Box) -> None:
    assert said(box, f"head -c {OUTPUT_CAP + 1} /dev/zero | tr '\\0' x") == "x" * OUTPUT_CAP + CUT
    assert said(box, f"head -c {OUTPUT_CAP} /dev/zero | tr '\\0' x") == "x" * OUTPUT_CAP


def test_output_that_is_no_text_is_still_text(box: Box) -> None:
    assert said(box, r"printf 'a\377\000b'") == "a\ufffd\x00b"


def test_a_service_goes_on_until_the_box_is_stilled(box: Box) -> None:
    box.serve(["/bin/sh", "-c", "while :; do echo x >>beats; sleep 0.05; done"])
    for _ in range(100):
        if (box.get_text("beats") or "").count("x") > 2:
            break
        time.sleep(0.05)
    assert (box.get_text("beats") or "").count("x") > 2
    box.still()
    beats = box.get_text("beats")
    time.sleep(0.3)
    assert box.get_text("beats") == beats
    box.still()
    assert said(box, "echo goes on") == "goes on\n"


OUTSIDE = ["../out", "a/../../out", "/tmp/paydag-out", "", ".", "..", "a/.."]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_workspace(box: Box, path: str) -> None:
    box.put_text("a/kept.txt", "kept")
    with pytest.raises(DataError, match="outside the workspace"):
        box.put_file(path, b"x")
    with pytest.raises(DataError, match="outside the workspace"):
        box.get_file(path)
    with pytest.raises(DataError, match="outside the workspace"):
        box.remove(path)
    assert box.get_text("a/kept.txt") == "kept"


def test_no_link_is_followed_out_of_the_workspace(box: Box) -> None:
    said(box, "ln -s /etc out; ln -s /etc/passwd one; ln -s /etc/passwd two")
    with pytest.raises(DataError, match="outside the workspace"):
        box.get_file("out/passwd")
    with pytest.raises(DataError, match="outside the workspace"):
        box.remove("out/passwd")
    assert box.get_file("one") is None
    box.put_text("one", "ours")
    box.remove("two")
    assert (box.get_text("one"), said(box, "ls")) == ("ours", "one\nout\n")


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../x", b"../../../x"])
def test_no_link_is_put_that_leads_out_of_the_workspace(box: Box, target: bytes) -> None:
    with pytest.raises(DataError, match="leads out of the workspace"):
        box.put_file("a/link", target, "120000")


@pytest.mark.parametrize("tar", [tar_of(("../out", b"x")), tar_of(("link", "../../x"))])
def test_no_tar_leads_out_of_the_workspace(box: Box, tar: bytes) -> None:
    with pytest.raises((DataError, tarfile.FilterError)):
        box.put_tar(tar)


def test_a_file_is_put_with_its_bytes_and_mode_in_place_of_anything(box: Box) -> None:
    said(box, "mkdir -p folder/sub; echo x >folder/sub/file; echo x >file; ln -s folder link")
    box.put_file("a/run.sh", b"#!/bin/sh\necho ran\n", "100755")
    box.put_file("a/link", b"../plain.txt", "120000")
    box.put_file("plain.txt", b"\0\xff\r\n")
    for path in ("link/theirs", "folder", "file/below/it"):
        box.put_file(path, b"ours")
        assert box.get_text(path) == "ours"
    assert said(box, "./a/run.sh; readlink a/link; test ! -x plain.txt && echo plain") == (
        "ran\n../plain.txt\nplain\n"
    )
    file = box.get_file("plain.txt")
    assert file is not None
    assert file.content == b"\0\xff\r\n"


def test_a_tar_is_unpacked_with_its_folders_and_links(box: Box) -> None:
    box.put_tar(tar_of(("a", None), ("a/b.txt", b"b"), ("a/link", "b.txt"), ("empty", None)))
    box.put_tar(tar_of(("a/c.txt", b"c")))
    assert said(box, "cat a/link a/c.txt; ls -d empty") == "bcempty\n"


def test_files_are_read_whole_or_not_at_all(box: Box) -> None:
    box.put_text("a.txt", "12345")
    said(box, "mkdir folder; mkfifo fifo; truncate -s 9M huge; mkdir -p b/c; echo x >b/c/d")
    assert box.get_text("a.txt", max_bytes=5) == "12345"
    assert box.get_text("a.txt", max_bytes=4) is None
    for path in ("folder", "fifo", "huge", "none", "none/none", "a.txt/below"):
        assert box.get_file(path) is None
    assert box.get_text("b/c/d") == "x\n"


def test_files_are_stamped_by_the_clock_that_tells_the_time(box: Box) -> None:
    before = box.now()
    said(box, "echo x >made")
    made = box.get_file("made")
    assert isinstance(made, BoxFile)
    assert before <= made.modified_at <= box.now() + 0.05


def test_removing_takes_files_and_folders_and_minds_no_absence(box: Box) -> None:
    box.put_text("a/b/c.txt", "c")
    box.put_text("d.txt", "d")
    said(box, "mkdir -p mine/deep && echo x >mine/deep/file && chmod 700 mine")
    for path in ("d.txt/below", "a", "d.txt", "mine", "none.txt", "none/none.txt"):
        box.remove(path)
    assert said(box, "ls") == ""


def test_given_folders_are_made_and_can_be_written_to(box: Box) -> None:
    box.put_text("kept/a.txt", "a", role="grader")
    box.put_text("out/sub/a.txt", "a", role="grader")
    box.give(["new/deep", "out"], "code")
    said(box, "echo b >new/deep/b.txt && echo b >out/sub/a.txt && echo b >out/b.txt")
    assert (box.get_text("out/sub/a.txt"), box.get_text("kept/a.txt")) == ("b\n", "a")


def test_the_workspace_comes_out_whole_as_a_tar(box: Box) -> None:
    box.put_text("a/b.txt", "hello")
    box.put_file("run.sh", b"#!/bin/sh\n", "100755")
    sh(box, "ln -s a/b.txt link; ln a/b.txt second; mkdir empty")
    found = {}
    with box.archive() as packed:
        assert packed is not None
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                name = member.name.removeprefix("./")
                found[name] = content.read() if content is not None else member.linkname
    del found["." if "." in found else ""]
    # Which of two names of one file comes first, and holds it, is the packer's affair.
    names = {"a/b.txt", "second"}
    held = {name: found.pop(name) for name in names}
    assert [content for content in held.values() if isinstance(content, bytes)] == [b"hello"]
    assert found == {"a": "", "empty": "", "link": "a/b.txt", "run.sh": b"#!/bin/sh\n"}
    told = {name: box.get_file(name) for name in ("run.sh", "a/b.txt")}
    assert {n: f.is_program for n, f in told.items() if f} == {"run.sh": True, "a/b.txt": False}
