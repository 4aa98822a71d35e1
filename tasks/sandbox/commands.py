"""Running commands in a container, and what ended them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from docker.errors import APIError

from tasks.domain.boxes import ExecResult, Killed
from tasks.domain.errors import SystemFault
from tasks.sandbox import execs, keeper, stillness
from tasks.sandbox.faults import as_faults
from tasks.sandbox.place import Place
from tasks.sandbox.reaper import remove
from tasks.sandbox.watchdog import DiskWatch, MemoryWatch, is_full

KILLED: Final = 137  # what a shell says of a command that was killed
_NOT_STARTED: Final = 126
_NOT_RUNNING: Final = 409


class Commands:
    """Of one container, one after the other. `over` says what ended the container itself."""

    def __init__(self, place: Place) -> None:
        self.over: Killed | None = None
        self._place = place
        self._disk = None if place.is_capped else DiskWatch(place)
        self._memory = MemoryWatch(place)
        self._serves = False

    def run(
        self,
        command: Sequence[str],
        user: str,
        timeout_s: float,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> ExecResult:
        """Raises SystemFault where the engine fails or the container ends from outside."""
        if self.over:
            return ExecResult(exit_code=KILLED, output="", killed=self.over)
        with self._asking("run a command"):
            done = self._follow(command, user, timeout_s, stdin, env or {})
            if done.killed == "disk":
                # The room is given back at once: neighbours share the disk.
                self.over = "disk"
                remove(self._place.client, self._place.container)
            elif not self.over:
                self._clear(done, user)
                self._explain(done)
        return ExecResult(
            exit_code=KILLED if done.exit_code is None else done.exit_code,
            output=done.output.text(),
            timed_out=done.timed_out,
            killed=done.killed,
        )

    def serve(self, command: Sequence[str], user: str, env: Mapping[str, str] | None) -> None:
        if self.over:
            return
        self._serves = True
        with self._asking("start a command"):
            api = self._place.client.api
            made = execs.create(
                api,
                self._place.container,
                command,
                user=user,
                env={**self._place.env, **(env or {})},
            )
            api.exec_start(made, detach=True)

    def still(self) -> None:
        self._serves = False
        if not self.over:
            with self._asking("end what runs"):
                stillness.end_all(self._place)

    def _follow(
        self,
        command: Sequence[str],
        user: str,
        timeout_s: float,
        stdin: bytes,
        env: Mapping[str, str],
    ) -> execs.Exec:
        api, place = self._place.client.api, self._place
        try:
            made = execs.create(
                api,
                place.container,
                command,
                user=user,
                env={**place.env, **env},
                stdin=bool(stdin),
            )
            done = execs.follow(api, made, stdin, timeout_s, self._disk or execs.nothing)
        except APIError as error:
            if error.status_code != _NOT_RUNNING and "exec failed" not in str(error):
                raise
            done = execs.Exec(exit_code=_NOT_STARTED, began=False)
            done.output.add(str(error).encode())
        if not done.began:
            self._blame(done)
        return done

    def _blame(self, done: execs.Exec) -> None:
        """A command that could not be started: what runs beside it, or lies in memory, may have
        used up the limits of the box, which is its own doing. Else it is the engine's."""
        if self._ended(done):
            return
        if self._memory.killed():
            done.killed = "memory"
        elif stillness.processes(self._place) <= keeper.PROCESSES:
            words = " ".join(done.output.text().split())[:300]
            raise SystemFault(f"a command in the box of {self._place.label} did not start: {words}")

    def _clear(self, done: execs.Exec, user: str) -> None:
        """End what the command left. Beside a service of the same user nobody can tell them apart:
        then what an orderly command left goes with the service."""
        if not self._serves:
            stillness.end_all(self._place)
        elif done.timed_out or done.killed or user != self._place.users["code"]:
            stillness.end_user(self._place, user)

    def _explain(self, done: execs.Exec) -> None:
        """What ended the command, where neither its time nor a watch did."""
        if done.exit_code == 0 or done.timed_out or done.killed:
            return
        if self._ended(done):
            return
        if self._memory.killed():
            done.killed = "memory"
        elif is_full(self._place):
            done.killed = "disk"

    def look(self) -> None:
        """Raises SystemFault where the container was ended from outside: the engine answers then
        as if a file were missing."""
        if not self.over and self._place.keeper.count() is None:
            with self._asking("look for a file"):
                self._ended(execs.Exec())

    def _ended(self, done: execs.Exec) -> bool:
        """Whether the container itself has ended. Where files fill the memory and nothing else is
        left to kill, the kernel takes the keeper: that is the submission's doing as well."""
        place = self._place
        if place.keeper.count() is not None:
            return False  # who counts lives, and with him the container
        state = place.client.api.inspect_container(place.container)["State"]
        if state["Running"]:
            return False
        if not state["OOMKilled"]:
            raise SystemFault(f"the box of {place.label} was ended from outside")
        self.over = done.killed = "memory"
        return True

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        with as_faults(f"{doing} in the box of {self._place.label}"):
            yield
