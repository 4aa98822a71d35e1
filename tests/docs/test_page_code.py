"""What a page has a reader write is held to the rules that hold for the code around it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT, Block, blocks_of, pages
from tests.test_architecture import CODE, RULES

WRITTEN: Final = [
    block for page in pages() for block in blocks_of(page) if block.word == "python" and block.file
]


# Names decide the layer of what is there; its text is held to the rules elsewhere.
EMPTY: Final = dict.fromkeys(CODE, "")


def test_each_how_to_of_code_has_some() -> None:
    found = {block.page.stem for block in WRITTEN}
    assert found == {"add-a-source", "add-a-variant", "add-a-solver"}


@pytest.mark.parametrize("block", WRITTEN, ids=lambda block: block.page.stem)
@pytest.mark.parametrize("arguments", [["check"], ["format", "--diff"]], ids=["lint", "format"])
def test_code_of_pages_passes_the_linter(block: Block, arguments: list[str]) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    found = subprocess.run(
        [ruff, *arguments, "--no-cache", "--stdin-filename", str(ROOT / str(block.file)), "-"],
        cwd=ROOT,
        input=block.text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("block", WRITTEN, ids=lambda block: block.page.stem)
def test_code_of_pages_keeps_to_its_layer(block: Block) -> None:
    module = str(block.file).removesuffix(".py").replace("/", ".")
    assert [why for rule in RULES for why in rule({**EMPTY, module: block.text})] == []
