"""What hidden tests in JavaScript or TypeScript take of the code under test."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tasks.domain.paths import matches_any

_REQUIRED: Final = re.compile(
    r"(?:const|let|var)\s+(\{[^}]*\}|\w+)\s*=\s*require\(\s*['\"]([^'\"]+)['\"]\s*\)"
)
_IMPORTED: Final = re.compile(
    r"^\s*import\s+([^;'\"]+?)\s+from\s+['\"]([^'\"]+)['\"]", re.MULTILINE
)
_MOCKS: Final = re.compile(r"\bjest\s*\.\s*(?:mock|doMock|unstable_mockModule)\b")
_NAMED: Final = re.compile(r"(\w+)(?:\s*(?:\bas\b|:)\s*(\w+))?")
_ENDINGS: Final = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs")


def script_reach(
    files: Sequence[tuple[str, str]], kept: Sequence[str], folder: str
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """(name, expression that loads a module) of each module of the repository that the files name
    by its place, and calls into these.

    A file that puts something in the place of modules is left out: without that they may do what
    no test should.
    """
    modules: dict[str, str] = {}
    calls: dict[str, None] = {}
    for path, text in files:
        if _MOCKS.search(text):
            continue
        bound: dict[str, str] = {}
        for clause, named in _clauses(text):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
            if not named.startswith(".") or _is_kept(place, kept):
                continue
            name = modules.setdefault(place, f"used{len(modules)}")
            bound |= _bindings(clause, name)
        calls |= dict.fromkeys(_calls(text, bound))
    loads = tuple((name, f"require('{_from(folder, place)}')") for place, name in modules.items())
    return loads, tuple(calls)


def _is_kept(place: str, kept: Sequence[str]) -> bool:
    files = (place, *(place + inner + end for inner in ("", "/index") for end in _ENDINGS))
    return any(matches_any(file, kept) for file in files)


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """What is bound, as an import says it, and the module's name."""
    for found in _REQUIRED.finditer(text):
        yield found[1] if found[1].startswith("{") else f"* as {found[1]}", found[2]
    for found in _IMPORTED.finditer(text):
        if not found[1].startswith("type "):
            yield found[1], found[2]


def _bindings(clause: str, module: str) -> Mapping[str, str]:
    """Local name → where it is found in the module, for what an import or a require binds."""
    outside, _, inside = clause.partition("{")
    found: dict[str, str] = {}
    for word in outside.split(","):
        name = word.strip()
        if name.startswith("*"):
            found[name.rpartition(" ")[2]] = module
        elif name:
            found[name] = f"({module}.default || {module})"
    for name, local in _NAMED.findall(inside.partition("}")[0]):
        found[local or name] = f"{module}.{name}"
    return found


def _calls(text: str, bound: Mapping[str, str]) -> Iterator[str]:
    """Functions take what they are given: two empty lists enter any."""
    for name, place in bound.items():
        for found in re.finditer(rf"(\bnew\s+)?(?<![\w.$]){re.escape(name)}((?:\.\w+)*)\(", text):
            new, inner = "new " if found[1] else "", found[2]
            yield f"{new}{place}{inner}([], [])"


def _from(folder: str, place: str) -> str:
    """How a module is named by a file in `folder`."""
    found = posixpath.relpath(place, folder or ".")
    return found if found.startswith(".") else f"./{found}"
