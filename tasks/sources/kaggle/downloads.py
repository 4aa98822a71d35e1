"""Versions of a dataset in the cache: asked for, downloaded, verified, and only then put there."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from tasks.domain.collecting import DownloadAccess, Downloaded
from tasks.domain.columns import PostingsFile
from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.sources.kaggle.archives import check_contents
from tasks.sources.kaggle.library import Answer, Failure, Request

TIMEOUT_S: Final = 60.0
MOST_WAIT_S: Final = 30.0
MOST_BYTES: Final = 1 << 29
"""Of a dataset's zip; a table of postings packs to some megabytes."""
_MOST_SECONDS: Final = 3600.0

_PARTIAL: Final = ".partial-"
_SETTINGS_PAGE: Final = "https://www.kaggle.com/settings"
_SECRET: Final = re.compile(r"[!-~]+")


def check_credentials(access: DownloadAccess) -> None:
    """Raise UsageError where there are none, or half of them, or what cannot be any."""
    if access.token is None and access.username is None and access.key is None:
        raise UsageError(
            f"downloading from Kaggle needs a token: make one at {_SETTINGS_PAGE} and set "
            "KAGGLE_API_TOKEN=..., or set KAGGLE_USERNAME and KAGGLE_KEY; or land a file with "
            "--from kaggle=PATH"
        )
    if access.token is None and (access.username is None or access.key is None):
        there, missing = "KAGGLE_USERNAME", "KAGGLE_KEY"
        if access.username is None:
            there, missing = missing, there
        raise UsageError(f"{there} is set, but {missing} is not: Kaggle needs both, or a token")
    given = {
        "KAGGLE_API_TOKEN": access.token,
        "KAGGLE_USERNAME": SecretStr(access.username) if access.username else None,
        "KAGGLE_KEY": access.key,
    }
    for name, value in given.items():
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            raise UsageError(f"{name} holds blanks, line breaks or letters that no credential has")


async def download(spec: PostingsFile, access: DownloadAccess, cache: Path) -> Downloaded:
    """The pinned version, else the newest one; see `Downloader`."""
    check_credentials(access)
    shelf = cache / spec.market
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        with _workplace(shelf) as place:
            return await _into(shelf, place, spec, access)
    except OSError as error:
        raise SystemFault(f"the cache {shelf} cannot be used: {error.strerror}") from error


async def _into(shelf: Path, place: Path, spec: PostingsFile, access: DownloadAccess) -> Downloaded:
    cached = await asyncio.to_thread(_cached, shelf)
    if spec.version in cached:
        return Downloaded(path=cached[spec.version], version=spec.version, fresh=False, calls=0)
    answer = await _ask(spec, access, place, tuple(cached))
    if answer.failure is not None:
        raise _told(answer.failure, spec, access)
    if answer.version is None:
        raise SystemFault(f"{_host(access)} gave no version of {spec.market}")
    if answer.file is None:
        return Downloaded(
            path=cached[answer.version], version=answer.version, fresh=False, calls=answer.calls
        )
    arrived = place / "files" / answer.file
    try:
        await asyncio.to_thread(check_contents, arrived)
    except UsageError as error:
        why = str(error).replace(str(arrived), "what arrived")
        raise SystemFault(
            f"{spec.market} version {answer.version} was not kept: {why}", retryable=False
        ) from error
    kept = _keep(arrived, shelf / str(answer.version))
    return Downloaded(path=kept, version=answer.version, fresh=True, calls=answer.calls)


def _cached(shelf: Path) -> dict[int, Path]:
    """Version → its zip, for those that are whole; others are taken out of the way."""
    found: dict[int, Path] = {}
    for folder in sorted(shelf.iterdir()):
        zips = sorted(folder.glob("*.zip")) if folder.name.isdecimal() else []
        if len(zips) != 1:
            continue
        try:
            check_contents(zips[0])
            found[int(folder.name)] = zips[0]
        except UsageError:
            shutil.rmtree(folder, ignore_errors=True)
    return found


def _keep(arrived: Path, folder: Path) -> Path:
    """Move the verified file to its place, whole or not at all."""
    kept = folder / arrived.name
    folder.mkdir(exist_ok=True)
    arrived.replace(kept)
    return kept


@contextmanager
def _workplace(shelf: Path) -> Iterator[Path]:
    """A folder beside the versions, so that moving out of it is one step.

    What a process that was killed has left is cleared away first.
    """
    for left in shelf.glob(f"{_PARTIAL}*"):
        if not _runs(left.name.removeprefix(_PARTIAL).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_PARTIAL}{os.getpid()}-", dir=shelf) as name:
        yield Path(name)


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except OSError:  # somebody else's
        return True
    return True


async def _ask(
    spec: PostingsFile, access: DownloadAccess, place: Path, cached: tuple[int, ...]
) -> Answer:
    """Run the library in a process of its own, with an empty home of its own."""
    request = Request(
        url=access.url,
        token=access.token.get_secret_value() if access.token else None,
        username=access.username if access.token is None else None,
        key=access.key.get_secret_value() if access.key and access.token is None else None,
        dataset=spec.market,
        version=spec.version,
        cached=cached,
        folder=str(place / "files"),
        timeout_s=TIMEOUT_S,
        most_wait_s=MOST_WAIT_S,
        most_bytes=MOST_BYTES,
    )
    home = place / "home"
    home.mkdir()
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "KAGGLE_CONFIG_DIR": str(home)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tasks.sources.kaggle.library"),
        cwd=home,
        env={**access.environment, **own, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            out, _ = await process.communicate(request.model_dump_json().encode())
        return Answer.model_validate_json(out)
    except TimeoutError as error:
        raise SystemFault(f"{_host(access)} is too slow: stopped after an hour") from error
    except ValidationError as error:
        raise SystemFault(
            f"the kaggle library failed (exit code {process.returncode}): install the versions of "
            "constraints.txt"
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _host(access: DownloadAccess) -> str:
    host = urlsplit(access.url).hostname or ""
    return "Kaggle" if host.endswith("kaggle.com") else f"Kaggle ({host})"


def _told(failure: Failure, spec: PostingsFile, access: DownloadAccess) -> PaydagError:
    """The one sentence, with the right blame."""
    host, status = _host(access), failure.status
    version = f" version {spec.version}" if spec.version is not None else ""
    if status == 401:
        names = "KAGGLE_API_TOKEN" if access.token else "KAGGLE_USERNAME and KAGGLE_KEY"
        return UsageError(
            f"{host} does not accept {names}: make a new token at {_SETTINGS_PAGE} and set it"
        )
    if status == 403:
        return UsageError(
            f"{host} does not let this account read {spec.market}{version}: open its page there, "
            "accept what it asks, or correct `dataset` in dataset.yaml"
        )
    if status == 404:
        return UsageError(
            f"{host} has no dataset {spec.market}{version}: correct `dataset` in dataset.yaml"
        )
    if status == 429:
        wait = f"in {failure.wait_s:,.0f} seconds" if failure.wait_s else "later"
        return SystemFault(f"{host} answers too many requests: run the same command {wait}")
    if failure.step == "write":
        return SystemFault(f"{spec.market} cannot be kept in the cache: {failure.reason}")
    newest = "the newest version of " if failure.step == "ask" else ""
    what = f"status {status}" if status is not None else failure.reason
    return SystemFault(
        f"{host} gave no usable answer when asked for {newest}{spec.market}{version}: {what}; try "
        "later"
    )
