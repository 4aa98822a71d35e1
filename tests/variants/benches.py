"""Benches for variants that need little of one: touching the rest fails."""

from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

from tasks.domain.instances import Environment
from tasks.domain.protocols import Bench, Sandbox


class NoPrograms:
    def turn(self) -> AbstractContextManager[object]:
        return nullcontext()

    def programs(self, environment: Environment) -> NoReturn:
        raise AssertionError(f"a judge of patches asked to run programs in {environment.image}")


class _NoBench(NoPrograms):
    @property
    def sandbox(self) -> Sandbox:
        raise AssertionError("a pure judge started a sandbox")

    def repository(self, name: str) -> NoReturn:
        raise AssertionError(f"a pure judge opened {name}")


NO_BENCH: Bench = _NoBench()
