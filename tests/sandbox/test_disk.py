"""A disk without room for an image is refused in one sentence, wherever the engine keeps them."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import SystemFault
from tasks.sandbox import disk


class _Api:
    def __init__(self, address: str) -> None:
        self.base_url = address


class _Engine:
    """What is asked of an engine, of engines that are not at hand here."""

    def __init__(self, address: str, root: str) -> None:
        self.api, self._root = _Api(address), root

    def info(self) -> dict[str, str]:
        return {"DockerRootDir": self._root}


LOCAL, REMOTE = "http+docker://localhost", "http://10.0.0.1:2375"


def test_room_is_looked_for_where_the_engine_keeps_its_images(engine: Any, tmp_path: Path) -> None:
    free, place = disk.free_space(engine, tmp_path)
    assert place == Path(engine.info()["DockerRootDir"])
    assert abs(free - shutil.disk_usage(place).free) < disk.GB


@pytest.mark.parametrize(
    "elsewhere",
    [_Engine(REMOTE, "/"), _Engine("http+docker://ssh", "/"), _Engine(LOCAL, "/no/such/folder")],
)
def test_where_that_cannot_be_seen_it_is_looked_for_at_home(
    elsewhere: _Engine, tmp_path: Path
) -> None:
    assert disk.free_space(elsewhere, tmp_path)[1] == tmp_path
    assert disk.free_space(elsewhere, None)[1] == Path.home()


def test_a_refusal_names_what_place_need_and_room(tmp_path: Path) -> None:
    engine = _Engine(LOCAL, str(tmp_path))
    disk.ensure_room(engine, 0, "the image a/b:c", tmp_path)
    with pytest.raises(SystemFault) as fault:
        disk.ensure_room(engine, 10**18, "the image a/b:c", tmp_path)
    said = str(fault.value)
    assert said.startswith("the image a/b:c needs about 1000000000.0 GB and a reserve of 1.0 GB, ")
    assert f"but {tmp_path} has " in said
    assert said.endswith("free: make room, or remove images after use with --prune")
    assert not fault.value.retryable
