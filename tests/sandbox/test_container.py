"""A container box is confined, its roles are kept apart, and nothing of it stays."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from tasks.domain.boxes import Limits, ModelAccess
from tasks.domain.errors import SystemFault
from tasks.domain.protocols import Box
from tasks.sandbox import sandbox_named
from tasks.sandbox.container import ContainerSandbox
from tests.sandbox.starting import (
    SMALL,
    box_in,
    environment_in,
    inspected,
    left_of,
    mine,
    running,
    said,
    sh,
    soon,
)
from tests.sandbox.tars import tar_of


@pytest.fixture(scope="module")
def box(engine: Any, base_image: str) -> Iterator[Box]:
    """One box that several tests look at; what each leaves is no matter to the next."""
    with box_in(base_image, "shared") as started:
        yield started


def test_the_engine_is_told_to_confine_the_box(engine: Any, box: Box) -> None:
    told = inspected(engine, "shared")
    host = told["HostConfig"]
    assert {
        "network": host["NetworkMode"],
        "ipc": host["IpcMode"],
        "dropped": host["CapDrop"],
        "added": host["CapAdd"] or [],
        "security": host["SecurityOpt"],
        "privileged": host["Privileged"],
        "read only": host["ReadonlyRootfs"],
        "memory": host["Memory"],
        "with swap": host["MemorySwap"],
        "pids": host["PidsLimit"],
        "cpu": host["CpuQuota"] / host["CpuPeriod"],
        "log": host["LogConfig"]["Type"],
        "binds": host["Binds"] or [],
        "devices": host["Devices"] or [],
        "mounts": [(m["Type"], m["Destination"]) for m in told["Mounts"]],
        "tmpfs": list(host["Tmpfs"]),
    } == {
        "network": "none",
        "ipc": "private",
        "dropped": ["ALL"],
        "added": [],
        "security": ["no-new-privileges"],
        "privileged": False,
        "read only": True,
        "memory": SMALL.memory_mb << 20,
        "with swap": SMALL.memory_mb << 20,
        "pids": SMALL.pids + 2,
        "cpu": SMALL.cpus,
        "log": "none",
        "binds": [],
        "devices": [],
        "mounts": [("volume", "/workspace")],
        "tmpfs": ["/tmp"],
    }


@pytest.mark.parametrize("role", ["code", "grader"])
def test_a_command_has_no_rights(box: Box, role: Any) -> None:
    status = said(box, "grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid)' /proc/self/status", role=role)
    facts = dict(line.split(":", 1) for line in status.splitlines())
    user = "10001" if role == "code" else "10002"
    assert {name: value.split() for name, value in facts.items()} == {
        "Uid": [user] * 4,
        **{f"Cap{kind}": ["0" * 16] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")},
        "NoNewPrivs": ["1"],
        "Seccomp": ["2"],
    }


def test_nothing_of_this_machine_is_in_reach(box: Box) -> None:
    assert said(box, "ls /sys/class/net") == "lo\n"
    assert sh(box, "ls /var/run/docker.sock /run/docker.sock /host").exit_code == 2
    assert sh(box, "touch /made || touch /usr/bin/made || touch /var/tmp/made").exit_code == 1
    assert sh(box, "unshare -U true").exit_code != 0
    assert sh(box, "mount -t tmpfs none /tmp").exit_code != 0
    for signal in (9, 10, 15):  # the keeper cannot be ended
        assert sh(box, f"kill -{signal} 1 || kill -{signal} -1; sleep 0.1").exit_code in (0, 1, 137)
    assert said(box, "echo lives") == "lives\n"


def test_the_image_s_own_start_and_health_check_do_not_run(engine: Any, box: Box) -> None:
    told = inspected(engine, "shared")["Config"]
    assert told["Healthcheck"] == {"Test": ["NONE"]}
    assert told["Entrypoint"][0] == "/bin/sh"
    assert told["User"] == "10003:10003"
    assert running(engine, "shared") == []


def test_what_the_grader_puts_code_can_read_and_not_change(box: Box) -> None:
    box.put_text("tests/deep/test_a.py", "a", role="grader")
    box.put_file("tests/run", b"#!/bin/sh\necho ran\n", "100755", role="grader")
    assert said(box, "cat tests/deep/test_a.py; tests/run") == "aran\n"
    for script in (
        "echo x >tests/deep/test_a.py",
        "rm tests/deep/test_a.py",
        "touch tests/deep/new",
        "mv tests other",
        "rm -rf tests",
        "chmod 777 tests",
        "ln -s /tmp tests/deep/link",
    ):
        assert sh(box, script).exit_code != 0, script
    assert said(box, "cat tests/deep/test_a.py; echo made >new; cat new") == "amade\n"


def test_code_cannot_touch_what_the_grader_s_commands_made_or_run(box: Box) -> None:
    said(box, "echo mine >report; umask 077; echo secret >closed", role="grader")
    assert sh(box, "echo forged >report").exit_code != 0
    assert sh(box, "rm -f report closed; cat closed").exit_code != 0
    assert said(box, "cat report closed", role="grader") == "mine\nsecret\n"


def test_a_run_beside_a_service_leaves_the_service_and_nothing_else(
    engine: Any, base_image: str
) -> None:
    with box_in(base_image, "beside") as box:
        box.serve(["/bin/sh", "-c", "sleep 601 & exec sleep 602"])
        result = sh(box, "setsid sleep 603 >/dev/null 2>&1 & sleep 604 & echo ran", role="grader")
        assert result.output == "ran\n"
        assert sorted(running(engine, "beside")) == ["sleep 601", "sleep 602"]
        assert sh(box, "kill -9 -1; sleep 0.1; echo here", role="grader").output == "here\n"
        assert len(running(engine, "beside")) == 2
        assert sh(box, "sleep 605", 0.5, role="grader").timed_out
        assert sorted(running(engine, "beside")) == ["sleep 601", "sleep 602"]
        box.still()
        assert running(engine, "beside") == []


def test_everything_is_gone_afterwards(engine: Any, base_image: str) -> None:
    with box_in(base_image, "gone"):
        assert len(left_of(engine, "gone")) == 2  # the container and its workspace
    assert left_of(engine, "gone") == []
    with pytest.raises(RuntimeError), box_in(base_image, "gone"):
        raise RuntimeError
    assert left_of(engine, "gone") == []


def test_boxes_of_several_threads_do_not_meet(base_image: str) -> None:
    together = threading.Barrier(4, timeout=60)

    def own(number: int) -> str:
        with box_in(base_image, f"thread-{number}") as box:
            box.put_text("mine", str(number))
            together.wait()
            return said(box, "cat mine; ls; ps 2>/dev/null | grep -c sleep || true")[:6]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(own, range(4))) == [f"{n}mine\n" for n in range(4)]


def test_the_digest_of_the_image_is_known(engine: Any, base_image: str, box: Box) -> None:
    assert box.image == engine.images.get(base_image).id


def test_a_box_with_a_way_out_needs_a_model(base_image: str) -> None:
    start = sandbox_named("docker").start(
        environment_in(base_image), "ours-7", network="model-only"
    )
    with pytest.raises(
        SystemFault, match="ours-7 asks for the network model-only, but no"
    ) as fault:
        start.__enter__()
    assert not fault.value.retryable


class Model(BaseHTTPRequestHandler):
    """Notes the key it was asked with, and repeats it."""

    asked_with: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked_with.append(str(self.headers.get("Authorization")))
        body = self.asked_with[-1].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing: tests print nothing."""


def test_a_box_with_a_way_out_asks_its_model_and_holds_no_key(base_image: str) -> None:
    script = (
        "import os, urllib.request; address = os.environ['PAYDAG_MODEL_URL'] + '/models'\n"
        "print(urllib.request.urlopen(address).read().decode(), 'key' in str(os.environ))"
    )
    with HTTPServer(("127.0.0.1", 0), Model) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        sandbox = ContainerSandbox(ModelAccess(base_url=url, key=SecretStr("the-key")))
        environment = environment_in(base_image)
        with sandbox.start(environment, mine("asking"), network="model-only") as box:
            assert box.run(["python3", "-c", script], 30).output == "Bearer xxxxxxx False\n"
            assert Model.asked_with == ["Bearer the-key"]
            assert said(box, "ls /sys/class/net") == "lo\n"
        server.shutdown()


@pytest.fixture
def kept_image(engine: Any, base_image: str) -> Iterator[str]:
    """An image with a file in its workspace, as a setup leaves it, and a volume."""
    name = f"paydag-test/kept-{os.getpid()}"
    container = engine.api.create_container(base_image, "true")["Id"]
    try:
        engine.api.put_archive(container, "/", tar_of(("workspace", None)))
        engine.api.put_archive(container, "/workspace", tar_of(("installed", b"by the setup")))
        engine.api.commit(
            container, f"paydag-test/kept-{os.getpid()}", "1", changes=["VOLUME /data"]
        )
    finally:
        engine.api.remove_container(container, force=True, v=True)
    yield f"{name}:1"
    engine.api.remove_image(f"{name}:1")


def test_what_a_setup_left_in_the_workspace_stays_there(engine: Any, kept_image: str) -> None:
    with box_in(kept_image, "kept") as box:
        box.put_text("tests/a", "a", role="grader")
        box.give(["out"], "code")
        assert said(box, "cat installed tests/a; echo x >out/x; ls -ld . | cut -c1-10") == (
            "by the setupadrwxrwxrwt\n"
        )
        assert sh(box, "echo x >installed").exit_code != 0
        assert "tmpfs" in said(box, "df /data")  # what an image calls a volume has a cap as well
        box.remove("installed")
        box.put_text("new", "n")
        assert said(box, "ls; cat new out/x") == "new\nout\ntests\nnx\n"
        assert inspected(engine, "kept")["Mounts"] == []
    assert left_of(engine, "kept") == []


def test_the_published_contract_runs_as_root_without_its_rights(base_image: str) -> None:
    with box_in(base_image, "published", kind="swelancer") as box:
        assert said(box, "id -u; grep CapEff /proc/self/status; echo x >/made && cat /made") == (
            "0\nCapEff:\t0000000000000000\nx\n"
        )
        assert sh(box, "kill -9 1; kill -9 -1; sleep 0.1; echo here").output.endswith("here\n")
        sh(box, "sleep 600 >/dev/null 2>&1 & echo left")
        assert said(box, "echo lives") == "lives\n"


def test_asking_for_the_docker_sandbox_costs_the_command_line_no_import() -> None:
    script = "import sys, tasks.sandbox; sys.exit('docker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_smallest_limits_start_a_box(engine: Any, base_image: str) -> None:
    least = Limits(cpus=0.5, memory_mb=16, pids=8, disk_mb=1, scratch_mb=1)
    with box_in(base_image, "least", least) as box:
        assert said(box, "echo small") == "small\n"
        assert soon(lambda: running(engine, "least") == [])
