"""Runs hostile code in containers: no network, no rights, nothing of this machine in reach."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from docker.types import LogConfig, Ulimit

from tasks.domain.boxes import Limits, ModelAccess, Network
from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.domain.protocols import Box
from tasks.sandbox import keeper, owners
from tasks.sandbox.box_places import box_place
from tasks.sandbox.client import lent
from tasks.sandbox.container_box import ContainerBox
from tasks.sandbox.faults import as_faults
from tasks.sandbox.files import WORKSPACE, Files
from tasks.sandbox.keeper import Keeper
from tasks.sandbox.layouts import Layout, layout_of
from tasks.sandbox.modelway import model_way
from tasks.sandbox.place import Place
from tasks.sandbox.reaper import reap_once
from tasks.sandbox.recipes import image_for
from tasks.sandbox.removals import remove_beside

MODEL_URL: Final = "PAYDAG_MODEL_URL"
_PERIOD_US: Final = 100_000
_SHARED_MB: Final = 64
_ROOT: Final = "0:0"
# A small, fixed environment: nothing of ours, no secrets, the same on any machine.
_ENV: Final = {
    "HOME": "/tmp",  # noqa: S108 - the box's own
    "TMPDIR": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}

# The image's own health check would be a process in the box that nobody asked for.
_KEPT: Final = {
    "entrypoint": list(keeper.COMMAND),
    "command": [],
    "user": keeper.USER,
    "working_dir": WORKSPACE,
    "hostname": "box",
    "stdin_open": True,
    "healthcheck": {"test": ["NONE"]},
}
# Default seccomp is what the engine adds where nothing is said about it.
_CONFINED: Final = {
    "network_mode": "none",
    "ipc_mode": "private",
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "log_config": LogConfig(type="none"),
    "ulimits": [Ulimit(name="core", soft=0, hard=0)],
}


class ContainerSandbox:
    """A box is a container of the environment's image with a shell that sleeps; commands join it.

    May be used from several threads and processes at once. `access` is the model that boxes with
    the network `model-only` may ask; its address is in their variable PAYDAG_MODEL_URL.
    """

    name: ClassVar[str] = "docker"

    def __init__(self, access: ModelAccess | None = None, at_once: int | None = None) -> None:
        self._access = access
        self._at_once = at_once

    @contextmanager
    def start(
        self, environment: Environment, label: str, *, network: Network = "none"
    ) -> Iterator[Box]:
        """Raises SystemFault where the engine, the image or the way to a model is missing.

        An image with a setup must have been made, and be named by `environment.image`, before.
        """
        if network != "none" and self._access is None:
            raise SystemFault(
                f"{label} asks for the network {network}, but no model to ask is set up",
                retryable=False,
            )
        with box_place(self._at_once), lent() as client:
            reap_once(client)
            image = image_for(client, environment, label)
            layout = layout_of(client, image.image_id, environment, label)
            limits, made_from = environment.limits, image.image_id
            with (
                _container(client, made_from, limits, layout, label) as (container, kept),
                self._way(client, container, network, label) as way,
            ):
                place = _place(client, container, kept, made_from, limits, layout, label, way)
                yield ContainerBox(place, image.digest)

    @contextmanager
    def _way(
        self, client: Any, container: str, network: Network, label: str
    ) -> Iterator[Mapping[str, str]]:
        """The variables that tell commands of the way out."""
        if network == "none" or self._access is None:
            yield {}
            return
        with model_way(client.api, container, self._access, label) as (address, _):
            yield {MODEL_URL: address}


def _place(
    client: Any,
    container: str,
    kept: Keeper,
    image: str,
    limits: Limits,
    layout: Layout,
    label: str,
    way: Mapping[str, str],
) -> Place:
    common = {
        "client": client,
        "container": container,
        "keeper": kept,
        "image": image,
        "label": label,
        "labels": owners.labels(label),
        "limits": limits,
        "is_capped": layout.is_capped,
    }
    if layout.is_root:
        return Place(
            **common,
            users={"code": _ROOT, "grader": _ROOT},
            owners={"code": 0, "grader": 0},
            env=way,
        )
    return Place(**common, env={**_ENV, **way})


@contextmanager
def _container(
    client: Any, image: str, limits: Limits, layout: Layout, label: str
) -> Iterator[tuple[str, Keeper]]:
    """A started container's id, and its keeper; on its way out afterwards."""
    labels, api = owners.labels(label), client.api
    with as_faults(f"make the box of {label}"):
        # The SDK's own way to make one asks for everything about it afterwards.
        host = api.create_host_config(
            **_CONFINED,
            **layout.options(limits, labels),
            mem_limit=f"{limits.memory_mb}m",
            memswap_limit=f"{limits.memory_mb}m",  # with swap: none beyond the memory
            pids_limit=limits.pids + keeper.PROCESSES,
            cpu_period=_PERIOD_US,
            cpu_quota=int(limits.cpus * _PERIOD_US),
            shm_size=f"{min(_SHARED_MB, limits.scratch_mb)}m",
        )
        made = str(api.create_container(image, **_KEPT, labels=labels, host_config=host)["Id"])
    kept: Keeper | None = None
    try:
        with as_faults(f"start the box of {label}"):
            kept = Keeper(api, made)
            api.start(made)
            if not layout.is_capped:
                Files(client, made, label).open_workspace()
        yield made, kept
    finally:
        if kept is not None:
            kept.close()
        remove_beside(made)
