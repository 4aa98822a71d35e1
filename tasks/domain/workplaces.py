"""Solvers that work in their task's container, and the place they work in."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from tasks.domain.boxes import Network
from tasks.domain.protocols import Box
from tasks.domain.rollouts import Job, Solution


class Workplace(Protocol):
    """Where a solver works on its task."""

    @property
    def has_box(self) -> bool:
        """False where the task runs nothing, as of a choice between proposals."""
        ...

    def open(self, *, network: Network = "none") -> AbstractContextManager[Box]:
        """The task's container: the repository at its base commit where the task has one, all of
        it the code's own; no gold, no hidden tests, no later history.

        Raises SystemFault where there can be none.
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
