"""The workbench of a stage: the sandbox and the mirrors that a variant may use."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tasks.domain.boxes import ModelAccess
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import CodeHistory, Worked
from tasks.domain.instances import Environment, TaskInstance
from tasks.domain.protocols import Box, ProgramRunner, Sandbox
from tasks.repos import Mirror, mirror_path
from tasks.repos.sealed import sealed
from tasks.sandbox import ProcessSandbox, sandbox_named
from tasks.sandbox.process_programs import ProcessPrograms
from tasks.settings import machine_limit
from tasks.turnstile import turn


class Workbench:
    """Opens mirrors, and the sandbox, on first use and keeps them for the length of a batch.

    Where nothing runs (the sandbox none), there is no sandbox to ask for. `mirror` says in which
    folder a repository lies; in the home where it is left out. `is_ended` tells whether nobody
    waits for its work any more.
    """

    def __init__(
        self,
        home: Path,
        sandbox: str,
        mirror: Callable[[str], Path] | None = None,
        is_ended: Callable[[], bool] = lambda: False,
    ) -> None:
        self._name = sandbox
        self._is_ended = is_ended
        self._home = home
        self._mirror_path = mirror or partial(mirror_path, home)
        self._mirrors: dict[str, Mirror] = {}
        self._programs: dict[str, ProgramRunner] = {}
        self._open = ExitStack()

    @cached_property
    def sandbox(self) -> Sandbox:
        return sandbox_named(self._name, at_once=machine_limit("PAYDAG_CONTAINERS"))

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

    @property
    def in_containers(self) -> bool:
        """Whether what runs here is kept from this machine."""
        return self._name != ProcessSandbox.name

    def boxes(self, access: ModelAccess | None) -> Sandbox:
        """The sandbox, with the model that boxes of the network `model-only` may ask."""
        return (
            self.sandbox
            if access is None
            else sandbox_named(self._name, access, machine_limit("PAYDAG_CONTAINERS"))
        )

    def sealed(self, instance: TaskInstance) -> bytes:
        """A tar of the instance's base commit to work on. Raises DataError and SystemFault as the
        mirror does."""
        self._mirror(instance.repository)
        return sealed(self._mirror_path(instance.repository), instance.base or "", git=True)

    def worked(self, instance: TaskInstance, box: Box, left_out: Sequence[str]) -> Worked:
        """What was done in a box to the instance's base commit; see Mirror.worked."""

        @contextmanager
        def files() -> Iterator[IO[bytes]]:
            with box.archive() as packed:
                if packed is None:
                    raise SystemFault(f"the box of {instance.instance_id} is gone")
                yield packed

        return self._mirror(instance.repository).worked(instance.base or "", files, left_out)

    def repository(self, name: str) -> CodeHistory:
        return self._mirror(name)

    def _mirror(self, name: str) -> Mirror:
        if name not in self._mirrors:
            self._mirrors[name] = Mirror(self._mirror_path(name))
        return self._mirrors[name]

    def programs(self, environment: Environment) -> ProgramRunner:
        """Where small programs of this environment run; started once, and ended by `close`.

        Raises SystemFault where there is no such place.
        """
        name = environment.model_dump_json(exclude_defaults=True)
        if name not in self._programs:
            self._programs[name] = self._runner(environment)
        return self._programs[name]

    def _runner(self, environment: Environment) -> ProgramRunner:
        if self._name == ProcessSandbox.name:
            return ProcessPrograms(environment, "a task")
        from tasks.sandbox.programs import pool_of  # the SDK again

        return self._open.enter_context(pool_of(environment, "programs"))

    def turn(self) -> AbstractContextManager[object]:
        """See tasks/turnstile.py."""
        return turn(self._is_ended)

    def close(self) -> None:
        self._programs.clear()
        self._open.close()


class Workbenches:
    """One workbench a sandbox, for the length of the block."""

    def __init__(
        self,
        home: Path,
        mirror: Callable[[str], Path] | None = None,
        is_ended: Callable[[], bool] = lambda: False,
    ) -> None:
        self._home = home
        self._mirror = mirror
        self._is_ended = is_ended
        self._benches: dict[str, Workbench] = {}

    def of(self, sandbox: str) -> Workbench:
        if sandbox not in self._benches:
            self._benches[sandbox] = Workbench(self._home, sandbox, self._mirror, self._is_ended)
        return self._benches[sandbox]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as stack:
            for bench in self._benches.values():
                stack.callback(bench.close)
