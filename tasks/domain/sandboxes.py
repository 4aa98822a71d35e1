"""Which sandbox an instance is graded in, and why that one."""

from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.errors import UsageError, unknown
from tasks.domain.instances import Environment

SANDBOXES: Final = ("docker", "process")
PUBLISHED_PLACE: Final = "published"
"""Where the verdicts of imported results come from: no sandbox of ours, and no validation."""

Because = Literal["asked", "default", "no_engine", "none"]


class Choice(BaseModel, frozen=True, extra="forbid"):
    """`sandbox` is docker, process, or none where a judge runs nothing. `because` is `asked` for
    a sandbox that was named, `no_engine` where trusted code runs without a container because no
    Docker engine answered, `none` with the sandbox none."""

    sandbox: str
    because: Because


NOTHING_RUNS: Final = Choice(sandbox="none", because="none")


def check_sandbox(name: str | None) -> str | None:
    """`name`, or a UsageError that lists the known ones."""
    if name is not None and name not in SANDBOXES:
        raise unknown("sandbox", name, list(SANDBOXES))
    return name


def check_workers(workers: int | None) -> int | None:
    """`workers`, or a UsageError where nothing could work."""
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: at least one is needed")
    return workers


def choose_sandbox(
    environment: Environment, asked: str | None, *, kept: Choice | None, engine: bool
) -> Choice:
    """Docker, unless something else was asked for.

    Without a word, a run goes on in the sandbox that an instance of it was prepared in (`kept`), so
    that its evidence stays of one environment; where no engine answers, trusted code runs in the
    process sandbox. Code that is not trusted never does: it is left to Docker, and to its fault.
    """
    if environment.kind == "none":
        return NOTHING_RUNS
    if asked is not None:
        return Choice(sandbox=asked, because="asked")
    if kept is not None:
        return kept
    if environment.trusted and not engine:
        return Choice(sandbox="process", because="no_engine")
    return Choice(sandbox="docker", because="default")
