"""Which image an environment runs in: a published one as it is, or a base with its setup done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from docker.errors import APIError, ImageNotFound

from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment
from tasks.sandbox import disk, pulls
from tasks.sandbox.faults import as_faults
from tasks.sandbox.turns import hold, is_held, let_go

# Images of this name are made on this machine and never asked of a registry, where anybody could
# publish under it.
OURS: Final = "paydag/"
BUILT: Final = "paydag/env"
# What a built image says of itself.
RECIPE_LABEL: Final = "paydag.recipe"
BASE_LABEL: Final = "paydag.base"
_HOW_MADE: Final = {
    "paydag/sample:1": "make sample-image",
    "paydag/base:1": ".ci/base-image paydag/base:1",
}
# A published image of one task has some 14 GB; others are a language and its packages.
_ESTIMATES: Final = {"swelancer": 14 * disk.GB}
_ESTIMATE: Final = 1 * disk.GB


@dataclass(frozen=True, slots=True)
class Image:
    """`reference` is the name it is known by, `image_id` the engine's own, which no later pull or
    tag moves: start from that. `digest` names the content: the registry's digest where it came
    from one; `recipe-sha256:` and the recipe's digest where it was built here, because the id is
    another one after each building; else the id. `architecture` is as the engine says it, amd64 or
    arm64 mostly."""

    reference: str
    image_id: str
    digest: str
    architecture: str


def published(
    client: Any,
    environment: Environment,
    label: str,
    home: Path | None = None,
    *,
    waits_s: Sequence[float] = pulls.WAITS_S,
) -> Image:
    """The image that the environment names, pulled where it is not there; `label` is the instance.

    Raises SystemFault, which names the image and says what to do.
    """
    reference = environment.image or environment.base
    if reference is None:
        raise SystemFault(
            f"{label} names no image: its dataset.yaml needs environment.image, or base and setup",
            retryable=False,
        )
    image = find(client, reference)
    if image is None:
        if reference.startswith(OURS):
            raise _not_made(reference)
        size = _ESTIMATES.get(environment.kind, _ESTIMATE)
        pulls.pull(client, reference, home, estimate_bytes=size, waits_s=waits_s)
        image = find(client, reference)
    if image is None:
        raise SystemFault(f"the image {reference} was removed while it was being pulled")
    if not is_held(_file_name(image.image_id)):  # then it has been asked for already
        require_architecture(client, image)
    return image


def _not_made(reference: str) -> SystemFault:
    how = _HOW_MADE.get(reference)
    return SystemFault(
        f"the image {reference} is missing; "
        + (f"make it with `{how}`" if how else "make it first"),
        retryable=False,
    )


def find(client: Any, reference: str) -> Image | None:
    """The image of this name in the engine, None where it is not there. Raises SystemFault."""
    with as_faults(f"look up the image {reference}"):
        try:
            attributes = client.images.get(reference).attrs
        except ImageNotFound:
            return None
    return Image(
        reference=reference,
        image_id=str(attributes["Id"]),
        digest=_digest(reference, attributes),
        architecture=str(attributes.get("Architecture") or "unknown"),
    )


def _digest(reference: str, attributes: Mapping[str, Any]) -> str:
    recipe = _labels(attributes).get(RECIPE_LABEL)
    if recipe and reference.startswith(f"{BUILT}:"):
        return f"recipe-sha256:{recipe}"
    name = reference.partition("@")[0]
    if ":" in name.rpartition("/")[2]:
        name = name.rpartition(":")[0]
    for known in attributes.get("RepoDigests") or ():
        repository, _, found = str(known).partition("@")
        if repository == name:
            return found
    return str(attributes["Id"])


def _labels(attributes: Mapping[str, Any]) -> Mapping[str, str]:
    return (attributes.get("Config") or {}).get("Labels") or {}


def require_architecture(client: Any, image: Image) -> None:
    """Raises SystemFault where the engine's machine is another one than the image was made for:
    emulated, its tests would say nothing of the time limits and little of the code."""
    with as_faults("ask for the engine's architecture"):
        ours = str(client.version()["Arch"])
    if image.architecture != ours:
        raise SystemFault(
            f"the image {image.reference} is made for {image.architecture}, but this engine runs "
            f"on {ours}: use an image for {ours}, or an engine on {image.architecture}",
            retryable=False,
        )


def needed(client: Any, image: Image) -> Image:
    """The image, which no other process prunes from now on while this one lives.

    Raises SystemFault where one has just done so.
    """
    name = _file_name(image.image_id)
    if not is_held(name):
        hold(name)
        if find(client, image.image_id) is None:
            raise SystemFault(f"the image {image.reference} was removed by another process")
    return image


def _file_name(image_id: str) -> str:
    return f"image-{image_id.rpartition(':')[2][:32]}"


def prune(client: Any, keep: Collection[str]) -> tuple[str, ...]:
    """Remove the images that this project pulled or built, but those in `keep` (references, ids or
    digests) or built on one of these references, those that a container uses and those that
    another process needs; the names of what went, sorted.

    What was in the engine before, what somebody made by hand, and what has been given further
    names, stays.
    """
    removed: list[str] = []
    with as_faults("remove images"):
        marked = client.images.list(name=pulls.PULLED) + client.images.list(name=BUILT)
        used = {str(container["ImageID"]) for container in client.api.containers(all=True)}
        for image in marked:
            digests = {str(known) for known in image.attrs.get("RepoDigests") or ()}
            names = {image.id, *image.tags, *digests, *(d.partition("@")[2] for d in digests)}
            names.add(_labels(image.attrs).get(BASE_LABEL, ""))
            others = [name for name in image.tags if not name.startswith(f"{pulls.PULLED}:")]
            if image.id in used or names & set(keep) or len(others) > 1:
                continue
            with let_go(_file_name(image.id)) as unneeded:
                if unneeded:
                    markers = sorted(set(image.tags) - set(others))
                    removed += _remove(client, [*others, *sorted(digests), *markers])
    return tuple(sorted(name for name in removed if not name.startswith(pulls.PULLED)))


def _remove(client: Any, names: Sequence[str]) -> list[str]:
    """Name by name: without `force` the engine removes nothing that is in use meanwhile."""
    gone = []
    for name in names:
        try:
            client.api.remove_image(name)
        except ImageNotFound:  # the last tag took the digests along
            continue
        except APIError as error:
            if error.status_code != 409:
                raise
        else:
            gone.append(name)
    return [name for name in gone if "@" not in name]
