"""The process sandbox runs trusted code only, in its own folder, and leaves nothing running."""

import io
import os
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.domain.errors import DataError, SystemFault, UsageError
from tasks.domain.instances import Environment
from tasks.domain.protocols import Box
from tasks.sandbox import ProcessSandbox, sandbox_named

TRUSTED = Environment(kind="tests", trusted=True)
PYTHON = Path(sys.executable).name


@pytest.fixture
def box() -> Iterator[Box]:
    with ProcessSandbox().start(TRUSTED, "ours") as started:
        yield started


def python(box: Box, script: str, timeout_s: float = 20) -> tuple[int, str, bool]:
    result = box.run([PYTHON, "-c", script], timeout_s)
    return result.exit_code, result.output, result.timed_out


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def is_gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


@pytest.mark.parametrize(
    "environment", [Environment(), Environment(kind="tests"), Environment(kind="swelancer")]
)
def test_code_that_is_not_trusted_is_refused_naming_docker(environment: Environment) -> None:
    with pytest.raises(SystemFault) as refused, ProcessSandbox().start(environment, "ours-7"):
        pytest.fail("it was started")
    assert str(refused.value) == (
        "ours-7 is not marked trusted: the process sandbox refuses it, it needs the Docker sandbox"
    )
    assert not refused.value.retryable


def test_a_sandbox_is_found_by_name_or_the_known_ones_are_listed() -> None:
    assert sandbox_named("process").name == "process"
    with pytest.raises(UsageError, match=r"unknown sandbox 'vm'; known: .*process"):
        sandbox_named("vm")


def test_a_command_runs_in_the_workspace_and_its_words_come_back_in_order(box: Box) -> None:
    box.put_text("a/b.txt", "hello\r\n")
    script = "import os, sys; print(open('a/b.txt', newline='').read().encode(), flush=True); "
    script += "print('bad', file=sys.stderr, flush=True); print(os.listdir()); sys.exit(3)"
    assert python(box, script) == (3, "b'hello\\r\\n'\nbad\n['a']\n", False)


def test_a_command_that_does_not_exist_is_an_exit_code(box: Box) -> None:
    result = box.run(["no-such-command"], 5)
    assert (result.exit_code, result.timed_out) == (127, False)
    assert "no-such-command" in result.output


def test_a_command_has_nothing_to_read(box: Box) -> None:
    assert python(box, "import sys; print(repr(sys.stdin.read()))") == (0, "''\n", False)


def test_a_timeout_ends_the_command_and_all_its_children(box: Box) -> None:
    script = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        "print(child.pid, flush=True); time.sleep(600)"
    )
    started = time.monotonic()
    code, output, timed_out = python(box, script, timeout_s=1.5)
    assert (code, timed_out) == (-9, True)
    assert time.monotonic() - started < 10
    assert is_gone_soon(int(output))


def test_a_child_left_behind_ends_with_its_command(box: Box) -> None:
    script = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    )
    code, output, timed_out = python(box, script)
    assert (code, timed_out) == (0, False)
    assert is_gone_soon(int(output))


def test_output_is_cut_at_the_cap_and_says_so(box: Box) -> None:
    code, output, _ = python(box, "print('x' * 3_000_000, end='')")
    assert code == 0
    assert output == "x" * 200_000 + "\n[output cut here]\n"
    assert python(box, "print('x' * 200_000, end='')")[1] == "x" * 200_000


def test_output_that_is_no_text_is_still_text(box: Box) -> None:
    script = r"import sys; sys.stdout.buffer.write(b'a\xff\x00b')"
    assert python(box, script) == (0, "a\ufffd\x00b", False)


def test_nothing_of_our_environment_reaches_a_command(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    monkeypatch.setenv("PREFECT_API_URL", "http://secret")
    monkeypatch.setenv("PYTHONPATH", "/secret")
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    _, output, _ = python(box, script)
    assert "secret" not in output
    assert os.path.expanduser("~") not in output.replace(str(Path(sys.executable).parent), "")


ESCAPES = ["../out.txt", "../../out.txt", "a/../../out.txt", "/tmp/paydag-escape.txt", "link/out"]


@pytest.mark.parametrize("path", ESCAPES)
def test_no_path_leads_out_of_the_workspace(box: Box, tmp_path: Path, path: str) -> None:
    (tmp_path / "out").write_text("theirs")
    python(box, f"import os; os.mkdir('a'); os.symlink({str(tmp_path)!r}, 'link')")
    with pytest.raises(DataError, match="outside the workspace"):
        box.put_text(path, "x")
    with pytest.raises(DataError, match="outside the workspace"):
        box.get_text(path)
    with pytest.raises(DataError, match="outside the workspace"):
        box.remove(path)
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("out", "theirs")]


@pytest.mark.parametrize("path", ["", ".", "a/..", "a/../.", ".."])
def test_the_workspace_itself_is_no_file_in_it(box: Box, path: str) -> None:
    box.put_text("a/kept.txt", "kept")
    with pytest.raises(DataError, match="outside the workspace"):
        box.remove(path)
    assert box.get_text("a/kept.txt") == "kept"


def test_a_link_is_replaced_or_removed_and_never_followed(box: Box, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("theirs")
    for name in ("one", "two", "three"):
        python(box, f"import os; os.symlink({str(theirs)!r}, {name!r})")
    box.put_text("one", "ours")
    box.remove("two")
    assert (box.get_text("one"), box.get_text("two"), box.get_text("three")) == ("ours", None, None)
    assert theirs.read_text() == "theirs"


def test_a_file_is_put_in_place_with_its_bytes_and_mode(box: Box) -> None:
    box.put_file("a/run.sh", b"\0\xff\r\n", "100755")
    box.put_file("plain.txt", b"x")
    box.put_file("a/link", b"../plain.txt", "120000")
    script = (
        "import os; print(open('a/run.sh', 'rb').read(), os.access('a/run.sh', os.X_OK), "
        "os.stat('plain.txt').st_mode & 0o111, os.readlink('a/link'))"
    )
    assert python(box, script)[1] == "b'\\x00\\xff\\r\\n' True 0 ../plain.txt\n"
    box.put_file("a/run.sh", b"now plain")
    assert python(box, "import os; print(os.stat('a/run.sh').st_mode & 0o111)")[1] == "0\n"


def test_a_file_takes_the_place_of_whatever_is_there(box: Box, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    python(box, f"import os; os.symlink({str(tmp_path)!r}, 'link')")
    box.put_text("folder/inside.txt", "x")
    box.put_text("file", "x")
    for path in ("link/theirs", "folder", "file/below/it"):
        box.put_file(path, b"ours")
        assert box.get_text(path) == "ours"
    assert (tmp_path / "theirs").read_text() == "theirs"


@pytest.mark.parametrize("path", [*ESCAPES[:-1], "", ".", ".."])
def test_no_file_is_put_outside_the_workspace(box: Box, path: str) -> None:
    with pytest.raises(DataError, match="outside the workspace"):
        box.put_file(path, b"x")


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../x", b"../../../x"])
def test_no_link_leads_out_of_the_workspace(box: Box, target: bytes) -> None:
    with pytest.raises(DataError, match="leads out of the workspace"):
        box.put_file("a/link", target, "120000")


def test_a_file_is_read_whole_or_not_at_all(box: Box) -> None:
    box.put_text("a.txt", "12345")
    assert box.get_text("a.txt", max_bytes=5) == "12345"
    assert box.get_text("a.txt", max_bytes=4) is None
    assert box.get_text("none.txt") is None
    box.put_text("folder/a.txt", "a")
    assert box.get_text("folder") is None


def test_removing_takes_files_and_folders_and_minds_no_absence(box: Box) -> None:
    box.put_text("a/b/c.txt", "c")
    box.put_text("d.txt", "d")
    for path in ("d.txt/below", "a", "d.txt", "none.txt", "none/none.txt"):
        box.remove(path)
    assert python(box, "import os; print(os.listdir())") == (0, "[]\n", False)


def _tar(name: str, target: str | None = None) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo(name)
        if target is not None:
            member.type, member.linkname = tarfile.SYMTYPE, target
        archive.addfile(member)
    return file.getvalue()


def test_a_tar_is_unpacked_and_cannot_leave_the_workspace(box: Box) -> None:
    box.put_tar(_tar("a/b.txt"))
    assert box.get_text("a/b.txt") == ""
    for tar in (_tar("../out.txt"), _tar("link", "/etc"), _tar("link", "../..")):
        with pytest.raises(tarfile.FilterError):
            box.put_tar(tar)


def test_the_workspace_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ProcessSandbox().start(TRUSTED, "ours") as box:
        box.put_text("a.txt", "a")
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError), ProcessSandbox().start(TRUSTED, "ours"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
