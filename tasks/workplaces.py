"""The place a solver works in: its task's container, with nothing in it that a grader knows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tasks.bench import Workbench
from tasks.domain.boxes import Network
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.protocols import Box


class TaskPlace:
    """Opens boxes for one task on a workbench."""

    def __init__(self, instance: TaskInstance, bench: Workbench) -> None:
        self._instance = instance
        self._bench = bench

    @property
    def has_box(self) -> bool:
        return self._instance.environment.kind != "none"

    def open(self, *, network: Network = "none") -> AbstractContextManager[Box]:
        return self._opened(network)

    @contextmanager
    def _opened(self, network: Network) -> Iterator[Box]:
        instance, bench = self._instance, self._bench
        environment = bench.ready(instance).environment
        label = instance.instance_id
        with bench.sandbox.start(environment, label, network=network) as box:
            if environment.kind == "tests" and instance.base is not None:
                try:
                    tree = bench.repository(instance.repository).archive(instance.base)
                except DataError as error:  # what the mirror lacks is the machine's part
                    raise SystemFault(f"{label}: {error}", retryable=False) from error
                box.put_tar(tree, role="code")
            yield box
