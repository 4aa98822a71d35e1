"""Processes that read documents beside each other; this process alone writes what they return.

They are started by name with the interpreter's own path, never by running the program again: so
they work under the command line, a test or a worker of Prefect alike. Each ends when its input
does, which happens even where this process is killed.
"""

import json
import os
import pickle
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from types import TracebackType
from typing import IO, Final, Self

from tasks.domain.errors import PaydagError, SystemFault
from tasks.reading import Job, Tables, read
from tasks.settings import environment_with
from tasks.warehouse import Warehouse
from tasks.warehouse.columns import pack, unpack
from tasks.warehouse.snapshot import Places

_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from tasks.readers import serve; serve()"
)
_HEAD: Final = struct.Struct(">BQ")
_DONE: Final = 0
_FAILED: Final = 1
_MEMORY: Final = "400MB"
# Arrow's allocator keeps what one job gave back for the next, which needs as much: to have it from
# the system anew costs a fifteenth of a reader's time. Numbers are not what a reader crunches: a
# pool of threads for it costs a seventh of the start.
_KEPT: Final = {"MIMALLOC_PURGE_DELAY": "-1", "OPENBLAS_NUM_THREADS": "1"}
_PAUSE_S: Final = 0.05


class Readers:
    """So many processes, while the block lasts; none is left afterwards, whatever ends it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []
        # No more is read ahead than one finished job a process.
        self._finished: Queue[tuple[Job, bytes] | BaseException | None] = Queue(maxsize=count)

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", _START, json.dumps(sys.path)]
        try:
            for _ in range(self._count):
                # A session of its own: an interrupt at the terminal is this process's to handle.
                process = subprocess.Popen(
                    command,
                    env=environment_with(_KEPT),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
                self.processes.append(process)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes:
            process.kill()
        while any(thread.is_alive() for thread in self._threads):
            with suppress(Empty):  # makes room for whoever wants to hand in a last result
                self._finished.get(timeout=_PAUSE_S)
        for process in self.processes:
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was not sent has nobody left to take it
                        stream.close()

    def map(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Tables]]:
        """The jobs with their tables, as they come. Raises the first failure of a job; until then,
        and after the last result, there may be more jobs."""
        work, lock = iter(jobs), threading.Lock()

        def drive(process: subprocess.Popen[bytes]) -> None:
            try:
                while True:
                    with lock:
                        job = next(work, None)
                    if job is None:
                        break
                    self._finished.put((job, _ask(process, job)))
            except BaseException as error:  # noqa: BLE001 - raised where the results are taken
                self._finished.put(error)
            else:
                self._finished.put(None)

        self._threads = [
            threading.Thread(target=drive, args=(process,), daemon=True)
            for process in self.processes
        ]
        for thread in self._threads:
            thread.start()
        left = len(self._threads)
        while left:
            found = self._finished.get()
            if found is None:
                left -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                job, packed = found
                yield job, unpack(packed)


def _ask(process: subprocess.Popen[bytes], job: Job) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a reader without pipes")
    try:
        _send(process.stdin, _DONE, job.model_dump_json().encode())
        kind, found = _receive(process.stdout)
    except (OSError, EOFError) as error:
        raise SystemFault(f"a process that reads documents ended: {process.poll()}") from error
    if kind == _FAILED:
        raise pickle.loads(found)  # noqa: S301 - our own process wrote it
    return found


def _send(stream: IO[bytes], kind: int, content: bytes | memoryview) -> None:
    stream.write(_HEAD.pack(kind, len(content)))
    stream.write(content)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[int, bytes]:
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    kind, size = _HEAD.unpack(head)
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return kind, content


def serve() -> None:
    """Answer jobs on the standard input until it ends; nothing else may write to the output."""
    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limited, places = False, Places()
    while True:
        try:
            _, content = _receive(asked)
        except EOFError:
            return
        job = Job.model_validate_json(content)
        if not limited:
            Warehouse(job.home).limit_memory(_MEMORY)
            limited = True
        answer: bytes | memoryview
        try:
            kind, answer = _DONE, pack(read(job, places=places))
        except PaydagError as error:
            kind, answer = _FAILED, pickle.dumps(error)
        except Exception:  # noqa: BLE001 - told to the process that asked
            told = SystemFault(traceback.format_exc(), retryable=False)
            kind, answer = _FAILED, pickle.dumps(told)
        try:
            _send(answers, kind, answer)
        except BrokenPipeError:
            return
