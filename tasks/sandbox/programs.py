"""The pool that the small programs of an environment run in."""

from collections.abc import Iterator
from contextlib import contextmanager

from tasks.domain.instances import Environment
from tasks.sandbox.client import lent
from tasks.sandbox.pool import Pool
from tasks.sandbox.reaper import reap_once
from tasks.sandbox.recipes import image_for


@contextmanager
def pool_of(environment: Environment, label: str, workers: int = 1) -> Iterator[Pool]:
    """Raises SystemFault where the engine or the image is missing, and says what to do."""
    with lent() as client:
        reap_once(client)
        image = image_for(client, environment, label).image_id
    with Pool(image, workers, environment.limits, label) as pool:
        yield pool
