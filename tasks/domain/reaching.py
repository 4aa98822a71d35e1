"""What hidden tests take of the code under test: their imports, and calls that only enter it.

Tests that are placed at grading do the same. Whoever lets the failures of those tests pass that
import or call the code under test lets theirs pass, too, and gives himself away.
"""

import ast
import sys
import threading
import warnings
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tasks.domain.instances import Framework, HiddenFile
from tasks.domain.paths import matches_any
from tasks.domain.reaching_scripts import script_reach

# Enough to enter what one file of tests enters.
CALLS: Final = 40
_TOOLS: Final = frozenset({"pytest", "_pytest", "hypothesis", "nose", "mock"})
_SETS_STAGE: Final = frozenset({"setUp", "setUpClass", "setup_method", "setup_class", "asyncSetUp"})
_SETS_NONE: Final = ("assert", "raises", "subTest", "warns", "suppress")
# Warnings are filtered for the whole process.
_parsing: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Reach:
    """`imports` are (name, statement that binds it or expression that it is made with), `calls`
    statements that use these names, all in the framework's language. `in_cases` tells of tests
    that are methods of unittest.TestCase, `in_subtests` of those that use its subtests."""

    imports: tuple[tuple[str, str], ...] = ()
    calls: tuple[str, ...] = ()
    in_cases: bool = False
    in_subtests: bool = False


NOTHING: Final = Reach()


def reached(
    framework: Framework, hidden: Iterable[HiddenFile], kept: Sequence[str], folder: str
) -> Reach:
    """What these files take, as a test in `folder` can.

    What matches `kept` is a help of the tests and not under test; neither is the standard library.
    Every argument of a call is empty, `()` or `[]`: enough to enter a function, too little to do
    anything there. A call without arguments is made where its test prepares nothing for it. Files
    that cannot be read are left out.
    """
    files = [(file.path, file.text) for file in hidden if file.text]
    if framework == "jest":
        modules, entering = script_reach(files, kept, folder)
        return Reach(modules, entering[:CALLS])
    trees = [tree for path, text in files if path.endswith(".py") and (tree := _parsed(text))]
    imports = dict.fromkeys(pair for tree in trees for pair in _imports(tree, kept))
    names = {name for name, _ in imports}
    found = dict.fromkeys(call for tree in trees for call in _calls(tree, names))
    used = {_last(node) for tree in trees for node in ast.walk(tree)}
    return Reach(tuple(imports), tuple(found)[:CALLS], "TestCase" in used, "subTest" in used)


def _parsed(text: str) -> ast.Module | None:
    with _parsing, warnings.catch_warnings(), suppress(SyntaxError, ValueError, RecursionError):
        warnings.simplefilter("ignore")
        return ast.parse(text)
    return None


def _last(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _imports(tree: ast.Module, kept: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names and the statements that bind them. Relative ones are of the tests' own packages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _is_under_test(alias.name, kept):
                    name = alias.asname or alias.name.partition(".")[0]
                    yield name, ast.unparse(ast.Import([alias]))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if alias.name == "*":
                    if _is_under_test(node.module, kept):
                        yield node.module.partition(".")[0], f"import {node.module}"
                elif _is_under_test(node.module, kept) and not _is_kept(inner, kept):
                    said = ast.ImportFrom(node.module, [alias], 0)
                    yield alias.asname or alias.name, ast.unparse(said)


def _is_under_test(module: str, kept: Sequence[str]) -> bool:
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names | _TOOLS and not _is_kept(module, kept)


def _is_kept(module: str, kept: Sequence[str]) -> bool:
    path = module.replace(".", "/")
    return matches_any(f"{path}.py", kept) or matches_any(f"{path}/__init__.py", kept)


def _calls(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    waiting: deque[tuple[ast.AST, bool]] = deque([(tree, True)])
    while waiting:
        node, before = waiting.popleft()
        staged = _stages(node, before)
        if isinstance(node, ast.Call) and _root(node.func) in names:
            given = _emptied(node)
            if given.args or given.keywords or not staged:
                yield ast.unparse(given)
        waiting += [(child, staged) for child in ast.iter_child_nodes(node)]


def _stages(node: ast.AST, staged: bool) -> bool:
    """Whether something is prepared for what stands in a node, or it may not be run at all."""
    if isinstance(node, ast.ClassDef):
        own = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
        return bool(own & _SETS_STAGE or node.decorator_list)
    if isinstance(node, ast.FunctionDef):
        taken = [given.arg for given in node.args.args if given.arg not in ("self", "cls")]
        is_plain = node.name.startswith("test") and not (taken or node.decorator_list)
        at_top = node.col_offset == 0  # a module sets no stage for its functions
        return not is_plain or (staged and not at_top)
    if isinstance(node, ast.With):
        return staged or not all(_prepares_nothing(item.context_expr) for item in node.items)
    return staged or isinstance(node, ast.AsyncFunctionDef | ast.AsyncWith | ast.Lambda)


def _prepares_nothing(context: ast.expr) -> bool:
    name = _last(context.func) if isinstance(context, ast.Call) else None
    return name is not None and name.startswith(_SETS_NONE)


def _root(expression: ast.expr) -> str | None:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else None


def _emptied(call: ast.Call) -> ast.Call:
    """The call with nothing in its arguments."""
    nothing = ast.Tuple([], ast.Load())
    given: list[ast.expr] = [nothing for word in call.args if not isinstance(word, ast.Starred)]
    named = [ast.keyword(word.arg, nothing) for word in call.keywords if word.arg]
    return ast.Call(call.func, given, named)
