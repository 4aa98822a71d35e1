"""Scripts for the loopback model: they know each task's right answer, and give it or not."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from tests.chat_completions import Asked, Say
from tests.flows.reference import bodies
from tests.model_server import Script

KEY = "sk-scripted-4lpha8eta6amma"
KEYS = {"OPENAI_API_KEY": KEY}
Usage = tuple[int, int, int, int]


def answering(
    home: Path, right: Collection[str] | Callable[[str], bool], usage: Usage = (1000, 100, 0, 0)
) -> Script:
    """Right answers for these instances, well-formed wrong ones for all others."""
    known = bodies(home)
    is_right = right if callable(right) else lambda name: name in right

    def react(asked: Asked) -> Say:
        name, body = task_of(known, asked.prompt)
        return Say(answer(body, asked.prompt, right=is_right(name)), usage=usage)

    return react


def task_of(known: Mapping[str, dict[str, Any]], prompt: str) -> tuple[str, dict[str, Any]]:
    """The task that a prompt is of: (instance id, body)."""
    for name, body in known.items():
        fits = body["statement"] in prompt and body["title"] in prompt
        if fits and ("proposals" in body) == ("Proposal 1:" in prompt):
            return name, body
    raise AssertionError(f"no task has the prompt {prompt[:200]!r}")


def answer(body: Mapping[str, Any], prompt: str, *, right: bool) -> str:
    """What a model would write, in one of the forms that it may choose."""
    reference = body["reference"]
    if body["variant"] == "swe_manager":
        shown = re.findall(r"^Proposal (\d+):\n\n", prompt, re.MULTILINE)
        accepted = next(
            p["text"]
            for p in body["proposals"]
            if p["proposal_id"] == reference["accepted_proposal_id"]
        )
        number = next(n for n in shown if f"Proposal {n}:\n\n{accepted}" in prompt)
        chosen = int(number if right else next(n for n in shown if n != number))
        return f"I would build this one.\n{json.dumps({'selected_proposal_id': chosen})}"
    if body["variant"] == "freelance_code":
        program = reference["coding"]["solution" if right else "stub"]
        return f"Here you are:\n\n```python\n{program}```\n"
    patch = reference["gold_patch"] if right else "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
    return f"```diff\n{patch}```"


def home_bytes(home: Path) -> bytes:
    """Every byte that lies in a home."""
    return b"\0".join(f.read_bytes() for f in sorted(home.rglob("*")) if f.is_file())
