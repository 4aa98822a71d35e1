"""`paydag doctor --clean` removes what commands that are gone left in the engine, nothing else."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from tasks.sandbox.owners import MARK, OWNER, labels, owner
from tests.flows.command import Paydag, clean_environment


def test_what_a_dead_command_left_goes_and_what_a_live_one_has_stays(
    engine: Any, tmp_path: Path
) -> None:
    dead = owner().split(":", 2)
    dead[1] = "1"  # a process of this id that started at another moment
    kept = engine.volumes.create(f"paydag-kept-{uuid4().hex[:8]}", labels=labels("ours"))
    paydag = Paydag(clean_environment(), tmp_path)
    host = {"DOCKER_HOST": os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")}
    told = False
    try:
        # A command of another test that starts in between cleans up as well, and before this one.
        for _ in range(5):
            gone = engine.volumes.create(
                f"paydag-gone-{uuid4().hex[:8]}", labels={MARK: "1", OWNER: ":".join(dead)}
            )
            cleaned = paydag.json("doctor", "--clean", home=tmp_path / "home", **host)["cleaned"]
            names = {volume.name for volume in engine.volumes.list()}
            assert (gone.name in names, kept.name in names) == (False, True)
            assert not any(kept.name in name for name in cleaned)
            told = f"volume {gone.name}" in cleaned
            if told:
                break
        assert told
        again = paydag("doctor", "--clean", home=tmp_path / "home", **host)
        assert gone.name not in again.out
    finally:
        kept.remove()


def test_without_an_engine_cleaning_is_one_sentence(tmp_path: Path) -> None:
    paydag = Paydag(clean_environment(), tmp_path)
    finished = paydag("doctor", "--clean", "--json", home=tmp_path / "home")
    assert (finished.code, finished.out, finished.err.count("\n")) == (1, "", 1)
    assert "there is no Docker engine at" in finished.err
