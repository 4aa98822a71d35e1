"""The process in which the kaggle library runs: `python -m tasks.sources.kaggle.library`.

The library makes folders in the home when it is imported, authenticates by whatever it finds
there, prints, ends the process where it finds nothing, and takes its endpoint from a table in a
module. In a process of its own none of that is anybody else's. One JSON object comes in on stdin,
secrets included, and one goes out on stdout: no words of the library or of a server, which may
repeat secrets.
"""

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field

Result = TypeVar("Result")

PAUSES_S: Final = (0.5, 1.0, 2.0)
_TOO_MANY: Final = 429


class Request(BaseModel, frozen=True, extra="forbid"):
    """What is to be downloaded into `folder`, unless the version is one of `cached`."""

    url: str
    token: str | None
    username: str | None
    key: str | None
    dataset: str
    version: int | None
    cached: tuple[int, ...]
    folder: str
    timeout_s: float
    most_wait_s: float
    most_bytes: int


class Failure(BaseModel, frozen=True, extra="forbid"):
    """`status` is HTTP's; without one, `reason` says in a few words of ours what happened."""

    step: str
    status: int | None = None
    reason: str = ""
    wait_s: float | None = None


class Answer(BaseModel, frozen=True, extra="forbid"):
    """`file` is None where the version was cached. Either there is a version, or a failure."""

    version: int | None = None
    file: str | None = None
    calls: int = 0
    failure: Failure | None = None


class _Stopped(Exception):  # noqa: N818 - carries the failure out of the retries
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class _Calls(BaseModel):
    sent: int = Field(default=0)


def answer(request: Request) -> Answer:
    """Ask for the newest version, and download it where it is not cached."""
    with _patience(request) as calls:
        try:
            api = _api(request)
            version = request.version
            if version is None:
                version = _retried("ask", request, lambda: _newest(api, request.dataset))
            if version in request.cached:
                return Answer(version=version, calls=calls.sent)
            name = f"{request.dataset}/{version}"
            _retried("download", request, lambda: _download(api, name, request))
        except _Stopped as stopped:
            return Answer(calls=calls.sent, failure=stopped.failure)
        file = f"{request.dataset.rpartition('/')[2]}.zip"
        return Answer(version=version, file=file, calls=calls.sent)


def _api(request: Request) -> Any:
    """The library's client, told where and who instead of looking for it."""
    from kagglesdk import kaggle_env

    kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.PROD] = request.url
    from kaggle.api.kaggle_api_extended import KaggleApi

    class Api(KaggleApi):  # type: ignore[misc]
        def download_file(self, *given: Any, **named: Any) -> None:
            # What it repeats is sent without the body of the question, to wherever it was led.
            super().download_file(*given, **named | {"max_retries": 0})

    api = Api()
    values = {"token": request.token, "username": request.username, "key": request.key}
    api.config_values = {name: value for name, value in values.items() if value is not None}
    return api


def _newest(api: Any, dataset: str) -> int:
    found = json.loads(api.dataset_status(dataset, format="json(current_version_number)"))
    version = found["current_version_number"]
    if not isinstance(version, int) or version < 1:
        raise ValueError("no version")
    return version


def _download(api: Any, name: str, request: Request) -> None:
    api.dataset_download_files(name, path=request.folder, force=True, quiet=True)


def _retried(step: str, request: Request, ask: Callable[[], Result]) -> Result:
    """The answer. Raises _Stopped where it stays away, or will stay away for longer than is
    waited for."""
    for pause in (*PAUSES_S, None):
        try:
            return ask()
        except Exception as error:  # noqa: BLE001 - the library raises what it likes
            failure = _failure(step, error)
            wait = pause if failure.wait_s is None else failure.wait_s
            if pause is None or wait is None or not _passing(failure) or wait > request.most_wait_s:
                raise _Stopped(failure) from None
        time.sleep(wait)
    raise AssertionError("the last pause is None")


def _passing(failure: Failure) -> bool:
    status = failure.status
    if status is None:
        return failure.step != "write" and failure.reason not in (UNREADABLE, TOO_LARGE)
    return status == _TOO_MANY or status >= 500


UNREADABLE: Final = "its answer cannot be read"
TOO_LARGE: Final = "it is too large"
TORN: Final = "the download broke off"


def _failure(step: str, error: Exception) -> Failure:
    from requests import exceptions as known

    if isinstance(error, known.HTTPError) and error.response is not None:
        return Failure(step=step, status=_status(error.response), wait_s=_wait_s(error.response))
    torn = (known.ChunkedEncodingError, known.ContentDecodingError)
    if isinstance(error, _TooLargeError):
        reason = TOO_LARGE
    elif isinstance(error, torn) or (step == "download" and "expected size" in str(error)):
        reason = TORN
    elif isinstance(error, known.Timeout):
        reason = "no answer in time"
    elif isinstance(error, known.SSLError):
        reason = "its certificate is not accepted"
    elif isinstance(error, known.ConnectionError):
        reason = _os_reason(error)
    elif isinstance(error, OSError) and not isinstance(error, known.RequestException):
        step = "write"
        reason = TOO_LARGE if error.errno == errno.EFBIG else _os_reason(error)
    else:
        reason = UNREADABLE
    return Failure(step=step, reason=reason)


def _os_reason(error: BaseException) -> str:
    """What the operating system says, from wherever in the chain it stands."""
    seen: list[BaseException] = [error]
    while seen:
        one = seen.pop()
        if isinstance(one, OSError) and one.errno:
            return os.strerror(one.errno) if one.errno > 0 else "the name has no address"
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        seen += [part for part in inner if isinstance(part, BaseException)]
    return "the connection broke off"


def _status(response: Any) -> int:
    """HTTP's, or the one that an answer with status 200 states inside."""
    status = int(response.status_code)
    return status if status >= 400 else int(response.json()["code"])


def _wait_s(response: Any) -> float | None:
    """How long the server asks to wait: a number of seconds or a date; None where it does not."""
    text = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


class _TooLargeError(Exception):
    pass


@contextmanager
def _patience(request: Request) -> Iterator[_Calls]:
    """Bounds that the library lacks: time for an answer, and bytes of a download."""
    import requests

    calls = _Calls()
    adapters: Any = requests.adapters.HTTPAdapter
    plain = adapters.send

    def send(adapter: Any, prepared: Any, *given: Any, **named: Any) -> Any:
        named["timeout"] = named.get("timeout") or request.timeout_s
        calls.sent += 1
        response = plain(adapter, prepared, *given, **named)
        if int(response.headers.get("Content-Length") or 0) > request.most_bytes:
            response.close()
            raise _TooLargeError
        return response

    adapters.send = send
    try:
        yield calls
    finally:
        adapters.send = plain


def main() -> None:
    """One request from stdin, one answer to stdout, and silence."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    request = Request.model_validate_json(sys.stdin.read())
    _limit_files(request.most_bytes)
    Path(request.folder).mkdir(parents=True, exist_ok=True)
    out.write(answer(request).model_dump_json())
    out.flush()


def _limit_files(most_bytes: int) -> None:
    """A server need not say how much it sends."""
    try:
        import resource
    except ImportError:  # no such thing on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if hard == resource.RLIM_INFINITY or hard > most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))


if __name__ == "__main__":
    main()
