"""Answers given before, from a file: one JSON object a line."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import ValidationError

from tasks.domain.errors import UsageError
from tasks.domain.rollouts import NOTHING, Job, Solution, Submission, turned_down

_ANSWERS: Final = ("model_patch", "selected_proposal_id", "program")
_DECLINE: Final = "decline"
_KEYS: Final = {"instance_id", "model_name_or_path", *_ANSWERS, _DECLINE}


class Replay:
    """Hands in what the file says for an instance, or declines it, the same for every attempt; of
    what the file does not name, nothing."""

    name: ClassVar[str] = "replay"
    cost: ClassVar[Literal["cheap", "expensive"]] = "cheap"
    sees_reference: ClassVar[bool] = False

    def __init__(self, predictions: bytes, file: str) -> None:
        self._sha256 = hashlib.sha256(predictions).hexdigest()
        self._answers, self._model = read_predictions(predictions, file)

    def parameters(self) -> Mapping[str, Any]:
        """The file's content, not its path: the same answers are the same run."""
        return {"predictions_sha256": self._sha256, "model": self._model}

    def solve(self, job: Job) -> Solution:
        return self._answers.get(job.offer.instance_id, Solution(submission=NOTHING))


def read_predictions(text: bytes, file: str) -> tuple[dict[str, Solution], str]:
    """(instance id → solution, model name). Raises UsageError with file and line."""
    answers: dict[str, Solution] = {}
    models: set[str] = set()
    for number, line in enumerate(text.decode("utf-8", errors="replace").split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        data = _object(line, where)
        name = data["instance_id"]
        if name in answers:
            raise UsageError(f"{where}: {name} is answered twice; keep one line an instance")
        models.add(str(data.get("model_name_or_path") or "unknown"))
        answers[name] = _solution(data, where)
    if not answers:
        raise UsageError(
            f"{file} holds no answer; expected JSON lines with instance_id and one of "
            f"{', '.join((*_ANSWERS, _DECLINE))}"
        )
    return answers, "+".join(sorted(models))


def _solution(data: Mapping[str, Any], where: str) -> Solution:
    given = {key: data[key] for key in _ANSWERS if data.get(key) is not None}
    reason = data.get(_DECLINE)
    if reason is not None:
        if given:
            raise UsageError(f"{where}: an offer is answered or declined; keep one of them")
        if not isinstance(reason, str) or not reason.strip():
            raise UsageError(f"{where}: `{_DECLINE}` is the reason, a text; write one")
        return turned_down(reason)
    try:
        return Solution(submission=Submission(**given))
    except ValidationError as error:
        raise UsageError(f"{where}: {error.errors()[0]['msg']}") from error


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{where} is not JSON: {error.msg}") from error
    if not isinstance(data, dict) or not isinstance(data.get("instance_id"), str):
        raise UsageError(f"{where}: expected an object with a text `instance_id`")
    strange = sorted(set(data) - _KEYS)
    if strange:
        raise UsageError(f"{where}: unknown key {strange[0]!r}; known: {', '.join(sorted(_KEYS))}")
    return data


def _replay(options: Mapping[str, Any]) -> Replay:
    path = options.get("predictions")
    if not path:
        raise UsageError("the replay solver needs --predictions FILE (JSON lines)")
    file = Path(path)
    try:
        return Replay(file.read_bytes(), file.name)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}; name a predictions file"
        ) from error


SOLVERS = {"replay": _replay}
