"""Runs small trusted programs in child processes of this machine, without isolation."""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import Environment
from tasks.domain.programs import Case, CaseResult, Program, ProgramLimits, laid_out
from tasks.sandbox import leftovers
from tasks.sandbox.process import CHILD_ENVIRONMENT, end_group, limit_process

_NOT_FOUND: Final = 127


class ProcessPrograms:
    """Keeps the limits of time and of sizes; memory, processes and neighbours are not guarded."""

    def __init__(self, environment: Environment, label: str) -> None:
        if not environment.trusted:
            raise SystemFault(
                f"{label} is not marked trusted: the process sandbox refuses its programs, they "
                "need the Docker sandbox",
                retryable=False,
            )

    def run(self, program: Program, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        return tuple(_run(program, case) for case in cases)


def _run(program: Program, case: Case) -> CaseResult:
    try:
        files = laid_out(program, case)
    except ValueError as error:
        raise DataError(f"the files of a case do not fit to its program: {error}") from error
    leftovers.reap_once()
    with tempfile.TemporaryDirectory(prefix=leftovers.prefix(os.getpid())) as name:
        folder = Path(name)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return _ended(program, case, folder)


def _ended(program: Program, case: Case, folder: Path) -> CaseResult:
    limits, started = program.limits, time.monotonic()
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(case.stdin)
        given.seek(0)
        try:
            process = subprocess.Popen(
                list(program.command),
                cwd=folder,
                env={**CHILD_ENVIRONMENT, "HOME": str(folder)},
                stdin=given,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError:
            return CaseResult(exit_code=_NOT_FOUND)
        limit_process(process.pid, limits.cpu_s)
        is_late = False
        try:
            process.wait(timeout=limits.wall_s)
        except subprocess.TimeoutExpired:
            is_late = True
        finally:
            end_group(process)
        code = process.returncode
        return CaseResult(
            exit_code=code if code >= 0 else 128 - code,
            stdout=_start_of(out, limits),
            stderr=_start_of(err, limits),
            files={path: _file(folder / path, limits) for path in case.files_out},
            stopped="wall" if is_late else None,
            wall_s=time.monotonic() - started,
        )


def _start_of(stream: IO[bytes], limits: ProgramLimits) -> bytes:
    stream.seek(0)
    return stream.read(limits.output_bytes)


def _file(file: Path, limits: ProgramLimits) -> bytes | None:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > limits.output_bytes:
        return None
    return file.read_bytes()
