"""What a sandbox is asked for and answers with: roles, limits, networks, results of commands."""

from typing import Final, Literal

from pydantic import BaseModel, Field, SecretStr

Role = Literal["code", "grader"]
"""Whose file or process it is. `code` is the user that submissions run as, with no rights beyond
its own files; what the `grader` put in place, `code` can read and not change."""

Network = Literal["none", "model-only"]
"""`none`: no interface but loopback. `model-only`: one way out, to the model that is named."""

Killed = Literal["memory", "disk", "output"]
"""What ended a command that its time did not end: the memory limit, a writable layer or scratch
that grew past its cap, output far past its cap."""

OUTPUT_CAP: Final = 200_000
CUT: Final = "\n[output cut here]\n"


class Limits(BaseModel, frozen=True, extra="forbid"):
    """What one box may use. Memory counts without swap; `disk_mb` is the writable layer,
    `scratch_mb` the file system in memory under /tmp."""

    cpus: float = Field(default=1.0, gt=0, le=64)
    memory_mb: int = Field(default=2048, ge=16, le=1_048_576)
    pids: int = Field(default=256, ge=8, le=32_768)
    disk_mb: int = Field(default=2048, ge=1, le=1_048_576)
    scratch_mb: int = Field(default=512, ge=1, le=1_048_576)


class ModelAccess(BaseModel, frozen=True, extra="forbid"):
    """The one way out of a box whose network is `model-only`.

    `base_url` is where requests go, `key` what they carry there and the box never holds. `allowed`
    are a method and a path below `base_url` each; anything else is refused, and so is whatever
    comes after `most_requests`. With `model`, requests that name another one are refused.
    """

    base_url: str
    key: SecretStr | None = None
    model: str | None = None
    allowed: tuple[str, ...] = (
        "POST /chat/completions",
        "POST /responses",
        "POST /embeddings",
        "GET /models",
    )
    most_requests: int = Field(default=1000, ge=1)
    timeout_s: float = Field(default=600, gt=0)


class ExecResult(BaseModel, frozen=True, extra="forbid"):
    """`timed_out` means the limit of the command ended it; output is cut at the sandbox's cap,
    with a marker where it was cut. Output is standard output and error, as they came."""

    exit_code: int
    output: str
    timed_out: bool = False
    killed: Killed | None = None


class BoxFile(BaseModel, frozen=True, extra="forbid"):
    """A plain file as it lies in a box. `modified_at` is in seconds since 1970, by the clock that
    `Box.now` reads, `is_program` whether its owner may run it."""

    content: bytes
    modified_at: float
    is_program: bool = False
