"""What every schedule begins with."""

from pathlib import Path

import pytest

from tests.github_server.schema import need_schema
from tests.sources.github_collection.refreshing import Home, access_to


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty warehouse, to be copied."""
    need_schema()
    return Home(tmp_path_factory.mktemp("empty"), access_to("http://127.0.0.1:1", "t"), {}).path
