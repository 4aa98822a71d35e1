"""Where stages are run to be disturbed: homes to copy, and the process that forks the victims."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.soundness import assert_holds, came_to, leftovers
from tests.flows.command import clean_environment
from tests.flows.worker import ROOT


@dataclass(frozen=True)
class Ended:
    """How one child ended: killed, or by itself with 0, or with an error that it told."""

    killed: bool
    code: int | None
    seconds: float
    error: str = ""
    message: str = ""
    exit_code: int | None = None

    @property
    def finished(self) -> bool:
        return self.code == 0


@dataclass
class Arena:
    """One victim process, and a folder for what its children write beside the homes."""

    process: "subprocess.Popen[str]"
    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "Arena":
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.victim"],
                env=clean_environment(PYTHONPATH=str(ROOT), PREFECT_HOME=str(folder / "prefect")),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return cls(process, folder)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def run(
        self,
        stage: str,
        home: Path,
        given: dict[str, Any],
        *,
        after_s: float | None = None,
        alone: bool = False,
        shift_s: float = 0,
        copies: int = 1,
        **environment: str,
    ) -> Ended:
        """Run a stage in a child, and kill it after so many seconds where that is said.

        `alone` kills the child but not what it started; `shift_s` makes its clock jump. So many
        `copies` run at once, of which what ended worst is told.
        """
        beside = beside_of(home)
        beside.temporary.mkdir(parents=True, exist_ok=True)
        said = self.folder / "said.json"
        said.unlink(missing_ok=True)
        asked = {
            "stage": stage,
            "home": str(home),
            "given": given,
            "after_s": after_s,
            "alone": alone,
            "shift_s": shift_s,
            "copies": copies,
            "environment": environment,
            "tmp": str(beside.temporary),
            "log": str(self.folder / "children.log"),
            "told": str(beside.told),
            "said": str(said),
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        ended = json.loads(self.process.stdout.readline())
        told = json.loads(said.read_text()) if said.exists() else {}
        return Ended(**ended, **told)


@dataclass(frozen=True)
class Beside:
    """What lies beside a home: the temporary folder of its children; and what they told, which
    must not be on a disk that is full."""

    temporary: Path
    told: Path


def beside_of(home: Path) -> Beside:
    disk = home.parent
    return Beside(disk / f"{home.name}.tmp", disk.with_name(f"{disk.name}.told"))


@dataclass
class Trial:
    """A stage that can be run again and again from the same start."""

    arena: Arena
    stage: str
    start: Path  # a home as it is before the stage; need not be there
    given: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0  # of the undisturbed stage
    came_to: dict[str, Any] = field(default_factory=dict)
    grew: int = 0  # bytes

    def home(self, folder: Path) -> Path:
        home = folder / "home"
        folder.mkdir(parents=True, exist_ok=True)
        if self.start.exists():
            shutil.copytree(self.start, home, symlinks=True)
        return home

    def run(self, home: Path, **disturbed: Any) -> Ended:
        return self.arena.run(self.stage, home, self.given, **disturbed)

    def assert_ends_as_if_undisturbed(self, home: Path) -> None:
        """Run the stage to its end: nothing is lost, nothing twice, and nothing left behind."""
        ended = self.run(home)
        assert ended.finished, ended
        beside = beside_of(home)
        assert_holds(home, beside.told)
        assert came_to(home) == self.came_to
        assert self.arena.run("tidy", home, {}).finished
        assert leftovers(home, beside.temporary) == []


def moments(name: str, seconds: float, seed: int) -> Iterator[float]:
    """Seeded moments within the stage."""
    chance = random.Random(f"{seed} {name}")
    while True:
        yield chance.uniform(0, 1) * seconds


def bytes_of(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
