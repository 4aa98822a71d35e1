"""A bench for variants that need none: touching it fails."""

from typing import NoReturn

from tasks.domain.protocols import Bench, Sandbox


class _NoBench:
    @property
    def sandbox(self) -> Sandbox:
        raise AssertionError("a pure judge started a sandbox")

    def repository(self, name: str) -> NoReturn:
        raise AssertionError(f"a pure judge opened {name}")


NO_BENCH: Bench = _NoBench()
