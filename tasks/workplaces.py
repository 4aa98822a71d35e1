"""The place a solver works in: its task's container, with nothing in it that a grader knows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from tasks.bench import Workbench
from tasks.domain.boxes import ModelAccess, Network
from tasks.domain.errors import DataError, SystemFault, UsageError
from tasks.domain.history import Worked
from tasks.domain.instances import Environment, TaskInstance
from tasks.domain.protocols import Box
from tasks.domain.workplaces import Replay

PLAIN_IMAGE: Final = "paydag/base:1"
"""Where a command works on a task that runs nothing itself."""
_MADE: Final = ("TASK.md",)


class TaskPlace:
    """Opens boxes for one task on a workbench."""

    def __init__(self, instance: TaskInstance, bench: Workbench) -> None:
        self._instance = instance
        self._bench = bench

    @property
    def has_box(self) -> bool:
        return self._instance.environment.kind != "none"

    @property
    def has_repository(self) -> bool:
        return self._instance.environment.kind == "tests" and self._instance.base is not None

    @property
    def user_tool(self) -> Replay | None:
        instance = self._instance
        command = instance.environment.user_tool
        if not command:
            return None
        return Replay(
            command=command,
            variables={
                "PAYDAG_INSTANCE": instance.instance_id,
                "PAYDAG_ISSUE": instance.issue,
                "ISSUE_ID": instance.key,  # as the published images call it
            },
            timeout_s=instance.environment.timeout_s,
        )

    def open(
        self, *, network: Network = "none", access: ModelAccess | None = None
    ) -> AbstractContextManager[Box]:
        return self._opened(network, access)

    def worked(self, box: Box) -> Worked | None:
        box.still()  # nobody is left to change a file while it is read
        with box.archive() as packed:
            if packed is None:
                return None
        environment = self._instance.environment
        made = (*_MADE, *([environment.report] if environment.report else ()))
        return self._bench.worked(self._instance, box, made)

    @contextmanager
    def _opened(self, network: Network, access: ModelAccess | None) -> Iterator[Box]:
        instance, bench = self._instance, self._bench
        label = instance.instance_id
        if not bench.in_containers:
            raise UsageError(
                f"what is asked to work on {label} is a stranger to this machine, and the run uses "
                "the process sandbox: evaluate with --sandbox docker"
            )
        with bench.boxes(access).start(self._environment(), label, network=network) as box:
            if self.has_repository:
                try:
                    box.put_tar(bench.sealed(instance), role="code")
                except DataError as error:  # what the mirror lacks is the machine's part
                    raise SystemFault(f"{label}: {error}", retryable=False) from error
            yield box

    def _environment(self) -> Environment:
        environment = self._instance.environment
        if environment.kind == "swelancer":
            raise SystemFault(
                f"{self._instance.instance_id} is graded in a published image that holds its own "
                "tests, so that nobody can be let into it; solve it with --solver model",
                retryable=False,
            )
        if environment.kind == "none":
            return Environment(image=PLAIN_IMAGE, limits=environment.limits)
        return self._bench.ready(self._instance).environment
