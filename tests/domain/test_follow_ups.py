"""Merged pull requests that only touch up after a fix."""

from collections.abc import Sequence
from typing import Any

import pytest

from tasks.domain.errors import DataError
from tasks.domain.follow_ups import changes_comments_only, comments_only_in, is_follow_up
from tasks.domain.history import Change
from tests.domain.builders import pull


def sized(files: int | None, added: int | None, removed: int | None, **changes: Any) -> Any:
    return pull(changed_files=files, additions=added, deletions=removed, **changes)


FIRST = sized(3, 60, 20)


@pytest.mark.parametrize(
    ("subject", "known", "expected"),
    [
        (sized(1, 2, 2), None, True),
        (sized(1, 10, 0), None, True),
        (sized(1, 11, 0), None, False),
        (sized(2, 2, 2), None, False),
        (sized(None, 2, 2), None, True),
        (sized(1, None, None), None, False),
        (sized(0, 0, 0), None, True),
        (sized(1, 2, 2), False, False),
        (sized(3, 60, 20), True, True),
        (sized(3, 60, 20, title="Correct a code comment"), None, True),
        (sized(3, 60, 20, title="Fix typo in comments"), None, True),
        (sized(3, 60, 20, title="Edit comments of boats"), None, False),
        (sized(3, 60, 20, title="Correct a code comment"), False, False),
    ],
)
def test_a_patch_decides_else_the_title_else_the_size(
    subject: Any, known: bool | None, expected: bool
) -> None:
    assert is_follow_up(subject, [FIRST], lambda _: known) == expected
    assert not is_follow_up(subject, [], lambda _: known)


def test_after_a_small_fix_a_small_one_is_no_follow_up() -> None:
    assert not is_follow_up(sized(1, 2, 2), [sized(1, 6, 2)])
    assert not is_follow_up(sized(1, 2, 2), [sized(None, None, None)])


def patch(*lines: str, path: str = "a.js", kind: str = "index 1..2 100644") -> str:
    head = f"diff --git a/{path} b/{path}\n{kind}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n"
    return head + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["-// old", "+// new"],
        ["-# old", "+# new", " code()"],
        ["+", "+  /* more", "+   * words", "+   */", "-"],
        ["-<!-- old -->", "+<!-- new -->"],
        ["+        {/* why */}"],
        ["-call(a); // old", "+call(a); // new"],
        ["-call(a)", "+call(a)  # why"],
    ],
)
def test_changes_of_comments_and_blanks_alone_are_seen(lines: list[str]) -> None:
    assert changes_comments_only(patch(*lines))
    assert changes_comments_only(patch(*lines) + patch("+// more", path="b.js"))


@pytest.mark.parametrize(
    "lines",
    [
        ["-first = 1", "+first = 0"],
        ["-// old", "+code()"],
        ["-url('http://a.test')", "+url('http://b.test')"],
        ["+#!/bin/sh"],
        ["+*count = 1;"],
        ["-#count = 1;", "+#count = 2;"],
        ["+#include <tar.h>"],
        ["-#hull { color: red }", "+#hull { color: blue }"],
    ],
)
def test_changes_of_code_are_more(lines: list[str]) -> None:
    assert not changes_comments_only(patch(*lines))
    assert not changes_comments_only(patch("+// new") + patch(*lines, path="b.js"))


@pytest.mark.parametrize(
    "text",
    [
        "diff --git a/x b/x\nBinary files a/x and b/x differ\n",
        "diff --git a/x b/x\nGIT binary patch\nliteral 3\n",
        "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
    ],
)
def test_binary_files_names_and_modes_are_more(text: str) -> None:
    assert not changes_comments_only(text)


class Code:
    """A history of one commit whose patch is given."""

    def __init__(self, text: str, paths: Sequence[str] = ("a.js",), *, held: bool = True) -> None:
        self.text, self.paths, self.held = text, paths, held

    def commit(self, commit: str) -> None:
        return None

    def has_commit(self, commit: str) -> bool:
        return self.held

    def changes(self, base: str, fix: str) -> list[Change]:
        return [Change(path, "100644", "100644", "e" * 40) for path in self.paths]

    def patch(self, base: str, fix: str, paths: Sequence[str]) -> str:
        if not self.text:
            raise DataError("a blob is not there", reason="missing_commit")
        return self.text


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (Code(patch("+// new")), True),
        (Code(patch("+code()")), False),
        (Code("unused", ["README.md", "docs/a.rst"]), True),
        (Code(patch("+code()"), ["README.md", "a.js"]), False),
        (Code("unused", []), None),
        (Code(""), None),
        (Code(patch("+// new"), held=False), None),
        (None, None),
    ],
)
def test_a_mirror_tells_what_it_can(history: Any, expected: bool | None) -> None:
    assert comments_only_in(history)(pull()) is expected
    assert comments_only_in(history)(pull(merge_commit=None)) is None
