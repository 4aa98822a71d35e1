"""Reading prefect.yaml, as far as we need it, and automations.yaml: what a server starts when an
event comes. Errors name file and line."""

from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tasks.domain.errors import UsageError
from tasks.specs.reader import line_of, refuse_repeated_keys, sentence

AUTOMATIONS: Final = "automations.yaml"


class Action(BaseModel):
    """What is done. `deployment` is `flow/deployment`; what else there is, the server checks."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    deployment: str | None = None


class AutomationSpec(BaseModel):
    """One automation; the trigger and the actions are in the words of Prefect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    description: str = ""
    enabled: bool = True
    tags: tuple[str, ...] = ()
    trigger: dict[str, Any]
    actions: tuple[Action, ...] = Field(min_length=1)


_LIST: Final = TypeAdapter(list[AutomationSpec])


def load_automations(file: Path) -> list[AutomationSpec]:
    """The automations of a file. Raises UsageError with the line where they cannot be used."""
    node, data = _read(file)
    if not isinstance(data, list):
        raise UsageError(f"{file}:1: expected a list of automations, each with a name")
    try:
        return _LIST.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{file}:{line_of(node, first['loc'])}: {where}: {sentence(first)}"
        ) from error


def deployed_entrypoints(file: Path) -> dict[str, str]:
    """Deployment → entrypoint, of a `prefect.yaml`. Raises UsageError where it is none."""
    _, data = _read(file)
    listed = data.get("deployments") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise UsageError(f"{file}:1: expected a mapping with a list of `deployments`")
    try:
        return {str(one["name"]): str(one["entrypoint"]) for one in listed}
    except (TypeError, KeyError) as error:
        raise UsageError(f"{file}:1: every deployment needs `name` and `entrypoint`") from error


def _read(file: Path) -> tuple[Any, Any]:
    """(nodes, values) of a file of YAML."""
    try:
        text = file.read_text(encoding="utf-8")
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{file}:{mark.line + 1 if mark else 1}: not YAML: {problem}") from error
    refuse_repeated_keys(node, file)
    return node, data
