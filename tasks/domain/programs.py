"""Small programs: what is run, on which cases, what came of it, and whether that was expected.

What is expected is an `Answer`; it stays with the judge. A `Case` has no room for it, so that
nothing that travels to where programs run can carry it.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tasks.domain.boxes import Killed
from tasks.domain.comparing import Comparison, same

Stopped = Killed | Literal["cpu", "wall", "worker"]
"""Which limit ended a program. `worker`: it ended, twice, the container that it ran in."""

# What Linux takes: a name of 255 bytes; a path well below its 4096.
_NAME_BYTES: Final = 255
_PATH_BYTES: Final = 1024

_FROZEN: Final = ConfigDict(
    frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
)


def _inside(path: str) -> str:
    names = path.split("/")
    if (
        not all(names)
        or {".", ".."} & set(names)
        or "\0" in path
        or len(path.encode()) > _PATH_BYTES
        or any(len(name.encode()) > _NAME_BYTES for name in names)
    ):
        raise ValueError(f"{path!r} is no path of a file below the program's folder")
    return path


InnerPath = Annotated[str, AfterValidator(_inside)]
"""A file below the program's folder: relative, names parted by `/`, none of them `.` or `..`."""


class ProgramLimits(BaseModel, frozen=True, extra="forbid"):
    """What one program may use on one case.

    `cpu_s` is processor time of the program and all it starts together, `wall_s` time by the
    clock. `memory_mb` (MiB) holds for each of its processes; together they have the worker's
    memory. `processes` counts threads too. `file_bytes` is the size of a file that it writes,
    `output_bytes` standard output and error together, and the collected files together.
    """

    cpu_s: float = Field(default=10, gt=0, le=3600)
    wall_s: float = Field(default=20, gt=0, le=3600)
    memory_mb: int = Field(default=256, ge=16, le=1_048_576)
    processes: int = Field(default=32, ge=1, le=32_768)
    open_files: int = Field(default=64, ge=8, le=65_536)
    file_bytes: int = Field(default=16_000_000, ge=0, le=1 << 40)
    output_bytes: int = Field(default=1_000_000, ge=0, le=16_000_000)


class Program(BaseModel):
    """Files by path, and the command that is run among them, once a case."""

    model_config = _FROZEN

    command: tuple[str, ...] = Field(min_length=1)
    files: dict[InnerPath, bytes] = {}
    limits: ProgramLimits = ProgramLimits()

    @model_validator(mode="after")
    def _can_be_laid_out(self) -> "Program":
        check_layout(self.files)
        if any("\0" in word for word in self.command):
            raise ValueError("the command holds a NUL, which no argument can")
        return self


class Case(BaseModel):
    """What a program is given: standard input, and files beside (or in place of) its own.

    `files_out` are the paths of the files it is to write.
    """

    model_config = _FROZEN

    stdin: bytes = b""
    files_in: dict[InnerPath, bytes] = {}
    files_out: tuple[InnerPath, ...] = ()


class CaseResult(BaseModel):
    """What a program did with a case.

    `exit_code` is 128 + n for a program that signal n ended. What was written beyond the limit is
    cut off. `files` maps each path that was asked for to its content; None where there is no plain
    file, or no room was left for it. `cpu_s` and `wall_s` are in seconds.
    """

    model_config = _FROZEN

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""
    files: dict[str, bytes | None] = {}
    stopped: Stopped | None = None
    cpu_s: float = 0
    wall_s: float = 0


class Answer(BaseModel):
    """What a case must come out as. None: it does not matter."""

    model_config = _FROZEN

    stdout: bytes | None = None
    files: dict[InnerPath, bytes] = {}
    exit_code: int | None = 0
    comparison: Comparison = Comparison()


def difference(answer: Answer, result: CaseResult) -> str:
    """The first way in which a result is not the answer, as short words; empty where it is.

    A program that a limit ended is never right, whatever it had written by then.
    """
    if result.stopped is not None:
        return f"stopped: {result.stopped}"
    if answer.exit_code is not None and result.exit_code != answer.exit_code:
        return f"exit code {result.exit_code}"
    if answer.stdout is not None and not same(answer.stdout, result.stdout, answer.comparison):
        return "another output"
    for path, expected in sorted(answer.files.items()):
        given = result.files.get(path)
        if given is None:
            return f"no file {path}"
        if not same(expected, given, answer.comparison):
            return f"another file {path}"
    return ""


def laid_out(program: Program, case: Case) -> Mapping[str, bytes]:
    """All files of a program on a case. Raises ValueError where one is in the way of another."""
    files = {**program.files, **case.files_in}
    check_layout(files)
    return files


def check_layout(paths: Iterable[str]) -> None:
    """Raises ValueError where a path is a file and a folder at once."""
    files = set(paths)
    for path in files:
        parent = path.rpartition("/")[0]
        while parent:
            if parent in files:
                raise ValueError(f"{parent!r} is a file, and {path!r} lies below it")
            parent = parent.rpartition("/")[0]
