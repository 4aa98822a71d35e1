"""`extends`: a specification on top of another one, each value with the file it stands in.

Mappings are merged key by key, at any depth. Everything else (texts, numbers, lists) is replaced
as a whole; null takes away a section, or a key of the first level, that is inherited. A name, a
title and a description are a dataset's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tasks.domain.errors import UsageError, unknown

SPECIFICATION: Final = "dataset.yaml"
OWN: Final = ("name", "title", "description")


@dataclass(frozen=True)
class Written:
    """A dataset.yaml as it is written."""

    file: Path
    node: Any
    data: dict[str, Any]

    @property
    def base(self) -> str | None:
        """The dataset it extends; what is no text is left to the model."""
        named = self.data.get("extends")
        return named if isinstance(named, str) else None

    def line(self, *location: str | int) -> int:
        return line_of(self.node, location)


def known_datasets(folders: Sequence[Path]) -> dict[str, Path]:
    """Dataset name → its folder; the first folder that has a name wins."""
    found: dict[str, Path] = {}
    for root in folders:
        for file in sorted(root.glob(f"*/{SPECIFICATION}")):
            found.setdefault(file.parent.name, file.parent)
    return dict(sorted(found.items()))


def read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error


def written_in(text: str, file: Path, keys: str = "the keys name, sources and variants") -> Written:
    """The mapping in `text`; `keys` are those that it must have, for messages.

    Raises UsageError with the line where there is none.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{file}:1: not YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise UsageError(f"{file}:1: nested too deeply to be a specification") from error
    except ValueError as error:  # a date such as 2024-02-31
        raise UsageError(f"{file}:{_line_of_date(text)}: not a date: {error}") from error
    refuse_repeated_keys(node, file)
    if not isinstance(data, dict):
        raise UsageError(f"{file}:1: expected a mapping with {keys}")
    return Written(file, node, data)


def _line_of_date(text: str) -> int:
    """The line of the first plain value that looks like a date and is none."""
    loader = yaml.SafeLoader("")
    waiting = [yaml.compose(text, Loader=yaml.SafeLoader)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, yaml.SequenceNode):
            waiting += reversed(part.value)
        elif isinstance(part, yaml.MappingNode):
            waiting += [one for pair in reversed(part.value) for one in reversed(pair)]
        elif isinstance(part, yaml.ScalarNode) and part.tag.endswith(":timestamp"):
            try:
                loader.construct_yaml_timestamp(part)
            except ValueError:
                return int(part.start_mark.line) + 1
    return 1


def lineage(first: Written, folders: Sequence[Path]) -> list[Written]:
    """The specification and what it extends, its own first.

    Raises UsageError at the `extends` that names no dataset, or one that stands before it.
    """
    found = [first]
    while (name := found[-1].base) is not None:
        last = found[-1]
        where = f"{last.file}:{last.line('extends')}: extends"
        datasets = known_datasets(folders)
        if name not in datasets:
            raise UsageError(f"{where}: {unknown('dataset', name, list(datasets))}")
        file = datasets[name] / SPECIFICATION
        passed = [one.file.parent.name for one in found]
        if file in [one.file for one in found]:
            circle = " → ".join([*passed, name])
            raise UsageError(f"{where}: {circle} goes round in a circle; take one of them out")
        found.append(written_in(read_text(file), file))
    return found


def resolved(chain: Sequence[Written]) -> dict[str, Any]:
    """The mapping that a chain comes to, its first one having the last word."""
    merged: dict[str, Any] = {}
    for one in reversed(chain):
        inherited = {key: value for key, value in merged.items() if key not in OWN}
        merged = _merged(inherited, one.data, first=True)
    return merged


def _merged(
    below: Mapping[str, Any], above: Mapping[str, Any], *, first: bool = False
) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if value is None and (isinstance(under, dict) or (first and key in below)):
            del both[key]
        elif isinstance(value, dict) and isinstance(under, dict):
            both[key] = _merged(under, value)
        else:
            both[key] = value
    return both


def place_of(chain: Sequence[Written], location: Sequence[str | int]) -> str:
    """`file:line` of a value: in the file that has the last word on it."""
    for one in chain:
        if _depth(one.node, location) == len(location):
            return f"{one.file}:{one.line(*location)}"
    deepest = max(chain, key=lambda one: _depth(one.node, location))
    return f"{deepest.file}:{deepest.line(*location)}"


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


def line_of(node: Any, location: Sequence[str | int]) -> int:
    """The line of the deepest part of `location` that the file really has."""
    line = node.start_mark.line + 1 if node is not None else 1
    for mark, _ in _walk(node, location):
        line = mark.line + 1
    return int(line)


def _depth(node: Any, location: Sequence[str | int]) -> int:
    return sum(1 for _ in _walk(node, location))


def _walk(node: Any, location: Sequence[str | int]) -> list[tuple[Any, Any]]:
    """(where it begins, node) of each part of `location` that is there."""
    found: list[tuple[Any, Any]] = []
    for part in location:
        if isinstance(node, yaml.MappingNode):
            match = [(key, value) for key, value in node.value if key.value == str(part)]
            if not match:
                break
            key, node = match[0]
            found.append((key.start_mark, node))
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            found.append((node.start_mark, node))
        else:
            break
    return found
