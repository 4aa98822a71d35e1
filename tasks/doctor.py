"""What a machine needs and what is wrong with it, line by line, and what to do."""

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from tasks.checks import Check, broken, missing, ok
from tasks.domain.errors import UsageError
from tasks.home_checks import left_behind, server, up, warehouse
from tasks.sandbox.engine import engine_version
from tasks.setting_checks import settings
from tasks.settings import github_access

__all__ = ["Check", "examine"]

_PYTHON: Final = (3, 11)
# That of Debian 11; with older ones nobody has tried.
_GIT: Final = (2, 30)
_FREE_BYTES: Final = 2 * 1024**3
_SPARE_BYTES: Final = 512 * 1024**2


def examine(home: Path) -> list[Check]:
    """Every check, in the order a person would mend them."""
    found, engine = _docker()
    return [
        _python(),
        _git(),
        _packages(),
        _disk(home),
        _temporary(),
        settings(),
        warehouse(home),
        server(home),
        up(home),
        engine,
        left_behind(with_engine=found),
        *_tokens(),
    ]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if tuple(sys.version_info) >= _PYTHON:
        return ok("python", found, required=True)
    return missing("python", found, "install Python 3.11 or newer", required=True)


def _git() -> Check:
    path = shutil.which("git")
    if path is None:
        return missing("git", "not on the path", "install git", required=True)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)\.(\d+)", said)
    if number is None or (int(number[1]), int(number[2])) < _GIT:
        wanted = ".".join(map(str, _GIT))
        told = said.strip() or "it does not say its version"
        return broken("git", f"{path}: {told}", f"install git {wanted} or newer")
    return ok("git", f"{path} ({number[0]})", required=True)


def _packages() -> Check:
    """Whether every library is there in a version that this paydag works with."""
    wrong = []
    wanted = [Requirement(line) for line in requires("paydag") or ()]
    for one in wanted:
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is not installed")
            continue
        if not one.specifier.contains(found, prereleases=True):
            wrong.append(f"{one.name} is {found}, wanted {one.specifier}")
    if wrong:
        return broken("packages", "; ".join(wrong), "run `make setup`, or install paydag again")
    return ok("packages", f"prefect {version('prefect')}, duckdb {version('duckdb')}, ...")


def _disk(home: Path) -> Check:
    place = next(p for p in [home, *home.parents] if p.exists())
    free = shutil.disk_usage(place).free
    detail = f"{_gib(free)} free at {place}"
    if free >= _FREE_BYTES:
        return ok("disk", detail, required=True)
    return missing("disk", detail, "free at least 2 GiB, or choose another --home", required=True)


def _temporary() -> Check:
    try:
        place = tempfile.gettempdir()
    except FileNotFoundError:
        return broken("temporary folder", "none can be written to", "name one with TMPDIR")
    free = shutil.disk_usage(place).free
    if free >= _SPARE_BYTES:
        return ok("temporary folder", f"{_gib(free)} free at {place}")
    return broken(
        "temporary folder",
        f"{_gib(free)} free at {place}",
        "free at least 0.5 GiB there, or name another folder with TMPDIR",
    )


def _gib(size: int) -> str:
    return f"{size / 1024**3:.1f} GiB"


def _docker() -> tuple[bool, Check]:
    """(whether an engine answers, its line)."""
    try:
        found, why = engine_version()
    except UsageError as error:
        advice = "set DOCKER_HOST to an address, or unset it"
        return False, broken("docker", str(error), advice)
    if found:
        return True, ok("docker", found)
    advice = "start a Docker engine, or set DOCKER_HOST, for real sandboxes"
    return False, missing("docker", why, advice)


def _tokens() -> list[Check]:
    tokens = len(github_access().tokens)
    if tokens:
        return [ok("GITHUB_TOKEN", "set" if tokens == 1 else f"{tokens} tokens")]
    return [missing("GITHUB_TOKEN", "not set", "set it to collect from GitHub; archives need none")]
