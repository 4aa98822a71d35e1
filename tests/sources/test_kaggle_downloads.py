"""Downloads through the real library from a loopback Kaggle: what is kept, and who is to blame."""

import asyncio
import io
import socket
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tasks.domain.collecting import DownloadAccess, Downloaded
from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.sources.kaggle import SOURCE, Kaggle, downloads
from tests.kaggle_server import KEY, TOKEN, USER, KaggleServer, Reply, json_reply, refusal
from tests.sources.postings import FILE, NOW, OPTIONS, csv_text, row

pytestmark = pytest.mark.slow

TEXT = csv_text([row("1"), row("2")])


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


NEWEST = "when asked for the newest version of mill/odd-jobs:"
GOOD = packed({FILE: TEXT})


def bring(access: DownloadAccess, cache: Path, **options: Any) -> Downloaded:
    source = SOURCE
    assert isinstance(source, Kaggle)
    return asyncio.run(source.download(OPTIONS | options, access, cache))


def left(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def refused(
    kind: type[PaydagError], server: KaggleServer, cache: Path, access: DownloadAccess | None = None
) -> str:
    with pytest.raises(kind) as found:
        bring(access or server.access(), cache)
    message = str(found.value)
    for secret in (TOKEN, KEY, USER, "Signature"):
        assert secret not in message
    assert "\n" not in message
    assert left(cache) == []
    return message


def test_the_newest_version_is_asked_for_and_downloaded_once(tmp_path: Path) -> None:
    cache, home = tmp_path / "cache", tmp_path / "home"
    home.mkdir()
    with KaggleServer({1: b"old", 3: GOOD}) as server:
        access = server.access(environment={"HOME": str(home), "VERBOSE": "1"})
        found = bring(access, cache)
        again = bring(access, cache)
        kept = cache / "mill" / "odd-jobs" / "3" / "odd-jobs.zip"
        assert found == Downloaded(path=kept, version=3, fresh=True, calls=3)
        assert again == Downloaded(path=kept, version=3, fresh=False, calls=1)
        assert server.calls == ["GetDataset", "DownloadDataset", "/files/3.zip", "GetDataset"]
        assert {one.authorization for one in server.asked[:2]} == {f"Bearer {TOKEN}"}
        server.versions[4] = GOOD
        assert bring(access, cache).version == 4
    assert left(cache) == ["mill/odd-jobs/3/odd-jobs.zip", "mill/odd-jobs/4/odd-jobs.zip"]
    assert left(home) == []
    assert len(list(SOURCE.fetch(found.path, OPTIONS, NOW))) == 3


def test_a_pinned_version_is_not_asked_for_and_user_and_key_do_as_well(tmp_path: Path) -> None:
    with KaggleServer({1: GOOD, 3: b"new"}) as server:
        access = server.access(token=None, username=USER, key=SecretStr(KEY))
        found = bring(access, tmp_path, dataset="mill/odd-jobs/1")
        assert (found.version, found.fresh) == (1, True)
        assert server.calls == ["DownloadDataset", "/files/1.zip"]
        assert server.asked[0].authorization.startswith("Basic ")
        again = bring(access, tmp_path, dataset="mill/odd-jobs/1")
        assert (again.fresh, again.calls, len(server.calls)) == (False, 0, 2)


def test_a_cached_version_that_was_damaged_is_downloaded_again(tmp_path: Path) -> None:
    with KaggleServer({2: GOOD}) as server:
        kept = bring(server.access(), tmp_path).path
        kept.write_bytes(GOOD[:-40])
        (kept.parent.parent / ".partial-999999999-left").mkdir()
        again = bring(server.access(), tmp_path)
        assert (again.fresh, again.path.read_bytes()) == (True, GOOD)
    assert [p.name for p in (tmp_path / "mill" / "odd-jobs").iterdir()] == ["2"]


def test_a_token_stays_with_the_host_that_it_is_for(tmp_path: Path) -> None:
    with KaggleServer({1: GOOD}) as storage, KaggleServer({1: GOOD}) as server:
        there = f"{storage.url.replace('127.0.0.1', 'localhost')}/files/1.zip"
        server.faults["DownloadDataset"] = [Reply(302, b"", {"Location": there})]
        assert bring(server.access(), tmp_path).fresh
        assert [(one.what, one.authorization) for one in storage.asked] == [("/files/1.zip", "")]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "Kaggle (127.0.0.1) does not accept KAGGLE_API_TOKEN: make a new token at https://"),
        (403, "does not let this account read mill/odd-jobs: open its page there"),
        (404, "has no dataset mill/odd-jobs: correct `dataset` in dataset.yaml"),
    ],
)
def test_what_the_user_has_to_mend_is_the_users_mistake_and_not_tried_again(
    tmp_path: Path, status: int, said: str
) -> None:
    with KaggleServer({1: GOOD}) as server:
        server.faults["GetDataset"] = [refusal(status)]
        assert said in refused(UsageError, server, tmp_path)
        assert server.calls == ["GetDataset"]
        server.faults["DownloadDataset"] = [refusal(status)]
        assert said in refused(UsageError, server, tmp_path)


@pytest.mark.exhaustive
def test_a_key_and_a_version_that_are_not_known_are_named(tmp_path: Path) -> None:
    with KaggleServer({1: GOOD}) as server:
        wrong = server.access(token=None, username=USER, key=SecretStr("wr0ng"))
        said = refused(UsageError, server, tmp_path, wrong)
        assert "does not accept KAGGLE_USERNAME and KAGGLE_KEY" in said
        with pytest.raises(UsageError, match="has no dataset mill/odd-jobs version 9:"):
            bring(server.access(), tmp_path, dataset="mill/odd-jobs/9")
        server.faults["GetDataset"] = [json_reply({"code": 404, "message": TOKEN})]
        assert "has no dataset" in refused(UsageError, server, tmp_path)


def test_what_passes_is_waited_for(tmp_path: Path) -> None:
    with KaggleServer({1: GOOD}) as server:
        server.faults["GetDataset"] = [refusal(429, **{"Retry-After": "1"}), refusal(503)]
        server.faults["DownloadDataset"] = [refusal(500)]
        server.faults["/files/1.zip"] = [Reply(200, GOOD, torn=True)]
        found = bring(server.access(), tmp_path)
        assert found.path.read_bytes() == GOOD
        assert server.calls == [
            *("GetDataset", "GetDataset", "GetDataset", "DownloadDataset"),
            *("DownloadDataset", "/files/1.zip", "DownloadDataset", "/files/1.zip"),
        ]


def test_a_limit_that_lasts_is_told_and_not_waited_for(tmp_path: Path) -> None:
    with KaggleServer({1: GOOD}) as server:
        server.faults["GetDataset"] = [refusal(429, **{"Retry-After": "3600"})]
        assert refused(SystemFault, server, tmp_path) == (
            "Kaggle (127.0.0.1) answers too many requests: run the same command in 3,600 seconds"
        )
        assert server.calls == ["GetDataset"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("what", "reply", "times", "said"),
    [
        ("GetDataset", refusal(502), 4, f"{NEWEST} status 502; try later"),
        ("GetDataset", refusal(429), 4, "answers too many requests: run the same command later"),
        ("GetDataset", Reply(200, b"<html>"), 1, f"{NEWEST} its answer cannot be read"),
        ("GetDataset", json_reply({}), 1, f"{NEWEST} its answer cannot be read"),
        ("GetDataset", json_reply([1]), 1, f"{NEWEST} its answer cannot be read"),
        (
            "GetDataset",
            Reply(302, b"", {"Location": "/v1/datasets.DatasetApiService/GetDataset"}),
            None,
            f"{NEWEST} its answer cannot be read",
        ),
        (
            "/files/1.zip",
            Reply(200, GOOD, torn=True),
            4,
            "when asked for mill/odd-jobs: the download broke off",
        ),
        (
            "/files/1.zip",
            Reply(200, b"", {"Content-Length": str(10**12)}),
            1,
            "when asked for mill/odd-jobs: it is too large",
        ),
        ("/files/1.zip", Reply(200, b"<html>"), 1, "version 1 was not kept: what arrived is no"),
        ("/files/1.zip", Reply(200, GOOD[:-30]), 1, "version 1 was not kept: what arrived is no"),
        (
            "/files/1.zip",
            Reply(200, packed({FILE: TEXT, "../x": ""})),
            1,
            "version 1 was not kept: what arrived holds '../x', which leads out of it",
        ),
    ],
)
def test_what_the_machine_or_the_service_does_is_nobodys_mistake(
    tmp_path: Path, what: str, reply: Reply, times: int | None, said: str
) -> None:
    with KaggleServer({1: GOOD}) as server:
        server.faults[what] = [reply] * 50
        assert said in refused(SystemFault, server, tmp_path)
        assert times is None or server.calls.count(what) == times


def test_a_bomb_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.sources.kaggle.archives._MOST_UNPACKED", 1_000_000)
    with KaggleServer({1: packed({FILE: TEXT, "zeros": "0" * 1_000_001})}) as server:
        assert "was not kept: what arrived declares 1," in refused(SystemFault, server, tmp_path)


@pytest.mark.exhaustive
def test_a_download_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", 100_000)
    endless = Reply(200, b"x" * 300_000, {"Content-Length": ""})
    with KaggleServer({1: GOOD}) as server:
        server.faults["/files/1.zip"] = [endless]
        said = refused(SystemFault, server, tmp_path)
    assert said == "mill/odd-jobs cannot be kept in the cache: it is too large"


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    access = DownloadAccess(token=TOKEN, url=f"http://127.0.0.1:{port}")
    with pytest.raises(SystemFault) as found:
        bring(access, tmp_path)
    assert str(found.value) == (
        "Kaggle (127.0.0.1) gave no usable answer when asked for the newest version of "
        "mill/odd-jobs: Connection refused; try later"
    )


@pytest.mark.exhaustive
def test_a_server_that_says_nothing_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = DownloadAccess(token=TOKEN, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(SystemFault, match="no answer in time"):
            bring(access, tmp_path)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "mill").write_text("in the way")
    with pytest.raises(SystemFault, match="cannot be used: "):
        bring(DownloadAccess(token=TOKEN), tmp_path)


def test_an_interrupt_ends_the_library_too(tmp_path: Path) -> None:
    async def interrupted(access: DownloadAccess) -> None:
        assert isinstance(SOURCE, Kaggle)
        async with asyncio.timeout(4):
            await SOURCE.download(OPTIONS, access, tmp_path)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = DownloadAccess(token=TOKEN, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            asyncio.run(interrupted(access))
    assert left(tmp_path) == []
    assert stat.S_ISDIR((tmp_path / "mill" / "odd-jobs").stat().st_mode)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "downloading from Kaggle needs a token: make one at https://www.kaggle.com/settings"),
        ({"username": USER}, "KAGGLE_USERNAME is set, but KAGGLE_KEY is not"),
        ({"key": KEY}, "KAGGLE_KEY is set, but KAGGLE_USERNAME is not"),
        ({"token": "a b"}, "KAGGLE_API_TOKEN holds blanks"),
        ({"token": "é"}, "KAGGLE_API_TOKEN holds blanks"),
        ({"username": USER, "key": "a\nb"}, "KAGGLE_KEY holds blanks"),
    ],
)
def test_credentials_are_looked_at_before_anything_is_sent(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as found:
        bring(DownloadAccess(**given), tmp_path)
    assert str(found.value).startswith(said)
    assert "a b" not in str(found.value)
    assert list(tmp_path.iterdir()) == []
