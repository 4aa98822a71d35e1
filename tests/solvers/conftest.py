"""Connections to scripted models end with the module that used them."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_connection_left() -> Iterator[None]:
    yield
    loop = sys.modules.get("tasks.solvers.asking.loop")
    if loop is not None:
        loop.close()
