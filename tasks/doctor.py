"""What a machine needs, line by line: ok or missing, and what to do."""

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.errors import PaydagError, UsageError
from tasks.sandbox.engine import engine_version
from tasks.server import running_server
from tasks.settings import Settings, github_access
from tasks.warehouse import FILES, Warehouse

_PYTHON: Final = (3, 11)
_FREE_BYTES: Final = 2 * 1024**3


class Check(BaseModel, frozen=True, extra="forbid"):
    """One line. `required` marks what nothing works without."""

    name: str
    status: Literal["ok", "missing"]
    detail: str
    advice: str = ""
    required: bool = False


def examine(home: Path) -> list[Check]:
    """Every check, in the order a person would mend them."""
    return [
        _python(),
        _git(),
        _disk(home),
        _warehouse(home),
        _prefect(),
        _server(home),
        _docker(),
        *_tokens(),
    ]


def _ok(name: str, detail: str, *, required: bool = False) -> Check:
    return Check(name=name, status="ok", detail=detail, required=required)


def _missing(name: str, detail: str, advice: str, *, required: bool = False) -> Check:
    return Check(name=name, status="missing", detail=detail, advice=advice, required=required)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if tuple(sys.version_info) >= _PYTHON:
        return _ok("python", found, required=True)
    return _missing("python", found, "install Python 3.11 or newer", required=True)


def _git() -> Check:
    path = shutil.which("git")
    if path:
        return _ok("git", path, required=True)
    return _missing("git", "not on the path", "install git", required=True)


def _disk(home: Path) -> Check:
    place = next(p for p in [home, *home.parents] if p.exists())
    free = shutil.disk_usage(place).free
    detail = f"{free / 1024**3:.1f} GiB free at {place}"
    if free >= _FREE_BYTES:
        return _ok("disk", detail, required=True)
    return _missing("disk", detail, "free at least 2 GiB, or choose another --home", required=True)


def _warehouse(home: Path) -> Check:
    warehouse = Warehouse(home, lock_wait_s=2)
    present = [name for name in FILES if warehouse.path(name).exists()]
    if not present:
        place = next(p for p in [home, *home.parents] if p.exists())
        if not place.is_dir() or not os.access(place, os.W_OK):
            advice = "choose another --home"
            return _missing("warehouse", f"{place} takes no folder", advice, required=True)
        return _ok("warehouse", f"none yet; the first command makes it in {home}", required=True)
    try:
        with warehouse.read(*present):
            pass
    except PaydagError as error:
        return _missing("warehouse", str(error), "mend what the line says", required=True)
    return _ok("warehouse", f"{', '.join(present)} in {warehouse.folder}", required=True)


def _prefect() -> Check:
    try:
        return _ok("prefect", version("prefect"), required=True)
    except PackageNotFoundError:
        return _missing("prefect", "not installed", "run `make setup`", required=True)


def _server(home: Path) -> Check:
    chosen = Settings().prefect_api_url
    if chosen:
        return _ok("prefect server", f"PREFECT_API_URL is {chosen}")
    record = running_server(home)
    if record:
        return _ok("prefect server", f"{record.ui_url}; password in {home}/prefect/server.json")
    return _missing(
        "prefect server", "not running", "nothing to do: the next flow command starts it"
    )


def _docker() -> Check:
    try:
        found, why = engine_version()
    except UsageError as error:
        return _missing("docker", str(error), "set DOCKER_HOST to an address, or unset it")
    if found:
        return _ok("docker", found)
    return _missing("docker", why, "start a Docker engine, or set DOCKER_HOST, for real sandboxes")


def _tokens() -> list[Check]:
    tokens = len(github_access().tokens)
    if tokens:
        return [_ok("GITHUB_TOKEN", "set" if tokens == 1 else f"{tokens} tokens")]
    return [
        _missing("GITHUB_TOKEN", "not set", "set it to collect from GitHub; archives need none")
    ]
