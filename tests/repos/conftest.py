"""One repository for hostile patches, its base and the mirror that reads it."""

import pytest

from tasks.repos import Mirror
from tests.repos.histories import Repository
from tests.repos.patches import BASE


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.made(tmp_path_factory.mktemp("patching") / "app.git")


@pytest.fixture(scope="module")
def base(repository: Repository) -> str:
    return repository.commit(BASE)


@pytest.fixture(scope="module")
def mirror(repository: Repository, base: str) -> Mirror:
    return Mirror(repository.folder)
