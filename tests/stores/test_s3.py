"""Stores in buckets: the same promises, and credentials that stay in the environment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.attaching import attach_store
from tasks.domain.errors import UsageError
from tasks.shipping import check_store, place_at
from tasks.stores import StoreTakenError
from tests.stores.homes import NOW, attached, lands, newest, plant, rows_of, shipped
from tests.stores.s3_server import SECRET, credentials, serving_s3
from tests.warehouse.homes import fresh

pytestmark = pytest.mark.exhaustive

URL = "s3://bucket/some/folder"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_s3(tmp_path_factory.mktemp("s3") / "log") as url:
        yield url


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket, and the environment that reaches it."""
    for name, value in credentials(server).items():
        monkeypatch.setenv(name, value)
    files = place_at("s3://bucket/x")._files
    files.mkdir("bucket")
    yield URL
    files.rm("bucket", recursive=True)


def test_a_bucket_gives_back_what_was_written_and_refuses_a_second_writer(
    bucket: str, tmp_path: Path
) -> None:
    home, other = tmp_path / "one", tmp_path / "other"
    fresh(home)
    plant(home)
    lands(home, ["a"])
    check_store(home, bucket)
    shipped(home, bucket)
    lands(home, ["b"], at=1)
    assert shipped(home, bucket, 1).files == 2
    attached(other, bucket)
    assert rows_of(other) == rows_of(home)
    place = place_at(bucket)
    with pytest.raises(StoreTakenError, match="has written generation 2"):
        place.create(newest(bucket))
    lands(other, ["c"], at=2)
    shipped(other, bucket, 2)
    with pytest.raises(UsageError, match="holds what another home wrote"):
        shipped(home, bucket, 3)
    paths = place._files.ls(place._path("manifests"), detail=False)
    assert [SECRET.encode() in place._files.cat_file(path) for path in paths] == [False] * 3


def test_what_is_wrong_with_a_bucket_is_the_users_mistake_in_a_sentence(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="there is no bucket 'nowhere' for the store"):
        check_store(tmp_path / "home", "s3://nowhere/folder")
    with pytest.raises(UsageError, match="holds no warehouse"):
        attach_store(tmp_path / "home", bucket, NOW)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(UsageError, match="mend the address or the credentials"):
        check_store(tmp_path / "home", bucket)
