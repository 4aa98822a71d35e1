"""What lies in a box when the work begins, and what is taken from it when it ends."""

import os.path
from typing import Final, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from tasks.domain.coding import CodingTask
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.protocols import Box
from tasks.domain.rollouts import NOTHING, Job, Submission
from tasks.domain.workplaces import Workplace
from tasks.solvers.answers import UnreadableError, decision_of

PROGRAM: Final = "solution.py"
DECISION: Final = "decision.json"
DECLINE: Final = "decline.json"
TASK: Final = "TASK.md"
# Beside the workspace where that is a repository: the statement is no part of the work.
_APART: Final = f"/tmp/{TASK}"  # noqa: S108 - the box's own
_WORKSPACE: Final = "/workspace"
_ANSWER_BYTES: Final = 2_000_000
_PUT_S: Final = 60.0
# The workspace's top is nobody's own, which git takes for a trap unless it is told otherwise.
ENVIRONMENT: Final = {
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_CONFIG_KEY_1": "user.name",
    "GIT_CONFIG_VALUE_1": "freelancer",
    "GIT_CONFIG_KEY_2": "user.email",
    "GIT_CONFIG_VALUE_2": "freelancer@invalid",
}
"""Variables for every command of whoever works in a box."""


class Refusal(BaseModel, frozen=True, extra="ignore"):
    """What `decline.json` holds."""

    reason: str = Field(min_length=1, max_length=2000)


class Taken(NamedTuple):
    """The submission; what was wrong where there is none; changes that were left out, and why; why
    the offer was turned down, where it was."""

    submission: Submission
    problem: str | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    declined: str | None = None


def lay_out(job: Job, place: Workplace, box: Box) -> str:
    """Put the task's public files into the workspace; the path of the statement in the box."""
    if place.has_repository:
        command = ["/bin/sh", "-c", 'cat >"$0"', _APART]
        done = box.run(command, _PUT_S, stdin=job.prompt.encode())
        if done.exit_code:
            words = " ".join(done.output.split())[:200]
            raise SystemFault(f"the box of {job.offer.instance_id} takes no statement: {words}")
        return _APART
    box.put_text(TASK, job.prompt)
    if job.offer.coding is not None:
        _put_examples(job.offer.coding, box)
    texts = {proposal.proposal_id: proposal.text for proposal in job.offer.proposals}
    for number, proposal_id in sorted(job.shown.items()):
        box.put_text(f"proposals/{number}.md", texts[proposal_id])
    return os.path.join(_WORKSPACE, TASK)


def _put_examples(task: CodingTask, box: Box) -> None:
    for number, case in enumerate(task.examples, start=1):
        for name, text in case.inputs.items():
            box.put_text(f"examples/{number}/{name}", text)
        box.put_text(f"examples/{number}/expected/{task.writes or 'stdout'}", case.output)


def taken(job: Job, place: Workplace, box: Box, *, may_decline: bool = False) -> Taken:
    """What was done, as a submission. Raises SystemFault for the machine's part.

    With `may_decline`, a file `decline.json` in the workspace, an object with a `reason`, turns
    the offer down, whatever else was done.
    """
    try:
        if may_decline and (reason := _declined(box)) is not None:
            return Taken(NOTHING, declined=reason)
        if place.has_repository:
            worked = place.worked(box)
            if worked is None:
                return Taken(NOTHING, "a limit has ended the box, and its files with it")
            return Taken(Submission(model_patch=worked.patch), None, worked.left_out)
        box.still()
        if job.offer.coding is not None:
            return _program(box.get_text(PROGRAM, _ANSWER_BYTES))
        return Taken(Submission(selected_proposal_id=_decision(job, box)))
    except (DataError, UnreadableError) as error:
        return Taken(NOTHING, str(error))


def _declined(box: Box) -> str | None:
    text = box.get_text(DECLINE, _ANSWER_BYTES)
    if text is None:
        return None
    try:
        return Refusal.model_validate_json(text).reason
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or DECLINE
        raise UnreadableError(f"{DECLINE} cannot be read: {where}: {problem['msg']}") from error


def _program(text: str | None) -> Taken:
    if text is None or not text.strip():
        return Taken(NOTHING, f"there is no {PROGRAM}, or it is empty")
    return Taken(Submission(program=text))


def _decision(job: Job, box: Box) -> int:
    text = box.get_text(DECISION, _ANSWER_BYTES)
    if text is None:
        raise UnreadableError(f"there is no {DECISION}")
    return decision_of(text, job.shown)
