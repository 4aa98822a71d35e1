"""From what a model wrote to a submission. The text may hold anything at all."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, StrictInt, ValidationError

from tasks.domain.rollouts import Job, Submission

_FENCE: Final = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*(?P<kind>[\w+-]*)[^\n]*\n(?P<text>.*?)^(?P=fence)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_DIFF: Final = re.compile(r"^(?:diff --git |--- (?=[^\n]*\n\+\+\+ ))", re.MULTILINE)
_MOST_OBJECTS: Final = 200


class UnreadableError(Exception):
    """No answer can be read; the message says what is wrong, to whoever wrote it."""


class Decision(BaseModel, frozen=True, extra="ignore"):
    """The form of a manager's answer: a number that a proposal was shown with."""

    selected_proposal_id: StrictInt


def submission_of(text: str, job: Job) -> Submission:
    """The answer to a job. Raises UnreadableError where the text holds none."""
    if not text.strip():
        raise UnreadableError("it is empty")
    if job.shown:
        return Submission(selected_proposal_id=decision_of(text, job.shown))
    if job.offer.coding is not None:
        return Submission(program=program_of(text))
    return Submission(model_patch=patch_of(text))


def decision_of(text: str, shown: Mapping[int, int]) -> int:
    """The id of the proposal that the last JSON object with a choice names by its number."""
    problem = 'it holds no JSON object like {"selected_proposal_id": NUMBER}'
    chosen: int | None = None
    for found in _objects(text):
        if "selected_proposal_id" not in found:
            continue
        try:
            chosen = Decision.model_validate(found).selected_proposal_id
        except ValidationError as error:
            chosen = None
            problem = f"selected_proposal_id: {error.errors()[0]['msg']}"
    if chosen is None:
        raise UnreadableError(problem)
    if chosen not in shown:
        known = ", ".join(map(str, sorted(shown)))
        raise UnreadableError(f"there is no proposal {chosen}; there are {known}")
    return shown[chosen]


def declined_in(text: str) -> str | None:
    """Why the offer is turned down: the last JSON object of nothing but `decline`, a text, says
    so. None where there is none, and where the text holds work besides."""
    if _DIFF.search(text):
        return None
    blocks = [m["kind"].lower() for m in _FENCE.finditer(text)]
    if any(kind not in ("", "json") for kind in blocks):
        return None
    found = list(_objects(text))
    if any("selected_proposal_id" in one for one in found):
        return None
    reasons = [one["decline"] for one in found if set(one) == {"decline"}]
    last = reasons[-1] if reasons else None
    return last.strip() if isinstance(last, str) and last.strip() else None


def questions_in(text: str) -> list[str]:
    """What a JSON object of nothing but `ask_client`, a list of texts, asks; else nothing."""
    for one in _objects(text):
        asked = one["ask_client"] if set(one) == {"ask_client"} else None
        if isinstance(asked, list):
            return [question for question in asked if isinstance(question, str) and question]
    return []


def program_of(text: str) -> str:
    """The longest fenced block of Python, else the longest one, else the whole text."""
    blocks = [(m["kind"].lower(), m["text"]) for m in _FENCE.finditer(text)]
    python = [block for kind, block in blocks if kind in ("python", "py", "python3")]
    candidates = python or [block for _, block in blocks] or [text]
    found = max(candidates, key=len)
    if not found.strip():
        raise UnreadableError("its program is empty")
    return found


def patch_of(text: str) -> str:
    """The fenced blocks that hold a unified diff, one after the other; else the text from where a
    diff begins."""
    blocks = [m["text"] for m in _FENCE.finditer(text) if _DIFF.search(m["text"])]
    found = "".join(_from_diff(block) for block in blocks) or _from_diff(text)
    if not found:
        raise UnreadableError("it holds no unified diff")
    return found if found.endswith("\n") else f"{found}\n"


def _from_diff(text: str) -> str:
    begun = _DIFF.search(text)
    return "" if begun is None else text[begun.start() :]


def _objects(text: str) -> Iterator[dict[str, object]]:
    """The JSON objects in a text, in their order; one that lies in another is not looked for."""
    reader = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if at < 0:
            return
        try:
            found, end = reader.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict):
            yield found
        at = text.find("{", end)
