"""Hostile answers, from a predictions file to the verdict: none is paid, none does harm."""

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tasks.sandbox.removals import finish_removals
from tests.repos.files import NOISE, PLAIN
from tests.sandbox.arena import LABEL, Arena, made_arena, with_code
from tests.sandbox.attacks import FORGERIES, TAMPERED_FILES
from tests.sandbox.escapes import ESCAPES, escaping
from tests.sandbox.exhaustion import EXHAUSTION
from tests.sandbox.hostile_patches import PATCHES

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@pytest.fixture(scope="module")
def arena(engine: Any, base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return made_arena(tmp_path_factory.mktemp("arena"), base_image)


@pytest.fixture
def nothing_is_left(engine: Any) -> Iterator[None]:
    """Whatever was tried: no container, network, volume or file of the attack, and its answer to
    an honest neighbour's question is the same as before."""
    yield
    finish_removals()
    filters = {"label": f"paydag.label={LABEL}"}
    assert engine.api.containers(all=True, filters=filters) == []
    assert engine.api.networks(filters=filters) == []
    assert not engine.api.volumes(filters=filters)["Volumes"]
    assert not Path("/tmp/paydag-attack").exists()


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[object]]]:
    """A service of the host, on all its addresses: (port, who came)."""
    came: list[object] = []
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                came.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], came
        ended.set()
        thread.join()


def test_the_reference_is_paid_and_the_base_is_not(arena: Arena) -> None:
    gold = arena.task.reference.gold_patch or ""
    assert arena.judged(gold).outcome == "resolved"
    assert arena.judged(arena.program("pass")).reason == "tests_failed"


@pytest.mark.parametrize("attack", FORGERIES)
def test_a_lie_about_the_tests_is_not_paid(arena: Arena, attack: str) -> None:
    verdict = arena.judged(arena.program(FORGERIES[attack]))
    assert verdict.outcome == "unresolved", verdict


@pytest.mark.parametrize("attack", TAMPERED_FILES)
def test_a_file_that_decides_how_tests_run_is_not_paid(arena: Arena, attack: str) -> None:
    verdict = arena.judged(arena.patch(with_code(TAMPERED_FILES[attack])))
    assert verdict.outcome == "unresolved", verdict


@pytest.mark.parametrize("attack", ["a conftest.py at the top", "a pytest.ini", "a .pth file"])
def test_a_right_answer_is_paid_without_what_it_brings_along(arena: Arena, attack: str) -> None:
    right = {"app.py": "def total(a, b):\n    return b + a\n"}
    verdict = arena.judged(arena.patch(with_code(TAMPERED_FILES[attack] | right)))
    assert verdict.outcome == "resolved", verdict


@pytest.mark.parametrize("attack", EXHAUSTION)
def test_what_takes_all_there_is_costs_itself_alone(arena: Arena, attack: str) -> None:
    with ThreadPoolExecutor() as beside:
        neighbour = beside.submit(arena.judged, arena.task.reference.gold_patch or "")
        verdict = arena.judged(arena.program(EXHAUSTION[attack]))
        assert verdict.outcome == "unresolved", verdict
        assert neighbour.result().outcome == "resolved"


@pytest.mark.parametrize("attack", ESCAPES)
def test_there_is_nothing_to_find_and_no_way_out(
    arena: Arena, listener: tuple[int, list[object]], tmp_path: Path, attack: str
) -> None:
    port, came = listener
    program = arena.program(escaping(ESCAPES[attack], port, tmp_path))
    verdict = arena.patient().judged(program)
    assert (verdict.outcome, verdict.reason) == ("unresolved", "tests_failed"), verdict
    assert came == []


@pytest.mark.parametrize("attack", PATCHES)
def test_a_patch_that_no_git_writes_harms_nobody(arena: Arena, attack: str) -> None:
    verdict = arena.judged(PATCHES[attack])
    assert verdict.outcome == "unresolved", verdict


def test_huge_and_binary_patches_are_judged_like_others(arena: Arena) -> None:
    right = ("app.py", (PLAIN, b"def total(a, b):\n    return b + a\n"))
    noise = (PLAIN, NOISE * 500 + os.urandom(2_000_000))
    assert arena.judged(arena.patch({"noise.bin": noise})).outcome == "unresolved"
    assert arena.judged(arena.patch(dict([right, ("noise.bin", noise)]))).outcome == "resolved"
    lines = (PLAIN, b"# a line of no use\n" * 2_000_000)
    assert arena.judged(arena.patch({"long.py": lines})).outcome == "unresolved"
