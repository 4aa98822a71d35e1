"""Flows that are told of a store write there after every stage; a home made of it goes on."""

import asyncio
import shutil
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from flows.keeping import with_store
from tasks.domain.errors import SystemFault
from tasks.warehouse import Warehouse
from tests.flows.command import Paydag
from tests.flows.worker import FlowFailedError, Worker
from tests.stores.homes import attached, lands, newest, rows_of
from tests.warehouse.homes import fresh


@pytest.mark.exhaustive
def test_a_run_goes_on_in_a_home_made_of_the_store(
    own_prepared: Path, worker: Worker, tmp_path: Path
) -> None:
    url, other = (tmp_path / "store").as_uri(), tmp_path / "other"
    done = worker.run("evaluate", own_prepared, dataset="sample", solver="gold", store=url)
    assert newest(url).generation >= 4  # prepare had nothing to do; the others wrote
    attached(other, url)
    assert rows_of(other) == rows_of(own_prepared)
    run = done["run_id"]
    again = worker.run("rerun", other, stage="grade", run_id=run, redo=True, store=url)
    assert again["earned_cents"] == done["earned_cents"] > 0
    attached(tmp_path / "third", url)
    assert rows_of(tmp_path / "third") == rows_of(other) != rows_of(own_prepared)
    with pytest.raises(FlowFailedError, match="holds what another home wrote") as refused:
        worker.run("rerun", own_prepared, stage="score", run_id=run, store=url)
    assert refused.value.exit_code == 2


def test_a_store_that_fails_at_the_end_is_a_fault_and_the_work_is_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.stages._FIRST_PAUSE_S", 0)
    home, store = tmp_path / "home", tmp_path / "store"
    fresh(home)

    async def work(home: str) -> int:
        lands(Path(home), ["a"])
        return 7

    stored = with_store(work)
    told = {"store": str(store)}
    with disable_run_logger():
        assert asyncio.run(stored(home=str(home), **told)) == 7

    async def break_it(home: str) -> None:
        lands(Path(home), ["b"], at=1)
        shutil.rmtree(store)
        store.write_text("no folder")

    with pytest.raises(SystemFault, match=f"what was done is in {home}, and the next command"):
        asyncio.run(with_store(break_it)(home=str(home), **told))
    with Warehouse(home).read("raw") as session:
        assert session.tuples("SELECT count(*) FROM raw.documents") == [(2,)]


def test_a_store_that_fails_in_between_stops_no_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.stages._FIRST_PAUSE_S", 0)
    home, store = tmp_path / "home", tmp_path / "store"
    fresh(home)

    async def stage(home: str) -> None:
        lands(Path(home), ["a"])
        store.write_text("no folder")

    async def evaluation(home: str) -> str:
        await with_store(stage)(home=home)
        lands(Path(home), ["b"], at=1)
        store.unlink()
        return "all done"

    with disable_run_logger():
        told = {"store": str(store)}
        assert asyncio.run(with_store(evaluation)(home=str(home), **told)) == "all done"
    attached(tmp_path / "other", store.as_uri())
    assert rows_of(tmp_path / "other") == rows_of(home)
    assert newest(store.as_uri()).generation == 1


@pytest.mark.exhaustive
def test_the_command_line_refuses_a_secret_in_an_address_and_writes_to_the_settings_store(
    paydag: Paydag, tmp_path: Path
) -> None:
    home, store = tmp_path / "home", tmp_path / "store"
    refused = paydag("refresh", "sample", "--store", "s3://me:hunter2@bucket/x", home=home)
    assert (refused.code, refused.out) == (2, "")
    assert "has a password in its address" in refused.err
    assert "hunter2" not in refused.err
    done = paydag("refresh", "sample", home=home, PAYDAG_STORE=str(store))
    assert (done.code, done.err) == (0, "")
    found = paydag.json("attach", str(store), home=tmp_path / "other")
    assert found["generation"] == 1
    assert found["fresh"]
    made = paydag.json("backup", tmp_path / "b.tar", home=tmp_path / "other")
    assert made["files"] > 3
    restored = paydag.json("restore", tmp_path / "b.tar", home=tmp_path / "third")
    assert (restored["files"], restored["aside"]) == (made["files"], None)
    assert rows_of(tmp_path / "third") == rows_of(home)
