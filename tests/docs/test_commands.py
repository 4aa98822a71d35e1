"""Every page that shows what commands print is typed off, from its first block to its last.

The convention of blocks is told in `pages.py`. Each page gets a checkout and a home of its own.
The tutorial's reader has no Prefect server, so that the first command starts one; the readers of
other pages share one, which leaves what they see as it is.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, blocks_of, commands_in, fits, pages
from tests.docs.reading_along import Reader, checkout
from tests.flows.command import clean_environment

TUTORIAL = ROOT / "docs" / "tutorial.md"
TYPED = [page for page in pages() if any(block.word == "console" for block in blocks_of(page))]
OTHERS = [page for page in TYPED if page != TUTORIAL]


def follow(page: Path, folder: Path, environment: dict[str, str]) -> None:
    reader = Reader.begin(checkout(folder / "paydag"), environment)
    try:
        for block in blocks_of(page):
            reader.follow(block)
    finally:
        reader.end()


@pytest.mark.prefect
@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_the_tutorial_comes_out_as_it_says(tmp_path: Path) -> None:
    follow(TUTORIAL, tmp_path, clean_environment())


@pytest.mark.prefect
@pytest.mark.exhaustive
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_a_reader_sees(
    page: Path, tmp_path: Path, flow_environment: dict[str, str]
) -> None:
    follow(page, tmp_path, flow_environment)


def test_the_pages_that_are_worked_through_are_among_those_that_are_typed() -> None:
    worked = {"tutorial", "write-a-dataset", "add-a-source", "add-a-variant", "add-a-solver"}
    assert worked <= {page.stem for page in TYPED}


def test_a_command_goes_on_behind_a_backslash_and_ends_with_what_it_prints() -> None:
    text = "$ one \\\n    two\nprinted\n$ three  # exit code 2\n$ four\n"
    found = [(one.text, one.shown, one.exit_code) for one in commands_in(text)]
    assert found == [
        ("one \\\n    two", ("printed",), 0),
        ("three  # exit code 2", (), 2),
        ("four", (), 0),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a  b"], ["", "a b  ", ""], True),
        (["a b"], ["a c"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["a", "...", "c"], ["a", "c"], True),
        (["a", "...", "c"], ["a", "b"], False),
        (["run ...: done"], ["run 3f2a: done"], True),
        (["a  ... b"], ["a      b"], True),
        (["a ..."], ["a"], True),
        (["run ...: done"], ["run 3f2a", ": done"], False),
        (["a"], ["a", "b"], False),
        (["a.c"], ["abc"], False),
    ],
)
def test_only_what_three_dots_stand_for_may_differ(
    shown: list[str], printed: list[str], same: bool
) -> None:
    assert fits(shown, printed) is same


def test_a_page_that_shows_something_else_is_told_with_its_place(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tutorial.md"
    block = next(block for block in blocks_of(page) if block.word == "console")
    folder = tmp_path / "checkout"
    folder.mkdir()
    reader = Reader.begin(folder, clean_environment())
    try:
        with pytest.raises(AssertionError, match=r"tutorial\.md:\d+: \$ echo two"):
            reader.follow(_with(block, "$ echo one\none\n$ echo two\nthree\n"))
        with pytest.raises(AssertionError, match="exit code 3"):
            reader.follow(_with(block, "$ (exit 3)\n"))
        reader.follow(_with(block, "$ (exit 3)   # ends with exit code 3\n"))
        reader.follow(_with(block, "$ export A=1 && cd /\n$ echo $A $PWD\n1 /\n"))
    finally:
        reader.end()


def _with(block: Block, text: str) -> Block:
    return replace(block, text=text)
