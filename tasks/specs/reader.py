"""Finding and reading dataset.yaml; errors name the file and the line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tasks.domain.errors import UsageError, unknown
from tasks.specs.model import DatasetSpec


def known_datasets(folders: Sequence[Path]) -> dict[str, Path]:
    """Dataset name → its folder; the first folder that has a name wins."""
    found: dict[str, Path] = {}
    for root in folders:
        for file in sorted(root.glob("*/dataset.yaml")):
            found.setdefault(file.parent.name, file.parent)
    return dict(sorted(found.items()))


def load_spec(name: str, folders: Sequence[Path]) -> tuple[DatasetSpec, Path]:
    """The specification of a dataset and the folder it stands in.

    Raises UsageError for an unknown name or an unreadable file.
    """
    datasets = known_datasets(folders)
    if name not in datasets:
        raise unknown("dataset", name, list(datasets))
    file = datasets[name] / "dataset.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error
    spec = parse_spec(text, file)
    if spec.name != name:
        raise UsageError(f"{file}: name is {spec.name!r}, but the folder is called {name!r}")
    return spec, datasets[name]


def parse_spec(text: str, file: Path) -> DatasetSpec:
    """The specification in `text`; `file` is for messages. Raises UsageError with the line."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{file}:1: not YAML: {str(error).splitlines()[0]}") from error
    refuse_repeated_keys(node, file)
    if not isinstance(data, dict):
        raise UsageError(f"{file}:1: expected a mapping with the keys name, sources and variants")
    try:
        return DatasetSpec.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(node, first["loc"])
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}:{line}: {where}: {sentence(first)}") from error


def refuse_repeated_keys(node: Any, file: Path) -> None:
    """Raises UsageError at a key that stands twice in one mapping: YAML's reader keeps the last."""
    waiting, seen = [node], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:  # an alias, of which there may be more than anyone could walk
            continue
        seen.add(id(part))
        if isinstance(part, yaml.SequenceNode):
            waiting += reversed(part.value)
        elif isinstance(part, yaml.MappingNode):
            known: set[str] = set()
            for key, _ in part.value:
                name = str(key.value)
                if name in known:
                    raise UsageError(f"{file}:{key.start_mark.line + 1}: {name}: stands twice")
                known.add(name)
            waiting += [value for _, value in reversed(part.value)]


def sentence(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key; remove it or correct its spelling"
    if error["type"] == "missing":
        return "this key is required"
    return str(error["msg"]).removeprefix("Value error, ")


def line_of(node: Any, location: Sequence[str | int]) -> int:
    """The line of the deepest part of `location` that the file really has."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            match = [(k, v) for k, v in node.value if k.value == str(part)]
            if not match:
                break
            key, node = match[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
