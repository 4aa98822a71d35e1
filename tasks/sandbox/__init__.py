"""Where submissions run."""

from tasks.domain.boxes import ModelAccess
from tasks.domain.errors import unknown
from tasks.domain.protocols import Sandbox
from tasks.sandbox.process import ProcessSandbox

__all__ = ["ProcessSandbox", "sandbox_named"]


def sandbox_named(
    name: str, access: ModelAccess | None = None, at_once: int | None = None
) -> Sandbox:
    """The sandbox called `name`; UsageError with the known ones otherwise. `access` is the model
    that boxes of the network `model-only` may ask; of containers, at most `at_once` are boxes of
    this user's processes at a time."""
    if name == "docker":
        # The SDK takes a third of a second to load, which most commands have no use for.
        from tasks.sandbox.container import ContainerSandbox

        return ContainerSandbox(access, at_once)
    if name != ProcessSandbox.name:
        raise unknown("sandbox", name, ["docker", ProcessSandbox.name])
    return ProcessSandbox()
