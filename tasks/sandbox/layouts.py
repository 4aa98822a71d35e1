"""Where a box's workspace lies: in a file system of fixed size, or in the writable layer.

A file system in memory, mounted over a root that is read-only, is the rule: what a submission
writes can then never reach the disk that the engine shares with everything else. A watchdog alone
could not hold that: one fallocate takes all the free space of a disk in a millisecond, and only
some file systems have quotas. It is a volume of the engine's and not a plain tmpfs because the
engine reads and writes files of a running container in volumes, but not in a tmpfs. Its pages
count as memory of the box. Measured: started, filled and removed in the time of a writable layer.

The exceptions get the writable layer and the watchdog: an image that has files in the workspace,
such as one whose setup installed packages there (the mount would hide them, copying gigabytes into
memory is no choice), and the published image contract, which writes all over the root as root.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from docker.types import DriverConfig, Mount

from tasks.domain.boxes import Limits
from tasks.domain.instances import Environment
from tasks.sandbox import owners
from tasks.sandbox.faults import as_faults
from tasks.sandbox.files import WORKSPACE, Files
from tasks.sandbox.reaper import remove

_SHELL: Final = ("/bin/sh",)
_INODES: Final = 1_000_000

_known: Final[dict[str, "_Facts"]] = {}
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Facts:
    """`volumes` are folders that the image declares as such: the engine would make each one a
    folder on its disk that nothing caps."""

    volumes: tuple[str, ...]
    has_workspace: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """`is_capped`: the root is read-only and the workspace a file system of fixed size. `is_root`:
    submissions run as root, without its capabilities, because the image cannot do without."""

    is_capped: bool
    is_root: bool
    volumes: tuple[str, ...]

    def options(self, limits: Limits, labels: Mapping[str, str]) -> dict[str, Any]:
        """What the engine is told of file systems."""
        scratch = f"rw,exec,nosuid,nodev,mode=1777,size={limits.scratch_mb}m,nr_inodes={_INODES}"
        folders = ["/tmp", *self.volumes]  # noqa: S108 - the box's own
        options: dict[str, Any] = {"tmpfs": dict.fromkeys(folders, scratch)}
        if self.is_capped:
            size = f"size={limits.disk_mb}m,nr_inodes={_INODES},mode=1777,nosuid,nodev"
            memory = DriverConfig("local", {"type": "tmpfs", "device": "tmpfs", "o": size})
            options["read_only"] = True
            options["mounts"] = [
                Mount(WORKSPACE, None, type="volume", labels=dict(labels), driver_config=memory)
            ]
        return options


def layout_of(client: Any, image_id: str, environment: Environment, label: str) -> Layout:
    """Looked up once an image in the life of this process. Raises SystemFault."""
    with as_faults(f"look into the image of {label}"):
        facts = _facts(client, image_id, label)
    is_root = environment.kind == "swelancer"
    return Layout(
        is_capped=not is_root and not facts.has_workspace,
        is_root=is_root,
        volumes=facts.volumes,
    )


def _facts(client: Any, image_id: str, label: str) -> _Facts:
    with _lock:
        known = _known.get(image_id)
    if known is None:
        config = client.api.inspect_image(image_id)["Config"] or {}
        known = _Facts(
            tuple(sorted(config.get("Volumes") or ())), _has_files(client, image_id, label)
        )
        with _lock:
            _known[image_id] = known
    return known


def _has_files(client: Any, image_id: str, label: str) -> bool:
    """By a container that is never started."""
    container = client.api.create_container(
        image_id,
        entrypoint=list(_SHELL),
        command=[],
        name=f"paydag-look-{uuid4().hex[:12]}",
        labels=owners.labels(label),
    )["Id"]
    try:
        return not Files(client, container, label).is_empty()
    finally:
        remove(client, container)
