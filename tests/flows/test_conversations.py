"""A rollout's conversation on a terminal: everything said, nothing obeyed."""

import io
from typing import Any

from rich.console import Console

from flows.conversations import harmless, show_rollout


def test_what_steers_a_terminal_is_written_out() -> None:
    assert harmless("a\x1b[31m\u202eb\rb\r\n\tc [bold]") == "a\\x1b[31m\\u202eb\\x0db\n\tc \\[bold]"


def test_everybody_is_named_and_every_answer_has_its_price() -> None:
    request: dict[str, Any] = {
        "tokens_in": 1500,
        "tokens_out": 20,
        "tokens_cached": 500,
        "tokens_reasoning": 0,
        "cost_cents": None,
        "saved": False,
        "latency_s": 1.25,
        "failures": [{"kind": "busy", "says": "429 too many"}],
    }
    call = {"part_kind": "tool-call", "tool_name": "shell", "args": '{"command": "ls \x1b[2J"}'}
    result = {"part_kind": "tool-return", "tool_name": "shell", "content": "a.py"}
    found: dict[str, Any] = {
        "rollout_id": "a" * 64,
        "run_id": "r1",
        "solver": "agent",
        "instance_id": "o__n-1-ic_swe",
        "attempt": 1,
        "take": 1,
        "status": "done",
        "submission": {"model_patch": "diff"},
        "declined": None,
        "questions": [{"text": "Why?", "quoted": []}],
        "finish_reason": "stop",
        "requests": 2,
        "answers": 1,
        "tokens_in": 1500,
        "tokens_out": 20,
        "cost_cents": None,
        "price_snapshot": "genai-prices 1",
        "state": "resolved",
        "reason": "tests_passed",
        "transcript": {
            "model": "openai:x",
            "requests": [request],
            "failures": [],
            "messages": [
                {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": "Fix it."}]},
                {"kind": "response", "parts": [call]},
                {"kind": "request", "parts": [result]},
            ],
        },
    }
    screen = io.StringIO()
    show_rollout(Console(file=screen, width=200, highlight=False), found)
    assert (
        screen.getvalue()
        == """\
rollout aaaaaaaaaaaa of run r1: agent on o__n-1-ic_swe, attempt 1, take 1
model openai:x

user
Fix it.

no answer (busy): 429 too many

model calls shell
{"command": "ls \\x1b[2J"}
1,500 tokens in, 500 of them cached, 20 out; price unknown; 1.2 s

tool shell
a.py

submitted model_patch: diff
asked the client 1 question
ended with stop after 1 answers to 2 requests; 1,500 tokens in, 20 out; price unknown by \
genai-prices 1
resolved: tests_passed
"""
    )


def test_a_declined_offer_says_why() -> None:
    found: dict[str, Any] = {
        "rollout_id": "a" * 64,
        "run_id": "r1",
        "solver": "replay",
        "instance_id": "o__n-1-ic_swe",
        "attempt": 1,
        "take": 1,
        "status": "done",
        "submission": {},
        "declined": "Too [dull].",
        "questions": [],
        "finish_reason": None,
        "state": "unresolved",
        "reason": "declined",
        "transcript": None,
    }
    screen = io.StringIO()
    show_rollout(Console(file=screen, width=200, highlight=False), found)
    ending = ["declined: Too [dull].", "unresolved: declined"]
    assert screen.getvalue().splitlines()[2:] == ["", *ending]
    # A command asks its model itself.
    show_rollout(
        Console(file=screen, width=200, highlight=False),
        found | {"solver": "command", "finish_reason": "stop", "price_snapshot": None},
    )
    counted = "ended with stop; what it asks a model is not counted"
    assert screen.getvalue().splitlines()[-3:] == [ending[0], counted, ending[1]]
