"""What a family of programming tasks is made of, and how its programs are written out."""

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.domain.comparing import Comparison
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.subjects import Subject

Inputs = dict[str, str]
Settings = dict[str, Any]
Solve = Callable[[Inputs, Settings], str]

_EXACT: Final = Comparison(how="exact")

_NOTHING: Final = """def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    return ""
"""
_PROGRAM: Final = """import sys
from typing import Any

{source}

def main() -> None:
    settings = {settings!r}
    inputs = {{}}
{reading}
    answer = solve(inputs, settings)
{writing}


if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True)
class Mutant:
    """A wrong solution: the reference with `old`, which stands in it once, replaced by `new`.

    `name` says what somebody in a hurry gets wrong.
    """

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Family:
    """A kind of programming task with parameters.

    A posting is of this family by its `tags` (tag in small letters → weight) and the `words` of
    its title and description (regular expression, letter case does not count → weight).

    `draw` gives the parameters that the solution depends on, JSON values. `statement` says with
    these, in Markdown, all that has to be known of input, output, order, rounding and edge cases.
    `inputs` draws the input of a case: names as in CodingTask.reads, or `stdin`; the first numbers,
    from 0, are for edge cases, and any number may be asked for. `solve` is the reference: it is
    self-contained (it imports inside itself), since its source is what the gold solver hands in.
    `mutants` are edits of that source.
    """

    name: str
    title: str
    tags: Mapping[str, int]
    words: Mapping[str, int]
    draw: Callable[[Draws, Subject], Settings]
    statement: Callable[[Settings, Subject], str]
    inputs: Callable[[Draws, Subject, Settings, int], Inputs]
    solve: Solve
    mutants: tuple[Mutant, ...]
    comparison: Comparison = _EXACT
    reads: tuple[str, ...] = ()
    writes: str | None = None

    def program(self, settings: Settings) -> str:
        """The reference as a program."""
        return self._program(self._source(), settings)

    def stub(self, settings: Settings) -> str:
        """A program that reads what is there and answers nothing."""
        return self._program(_NOTHING, settings)

    def mutant_programs(self, settings: Settings) -> dict[str, str]:
        """Name → program. Raises ValueError for an edit whose text does not stand there once."""
        source, found = self._source(), {}
        for mutant in self.mutants:
            if source.count(mutant.old) != 1:
                raise ValueError(f"{self.name}: {mutant.old!r} does not stand in solve once")
            found[mutant.name] = self._program(source.replace(mutant.old, mutant.new), settings)
        return found

    def _source(self) -> str:
        return textwrap.dedent(inspect.getsource(self.solve)).replace(
            f"def {self.solve.__name__}(", "def solve(", 1
        )

    def _program(self, source: str, settings: Settings) -> str:
        # Bytes, so that line ends and letters arrive as they are whatever the machine's locale.
        if self.reads:
            reading = (
                f"    for name in {self.reads!r}:\n"
                '        with open(name, encoding="utf-8", newline="") as file:\n'
                "            inputs[name] = file.read()"
            )
        else:
            reading = f'    inputs["{STDIN}"] = sys.stdin.buffer.read().decode("utf-8")'
        if self.writes:
            writing = (
                f'    with open({self.writes!r}, "w", encoding="utf-8", newline="") as file:\n'
                "        file.write(answer)"
            )
        else:
            writing = '    sys.stdout.buffer.write(answer.encode("utf-8"))'
        return _PROGRAM.format(
            source=source.rstrip() + "\n", settings=settings, reading=reading, writing=writing
        )
