"""What an agent may do in its box. The words of every answer are for a model to read."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from pydantic import BaseModel, Field, ValidationError

from tasks.domain.boxes import BoxFile, ExecResult
from tasks.domain.errors import DataError
from tasks.domain.protocols import Box
from tasks.domain.workplaces import Replay
from tasks.solvers.desktop import ENVIRONMENT

SHOWN: Final = 16_000
"""So many characters of an answer are shown, from its beginning and its end."""
_WORKSPACE: Final = "/workspace/"
_LONGEST_S: Final = 600.0
_SEARCH_S: Final = 60.0
_NOT_FOUND: Final = 127
_NO_VARIABLES: Final[Mapping[str, str]] = {}


class ToolError(Exception):
    """A tool cannot do what it was asked for; the message says why."""


class Tool(BaseModel, extra="forbid"):
    """The arguments of a tool; its docstring describes it to the model."""

    called: ClassVar[str]


class Shell(Tool):
    """Run a command with /bin/sh in the workspace and return its output and exit code. Nothing it
    starts lives on after it. There is no network."""

    called = "shell"
    command: str = Field(min_length=1)
    timeout: float = Field(default=60, gt=0, le=_LONGEST_S, description="In seconds.")


class ReadFile(Tool):
    """Return lines of a text file, each with its number."""

    called = "read_file"
    path: str = Field(description="Relative to the workspace.")
    first: int = Field(default=1, ge=1, description="The number of the first line.")
    lines: int = Field(default=250, ge=1, le=2000)


class Search(Tool):
    """Return the lines that match an extended regular expression, with file and number."""

    called = "search"
    regex: str = Field(min_length=1)
    path: str = Field(default=".", description="A file or folder, relative to the workspace.")


class EditFile(Tool):
    """Replace a text in a file. The old text must stand there exactly once."""

    called = "edit_file"
    path: str
    old: str = Field(min_length=1)
    new: str


class WriteFile(Tool):
    """Write a whole file, new or not; folders on the way are made."""

    called = "write_file"
    path: str
    content: str


class UserTool(Tool):
    """Go through the user's steps with the software as it is now, and return a trace of what
    happened. It says what was seen, and not whether that is right."""

    called = "user_tool"


class Submit(Tool):
    """End the work and hand in what is there."""

    called = "submit"


class SubmitChoice(Tool):
    """End the work and hand in the number of the chosen proposal."""

    called = "submit"
    selected_proposal_id: int


BOX_TOOLS: Final[tuple[type[Tool], ...]] = (Shell, ReadFile, Search, EditFile, WriteFile)


def read_arguments(tool: type[Tool], given: str | Mapping[str, Any] | None) -> Tool:
    """Raises ToolError for what the tool does not take."""
    try:
        found = json.loads(given or "{}") if isinstance(given, str) else dict(given or {})
        return tool.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the arguments"
        raise ToolError(f"{where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise ToolError("the arguments are no JSON object") from error


class Toolbox:
    """The tools on one box; `left_s` says how many seconds the rollout has left, None for any
    number, `replay` how the user's steps are gone through, None where nobody can. A failing engine
    raises SystemFault, everything else is told."""

    def __init__(
        self, box: Box, left_s: Callable[[], float | None], replay: Replay | None = None
    ) -> None:
        self._box = box
        self._left_s = left_s
        self._replay = replay
        self._tools: dict[type[Tool], Callable[[Any], str]] = {
            Shell: self._shell,
            ReadFile: self._read,
            Search: self._search,
            EditFile: self._edit,
            WriteFile: self._write,
            **({} if replay is None else {UserTool: self._go_through}),
        }

    @property
    def offered(self) -> tuple[type[Tool], ...]:
        return tuple(self._tools)

    def use(self, name: str, given: str | Mapping[str, Any] | None) -> str:
        """What the tool answers, or what is wrong."""
        for tool, do in self._tools.items():
            if tool.called == name:
                try:
                    return shortened(do(read_arguments(tool, given)))
                except (ToolError, DataError) as error:
                    return f"error: {error}"
        known = ", ".join(tool.called for tool in self._tools)
        return f"error: there is no tool {name}; there are {known}, submit"

    def _shell(self, asked: Shell) -> str:
        done = self._run(["/bin/sh", "-c", asked.command], asked.timeout)
        return "\n".join([done.output.rstrip("\n"), _ending(done, asked.timeout)]).lstrip("\n")

    def _read(self, asked: ReadFile) -> str:
        lines = _text(self._file(asked.path), asked.path).split("\n")
        if lines[-1] == "":
            lines.pop()
        part = lines[asked.first - 1 : asked.first - 1 + asked.lines]
        shown = [f"{number}\t{line}" for number, line in enumerate(part, start=asked.first)]
        last = asked.first + len(part) - 1
        return "\n".join([*shown, f"[lines {asked.first} to {last} of {len(lines)}]"])

    def _search(self, asked: Search) -> str:
        command = ["grep", "-rnIE", "--exclude-dir=.git", "-e", asked.regex, "--"]
        done = self._run([*command, _inside(asked.path)], _SEARCH_S)
        if done.exit_code == _NOT_FOUND:
            raise ToolError("the box has no grep; search with what it has")
        if done.exit_code == 1 and not done.output.strip():
            return "[nothing matches]"
        if done.exit_code not in (0, 1, 2) or done.timed_out:
            return f"{done.output}\n{_ending(done, _SEARCH_S)}"
        return done.output

    def _edit(self, asked: EditFile) -> str:
        path = _inside(asked.path)
        file = self._file(path)
        text = _text(file, path)
        times = text.count(asked.old)
        if times != 1:
            raise ToolError(
                f"the old text stands {times} times in {path}; it has to be there exactly once"
            )
        self._put(path, text.replace(asked.old, asked.new), file)
        return f"[{path} is changed]"

    def _write(self, asked: WriteFile) -> str:
        path = _inside(asked.path)
        self._put(path, asked.content, self._box.get_file(path))
        return f"[{path} is written]"

    def _go_through(self, _: UserTool) -> str:
        """The trace. How the command ended is left out: it would be a verdict."""
        replay = self._replay
        assert replay is not None
        done = self._run(list(replay.command), replay.timeout_s, replay.variables)
        if done.timed_out or done.killed:
            return f"{done.output}\n{_ending(done, replay.timeout_s)}"
        return done.output if done.output.strip() else "[the trace is empty]"

    def _put(self, path: str, text: str, there: BoxFile | None) -> None:
        try:
            content = text.encode()
        except UnicodeEncodeError as error:
            raise ToolError("the text is no UTF-8") from error
        mode = "100755" if there is not None and there.is_program else "100644"
        self._box.put_file(path, content, mode)

    def _file(self, path: str) -> BoxFile:
        file = self._box.get_file(_inside(path))
        if file is None:
            raise ToolError(f"{path} is no plain file, or is larger than 8 MB")
        return file

    def _run(
        self, command: list[str], timeout_s: float, variables: Mapping[str, str] = _NO_VARIABLES
    ) -> ExecResult:
        left = self._left_s()
        within = timeout_s if left is None else max(0.1, min(timeout_s, left))
        if any("\0" in word for word in command):
            raise ToolError("a command holds no zero bytes")
        return self._box.run(command, within, env={**ENVIRONMENT, **variables})


def shortened(text: str, most: int = SHOWN) -> str:
    """The text, without its middle where it is too long."""
    if len(text) <= most:
        return text
    half = most // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n[... {left_out:,} characters left out ...]\n{text[-half:]}"


def _inside(path: str) -> str:
    """A path of the workspace, however it was written."""
    return path.removeprefix(_WORKSPACE) or "."


def _text(file: BoxFile, path: str) -> str:
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ToolError(f"{path} is no UTF-8 text; look at it with shell: file, od")
    return text


def _ending(done: ExecResult, timeout_s: float) -> str:
    if done.timed_out:
        return f"[ended after {timeout_s:g} s, or at the rollout's deadline]"
    if done.killed:
        return f"[killed: it used up the box's {shlex.quote(done.killed)}]"
    return f"[exit code {done.exit_code}]"
