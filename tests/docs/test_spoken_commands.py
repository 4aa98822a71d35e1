"""Commands that are shown and not run are held to the command line and the deployments there are.

Which blocks these are is told in `pages.py`.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import pytest
import typer
import yaml

from flows.cli import app
from tests.docs.pages import ROOT, Block, blocks_of, commands_in, pages

SPOKEN: Final = [block for page in pages() for block in blocks_of(page) if block.word != "console"]
_DEPLOYMENT: Final = re.compile(r"deployment run '([^']+)'")
_ENDS: Final = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<"})


def lines_of(block: Block) -> list[str]:
    """The commands of a block, whole ones."""
    if block.word != "sh":
        return [command.text for command in commands_in(block.text)]
    return block.text.replace("\\\n", " ").splitlines()


def calls_in(line: str) -> Iterator[list[str]]:
    """The words of every call of paydag in a line."""
    lexer = shlex.shlex(line.replace("\\\n", " "), posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word in _ENDS:
            while words and re.match(r"\w+=", words[0]):
                words = words[1:]
            if words and words[0].rpartition("/")[2] == "paydag":
                yield words[1:]
            words = []
        else:
            words.append(word)


def complaint(words: list[str]) -> str | None:
    """What the command line has against a call; None where it takes it."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    name, *rest = words or [""]
    if name not in commands:
        return f"there is no command {name!r}"
    options = {option for p in commands[name].params for option in (*p.opts, *p.secondary_opts)}
    given = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    strange = sorted(given - options - {"-h", "--help"})
    return f"{name} takes no {', '.join(strange)}" if strange else None


def test_every_call_that_a_page_speaks_of_is_one_that_the_command_line_takes() -> None:
    found = [
        f"{block.place}: {why}: {line}"
        for block in SPOKEN
        for line in lines_of(block)
        for words in calls_in(line)
        if (why := complaint(words)) is not None
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("paydag refresh sample && paydag build sample", None),
        ("paydag rebuild sample", "there is no command 'rebuild'"),
        ("cd x && A=1 .venv/bin/paydag build sample --wet-run", "build takes no --wet-run"),
        ("paydag evaluate sample --solver gold   # --not-an-option", None),
        ("echo paydag rebuild", None),
    ],
)
def test_a_call_that_is_no_longer_there_is_seen(line: str, why: str | None) -> None:
    assert [complaint(words) for words in calls_in(line)] in ([why], [why, why], [])
    assert [c for words in calls_in(line) if (c := complaint(words))] == ([why] if why else [])


def test_every_block_of_shell_is_shell() -> None:
    for block in SPOKEN:
        if block.word == "sh":
            read = subprocess.run(
                ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
            )
            assert (read.returncode, read.stderr) == (0, ""), block.place


def test_every_deployment_that_is_spoken_of_is_deployed_and_the_other_way_round() -> None:
    deployed = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    names = {one["name"] for one in deployed}
    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    called = {m for text in texts.values() for m in _DEPLOYMENT.findall(text)}
    assert called
    assert {name.partition("/")[2] for name in called} <= names
    operations = texts[ROOT / "docs" / "operations.md"]
    assert [name for name in sorted(names) if f"/{name}`" not in operations] == []
