"""Images made here: a base with an environment's setup run on it, once a recipe."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from docker.errors import NotFound

from tasks.domain.boxes import Limits
from tasks.domain.digests import digest
from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.sandbox import disk
from tasks.sandbox.client import lent
from tasks.sandbox.dependencies import content_digest, matching, names_in
from tasks.sandbox.faults import as_faults
from tasks.sandbox.files import WORKSPACE
from tasks.sandbox.images import (
    BASE_LABEL,
    BUILT,
    RECIPE_LABEL,
    Image,
    find,
    needed,
    published,
)
from tasks.sandbox.owners import labels as owned
from tasks.sandbox.setups import Setup
from tasks.sandbox.shutting import helper_command, host_addresses
from tasks.sandbox.turns import state_folder, turn

# Package managers need more than tests do.
SETUP_LIMITS: Final = Limits(cpus=4, memory_mb=4096, pids=2048, disk_mb=20_000)
SETUP_S: Final = 3600.0
# What installing packages as root takes; no NET_ADMIN, no NET_RAW, no SYS_ADMIN.
_CAPABILITIES: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID")
_ESTIMATE: Final = 2 * disk.GB
_KEEPER: Final = ("/bin/sh", "-c", "while :; do sleep 3600; done")

# Recipes that failed, with the fault's words: hundreds of instances may share one.
_failed: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an image is made. Two environments with equal recipes share the image."""

    base: Image
    setup: tuple[str, ...]
    files: str

    @property
    def recipe_digest(self) -> str:
        """64 hex digits, of all that decides the image: the base's content, the lines of the
        setup, the dependency files' names, modes and content, and the architecture."""
        return digest([self.base.image_id, self.base.architecture, list(self.setup), self.files])

    @property
    def reference(self) -> str:
        return f"{BUILT}:{self.recipe_digest[:16]}"


def image_for(
    client: Any,
    environment: Environment,
    label: str,
    *,
    dependencies: bytes = b"",
    home: Path | None = None,
    limits: Limits = SETUP_LIMITS,
    timeout_s: float = SETUP_S,
) -> Image:
    """The image in which `environment` runs, pulled or made where it is not there yet.

    `label` is the instance. `dependencies` is a tar of those files of its base commit that match
    the environment's patterns; they lie in the workspace while the setup runs. Raises SystemFault
    that names the image: not retryable where the setup itself fails.
    """
    base = published(client, environment, label, home)
    if environment.image is not None or not environment.setup:
        return needed(client, base)
    recipe = Recipe(base, environment.setup, content_digest(dependencies))
    image = find(client, recipe.reference)
    if image is None:
        image = _made_once(client, recipe, dependencies, label, home, limits, timeout_s)
    return needed(client, image)


def _made_once(
    client: Any,
    recipe: Recipe,
    files: bytes,
    label: str,
    home: Path | None,
    limits: Limits,
    timeout_s: float,
) -> Image:
    """Whoever waits finds the image made, or makes it where the other one was killed."""
    with turn(f"env-{recipe.recipe_digest[:16]}", 2 * timeout_s + 60):
        known = find(client, recipe.reference)
        if known is not None:
            return known
        if recipe.recipe_digest in _failed:
            raise SystemFault(_failed[recipe.recipe_digest], retryable=False)
        disk.ensure_room(client, _ESTIMATE, f"the setup on {recipe.base.reference}", home)
        return _made(client, recipe, files, owned(label), limits, timeout_s)


def with_image(
    environment: Environment, label: str, tree: bytes, *, home: Path | None = None
) -> Environment:
    """The environment with its setup done: it names the image that came of it.

    `tree` is a tar of the base commit, of which the setup sees the files that match the
    environment's `dependencies`. Raises SystemFault as `image_for` does.
    """
    files = matching(tree, environment.dependencies)
    with lent() as client:
        image = image_for(client, environment, label, dependencies=files, home=home)
    done = {"image": image.reference, "base": None, "setup": (), "dependencies": ()}
    return environment.model_copy(update=done)


def _made(
    client: Any,
    recipe: Recipe,
    files: bytes,
    labels: dict[str, str],
    limits: Limits,
    timeout_s: float,
) -> Image:
    base = recipe.base
    log = state_folder() / f"setup-{recipe.recipe_digest[:16]}.log"
    setup = Setup(base.reference, log, limits, timeout_s)
    with (
        as_faults(f"run the setup on the image {base.reference}"),
        _network(client, labels) as network,
        _container(client, base, network, labels, limits) as container,
    ):
        _shut_off_host(client, base, network, container, labels)
        if files:
            container.put_archive(WORKSPACE, files)
        failure = setup.run(client, container, recipe.setup, names_in(files))
        if failure is not None:
            _failed[recipe.recipe_digest] = failure
            raise SystemFault(failure, retryable=False)
        _commit(client, recipe, container)
    image = find(client, recipe.reference)
    if image is None:
        raise SystemFault(f"the image {recipe.reference} was removed as soon as it was made")
    return image


@contextmanager
def _network(client: Any, labels: Mapping[str, str]) -> Iterator[Any]:
    """A bridge of its own: the way out, and no way to the containers beside it."""
    network = client.networks.create(
        f"paydag-setup-{uuid4().hex[:12]}",
        driver="bridge",
        labels=dict(labels),
        options={"com.docker.network.bridge.enable_icc": "false"},
    )
    try:
        yield network
    finally:
        with suppress(NotFound):
            network.remove()


@contextmanager
def _container(
    client: Any, base: Image, network: Any, labels: Mapping[str, str], limits: Limits
) -> Iterator[Any]:
    cpus = min(limits.cpus, float(client.info()["NCPU"]))
    container = client.containers.create(
        base.image_id,
        entrypoint=list(_KEEPER[:1]),
        command=list(_KEEPER[1:]),
        user="0",
        working_dir=WORKSPACE,
        network=network.name,
        cap_drop=["ALL"],
        cap_add=list(_CAPABILITIES),
        security_opt=["no-new-privileges"],
        mem_limit=f"{limits.memory_mb}m",
        memswap_limit=f"{limits.memory_mb}m",
        pids_limit=limits.pids,
        nano_cpus=int(cpus * 1e9),
        log_config={"Type": "none"},
        labels=dict(labels),
    )
    try:
        container.start()
        yield container
    finally:
        with suppress(NotFound):
            container.remove(force=True, v=True)


def _shut_off_host(
    client: Any, base: Image, network: Any, container: Any, labels: Mapping[str, str]
) -> None:
    """The host's loopback is not the container's. What the host serves on its other addresses,
    the bridge's among them, would be in reach: a helper in the same network namespace, the only
    one with the right to, makes these addresses unreachable before the setup begins. Those that
    the machine gets later, of bridges mostly, are not cut off."""
    network.reload()
    gateways = [
        str(pool["Gateway"]) for pool in network.attrs["IPAM"]["Config"] if "Gateway" in pool
    ]
    own = host_addresses() if disk.is_local(client) else ()
    helper = client.containers.create(
        base.image_id,
        entrypoint=["/bin/sh"],
        command=["-c", helper_command([*gateways, *own])],
        user="0",
        network_mode=f"container:{container.id}",
        cap_drop=["ALL"],
        cap_add=["NET_ADMIN"],
        security_opt=["no-new-privileges"],
        read_only=True,
        mem_limit="256m",
        pids_limit=64,
        labels=dict(labels),
    )
    try:
        helper.start()
        code = int(helper.wait(timeout=60)["StatusCode"])
    finally:
        helper.remove(force=True, v=True)
    if code != 0:
        raise SystemFault(
            f"the image {base.reference} has none of ip, perl and python3 that works, one of which "
            "is needed to keep its setup away from this machine's services: use a base with one",
            retryable=False,
        )


def _commit(client: Any, recipe: Recipe, container: Any) -> None:
    """One layer on the base, tagged in the same breath. How the base starts is how the image
    starts; labels cannot be taken off, and a reaper must not take containers of the image for
    lost ones, so that the owner's are emptied."""
    before = client.images.get(recipe.base.image_id).attrs["Config"]
    client.api.commit(
        container.id,
        repository=BUILT,
        tag=recipe.recipe_digest[:16],
        message=f"paydag recipe {recipe.recipe_digest}",
        conf={
            "Entrypoint": before.get("Entrypoint") or [],
            "Cmd": before.get("Cmd") or [],
            "Env": before.get("Env") or [],
            "User": before.get("User") or "0",
            "WorkingDir": before.get("WorkingDir") or "/",
            "Labels": dict.fromkeys(owned(""), "")
            | {RECIPE_LABEL: recipe.recipe_digest, BASE_LABEL: recipe.base.reference},
        },
    )
