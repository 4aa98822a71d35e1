"""The workbench of a stage: the sandbox and the mirrors that a variant may use."""

from functools import cached_property
from pathlib import Path

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.protocols import CodeHistory, Sandbox
from tasks.repos import Mirror, mirror_path
from tasks.sandbox import sandbox_named


class Workbench:
    """Opens mirrors, and the sandbox, on first use and keeps them for the length of a batch.

    Where nothing runs (the sandbox none), there is no sandbox to ask for.
    """

    def __init__(self, home: Path, sandbox: str) -> None:
        self._name = sandbox
        self._home = home
        self._mirrors: dict[str, Mirror] = {}

    @cached_property
    def sandbox(self) -> Sandbox:
        return sandbox_named(self._name)

    def ready(self, instance: TaskInstance) -> TaskInstance:
        """The instance with the image of its environment's setup in place of the setup.

        Raises SystemFault where that cannot be made.
        """
        environment = instance.environment
        if self._name != "docker" or not environment.setup or instance.base is None:
            return instance
        label = instance.instance_id
        try:
            tree = self.repository(instance.repository).archive(instance.base)
        except DataError as error:  # the machine's part: no submission is to blame
            raise SystemFault(f"{label} has no setup: {error}", retryable=False) from error
        # The SDK takes a third of a second to load, which most commands have no use for.
        from tasks.sandbox.recipes import with_image

        made = with_image(environment, label, tree, home=self._home)
        return instance.model_copy(update={"environment": made})

    def repository(self, name: str) -> CodeHistory:
        if name not in self._mirrors:
            self._mirrors[name] = Mirror(mirror_path(self._home, name))
        return self._mirrors[name]


class Workbenches:
    """One workbench a sandbox, for the length of a batch."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._benches: dict[str, Workbench] = {}

    def of(self, sandbox: str) -> Workbench:
        if sandbox not in self._benches:
            self._benches[sandbox] = Workbench(self._home, sandbox)
        return self._benches[sandbox]
