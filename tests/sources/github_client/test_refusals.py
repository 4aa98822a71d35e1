"""What trying again cannot help: one sentence, one request."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from tasks.domain.collecting import Access
from tasks.domain.errors import UsageError
from tasks.sources.failures import Refused, Unanswered
from tasks.sources.github.client import Client
from tests.sources.github_client.scripted import (
    OTHER_TOKEN,
    TOKEN,
    Answer,
    answer,
    ask,
    connected,
    serving,
    statuses,
)

SAML = "Resource protected by organization SAML enforcement."


@pytest.mark.parametrize(
    ("refusal", "status", "sentence"),
    [
        (
            answer({"message": "Bad credentials"}, 401),
            "bad_credentials",
            "GitHub does not accept token 1 of 2: bad credentials; set a new one",
        ),
        (
            answer({"message": SAML}, 403, remaining=4000),
            "forbidden",
            f"GitHub forbids token 1 of 2 to read this: HTTP 403: {SAML}; "
            "give it access or another token",
        ),
        (
            answer({"data": {"repository": None}, "errors": [
                {"type": "INSUFFICIENT_SCOPES", "message": "needs read:org"}
            ]}),
            "forbidden",
            "GitHub forbids token 1 of 2 to read this: INSUFFICIENT_SCOPES: needs read:org; "
            "give it access or another token",
        ),
        (
            answer({"data": {"repository": None}, "errors": [
                {"type": "FORBIDDEN", "path": ["repository"], "message": SAML}
            ]}),
            "forbidden",
            f"GitHub forbids token 1 of 2 to read this: FORBIDDEN at repository: {SAML}; "
            "give it access or another token",
        ),
        (
            answer({"data": {"repository": None}, "errors": [
                {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}
            ]}),
            "not_found",
            "GitHub shows token 1 of 2 no repository ada/engine; check its spelling and the "
            "token's access",
        ),
    ],
    ids=["credentials", "saml", "scopes", "forbidden", "repository"],
)  # fmt: skip
def test_a_refusal_is_one_sentence_and_no_second_request(
    refusal: Answer, status: str, sentence: str
) -> None:
    async def run() -> None:
        async with serving(refusal) as server, connected(server, TOKEN, OTHER_TOKEN) as client:
            with pytest.raises(Refused) as error:
                await ask(client, owner="ada", name="engine")
        assert str(error.value) == sentence
        assert isinstance(error.value, UsageError)
        assert statuses(error.value.calls) == [status]
        assert len(server.requests) == 1

    asyncio.run(run())


def test_a_wrong_endpoint_names_its_setting() -> None:
    async def run() -> None:
        async with serving(Answer(404, {}, b"<html>")) as server, connected(server) as client:
            with pytest.raises(Refused) as error:
                await ask(client)
        assert str(error.value) == (
            f"there is no GitHub API at {server.url}/graphql; correct GITHUB_GRAPHQL_URL"
        )

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ({"message": "Field 'issuez' doesn't exist"}, "error: Field 'issuez' doesn't exist"),
        (
            {"type": "NOT_FOUND", "path": ["node"], "message": "none"},
            "NOT_FOUND at node: none",
        ),
    ],
    ids=["invalid", "no_data"],
)
def test_a_query_that_github_rejects_is_our_fault_and_not_tried_again(
    error: dict[str, object], line: str
) -> None:
    async def run() -> None:
        async with serving(answer({"errors": [error]})) as server, connected(server) as client:
            with pytest.raises(Unanswered) as fault:
                await ask(client)
        assert (fault.value.retryable, len(server.requests)) == (False, 1)
        assert str(fault.value) == f"GitHub rejected a query of paydag: {line}"
        assert statuses(fault.value.calls) == ["rejected"]

    asyncio.run(run())


@pytest.mark.parametrize(("status", "body"), [(404, {"message": "Not Found"}), (410, {"id": 1})])
def test_a_missing_or_gone_resource_is_an_answer_of_rest(status: int, body: object) -> None:
    async def run() -> None:
        async with serving(answer(body, status)) as server, connected(server) as client:
            reply = await client.get("issue", "/repos/a/b/issues/1")
        assert (reply.status, reply.location, reply.body) == (status, None, body)
        assert statuses(reply.calls) == ["ok"]

    asyncio.run(run())


def test_a_moved_resource_is_an_answer_of_rest_and_can_be_asked_for() -> None:
    async def run() -> None:
        moved = answer({"message": "Moved"}, 301, location="/repositories/7/issues/1")
        async with serving(moved, answer({"id": 9})) as server, connected(server) as client:
            reply = await client.get("issue", "/repos/a/b/issues/1")
            assert (reply.status, reply.location) == (301, "/repositories/7/issues/1")
            again = await client.get("issue", f"{server.url}/repositories/7/issues/1")
        assert again.body == {"id": 9}
        assert [r.path for r in server.requests][1] == "/repositories/7/issues/1"

    asyncio.run(run())


def test_rest_asks_no_other_host() -> None:
    async def run() -> None:
        async with serving() as server, connected(server) as client:
            with pytest.raises(UsageError, match="not on the GitHub API's own host"):
                await client.get("issue", "http://elsewhere.invalid/repos/a/b")
        assert server.requests == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"tokens": ()}, "there is no GitHub token; set GITHUB_TOKEN or GITHUB_TOKENS"),
        (
            {"graphql_url": "api.example.org"},
            "GITHUB_GRAPHQL_URL is no http(s) address: 'api.example.org'",
        ),
        (
            {"api_url": "https://ada:secret@api.example.org"},
            "GITHUB_API_URL holds a user name; only a token opens GitHub's API",
        ),
        (
            {"tokens": (SecretStr("good"), SecretStr("with\nbreak"))},
            "GitHub token 2 of 2 is malformed: it is empty, or has spaces or other characters "
            "that no token has; set GITHUB_TOKEN again",
        ),
    ],
    ids=["none", "address", "user", "malformed"],
)
def test_access_that_cannot_work_is_refused_before_anything_is_sent(
    changed: dict[str, Any], sentence: str
) -> None:
    access = Access(**{"tokens": (SecretStr(TOKEN),), **changed})
    with pytest.raises(UsageError) as error:
        Client(access, wait=True)
    assert str(error.value) == sentence
