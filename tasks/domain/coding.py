"""Small programs as tasks: what a solver is shown of one, and what only graders know."""

from typing import Final

from pydantic import BaseModel

from tasks.domain.comparing import Comparison

STDIN: Final = "stdin"
"""The name that standard input has among the inputs of a case; all others are files."""


class CodingCase(BaseModel, frozen=True, extra="forbid"):
    """What a program is given, by name (`stdin`, or files beside it), and what it must answer."""

    inputs: dict[str, str]
    output: str


class CodingTask(BaseModel, frozen=True, extra="forbid"):
    """The public part. The program is one Python file and reads `reads`: standard input where that
    is empty, else these files of its folder. It writes the file `writes`, or standard output."""

    reads: tuple[str, ...] = ()
    writes: str | None = None
    examples: tuple[CodingCase, ...]


class CodingReference(BaseModel, frozen=True, extra="forbid"):
    """What graders know: the family that the task is of, a solution, wrong solutions by name, and
    the hidden cases. `stub` is a program that runs and answers nothing."""

    family: str
    solution: str
    stub: str
    mutants: dict[str, str]
    cases: tuple[CodingCase, ...]
    comparison: Comparison = Comparison()
