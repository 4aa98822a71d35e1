"""Logs: one JSON object an event, with ids and seconds, and never a secret."""

import json
from pathlib import Path

import pytest

from tasks import event_lines
from tasks.domain.redaction import REDACTED
from tests.flows.command import Paydag
from tests.flows.published import Published, manager_rows
from tests.flows.scripted import KEY, KEYS
from tests.model_server import ModelServer, Refuse

PLANTED = "pl4nted-4lpha8eta6amma"


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", f"ghp_{PLANTED}")
    monkeypatch.setenv("MISTRAL_API_KEY", f"{PLANTED}-of-a-model")
    event_lines._redactor.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        f"refused ghp_{PLANTED} at 10:00",
        f"the key {PLANTED}-of-a-model is bad",
        "Authorization: Bearer unkn0wn-4lpha8eta",
        "Authorization: Basic dW5rbjB3bi00bHBoYTo4",
        '{"api_key": "unkn0wn-4lpha8eta"}',
        "OPENAI_API_KEY=unkn0wn-4lpha8eta and more",
        "access_token=unkn0wn-4lpha8eta&page=2",
        "client_secret='unkn0wn-4lpha8eta'",
        "GET https://ada:unkn0wn-4lpha8eta@git.test/x.git",
    ],
)
@pytest.mark.usefixtures("planted")
def test_a_secret_is_taken_out_by_its_value_and_by_its_name(text: str) -> None:
    found = event_lines.without_secrets(text)
    assert REDACTED in found
    assert [word for word in (PLANTED, "unkn0wn", "dW5rb") if word in found] == []


def test_what_only_counts_tokens_is_kept() -> None:
    text = "1200 tokens in, 80 tokens out; run 3f2a9c: 4 written; https://api.test/v1?page=2"
    assert event_lines.without_secrets(text) == text


@pytest.mark.usefixtures("planted")
def test_an_event_is_one_line_whatever_it_holds() -> None:
    facts = {"run_id": "3f", "password": "short", "why": [f"a\nb ghp_{PLANTED}"], "seconds": 1.5}
    line = event_lines.event_line("flow ended", "info", facts)
    assert line.count("\n") == 1
    told = json.loads(line)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "info",
        "event": "flow ended",
        "run_id": "3f",
        "seconds": 1.5,
        "password": REDACTED,
        "why": [f"a\nb {REDACTED}"],
    }


@pytest.mark.prefect
def test_a_command_tells_events_with_ids_and_seconds_and_no_secret(
    paydag: Paydag, tmp_path: Path
) -> None:
    """The endpoint says the key that it was sent, in every answer."""
    made = Published.make(tmp_path, manager_rows(2))
    with ModelServer(lambda _: Refuse(400, f"bad key {KEY}")) as server:
        finished = paydag(
            *("evaluate", "swelancer", "--solver", "model", "--model", "openai:gpt-4o"),
            *("--base-url", server.url),
            home=made.home,
            PAYDAG_LOG_FORMAT="json",
            **KEYS,
        )
    assert KEY not in finished.out + finished.err
    events = [json.loads(line) for line in finished.err.splitlines()]
    ended = {e["flow_name"]: e for e in events if e["event"].startswith("flow ")}
    assert set(ended) == {"prepare", "solve", "grade", "score", "report", "evaluate"}
    assert all(e["seconds"] >= 0 and e["flow_run_id"] for e in ended.values())
    (run_id,) = {e["run_id"] for name, e in ended.items() if name != "evaluate"}
    assert any(run_id in e["event"] for e in events)
