"""What is collected: linked jobs a page at a time, what is gone or private, and searches."""

from collections.abc import Iterator

import pytest

from tasks.domain.errors import SystemFault
from tasks.sources.upwork.state import LinkedState
from tests.github_server.exchange import json_reply
from tests.sources.upwork.home import Home, linked
from tests.upwork_server.jobs import Job
from tests.upwork_server.server import UpworkServer, failed

JOBS = [Job(number) for number in range(1, 46)]
STREAM = "boats linked jobs"


@pytest.fixture
def server() -> Iterator[UpworkServer]:
    with UpworkServer() as started:
        started.put(JOBS)
        yield started


def state(home: Home) -> LinkedState:
    return LinkedState.read(home.store.cursor(STREAM))


def test_linked_jobs_land_as_the_api_shows_them(server: UpworkServer) -> None:
    home = Home(server)
    store = home.collect(linked=linked(*JOBS))
    contents = [job.contents() for job in JOBS]
    assert store.payloads("upwork.job_contents") == contents
    asked = [job.posting() for job in JOBS]
    for node in asked:
        del node["contractTerms"]["personsToHire"]
        del node["contractTerms"]["fixedPriceContractTerms"]["amount"]["displayValue"]
    assert store.payloads("upwork.job") == asked
    assert {d.external_id for d in store.documents} == {job.id for job in JOBS}
    assert [c.query for c in store.calls] == ["jobs", "contents"] * 3
    assert home.notes == ()


def test_a_second_refresh_asks_only_for_what_may_have_changed(server: UpworkServer) -> None:
    server.put(job.changed(status="CLOSED", close_result="0") for job in JOBS[:40])
    home = Home(server)
    home.collect(linked=linked(*JOBS))
    assert state(home).open == [job.id for job in JOBS[40:]]
    before = len(server.asked)
    home.collect(linked=linked(*JOBS))
    assert len(server.asked) == before + 2
    assert sorted(server.asked[-1].variables["ids"]) == [job.id for job in JOBS[40:]]
    home.collect(linked=[], full=True)
    assert len(server.asked) == before + 2 + 6


def test_what_was_not_reached_is_asked_for_next_time(server: UpworkServer) -> None:
    home = Home(server)
    server.script.extend([lambda _: None] * 2)
    server.script.extend([failed("Service is unavailable")] * 50)
    with pytest.raises(SystemFault, match="Upwork reads none of the jobs that it is asked for"):
        home.collect(linked=linked(*JOBS))
    assert len(home.store.payloads("upwork.job")) == 20
    assert len(state(home).pending) == 25
    server.script.clear()
    home.collect(linked=[])
    assert len(home.store.payloads("upwork.job")) == 20 + 25 + 20  # the first are open still
    assert state(home).pending == []


def test_a_job_that_is_gone_or_private_is_recorded_and_the_others_land(
    server: UpworkServer,
) -> None:
    gone, hidden, silent, *others = JOBS[:6]
    server.missing, server.private, server.nulls = {gone.id}, {hidden.id}, {silent.id}
    home = Home(server)
    store = home.collect(linked=linked(*JOBS[:6]))
    assert [p["id"] for p in store.payloads("upwork.job")] == [job.id for job in others]
    assert store.payloads("upwork.gone") == [
        {
            "id": gone.id,
            "reason": "not_found",
            "error": "ExecutionAborted: Requested job was not found (404)",
        },
        {
            "id": hidden.id,
            "reason": "private",
            "error": "ExecutionAborted: Permission view_job denied (403)",
        },
        {"id": silent.id, "reason": "not_found", "error": None},
    ]
    assert home.notes == ("3 linked jobs cannot be read: 2 not found, 1 shown to others only",)
    before = len(server.asked)
    home.collect(linked=linked(gone, hidden, silent))
    assert gone.id not in str([s.variables for s in server.asked[before:]])


def test_one_job_that_fails_costs_nothing_but_itself(server: UpworkServer) -> None:
    server.broken = {JOBS[3].id}
    home = Home(server)
    store = home.collect(linked=linked(*JOBS[:6]))
    assert len(store.payloads("upwork.job")) == 5
    assert store.payloads("upwork.gone") == []
    (note,) = home.notes
    assert note.startswith(
        f"1 linked jobs failed and are asked for next time; the first, {JOBS[3].id}:"
    )
    assert state(home).pending == [(JOBS[3].id, JOBS[3].cipher)]
    server.broken = set()
    home.collect(linked=[])
    assert state(home).pending == []


def test_a_job_is_asked_for_by_its_ciphertext_where_no_number_is_known(
    server: UpworkServer,
) -> None:
    store = Home(server).collect(linked=[(None, "~01aaaaaaaaaaaaaaaa")])
    assert [p["id"] for p in store.payloads("upwork.gone")] == ["~01aaaaaaaaaaaaaaaa"]


def test_named_issues_ask_for_their_jobs_alone_and_leave_the_rest_where_it_stands(
    server: UpworkServer,
) -> None:
    home = Home(server)
    home.collect(linked=linked(JOBS[0]), issues=("7",))
    assert state(home) == LinkedState(read_to=0, pending=[], open=[JOBS[0].id])
    assert len(server.asked) == 2


@pytest.mark.parametrize(("limit", "pages"), [(100, 3), (30, 2), (20, 1)])
def test_a_search_goes_page_by_page_to_its_end_or_its_limit(
    server: UpworkServer, limit: int, pages: int
) -> None:
    home = Home(server)
    store = home.collect(search=["boats leak"], limit=limit)
    found = store.payloads("upwork.job_found")
    newest = [job.id for job in sorted(JOBS, key=lambda j: j.id, reverse=True)]
    assert [node["id"] for node in found] == newest[: min(limit, 45)]
    assert found[0]["skills"] == [{"name": "react native", "prettyName": "React Native"}]
    assert len(server.asked) == pages
    assert store.harvests[-1].done


def test_a_search_that_finds_nothing_is_done(server: UpworkServer) -> None:
    store = Home(server).collect(search=["submarines"])
    assert store.documents == []
    assert store.harvests[-1].done


def test_a_service_that_turns_in_a_circle_is_left(server: UpworkServer) -> None:
    page = {
        "edges": [{"cursor": "1", "node": JOBS[0].result()}],
        "pageInfo": {"endCursor": "0", "hasNextPage": True},
    }
    server.script.append(json_reply(200, {"data": {"marketplaceJobPostingsSearch": page}}))
    store = Home(server).collect(search=["boats"])
    assert len(server.asked) == 1
    assert [d.external_id for d in store.documents] == [JOBS[0].id]


def test_results_without_an_id_are_counted(server: UpworkServer) -> None:
    page = {"edges": [{"node": {"title": "Boats"}}, {"node": None}, {"node": {"id": "7"}}]}
    server.script.append(json_reply(200, {"data": {"marketplaceJobPostingsSearch": page}}))
    home = Home(server)
    assert [d.external_id for d in home.collect(search=["boats"]).documents] == ["7"]
    assert home.notes == ("1 results of the search 'boats' have no id",)
