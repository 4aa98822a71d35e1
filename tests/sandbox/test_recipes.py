"""A setup runs once a recipe, away from this machine, and a failed one says where and why."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tasks.domain.boxes import Limits
from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.sandbox import recipes
from tasks.sandbox.dependencies import content_digest
from tasks.sandbox.images import Image, find, prune, published
from tasks.sandbox.owners import labels as owned
from tasks.sandbox.recipes import Recipe, image_for, with_image
from tasks.sandbox.shutting import host_addresses

ROOT: Final = Path(__file__).resolve().parents[2]


class Kitchen:
    """Makes images for one test under a label of its own; they are gone afterwards."""

    def __init__(self, engine: Any, base: str) -> None:
        self.engine, self.base, self.label = engine, base, f"test-{uuid4().hex[:12]}"
        self.made: list[Image] = []

    def environment(self, *setup: str, base: str = "") -> Environment:
        return Environment(kind="tests", base=base or self.base, setup=setup)

    def cook(self, *setup: str, files: bytes = b"", base: str = "", **how: Any) -> Image:
        environment = self.environment(*setup, base=base)
        image = image_for(self.engine, environment, self.label, dependencies=files, **how)
        self.made.append(image)
        return image

    def fault(self, *setup: str, **how: Any) -> str:
        with pytest.raises(SystemFault) as raised:
            self.cook(*setup, **how)
        assert not raised.value.retryable
        assert self.left() == []
        return str(raised.value)

    def shown(self, image: Image, command: str) -> str:
        """What a command says in the image."""
        said: bytes = self.engine.containers.run(
            image.image_id, ["sh", "-c", command], network_mode="none", remove=True
        )
        return said.decode()

    def left(self) -> list[str]:
        """The containers and networks of this test."""
        mine = {"filters": {"label": f"paydag.label={self.label}"}}
        networks = self.engine.networks.list(**mine)
        return [x.name for x in (*self.engine.containers.list(all=True, **mine), *networks)]

    def clean(self) -> None:
        mine = {"filters": {"label": f"paydag.label={self.label}"}}
        for container in self.engine.containers.list(all=True, **mine):
            container.remove(force=True, v=True)
        for network in self.engine.networks.list(**mine):
            network.remove()
        for image in reversed(self.made):
            if find(self.engine, image.reference) is not None and image.reference != self.base:
                self.engine.api.remove_image(image.reference)


@pytest.fixture
def kitchen(engine: Any, base_image: str) -> Iterator[Kitchen]:
    made = Kitchen(engine, base_image)
    yield made
    made.clean()


def tar_of(files: dict[str, str], *, mode: int = 0o644, at: int = 0, uid: int = 0) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime, entry.uid = len(text), mode, at, uid
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def test_the_setup_runs_beside_the_dependency_files_and_stays_in_the_image(
    kitchen: Kitchen,
) -> None:
    files = tar_of({"needs/list.txt": "left-pad\n", "a/b/c": "", "a/d": ""})
    lines = ("id -u > a/who", "cp needs/list.txt /opt/had; touch /tmp/gone")
    image = kitchen.cook(*lines, files=files)
    shown = kitchen.shown(image, "cat /opt/had; ls -A /tmp; cd /workspace; find . -type f; ls -A *")
    assert shown == "left-pad\n./a/who\nwho\n"
    assert kitchen.left() == []
    before, after = (
        kitchen.engine.images.get(name).attrs for name in (kitchen.base, image.reference)
    )
    assert after["RootFS"]["Layers"][:-1] == before["RootFS"]["Layers"]
    same = ("Cmd", "Env", "WorkingDir")
    assert [after["Config"][key] for key in same] == [before["Config"][key] or "/" for key in same]
    assert not after["Config"]["Entrypoint"]
    labels = after["Config"]["Labels"]
    recipe = labels.pop("paydag.recipe")
    assert labels.pop("paydag.base") == kitchen.base
    assert (set(labels), set(labels.values())) == (set(owned("")), {""})
    assert image.digest == f"recipe-sha256:{recipe}"
    assert image.reference == f"paydag/env:{recipe[:16]}"


def test_an_environment_gets_the_image_of_its_setup_and_of_its_dependency_files(
    kitchen: Kitchen,
) -> None:
    tree = tar_of({"a/lock.json": "1", "lock.json": "2", "src/main.py": "3"})
    setup = (f": {uuid4()}", "find . -type f | sort > /seen")
    given = kitchen.environment(*setup).model_copy(update={"dependencies": ("**/lock.json",)})
    made = with_image(given, kitchen.label, tree)
    image = published(kitchen.engine, made, kitchen.label)
    kitchen.made.append(image)
    assert kitchen.shown(image, "cat /seen") == "./a/lock.json\n./lock.json\n"
    assert made == given.model_copy(
        update={"image": image.reference, "base": None, "setup": (), "dependencies": ()}
    )
    assert with_image(given, kitchen.label, tree_with_more(tree)) == made
    keep = [tag for other in kitchen.engine.images.list() for tag in other.tags]
    assert image.reference not in prune(kitchen.engine, set(keep) - {image.reference})


def tree_with_more(tree: bytes) -> bytes:
    packed = io.BytesIO(tree)
    with tarfile.open(fileobj=packed, mode="a") as archive:
        archive.addfile(tarfile.TarInfo("src/other.py"))
    return packed.getvalue()


_BUILD: Final = """
import json, sys, docker
from tasks.domain.instances import Environment
from tasks.sandbox.recipes import image_for
client = docker.from_env()
environment = Environment.model_validate_json(sys.argv[1])
print(image_for(client, environment, sys.argv[2]).image_id)
client.close()
"""


def in_a_process(kitchen: Kitchen, *setup: str) -> "subprocess.Popen[str]":
    given = kitchen.environment(*setup).model_dump_json()
    return subprocess.Popen(
        [sys.executable, "-c", _BUILD, given, kitchen.label],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_processes_that_need_the_same_recipe_make_it_once(kitchen: Kitchen) -> None:
    setup = (f": {uuid4()}", "cat /proc/sys/kernel/random/uuid > /made; sleep 0.5")
    builders = [in_a_process(kitchen, *setup) for _ in range(3)]
    ids = {builder.communicate(timeout=60)[0].strip() for builder in builders}
    assert ids == {kitchen.cook(*setup).image_id}


def test_a_builder_that_is_killed_leaves_the_recipe_to_the_next(kitchen: Kitchen) -> None:
    setup = (f": {uuid4()}", "sleep 2")
    builder = in_a_process(kitchen, *setup)
    deadline = time.monotonic() + 30
    while len(kitchen.left()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(kitchen.left()) >= 2  # with the labels that a reaper goes by
    os.killpg(builder.pid, signal.SIGKILL)
    builder.communicate()
    kitchen.cook(*setup)


def test_a_recipe_is_named_by_all_that_decides_its_image_and_nothing_else() -> None:
    base = Image("a/b:c", "sha256:1", "sha256:2", "amd64")
    files = content_digest(tar_of({"a": "1", "b": "2"}))
    recipe = Recipe(base, ("make",), files)
    same = [
        Recipe(replace(base, reference="a/b:d", digest="sha256:3"), ("make",), files),
        Recipe(base, ("make",), content_digest(tar_of({"b": "2", "a": "1"}, at=9, uid=7))),
        Recipe(base, ("make",), content_digest(tar_of({"./a": "1", "./b": "2"}))),
    ]
    assert {other.recipe_digest for other in same} == {recipe.recipe_digest}
    assert recipe.reference == f"paydag/env:{recipe.recipe_digest[:16]}"
    others = [
        Recipe(replace(base, image_id="sha256:9"), ("make",), files),
        Recipe(replace(base, architecture="arm64"), ("make",), files),
        Recipe(base, ("make", "make"), files),
        Recipe(base, ("make",), content_digest(b"")),
        Recipe(base, ("make",), content_digest(tar_of({"a": "1", "b": "3"}))),
        Recipe(base, ("make",), content_digest(tar_of({"a": "1", "c": "2"}))),
        Recipe(base, ("make",), content_digest(tar_of({"a": "1", "b": "2"}, mode=0o755))),
    ]
    assert len({recipe.recipe_digest, *(other.recipe_digest for other in others)}) == 8


def test_a_failed_setup_names_image_line_and_last_words_and_is_not_tried_again(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = (f"echo {uuid4()}", "seq 40; echo to stderr >&2; no-such-program --now", "echo never")
    said = kitchen.fault(*setup)
    head, _, last = said.partition(" and ends with:\n")
    assert head.startswith(
        f"the setup on the image {kitchen.base} failed: line 2 ({setup[1]}) ended with the exit "
        "code 127; its log is "
    )
    lines = [line.strip() for line in last.splitlines()]
    assert lines[-2:] == ["to stderr", "/bin/sh: 1: no-such-program: not found"]
    assert len(lines) == 15
    log = Path(head.rpartition(" its log is ")[2]).read_text()
    assert log.startswith(f"$ {setup[0]}\n")
    assert "\n7\n" in log
    monkeypatch.setattr(recipes, "_made", pytest.fail)
    assert kitchen.fault(*setup) == said


@pytest.mark.parametrize(
    ("line", "limits", "timeout_s", "why"),
    [
        ("sleep 60", Limits(), 1.0, "and those before took longer than 1 s"),
        ("sleep 60 & wait", Limits(), 1.0, "and those before took longer than 1 s"),
        ("head -c 60M /dev/zero > /big; sleep 60", Limits(disk_mb=40), 60.0, "more than 40 MB"),
        ("head -c 99M /dev/zero | tail", Limits(memory_mb=32), 60.0, "more than 32 MB of memory"),
    ],
    ids=["time", "children", "disk", "memory"],
)
def test_a_setup_past_its_limits_is_ended(
    kitchen: Kitchen, line: str, limits: Limits, timeout_s: float, why: str
) -> None:
    setup = (f": {uuid4()}", line)
    said = kitchen.fault(*setup, limits=limits, timeout_s=timeout_s)
    assert "line 2 (" in said
    assert why in said.partition("; its log is")[0]


_REACH: Final = """
import json, socket, sys
KEYS = ("CapE", "NoNe")
def reach(address, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.settimeout(3)
        try:
            probe.connect(address)
        except OSError as error:
            return type(error).__name__
        return "reached"
routes = [line.split() for line in open("/proc/net/route")][1:]
gateway = next(socket.inet_ntoa(bytes.fromhex(r[2])[::-1]) for r in routes if r[1] == "00000000")
port, hosts = int(sys.argv[1]), sys.argv[2].split()
print(json.dumps({
    "host": {host: reach((host, port)) for host in (gateway, *hosts)},
    "metadata": reach(("169.254.169.254", 80)),
    "out": reach(("198.51.100.7", 80), socket.SOCK_DGRAM),
    "rights": [line.split()[1] for line in open("/proc/self/status") if line[:4] in KEYS],
}))
"""


def test_a_setup_has_a_way_out_and_none_to_this_machine(kitchen: Kitchen) -> None:
    """By construction: its loopback is its own, and the machine's addresses are cut off before
    the first line. On a datagram socket, connecting only asks for a route."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        hosts = ["127.0.0.1", *host_addresses()]
        port = server.getsockname()[1]
        assert len(hosts) > 1
        socket.create_connection((hosts[0], port)).close()  # it is there
        line = f"python3 reach.py {port} '{' '.join(hosts)}' > /reached"
        image = kitchen.cook(f": {uuid4()}", line, files=tar_of({"reach.py": _REACH}))
    found = json.loads(kitchen.shown(image, "cat /reached"))
    assert set(found["host"]) > set(hosts)
    assert "reached" not in found["host"].values()
    assert (found["metadata"], found["out"]) == ("OSError", "reached")
    rights, no_new = found["rights"]
    assert (int(rights, 16) & (1 << 12 | 1 << 13 | 1 << 21), no_new) == (0, "1")


def test_python_alone_can_cut_a_setup_off_and_without_a_tool_it_does_not_run(
    kitchen: Kitchen,
) -> None:
    no_perl = kitchen.cook("rm -f /usr/bin/perl*")
    no_python = kitchen.cook("rm -f /usr/bin/python3*", base=no_perl.reference)
    said = kitchen.fault("echo never", base=no_python.reference)
    assert said.startswith(f"the image {no_python.reference} has none of ip, perl and python3")
