"""The command line as a user has it: a process of its own, its streams and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OURS = ("PREFECT_", "PAYDAG_", "GITHUB_", "KAGGLE_", "UPWORK_", "COVERAGE_")
NO_ENGINE = "unix:///nowhere/docker.sock"
# The installed script beside the interpreter that runs the tests.
_PAYDAG = Path(sys.executable).with_name("paydag")


def clean_environment(**added: str) -> dict[str, str]:
    """This process's environment without what would steer Prefect or paydag, and a fixed width.

    There is no Docker engine in it: whether one runs beside the tests must not change them.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    fixed = {"COLUMNS": "100", "DO_NOT_TRACK": "1", "DOCKER_HOST": NO_ENGINE}
    return kept | fixed | added


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object on stdout; anything beside it is a mistake."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Paydag:
    """Runs `paydag` from a folder that is nobody's home."""

    environment: Mapping[str, str]
    folder: Path

    def __call__(
        self, *arguments: str | Path, home: Path | None = None, **environment: str
    ) -> Finished:
        process = self.start(*arguments, home=home, **environment)
        out, err = process.communicate(timeout=150)
        return Finished(process.returncode, out, err)

    def json(self, *arguments: str | Path, home: Path, **environment: str) -> dict[str, Any]:
        """The answer of a command that must succeed."""
        finished = self(*arguments, "--json", home=home, **environment)
        assert (finished.code, finished.err) == (0, "")
        return finished.answer

    def start(
        self, *arguments: str | Path, home: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        """The same without waiting; the process leads a group of its own."""
        where = ["--home", str(home)] if home is not None else []
        return subprocess.Popen(
            [_PAYDAG, *map(str, arguments), *where],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
