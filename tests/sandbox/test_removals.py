"""Boxes go beside what comes next: nobody waits for them, and none stays."""

import subprocess
import sys
import threading
from typing import Any

import pytest

from tasks.sandbox import reaper, removals
from tasks.sandbox.removals import finish_removals, remove_beside
from tests.sandbox.starting import box_in, left_of, mine

ENDING = """
import sys
from tasks.sandbox import sandbox_named
from tasks.domain.instances import Environment
environment = Environment(kind="tests", image=sys.argv[1])
with sandbox_named("docker").start(environment, sys.argv[2]):
    pass
print("ended")
"""


def test_a_process_ends_when_its_boxes_are_gone(engine: Any, base_image: str) -> None:
    command = [sys.executable, "-c", ENDING, base_image, mine("ending")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("ended\n", "")
    assert left_of(engine, "ending") == []


def test_a_box_is_left_before_it_is_gone(
    engine: Any, base_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = threading.Event()
    honest = reaper.remove

    def waiting(client: Any, container: str) -> None:
        assert may_go.wait(60)
        honest(client, container)

    monkeypatch.setattr(removals, "remove", waiting)
    with box_in(base_image, "beside"):
        pass
    filters = {"label": f"paydag.label={mine('beside')}"}
    assert len(engine.api.containers(all=True, filters=filters)) == 1
    may_go.set()
    assert left_of(engine, "beside") == []


def test_what_the_engine_would_not_remove_is_tried_again(
    engine: Any, base_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(reaper, "_went", refusing)
        with box_in(base_image, "stubborn"):
            pass
        finish_removals()
    assert len(left_of(engine, "stubborn")) == 2
    with box_in(base_image, "following"):
        assert left_of(engine, "stubborn") == []


def refusing(_: Any) -> bool:
    raise OSError("the engine is ill")


def test_so_many_dead_boxes_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    may_go, removed = threading.Event(), list[str]()

    def waiting(container: str) -> None:
        assert may_go.wait(60)
        removed.append(container)

    monkeypatch.setattr(removals, "_remove", waiting)
    names = [f"box-{number}" for number in range(removals._MOST + 1)]

    def ask() -> None:
        for name in names:
            remove_beside(name)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.5)
    assert asking.is_alive()  # the last one of them waits for its removal
    may_go.set()
    asking.join(60)
    finish_removals()
    assert sorted(removed) == sorted(names)
