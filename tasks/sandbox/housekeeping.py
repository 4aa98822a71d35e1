"""Questions and chores that concern images, for stages and commands, which have no client of the
engine."""

from collections.abc import Collection

from tasks.domain.errors import SystemFault
from tasks.sandbox.client import lent
from tasks.sandbox.images import find, prune
from tasks.sandbox.removals import finish_removals


def has_image(reference: str) -> bool:
    """Whether the engine has the image. Raises SystemFault where it does not answer."""
    with lent() as client:
        return find(client, reference) is not None


def remove_unused(keep: Collection[str]) -> tuple[str, ...]:
    """Remove the images that were pulled or built for environments and serve none now, but those
    in `keep`; the names of what went.

    An engine that fails removes nothing: what was found out with the image is worth more.
    """
    finish_removals()  # a container that is there uses its image
    try:
        with lent() as client:
            return prune(client, keep)
    except SystemFault:
        return ()
