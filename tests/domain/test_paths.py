"""Globs decide which changed files are tests."""

import pytest

from tasks.domain.paths import matches_any, may_hold
from tasks.domain.protocols import PathRules


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("tests/**", ["tests/a.py", "tests/x/y/a.py"], ["tests", "src/tests/a.py", "testsx/a"]),
        ("**/tests/**", ["tests/a", "src/tests/a", "a/b/tests/c/d"], ["mytests/a", "tests"]),
        ("**/*.test.js", ["a.test.js", "x/y/a.test.js"], ["a.test.jsx", "atest.js"]),
        ("*.py", ["a.py", ".py"], ["x/a.py", "a.pyc"]),
        ("a?c", ["abc"], ["ac", "a/c", "abbc"]),
        ("a.b+c", ["a.b+c"], ["axb+c", "a.bbc"]),
        ("src/*/test", ["src/x/test"], ["src/x/y/test", "src/test"]),
        ("**", ["a", "a/b", "a\nb"], []),
    ],
)
def test_a_glob_matches_whole_paths(glob: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in [*inside, *outside] if matches_any(path, [glob])] == inside


def test_one_glob_of_several_is_enough_and_none_matches_nothing() -> None:
    assert matches_any("b/c", ["a/**", "b/**"])
    assert not matches_any("b/c", [])


def test_the_usual_test_folders_are_known_without_a_specification() -> None:
    paths = ["tests/a.py", "test/a.py", "src/__tests__/a.js", "src/a.js", "src/tests/a.js"]
    assert [p for p in paths if matches_any(p, PathRules().tests)] == paths[:3]


@pytest.mark.parametrize(
    ("glob", "folders", "others"),
    [
        ("tests/**", ["tests", "tests/a", "tests/a/b"], ["test", "src", "src/tests"]),
        ("tests/*.py", ["tests"], ["tests/a", "a"]),
        ("a/b/c.txt", ["a", "a/b"], ["a/b/c.txt", "b", "a/c"]),
        ("**/__tests__/**", ["__tests__", "x/__tests__", "x/__tests__/y"], ["x", "x/y"]),
        ("**/conftest.py", [], ["x", "x/y", "conftest.py"]),
        ("**/x/y/*.js", ["x", "x/y", "z/x", "x/x"], ["y", "z", "x/z"]),
        ("src/**/test/*.js", ["src", "src/test", "src/a", "src/a/test"], ["test", "a/src"]),
        ("lib*/a", ["lib", "lib2"], ["li", "lib/a"]),
        ("a**b/c", ["a", "z"], []),
        ("**", [], ["a", "a/b"]),
    ],
)
def test_a_glob_names_the_folders_it_looks_into(
    glob: str, folders: list[str], others: list[str]
) -> None:
    assert [path for path in [*folders, *others] if may_hold(path, [glob])] == folders
    assert not may_hold("a", [])
