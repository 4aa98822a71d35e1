"""Whatever the engine fails at is a fault in one sentence, and never the submission's."""

import gc
import os
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

import pytest
from docker.errors import APIError

from tasks.domain.errors import SystemFault, UsageError
from tasks.sandbox import client
from tasks.sandbox.engine import check_address, engine_version
from tasks.sandbox.faults import address, fault_of
from tasks.sandbox.removals import finish_removals
from tests.sandbox.forwarding import Forwarder
from tests.sandbox.starting import box_in, inspected, left_of, sh

NOBODY: Final = 65_534


def engine_at(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")


def started(image: str = "paydag/base:1") -> None:
    with box_in(image, "ours"):
        pytest.fail("it was started")


def test_an_image_that_is_missing_is_a_fault_that_names_it(engine: Any) -> None:
    with pytest.raises(SystemFault, match="the image paydag/none:7 is missing"):
        started("paydag/none:7")


def test_no_engine_is_a_fault_that_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine_at(monkeypatch, tmp_path / "none.sock")
    with pytest.raises(SystemFault) as fault:
        started()
    assert str(fault.value) == (
        f"there is no Docker engine at unix://{tmp_path}/none.sock: install Docker Engine and "
        "start it, or set DOCKER_HOST"
    )
    assert not fault.value.retryable


@pytest.mark.parametrize(
    "given",
    [
        *("garbage", "tcp://bad:xx", "tcp://host", "tcp://:1", "tcp://h:99999", "localhost:2375"),
        *("unix://", "unix:/x", "unix://x/y", "ftp://x:1", "://", "tcp://[::1"),
    ],
)
def test_what_is_no_address_of_an_engine_is_the_users_mistake(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", given)
    said = (
        f"DOCKER_HOST is {given!r}, which is no address of a Docker engine: it looks like "
        "unix:///var/run/docker.sock or tcp://HOST:2375"
    )
    for ask in (started, engine_version, check_address):
        with pytest.raises(UsageError) as mistake:
            ask()
        assert str(mistake.value) == said


@pytest.mark.parametrize(
    "given",
    [
        *("unix:///var/run/docker.sock", "tcp://10.0.0.1:2375", "tcp://[::1]:2376"),
        *("http://host:80", "ssh://me@host", "npipe:////./pipe/docker_engine"),
    ],
)
def test_addresses_of_engines_are_taken(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", given)
    assert address() == given


def test_an_engine_that_does_not_run_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "left.sock"))
    engine_at(monkeypatch, tmp_path / "left.sock")
    with pytest.raises(SystemFault, match=r"left\.sock is not running: start it$"):
        started()


def test_an_engine_that_does_not_answer_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    engine_at(monkeypatch, tmp_path / "deaf.sock")
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen(5)
        with pytest.raises(SystemFault, match="did not answer in time: cannot begin") as fault:
            started()
    assert fault.value.retryable


def refused_to_nobody(socket_path: Path) -> str:
    """What a process that may not use the socket is told, by one of another user where this one
    may do everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.environ["DOCKER_HOST"] = f"unix://{socket_path}"
            with client.lent():
                os.write(writing, b"it was let in")
        except SystemFault as fault:
            os.write(writing, f"{fault.retryable} {fault}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


def test_a_permission_that_is_missing_is_a_fault() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as closed:
        path = Path(folder) / "closed.sock"
        path.parent.chmod(0o755)
        closed.bind(str(path))
        closed.listen()
        path.chmod(0)
        assert refused_to_nobody(path) == (
            f"False permission to use the Docker engine at unix://{path} is denied: add yourself "
            "to the group that owns its socket (`docker`), and log in again"
        )


def test_a_full_disk_of_the_engine_is_a_fault() -> None:
    error = APIError("500", explanation="write /var/lib/docker: no space left on device")
    assert str(fault_of(error, "make the box of ours")) == (
        "the disk of the Docker engine is full: cannot make the box of ours; make room, or remove "
        "images after use with --prune"
    )


# Where it cannot connect, the SDK leaves its socket to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_engine_that_dies_while_a_command_runs_is_a_fault(
    engine: Any, base_image: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forwarder = Forwarder(tmp_path / "engine.sock", address().removeprefix("unix://"))
    engine_at(monkeypatch, tmp_path / "engine.sock")
    timer = threading.Timer(1.0, forwarder.cut)

    def run_until_it_dies() -> None:
        with box_in(base_image, "dying") as box:
            timer.start()
            sh(box, "sleep 20")

    with pytest.raises(SystemFault, match="the Docker engine at unix://"):
        run_until_it_dies()
    finish_removals()
    monkeypatch.undo()
    # Its box could not be removed; the next start of this process does it.
    assert left_of(engine, "dying") != []
    with box_in(base_image, "next"):
        assert left_of(engine, "dying") == []
    gc.collect()


def test_a_box_that_somebody_removes_is_a_fault(engine: Any, base_image: str) -> None:
    with box_in(base_image, "removed") as box:
        found = inspected(engine, "removed")["Id"]
        timer = threading.Timer(0.5, lambda: engine.api.remove_container(found, force=True))
        timer.start()
        with pytest.raises(SystemFault):
            sh(box, "sleep 20")
        timer.join()


def test_a_file_of_a_box_that_somebody_ended_is_not_just_missing(
    engine: Any, base_image: str
) -> None:
    with box_in(base_image, "ended") as box:
        box.put_text("report", "x")
        assert box.get_text("report") == "x"
        engine.api.kill(inspected(engine, "ended")["Id"])
        for look in (lambda: box.get_file("report"), lambda: sh(box, "echo x")):
            with pytest.raises(SystemFault, match="was ended from outside"):
                look()
    with box_in(base_image, "ended") as box:
        box.put_text("report", "x")
        assert box.get_text("report") == "x"
        engine.api.remove_container(inspected(engine, "ended")["Id"], force=True)
        with pytest.raises(SystemFault, match="somebody removed the container"):
            box.get_file("report")
