"""Tokens, limits and failures: what is tried again, what is told, and that no secret gets out."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from tasks.domain.collecting import Access, Oauth
from tasks.domain.errors import LimitReached, PaydagError, SystemFault, UsageError
from tests.github_server.exchange import Reply, json_reply
from tests.sources.upwork.home import QUICK, Home, access_to, linked
from tests.upwork_server.jobs import Job
from tests.upwork_server.server import CLIENT, REFRESH, SECRET, TOKEN, UpworkServer, failed

JOB = Job(1)
SECRETS = (TOKEN, REFRESH, SECRET, CLIENT, "oauth2v2_issued")
SCOPE = (
    "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
    "[Money.currency, Query.marketplaceJobPosting]"
)


@pytest.fixture
def server() -> Iterator[UpworkServer]:
    with UpworkServer() as started:
        started.put([JOB])
        yield started


@pytest.fixture
def home(server: UpworkServer) -> Home:
    return Home(server)


def landed(home: Home) -> list[str]:
    return [document.kind for document in home.store.documents]


def refused(home: Home, **asked: Any) -> PaydagError:
    with pytest.raises(PaydagError) as caught:
        home.collect(**{"linked": linked(JOB)} | asked)
    assert "\n" not in str(caught.value)
    told = f"{caught.value!r} {home.store.calls!r} {home.store.documents!r} {home.notes!r}"
    assert not [secret for secret in SECRETS if secret in told]
    return caught.value


def test_a_token_is_sent_as_bearer_with_the_tenant_it_acts_for(
    server: UpworkServer, home: Home
) -> None:
    home.collect(linked=linked(JOB), access=access_to(server, tenant_id="1234"))
    assert {(s.token, s.headers["x-upwork-api-tenantid"]) for s in server.asked} == {
        (TOKEN, "1234")
    }
    assert landed(home) == ["upwork.job", "upwork.job_contents"]


def test_a_token_that_is_not_accepted_is_renewed_once_and_the_refresh_goes_on(
    server: UpworkServer, home: Home
) -> None:
    server.tokens.clear()
    home.collect(linked=linked(JOB), access=access_to(server, tenant_id="1234"))
    assert [s.form for s in server.sent if s.form] == [
        {
            "grant_type": "refresh_token",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "refresh_token": REFRESH,
        }
    ]
    token_call = next(s for s in server.sent if s.form)
    assert "authorization" not in token_call.headers
    assert "x-upwork-api-tenantid" not in token_call.headers
    assert [(c.query, c.status) for c in home.store.calls] == [
        ("jobs", "unauthorized"),
        ("token", "ok"),
        ("jobs", "ok"),
        ("contents", "ok"),
    ]
    told = repr(home.store)
    assert not [secret for secret in SECRETS if secret in told]


def test_without_a_token_one_is_got_and_a_replaced_refresh_token_is_told(
    server: UpworkServer, home: Home
) -> None:
    server.rotates = True
    home.collect(linked=linked(JOB), access=access_to(server, token=None))
    assert server.sent[0].path == "/api/v3/oauth2/token"
    (note,) = home.notes
    assert note.startswith("Upwork replaced the refresh token; should it refuse the one in")


def test_an_id_and_a_secret_alone_get_a_token_of_their_own(
    server: UpworkServer, home: Home
) -> None:
    home.collect(linked=linked(JOB), access=access_to(server, token=None, refresh_token=None))
    assert server.sent[0].form["grant_type"] == "client_credentials"
    assert landed(home) == ["upwork.job", "upwork.job_contents"]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"refresh_token": "old"}, "Upwork does not accept UPWORK_REFRESH_TOKEN: it is expired or"),
        ({"client_secret": "wrong"}, "Upwork does not accept UPWORK_CLIENT_ID and UPWORK_CLIENT_S"),
        (
            {"client_id": None, "client_secret": None, "refresh_token": None},
            "Upwork does not accept UPWORK_ACCESS_TOKEN: it is expired or wrong; set a new one, or",
        ),
    ],
)
def test_credentials_that_are_not_accepted_are_named_and_not_tried_again(
    server: UpworkServer, home: Home, held: dict[str, Any], said: str
) -> None:
    server.tokens.clear()
    error = refused(home, access=access_to(server, **held))
    assert isinstance(error, UsageError)
    assert str(error).startswith(said)
    assert len(server.asked) == 1
    assert home.store.calls[0].status == "unauthorized"


def test_a_key_that_needs_a_person_says_so(server: UpworkServer, home: Home) -> None:
    server.script.append(json_reply(400, {"error": "unauthorized_client"}))
    error = refused(home, access=access_to(server, token=None, refresh_token=None))
    assert "set UPWORK_REFRESH_TOKEN as well" in str(error)


def test_a_fresh_token_that_is_refused_again_ends_it(server: UpworkServer, home: Home) -> None:
    denied = json_reply(401, {"message": "Authentication failed"})
    server.script.extend([denied, lambda _: None, denied])
    error = refused(home)
    assert "does not accept the token that it has just given" in str(error)
    assert len(server.sent) == 3


def test_half_a_configuration_is_told(server: UpworkServer, home: Home) -> None:
    access = access_to(server, token=None, client_secret=None)
    error = refused(home, access=access)
    assert (
        str(error) == "UPWORK_CLIENT_ID is set without UPWORK_CLIENT_SECRET; set both, or neither"
    )


def test_no_configuration_says_what_to_set(server: UpworkServer, home: Home) -> None:
    error = refused(home, access=Access(graphql_url=server.graphql_url))
    assert str(error).startswith("Upwork needs a token: set UPWORK_ACCESS_TOKEN, or")
    assert server.sent == []


def test_a_limit_is_waited_for_as_long_as_it_says(server: UpworkServer, home: Home) -> None:
    limited = json_reply(429, {"message": "Too Many Requests"}, {"Retry-After": "0"})
    server.script.extend([limited, limited])
    home.collect(linked=linked(JOB))
    assert [c.status for c in home.store.calls] == ["rate_limited", "rate_limited", "ok", "ok"]


def test_a_limit_without_a_time_is_waited_for_ever_longer(server: UpworkServer, home: Home) -> None:
    server.script.extend([Reply(429, b""), failed("Rate limit exceeded"), Reply(429, b"")])
    home.collect(linked=linked(JOB))
    assert [c.status for c in home.store.calls][:4] == [*["rate_limited"] * 3, "ok"]


def test_a_limit_that_must_not_be_waited_for_stops_the_collection(
    server: UpworkServer, home: Home
) -> None:
    server.script.append(Reply(429, b"", {"Retry-After": "3600"}))
    error = refused(home, wait=False)
    assert isinstance(error, LimitReached)
    assert str(error) == "Upwork limits requests, for 3600 s more; the same command goes on later"
    assert [c.status for c in home.store.calls] == ["rate_limited"]


def test_a_limit_that_lasts_stops_the_collection(server: UpworkServer, home: Home) -> None:
    server.script.append(Reply(429, b"", {"Retry-After": "3600"}))
    assert isinstance(refused(home), LimitReached)


@pytest.mark.parametrize(
    "fault",
    [
        Reply(503, b"<html>busy</html>"),
        Reply(500, b'{"message": "oops"}'),
        Reply(200, b"<html>a page</html>"),
        Reply(200, b""),
        Reply(200, b'{"data": null}'),
        Reply(200, b"", reset=True),
        Reply(200, b'{"data": {}}', sent=5),
    ],
)
def test_a_failing_way_is_tried_again(server: UpworkServer, home: Home, fault: Reply) -> None:
    server.script.append(fault)
    home.collect(linked=linked(JOB))
    assert landed(home) == ["upwork.job", "upwork.job_contents"]
    assert home.store.calls[0].status != "ok"


def test_a_way_that_goes_on_failing_is_a_fault_of_the_machine(
    server: UpworkServer, home: Home
) -> None:
    server.script.extend([Reply(502, b"")] * QUICK.tries)
    error = refused(home)
    assert isinstance(error, SystemFault)
    assert str(error) == (
        "Upwork (127.0.0.1) gave no usable answer to jobs in 3 tries; the last: HTTP 502"
    )
    assert [c.status for c in home.store.calls] == ["http_502"] * 3


def test_a_missing_scope_is_named_with_what_it_keeps_back(server: UpworkServer, home: Home) -> None:
    server.script.append(failed(SCOPE))
    error = refused(home)
    assert isinstance(error, UsageError)
    assert str(error).startswith(
        "Upwork does not let this token read Money.currency, Query.marketplaceJobPosting: give its "
        'API key the scopes "Read marketplace Job Postings" and "Common Entities'
    )
    assert len(server.sent) == 1


def test_a_query_that_the_api_does_not_know_is_our_fault(server: UpworkServer, home: Home) -> None:
    server.script.append(failed("Field 'job' is undefined", "ValidationError"))
    error = refused(home)
    assert isinstance(error, SystemFault)
    assert not error.retryable
    assert "rejected a query of paydag: ValidationError: Field 'job' is undefined" in str(error)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"graphql_url": "{url}/nowhere"}, "there is no GraphQL API of Upwork at {url}/nowhere; "),
        ({"graphql_url": "ftp://x"}, "UPWORK_GRAPHQL_URL is no http(s) address: 'ftp://x'"),
        (
            {"graphql_url": "http://me:pw@127.0.0.1:1/"},
            "UPWORK_GRAPHQL_URL holds a user name; only a token opens Upwork's API",
        ),
    ],
)
def test_a_wrong_address_is_told_with_its_setting(
    server: UpworkServer, home: Home, change: dict[str, str], said: str
) -> None:
    changed = {name: value.format(url=server.url) for name, value in change.items()}
    error = refused(home, access=access_to(server).model_copy(update=changed))
    assert isinstance(error, UsageError)
    assert str(error).startswith(said.format(url=server.url))


def test_a_wrong_token_address_is_told_with_its_setting(server: UpworkServer, home: Home) -> None:
    access = access_to(server, token=None)
    assert access.oauth is not None
    oauth = access.oauth.model_copy(update={"token_url": f"{server.url}/nowhere"})
    error = refused(home, access=access.model_copy(update={"oauth": oauth}))
    assert "no token endpoint of Upwork at" in str(error)
    assert "correct UPWORK_TOKEN_URL" in str(error)


def test_a_refused_connection_is_a_fault_of_the_machine(server: UpworkServer, home: Home) -> None:
    access = access_to(server).model_copy(update={"graphql_url": "http://127.0.0.1:9/graphql"})
    error = refused(home, access=access)
    assert isinstance(error, SystemFault)
    assert str(error).startswith("Upwork (127.0.0.1) gave no usable answer to jobs in 3 tries")


@pytest.mark.parametrize("place", ["graphql", "token"])
def test_no_token_follows_a_redirect(server: UpworkServer, home: Home, place: str) -> None:
    with UpworkServer() as other:
        away = {"graphql": other.graphql_url, "token": other.token_url}[place]
        server.script.append(Reply(307, b"", {"Location": away}))
        error = refused(home, access=access_to(server, token=TOKEN if place == "graphql" else None))
        assert other.sent == []
    assert "sends requests elsewhere, where no token goes" in str(error)


def test_a_server_that_repeats_a_token_does_not_get_it_into_a_message_or_a_log(
    server: UpworkServer, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    server.script.append(json_reply(403, {"message": f"{TOKEN} {REFRESH} is not welcome"}))
    with caplog.at_level(logging.DEBUG):
        error = refused(home)
    assert "HTTP 403: *** *** is not welcome" in str(error)
    assert not [secret for secret in SECRETS if secret in caplog.text]


def test_an_issued_token_is_scrubbed_as_well(server: UpworkServer, home: Home) -> None:
    server.tokens.clear()
    denied = json_reply(401, {"message": "no"})
    server.script.extend([denied, lambda _: None, json_reply(403, {"message": "oauth2v2_issued1"})])
    assert "HTTP 403: ***" in str(refused(home))


def test_secrets_are_not_shown_by_what_holds_them(server: UpworkServer) -> None:
    access = access_to(server)
    assert not [secret for secret in SECRETS if secret in f"{access!r} {access.model_dump()!r}"]
    assert Oauth(access_token=SecretStr("x")).secrets() == (SecretStr("x"),)
