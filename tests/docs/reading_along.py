"""A reader who types what a page says: a checkout of their own, one shell, a fresh home."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from tests.docs.pages import ROOT, Block, Command, commands_in, fits

_PAYDAG: Final = Path(sys.executable).with_name("paydag")
_FOLDERS: Final = ("flows", "tasks", "datasets", "tests")
_FILES: Final = ("pyproject.toml", "prefect.yaml", "automations.yaml", "README.md")

# Tests beside this one compile modules, and rename what is done.
_BEING_WRITTEN: Final = shutil.ignore_patterns("*.pyc.*")


def checkout(folder: Path) -> Path:
    """A copy of what a checkout holds, compiled files and all: a page may change it."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=_BEING_WRITTEN)
    for name in _FILES:
        shutil.copy2(ROOT / name, folder / name)
    return folder


@dataclass
class Reader:
    """One shell in a checkout, with the environment of tests on its path, as after `make setup`."""

    folder: Path
    environment: Mapping[str, str]
    shell: "subprocess.Popen[str]"

    @classmethod
    def begin(cls, folder: Path, environment: Mapping[str, str]) -> "Reader":
        programs = str(Path(sys.executable).parent)
        own = {
            "HOME": str(folder.parent),
            "PATH": f"{programs}{os.pathsep}{environment['PATH']}",
            "PYTHONPATH": str(folder),
            "PYTEST_DEBUG_TEMPROOT": str(folder.parent),  # pages run tests, too
        }
        whole = {**environment, **own}
        shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=whole,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return cls(folder, whole, shell)

    def follow(self, block: Block) -> None:
        """Do what a block asks for. Raises AssertionError with its place where that comes out
        otherwise than it shows."""
        if block.file is not None:
            self._write(block, block.file)
        elif block.word == "console":
            for command in commands_in(block.text):
                self._type(block, command)

    def _write(self, block: Block, name: str) -> None:
        if block.word == "diff":
            applied = subprocess.run(
                ["git", "apply", "--recount", "-C1", "-"],
                cwd=self.folder,
                input=block.text,
                capture_output=True,
                text=True,
                check=False,
            )
            assert applied.returncode == 0, f"{block.place}: {applied.stderr}"
            return
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")

    def _type(self, block: Block, command: Command) -> None:
        printed, code = self.run(command.text)
        seen = "\n".join(printed)
        said = f"{block.place}: $ {command.text}\nprinted, with exit code {code}:\n{seen}"
        assert code == command.exit_code, said
        if command.shown:
            assert fits(command.shown, printed), f"{said}\n\nThe page shows something else."

    def run(self, text: str) -> tuple[list[str], int]:
        """(lines printed on either stream, exit code)."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        mark = f"end-{uuid4().hex}"
        self.shell.stdin.write(f"{{ {text}\n}} </dev/null\nprintf '\\n%s %s\\n' {mark} $?\n")
        self.shell.stdin.flush()
        printed: list[str] = []
        for line in self.shell.stdout:
            if line.startswith(mark):
                return printed, int(line.split()[1])
            printed.append(line.rstrip("\n"))
        raise AssertionError(f"the shell ended in: {text}\n" + "\n".join(printed))

    def end(self) -> None:
        """Whatever the page left running ends, the server of the home as well."""
        os.killpg(self.shell.pid, signal.SIGKILL)
        self.shell.communicate()
        if (self.folder / ".paydag").is_dir():
            lone = {k: v for k, v in self.environment.items() if not k.startswith("PREFECT_")}
            subprocess.run([_PAYDAG, "down"], cwd=self.folder, env=lone, check=True)
