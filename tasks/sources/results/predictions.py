"""What was handed in, from the files that lie beside a report."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.domain.errors import DataError
from tasks.domain.rollouts import NOTHING, Submission


def read_answers(files: Mapping[str, str]) -> tuple[dict[str, Submission], list[str]]:
    """(instance id → submission, the models named). Raises DataError with the file."""
    answers: dict[str, Submission] = {}
    models: set[str] = set()
    for file, text in sorted(files.items()):
        for where, name, data in _entries(file, text):
            patch = data.get("model_patch")
            if not isinstance(name, str) or not (patch is None or isinstance(patch, str)):
                raise DataError(f"{where}: expected an instance_id and a model_patch, both texts")
            if name in answers:
                raise DataError(f"{where}: {name} is answered twice")
            answers[name] = submission_of(patch)
            models.add(str(data.get("model_name_or_path") or "unknown"))
    return answers, sorted(models)


def submission_of(patch: str | None) -> Submission:
    """None where nothing was handed in; an empty patch is an answer."""
    return NOTHING if patch is None else Submission(model_patch=patch)


def _entries(file: str, text: str) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """(where, instance id, entry) of the three forms: lines, a list, a mapping of ids."""
    if file.endswith(".jsonl"):
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                where = f"{file}:{number}"
                data = _mapping(where, load(where, line))
                yield where, data.get("instance_id"), data
        return
    data = load(file, text)
    if isinstance(data, dict):
        for name, entry in data.items():
            yield file, name, _mapping(file, entry)
    else:
        for entry in data:
            part = _mapping(file, entry)
            yield file, part.get("instance_id"), part


def load(where: str, text: str) -> Any:
    """Raises DataError for what is no JSON."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{where} is not JSON") from error


def _mapping(where: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise DataError(f"{where}: an answer is no object")
    return data
