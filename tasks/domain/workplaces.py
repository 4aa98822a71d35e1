"""Solvers that work in their task's container, and the place they work in."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from tasks.domain.boxes import ModelAccess, Network
from tasks.domain.history import Worked
from tasks.domain.protocols import Box
from tasks.domain.rollouts import Job, Solution


class Replay(BaseModel, frozen=True, extra="forbid"):
    """A command that goes through the user's steps in the task's container and prints a trace.
    `variables` tell it which task it is, `timeout_s` is its limit in seconds."""

    command: tuple[str, ...]
    variables: dict[str, str] = {}
    timeout_s: float


class Workplace(Protocol):
    """Where a solver works on its task."""

    @property
    def has_box(self) -> bool:
        """False where the task runs nothing, as of a choice between proposals."""
        ...

    @property
    def has_repository(self) -> bool:
        """Whether the task's repository lies in the workspace of its container."""
        ...

    @property
    def user_tool(self) -> Replay | None:
        """How the user's steps are gone through; None where the environment defines no way."""
        ...

    def open(
        self, *, network: Network = "none", access: ModelAccess | None = None
    ) -> AbstractContextManager[Box]:
        """The task's container, or a plain one where it runs nothing. Where the task has a
        repository, its base commit lies in the workspace, the code's own, as a repository of that
        one commit; else the workspace is empty. No gold, no hidden tests, no later history.
        `access` is the model that the network `model-only` leads to.

        Raises SystemFault where there can be none, and UsageError where the run's sandbox is none
        that a stranger may work in.
        """
        ...

    def worked(self, box: Box) -> Worked | None:
        """What was done to the repository in a box, read off its files; None where a limit has
        ended the box. Ends what runs in it. Raises DataError where the files cannot all be read.
        """
        ...


@runtime_checkable
class WorkingSolver(Protocol):
    """A solver that works in the task's container. It is asked by `work` instead of `solve`."""

    name: ClassVar[str]
    cost: ClassVar[Literal["cheap", "expensive"]]
    sees_reference: ClassVar[bool]

    def parameters(self) -> Mapping[str, Any]: ...

    def work(self, job: Job, place: Workplace) -> Solution:
        """An empty submission where there is no answer. Raises SystemFault for an outage."""
        ...
