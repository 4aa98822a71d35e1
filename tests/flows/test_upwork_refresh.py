"""A refresh with Upwork beside GitHub, as a user has it: configured, not configured, from files."""

import json
from pathlib import Path
from random import Random

import pytest

from tests.flows.command import Paydag
from tests.flows.loopback import TOKEN as GITHUB
from tests.flows.loopback import leading_to
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.github_server import texts
from tests.github_server.schema import need_schema
from tests.github_server.server import GithubServer
from tests.github_server.texts import FREELANCERS
from tests.github_server.world import World
from tests.upwork_server.jobs import Job
from tests.upwork_server.server import CLIENT, REFRESH, SECRET, TOKEN, UpworkServer, failed

pytestmark = pytest.mark.prefect

SPECIFICATION = """
name: quill
sources:
  github:
    repositories: [quill-works/ledger]
    conventions: expensify
  upwork:
    linked: true
    search: [boats]
variants: [swe_manager]
"""
PRICED, PLAIN, LOOSE = Job(1, title="Rounding"), Job(2, budget=400.0, title="Sums"), Job(3)
KINDS = "SELECT kind, count(*) FROM raw.documents GROUP BY kind ORDER BY kind"


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, str]:
    place = tmp_path / "datasets" / "quill"
    place.mkdir(parents=True)
    (place / "dataset.yaml").write_text(SPECIFICATION)
    return {"PAYDAG_DATASETS": str(place.parent)}


def world() -> tuple[World, int, int]:
    """A priced issue and one without a price, each with a job; their numbers."""
    made = World.small(60, issues=1, pulls=0)
    block = "Sums are off.\n\nUpwork Job URL: {}\nUpwork Job ID: {}"
    first = made.open_issue("[$250] Rounding", block.format(PRICED.url, PRICED.id)).number
    second = made.open_issue("Sums", block.format(PLAIN.url, PLAIN.id)).number
    made.comment(first, texts.proposal(Random(1)), by=FREELANCERS[0])
    return made, first, second


def upwork_at(server: UpworkServer, **more: str) -> dict[str, str]:
    return {
        "UPWORK_GRAPHQL_URL": server.graphql_url,
        "UPWORK_TOKEN_URL": server.token_url,
        "UPWORK_ACCESS_TOKEN": TOKEN,
    } | more


@pytest.mark.exhaustive
def test_jobs_are_collected_built_and_shown_beside_the_issues_that_link_them(
    paydag: Paydag, tmp_path: Path, folder: dict[str, str]
) -> None:
    need_schema()
    home = tmp_path / "home"
    made, first, second = world()
    with GithubServer(made, tokens={GITHUB: 5_000}) as github, UpworkServer() as upwork:
        upwork.put([PRICED, PLAIN, LOOSE])
        upwork.tokens.clear()  # the token is out of date, and renewed
        credentials = {
            "UPWORK_CLIENT_ID": CLIENT,
            "UPWORK_CLIENT_SECRET": SECRET,
            "UPWORK_REFRESH_TOKEN": REFRESH,
        }
        there = folder | leading_to(github) | upwork_at(upwork, **credentials)
        found = paydag.json("refresh", "quill", home=home, **there)
        again = paydag.json("refresh", "quill", home=home, **there)
    assert (found["source"], found["complete"], found["notes"]) == ("github,upwork", True, [])
    assert again["landed"] == 0
    held = dict(query(home, KINDS))
    assert (held["upwork.job"], held["upwork.job_contents"], held["upwork.job_found"]) == (2, 2, 1)

    paydag.json("build", "quill", home=home, **folder)
    ledger = paydag.json("show", "ledger", str(second), home=home)
    (event,) = ledger["events"]
    assert (event["kind"], event["amount_cents"], event["source_kind"], event["url"]) == (
        "posted",
        40_000,
        "upwork_job",
        PLAIN.url,
    )
    confirmed = paydag.json("show", "ledger", str(first), home=home)
    budget = next(o for o in confirmed["observations"] if o["reading"] == "job_budget")
    assert (budget["event_id"], budget["url"]) == (confirmed["events"][0]["event_id"], PRICED.url)
    shown = paydag("show", "ledger", str(first), home=home, COLUMNS="240")
    assert PRICED.url in shown.out
    assert "the price in force" in shown.out
    assert query(home, "SELECT posting_id FROM core.staging.postings") == [(f"upwork#{LOOSE.id}",)]
    fetches = paydag.json("show", "fetches", "quill", home=home)
    assert {stream["stream"] for stream in fetches["streams"]} >= {
        "quill linked jobs",
        "quill search boats",
    }
    stored = query(home, "SELECT * FROM raw.fetches") + query(home, "SELECT * FROM raw.documents")
    told = f"{stored} {found} {fetches}"
    secrets = (TOKEN, REFRESH, SECRET, CLIENT, "oauth2v2_issued")
    assert not [secret for secret in secrets if secret in told]


@pytest.mark.exhaustive
def test_without_credentials_the_refresh_goes_on_and_says_so(
    paydag: Paydag, tmp_path: Path, folder: dict[str, str]
) -> None:
    need_schema()
    home = tmp_path / "home"
    made, _, _ = world()
    with GithubServer(made, tokens={GITHUB: 5_000}) as github:
        there = folder | leading_to(github)
        found = paydag.json("refresh", "quill", home=home, **there)
        shown = paydag("refresh", "quill", home=home, **there)
    (note,) = found["notes"]
    assert note.startswith("skipped: not configured (Upwork needs a token: set UPWORK_ACCESS_TO")
    assert (found["complete"], dict(query(home, KINDS))["github.issue"]) == (True, 3)
    assert shown.code == 0
    assert "skipped: not configured" in shown.out
    assert paydag.json("build", "quill", home=home, **folder)["candidates"] == 3


def test_half_a_configuration_is_told_before_anything_is_started(
    lone_paydag: Paydag, tmp_path: Path, folder: dict[str, str]
) -> None:
    home = tmp_path / "home"
    finished = lone_paydag(
        "refresh", "quill", home=home, GITHUB_TOKEN="ghp_x", UPWORK_CLIENT_ID="x", **folder
    )
    said = "UPWORK_CLIENT_ID is set without UPWORK_CLIENT_SECRET; set both, or neither"
    assert_one_sentence(finished, 2, said)
    assert not home.exists()


@pytest.mark.parametrize("name", ["UPWORK_ACCESS_TOKEN", "UPWORK_TENANT_ID"])
@pytest.mark.parametrize("value", ["oauth2v2\n7f3a", "oauth2v2_7f3é"])
def test_what_is_no_credential_is_refused_before_anything_is_started_and_never_shown(
    lone_paydag: Paydag, tmp_path: Path, folder: dict[str, str], name: str, value: str
) -> None:
    home = tmp_path / "home"
    given = {"UPWORK_ACCESS_TOKEN": "oauth2v2_1"} | {name: value}
    finished = lone_paydag("refresh", "quill", home=home, GITHUB_TOKEN="ghp_x", **given, **folder)
    said = f"{name} holds blanks, line breaks or letters that no credential has"
    assert_one_sentence(finished, 2, said)
    assert "7f3" not in finished.err
    assert not home.exists()


@pytest.mark.exhaustive
def test_a_missing_scope_ends_the_refresh_with_what_landed_before(
    paydag: Paydag, tmp_path: Path, folder: dict[str, str]
) -> None:
    need_schema()
    home = tmp_path / "home"
    made, _, _ = world()
    with GithubServer(made, tokens={GITHUB: 5_000}) as github, UpworkServer() as upwork:
        said = "The token doesn't have enough oauth2 permissions/scopes to access: [Money.currency]"
        upwork.script.extend([failed(said)] * 4)
        there = folder | leading_to(github) | upwork_at(upwork)
        finished = paydag("refresh", "quill", home=home, **there)
    assert_one_sentence(finished, 2, "Upwork does not let this token read Money.currency: give its")
    assert dict(query(home, KINDS))["github.issue"] == 3


@pytest.mark.exhaustive
def test_saved_answers_land_without_any_credentials_and_what_is_none_is_named(
    paydag: Paydag, tmp_path: Path, folder: dict[str, str]
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([PRICED.posting(), LOOSE.result(), {"id": ""}]))
    home = tmp_path / "home"
    given = ("refresh", "quill", "--from", f"upwork={answers}", "--json")
    finished = paydag(*given, home=home, **folder)
    assert finished.code == 0
    assert "1 malformed, kept as they are and left out by build" in finished.err
    assert "answers.json row 3: a job without an id" in finished.err
    found = finished.answer
    assert (found["source"], found["read"], found["landed"]) == ("upwork", 3, 3)
    again = paydag(*given, home=home, **folder).answer
    assert (again["landed"], again["unchanged"]) == (0, 3)
    answers.write_text(json.dumps([PRICED.changed(budget=300.0).posting(), LOOSE.result()]))
    changed = paydag(*given, home=home, **folder).answer
    assert (changed["read"], changed["landed"]) == (2, 1)
