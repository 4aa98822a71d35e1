"""Runs small hostile programs, many a second, each in an empty container of its own for its turn.

A worker is a container that lives on between programs, because starting one takes as long as
twenty programs. What makes that safe: every turn has a user of its own, at its end everything that
runs is killed and every file removed, and a worker that does not look untouched afterwards, or is
lost, is replaced before the next turn. What is expected of a program never comes here.
"""

import json
import queue
import random
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final, Self

from pydantic import ValidationError

from tasks.domain.boxes import Limits
from tasks.domain.errors import DataError, SystemFault, UsageError
from tasks.domain.programs import Case, CaseResult, Program, laid_out
from tasks.sandbox.client import lent
from tasks.sandbox.faults import as_faults
from tasks.sandbox.worker import Worker, WorkerLost

# The kernel counts processes, and more, by user and for the whole machine: two workers must not
# share one. The range is what an engine with user namespaces maps, without its ordinary users.
_FIRST_USER: Final = 20_000
_USERS: Final = 40_000
# Beyond the program's own time: the supervisor takes at most 40 seconds to end what is left.
_GRACE_S: Final = 60.0
# How many workers a program may cost before that is taken for its own doing.
_LOSSES: Final = 2
_SPARE_PROCESSES: Final = 4
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KILLED: Final = 137


class Pool:
    """`workers` containers of one image, which needs a python3 (3.9 or newer) and declares no
    volumes. `limits` is what each of them has, less what a program's own limits take away.

    A context manager; `run` may be called from any number of threads. Raises SystemFault where the
    engine fails.
    """

    def __init__(
        self, image: str, workers: int = 2, limits: Limits | None = None, label: str = "programs"
    ) -> None:
        if workers < 1:
            raise UsageError(f"a pool of {workers} workers runs nothing: at least one is needed")
        self._image, self._limits, self._label = image, limits or Limits(memory_mb=512), label
        self._seats = [_Seat(self._worker) for _ in range(workers)]
        self._free: queue.LifoQueue[_Seat] = queue.LifoQueue()
        self._users, self._path, self._is_open = _Users(), _PATH, False

    def __enter__(self) -> Self:
        self._path = _search_path(self._image)
        self._is_open = True
        try:
            with ThreadPoolExecutor(len(self._seats)) as starts:
                list(starts.map(_Seat.fill, self._seats))
        except BaseException:
            self.__exit__()
            raise
        for seat in self._seats:
            self._free.put(seat)
        return self

    def __exit__(self, *_: object) -> None:
        """End every worker; a `run` that still goes on in another thread raises SystemFault."""
        self._is_open = False
        for seat in self._seats:
            seat.empty()

    def run(self, program: Program, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        """The program on each case by itself, in the order of the cases, on one worker.

        No case sees what another one left. A program that costs a second worker gets no third:
        that case and those after it are `stopped` by "worker".

        Raises UsageError where the program is allowed more than a worker has, DataError where
        files of a case and of the program are in each other's way, SystemFault for the engine.
        """
        self._check(program)
        requests = [self._request(program, case) for case in cases]
        with self._seat() as seat:
            losses, results = 0, []
            for request in requests:
                result = None
                while result is None and losses < _LOSSES:
                    result = seat.turn(request, self._users.take(), program.limits.wall_s)
                    losses += result is None
                results.append(result or CaseResult(exit_code=_KILLED, stopped="worker"))
            return tuple(results)

    @contextmanager
    def _seat(self) -> Iterator["_Seat"]:
        if not self._is_open:
            raise SystemFault("the pool of workers is closed", retryable=False)
        seat = self._free.get()
        try:
            # Empty where the last one to sit here could not replace what it had spoilt.
            seat.fill()
            yield seat
            # What a program spoilt is made good in its own time, not in that of the next one.
            with suppress(SystemFault):
                seat.fill()
        except BaseException:
            seat.empty()
            raise
        finally:
            if not self._is_open:
                seat.empty()
            self._free.put(seat)

    def _worker(self) -> Worker:
        if not self._is_open:
            raise SystemFault("the pool of workers was closed", retryable=False)
        return Worker(self._image, self._limits, self._label)

    def _check(self, program: Program) -> None:
        asked, has = program.limits, self._limits
        for what, wanted, there in (
            ("MiB of memory", asked.memory_mb, has.memory_mb),
            ("processes", asked.processes, has.pids - _SPARE_PROCESSES),
        ):
            if wanted > there:
                raise UsageError(
                    f"a program may use {wanted} {what}, but a worker of this pool has {there}: "
                    "raise the pool's limits or lower the program's"
                )

    def _request(self, program: Program, case: Case) -> dict[str, Any]:
        try:
            files = laid_out(program, case)
        except ValueError as error:
            raise DataError(f"the files of a case do not fit to its program: {error}") from error
        return {
            "command": program.command,
            "files": {path: _text(content) for path, content in files.items()},
            "limits": program.limits.model_dump(),
            "cpus": self._limits.cpus,
            "path": self._path,
            "stdin": _text(case.stdin),
            "files_out": case.files_out,
        }


class _Seat:
    """A place for a worker, which may be empty; `fill` and `turn` are its holder's alone."""

    def __init__(self, start: Callable[[], Worker]) -> None:
        self._start = start
        self._worker: Worker | None = None

    def fill(self) -> Worker:
        """Raises SystemFault where no worker starts."""
        worker = self._worker or self._start()
        self._worker = worker
        return worker

    def empty(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def turn(self, request: Mapping[str, Any], user: int, wall_s: float) -> CaseResult | None:
        """None where the worker was lost over it."""
        worker = self.fill()
        try:
            reply = worker.ask({**request, "uid": user}, wall_s + _GRACE_S)
            # JSON, so that what is base64 there becomes bytes here.
            result = CaseResult.model_validate_json(json.dumps(reply["result"]))
        except (WorkerLost, KeyError, ValidationError):
            self.empty()
            return None
        if reply["left"]:
            self.empty()
        return result


class _Users:
    """User ids for turns, none twice until all were used; it begins anywhere, so that the pools
    of several processes are unlikely to meet."""

    def __init__(self) -> None:
        self._next, self._lock = random.SystemRandom().randrange(_USERS), threading.Lock()

    def take(self) -> int:
        with self._lock:
            self._next = (self._next + 1) % _USERS
            return _FIRST_USER + self._next


def _search_path(image: str) -> str:
    """Where the image looks for commands. Raises SystemFault for an image that cannot be used."""
    with as_faults(f"look up the image {image}"), lent() as client:
        config = client.api.inspect_image(image)["Config"] or {}
    if config.get("Volumes"):
        raise SystemFault(
            f"the image {image} declares volumes ({', '.join(sorted(config['Volumes']))}), where "
            "programs could leave files for each other: use an image without",
            retryable=False,
        )
    paths = [value[5:] for value in config.get("Env") or () if value.startswith("PATH=")]
    return paths[-1] if paths else _PATH


def _text(content: bytes) -> str:
    return b64encode(content).decode()
