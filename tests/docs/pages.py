"""The pages of the documentation, read as the blocks and links that tests compare.

What a fenced block is, by the word behind its fence:

- `console`: what a reader types and sees, run by `test_commands.py`. Lines that begin with `$ ` are
  commands (one that ends in a backslash goes on in the next line), the lines after them what they
  print. A command without such lines may print anything. It has to end with exit code 0, or with
  the one that a comment behind it names: `# exit code 2`. In what is printed, a line `...` stands
  for any lines, `...` within a line for any text, and blanks for any number of blanks.
- Behind a line that ends in a path and a colon, as in "`tasks/solvers/echo.py`:", a block is that
  file, which is written; one of the language `diff` is applied to what is there.
- In any other block, lines that begin with `$ `, and all lines of `sh`, are commands that want a
  token, another machine or a long time. They are not run, but `test_spoken_commands.py` holds them
  to the command line that there is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"
_FENCE: Final = re.compile(r"^```(?P<word>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"`(?P<path>[\w./-]+)`:\s*\Z")
_EXIT: Final = re.compile(r"#.*\bexit code (\d+)")
_LEFT_OUT: Final = re.compile(r" ?\.\.\. ?")
_LINK: Final = re.compile(r"\]\((?P<to>[^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (?P<words>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block. `line` is that of its fence; `file` the path that it is the text of."""

    page: Path
    line: int
    word: str
    text: str
    file: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Command:
    """What is typed, and the lines that it has to print; none where it may print anything."""

    text: str
    shown: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        named = _EXIT.search(self.text)
        return int(named.group(1)) if named else 0


def pages() -> list[Path]:
    """README and whatever lies in docs/, sorted."""
    return [README, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [_block(page, text, found) for found in _FENCE.finditer(text)]


def _block(page: Path, text: str, found: re.Match[str]) -> Block:
    before = text[: found.start()]
    named = _FILE.search(before)
    return Block(
        page=page,
        line=before.count("\n") + 1,
        word=found["word"],
        text=found["text"],
        file=named["path"] if named else None,
    )


def commands_in(text: str) -> list[Command]:
    """The commands of a block with what they print, in order."""
    return [Command(typed, tuple(shown)) for typed, shown in _typed(text)]


def _typed(text: str) -> Iterator[tuple[str, list[str]]]:
    typed: str | None = None
    shown: list[str] = []
    goes_on = False
    for line in text.splitlines():
        if goes_on and typed is not None:
            typed += f"\n{line}"
        elif line.startswith("$ "):
            if typed is not None:
                yield typed, shown
            typed, shown = line[2:], []
        elif typed is not None:
            shown.append(line)
        goes_on = typed is not None and not shown and typed.endswith("\\")
    if typed is not None:
        yield typed, shown


def fits(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether what was printed is what is shown, `...` standing for what was left out."""
    lines = ["[^\\n]*".join(map(re.escape, _LEFT_OUT.split(_bare(line)))) for line in shown]
    pattern = "".join(
        "(?:[^\\n]*\\n)*" if _bare(line) == "..." else f"{one}\\n"
        for line, one in zip(shown, lines, strict=True)
    )
    text = "".join(f"{_bare(line)}\n" for line in _without_ends(printed))
    return re.fullmatch(pattern, text) is not None


def _bare(line: str) -> str:
    return " ".join(line.split())


def _without_ends(lines: Sequence[str]) -> Sequence[str]:
    """Without the empty lines before and behind."""
    full = [place for place, line in enumerate(lines) if line.strip()]
    return lines[full[0] : full[-1] + 1] if full else []


def links_of(page: Path) -> list[str]:
    """Where a page's links lead that stay in the repository, its fenced blocks aside."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return [m["to"] for m in _LINK.finditer(text) if "://" not in m["to"]]


def anchors_of(page: Path) -> set[str]:
    """The names by which a page's headings are linked."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return {anchor(m["words"]) for m in _HEADING.finditer(text)}


def anchor(words: str) -> str:
    """`What is where?` → `what-is-where`."""
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
