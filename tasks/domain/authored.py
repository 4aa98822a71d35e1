"""Tasks that a model writes from a posting: the form of its answer, and what an answer must hold.

An answer is hostile text. It is read here and nowhere else, by whoever asks for it (so that the
model can mend it) and by the build, to the same result.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import BaseModel, Field, ValidationError

from tasks.domain.coding import STDIN, CodingCase
from tasks.domain.comparing import Comparison, How, same
from tasks.domain.digests import digest
from tasks.domain.errors import unknown
from tasks.domain.postings import Posting

AUTHORED: Final = "authored"
"""The source that such tasks are documents of."""
LEAST_CASES: Final = 8
LEAST_EXAMPLES: Final = 2
LEAST_WRONG: Final = 3

# No honest task comes near these; what is larger would only be carried around.
_MOST_CASES: Final = 40
_MOST_LETTERS: Final = 1_000_000
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TAKEN: Final = ("solution.py", STDIN)
_FENCED: Final = re.compile(r"\s*```(?:json)?\s*\n(?P<text>.*)\n```\s*", re.DOTALL)


class UnusableError(Exception):
    """An answer that no task can be made of: `reason` as in instances.REASONS, and what is wrong,
    in words that the model can mend it by."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(problem)
        self.reason = reason


class _Form(BaseModel, frozen=True, extra="ignore"):
    called: ClassVar[str]


class WrittenInput(_Form):
    name: str = Field(description="`stdin`, or the name of a file that the program reads")
    text: str


class WrittenCase(_Form):
    inputs: tuple[WrittenInput, ...]
    output: str = Field(description="everything that the right program answers")

    def as_case(self) -> CodingCase:
        return CodingCase(inputs={i.name: i.text for i in self.inputs}, output=self.output)


class WrongProgram(_Form):
    name: str = Field(description="the mistake, in a few words")
    program: str = Field(description="a whole program that makes it")


class WrittenTask(_Form):
    """Hand in the task."""

    called: ClassVar[str] = "write_task"

    statement: str = Field(description="what is to be built, in Markdown; complete by itself")
    reads: tuple[str, ...] = Field(
        default=(), description="files that the program reads; empty for standard input"
    )
    writes: str | None = Field(
        default=None, description="the file that it writes; null for standard output"
    )
    comparison: How = Field(description="how outputs are compared")
    examples: tuple[WrittenCase, ...] = Field(description="public, at least two")
    cases: tuple[WrittenCase, ...] = Field(description="hidden, at least eight")
    solution: str = Field(description="the right program, one Python file")
    wrong: tuple[WrongProgram, ...] = Field(description="wrong programs, at least three")


class NoTask(_Form):
    """Say that the posting asks for nothing that one small program could do."""

    called: ClassVar[str] = "no_task"

    reason: str = Field(min_length=1)


FORMS: Final[tuple[type[WrittenTask] | type[NoTask], ...]] = (WrittenTask, NoTask)


def described(form: type[_Form]) -> tuple[str, str, dict[str, Any]]:
    """(name, what it is for, JSON schema) of the tool that an answer is given by."""
    schema = form.model_json_schema()
    schema.pop("title", None)
    words = " ".join(str(schema.pop("description", "")).split())
    return form.called, words, schema


def forms_digest() -> str:
    return digest([described(form) for form in FORMS])


def read_answer(called: str | None, text: str) -> WrittenTask:
    """The task of an answer: the arguments of the tool that was `called`, or a JSON object where
    none was. Raises UnusableError."""
    if len(text) > _MOST_LETTERS:
        raise UnusableError("malformed", f"it is longer than {_MOST_LETTERS:,} letters")
    if called is None:
        fenced = _FENCED.fullmatch(text)
        found = _read(FORMS, fenced["text"] if fenced else text)
    else:
        forms = [form for form in FORMS if form.called == called]
        if not forms:
            raise UnusableError("malformed", str(unknown("tool", called, _names())))
        found = _read(forms, text)
    if isinstance(found, NoTask):
        raise UnusableError("no_program", _one_line(found.reason))
    _check(found)
    return found


def _names() -> list[str]:
    return [form.called for form in FORMS]


def _read(forms: Iterable[type[WrittenTask] | type[NoTask]], text: str) -> WrittenTask | NoTask:
    first: ValidationError | None = None
    for form in forms:
        try:
            return form.model_validate_json(text.encode("utf-8", "replace"))
        except ValidationError as error:
            first = first or error
    assert first is not None
    found = first.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, found["loc"]))
    raise UnusableError(
        "malformed", _one_line(f"{where}: {found['msg']}" if where else found["msg"])
    )


def _one_line(text: str) -> str:
    """Fit for a column and a terminal."""
    return " ".join(text.replace("\0", " ").split())[:300]


def _check(task: WrittenTask) -> None:
    """Raise UnusableError where the task cannot be graded, whatever its programs do."""
    _check_texts(task)
    _check_files(task)
    for what, have, least in (
        ("examples", len(task.examples), LEAST_EXAMPLES),
        ("cases", len(task.cases), LEAST_CASES),
        ("wrong", len({wrong.program for wrong in task.wrong}), LEAST_WRONG),
    ):
        if have < least:
            raise UnusableError("too_few_cases", f"{what}: {have} of the {least} that are needed")
        if have > _MOST_CASES:
            raise UnusableError("malformed", f"{what}: {have} are more than {_MOST_CASES}")
    if len({wrong.name for wrong in task.wrong}) < len(task.wrong):
        raise UnusableError("malformed", "wrong: two of them have the same name")
    wanted = set(task.reads) or {STDIN}
    for what, number, case in _numbered(task):
        names = [given.name for given in case.inputs]
        if set(names) != wanted or len(names) != len(wanted):
            given = ", ".join(names)[:100] or "nothing"
            raise UnusableError(
                "malformed",
                _one_line(f"{what} {number}: has {given} instead of {', '.join(sorted(wanted))}"),
            )
    _check_answers(task)


def _numbered(task: WrittenTask) -> Iterator[tuple[str, int, WrittenCase]]:
    for what, listed in (("examples", task.examples), ("cases", task.cases)):
        for number, case in enumerate(listed, start=1):
            yield what, number, case


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


def _check_texts(task: WrittenTask) -> None:
    for what, text in (
        ("statement", task.statement),
        ("solution", task.solution),
        *((f"wrong {wrong.name[:40]!r}", wrong.program) for wrong in task.wrong),
        *((f"wrong {number}: name", w.name) for number, w in enumerate(task.wrong, start=1)),
    ):
        if not text.strip():
            raise UnusableError("malformed", f"{what}: is empty")
    if any("\0" in text for text in _texts(task.model_dump())):
        raise UnusableError("malformed", "it holds the character NUL, which no text file has")
    if task.solution.strip() in task.statement:
        raise UnusableError("malformed", "statement: it shows the solution")


def _check_files(task: WrittenTask) -> None:
    names = [*task.reads, *([task.writes] if task.writes is not None else [])]
    for name in names:
        if not _FILE.fullmatch(name) or name.lower() in _TAKEN:
            raise UnusableError(
                "malformed",
                f"{_one_line(repr(name))[:100]} cannot be a file's name here; standard input is "
                "read where `reads` is empty, standard output written where `writes` is null",
            )
    if len({name.lower() for name in names}) < len(names):
        raise UnusableError("malformed", "reads, writes: two files have the same name")


def _check_answers(task: WrittenTask) -> None:
    """No program that always says the same may pass two cases, and no hidden case be public."""
    comparison = Comparison(how=task.comparison)
    hidden = [case.output.encode() for case in task.cases]
    for number, answer in enumerate(hidden, start=1):
        for other in range(1, number):
            if same(answer, hidden[other - 1], comparison):
                raise UnusableError(
                    "degenerate", f"cases {other} and {number}: they have the same output"
                )
    public = [case.as_case().inputs for case in task.examples]
    for number, case in enumerate(task.cases, start=1):
        if case.as_case().inputs in public:
            raise UnusableError("degenerate", f"cases {number}: its inputs are those of an example")


class Authored(BaseModel, frozen=True, extra="forbid"):
    """What a model wrote from a posting, as it landed: `answer` verbatim, None where it gave none,
    `problem` why it is none then. `told_sha256` is the digest of what it was told of the posting,
    `request` of that and of all else that decides an answer."""

    document_id: str
    posting_id: str
    model: str
    request: str
    told_sha256: str
    called: str | None
    answer: str | None
    problem: str | None
    written_at: datetime

    def task(self) -> WrittenTask:
        """Raises UnusableError."""
        if self.answer is None:
            raise UnusableError("malformed", _one_line(self.problem or "there is no answer"))
        return read_answer(self.called, self.answer)


def told_sha256(posting: Posting) -> str:
    """Digest of what a model is told of a posting: a price that changes asks nothing anew."""
    return digest([posting.title, posting.description, list(posting.tags)])


def best_of(listed: Iterable[Authored]) -> Authored | None:
    """Of several models' answers the newest that a task can be made of, else the newest."""
    found: Authored | None = None
    for one in sorted(listed, key=lambda a: (a.written_at, a.model), reverse=True):
        try:
            one.task()
        except UnusableError:
            found = found or one
            continue
        return one
    return found
