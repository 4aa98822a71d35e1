"""A real engine for the tests that need one; they are skipped, with the reason, where none answers.

Loaded as a plugin of all tests, so it imports the docker SDK only when a test asks for it.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest

from tasks.domain.errors import SystemFault

BASE_IMAGE: Final = "paydag/base:1"


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """A client of the engine at DOCKER_HOST, or at the default socket."""
    from tasks.sandbox.client import lent

    with ExitStack() as stack:
        try:
            client = stack.enter_context(lent())
        except SystemFault as fault:
            pytest.skip(str(fault))
        yield client


@pytest.fixture(scope="session")
def base_image(engine: Any) -> str:
    """The tag of an image with python3, a shell and git; PAYDAG_TEST_IMAGE names another one."""
    from docker.errors import ImageNotFound

    tag = os.environ.get("PAYDAG_TEST_IMAGE", BASE_IMAGE)
    try:
        engine.images.get(tag)
    except ImageNotFound:
        pytest.skip(f"the engine has no image {tag}; `.ci/base-image` makes {BASE_IMAGE}")
    return tag
