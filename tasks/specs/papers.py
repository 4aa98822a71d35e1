"""Reading published.yaml: the tables of papers that stand beside our own figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from tasks.domain.errors import UsageError
from tasks.domain.papers import Paper
from tasks.specs.extending import written_in
from tasks.specs.reader import sentence

PUBLISHED: Final = "published.yaml"


class _Papers(BaseModel, frozen=True, extra="forbid"):
    papers: tuple[Paper, ...]


def papers_file(folders: Sequence[Path]) -> Path | None:
    """The file of the first folder that has it."""
    return next((f / PUBLISHED for f in folders if (f / PUBLISHED).is_file()), None)


def load_papers(folders: Sequence[Path]) -> tuple[Paper, ...]:
    """The papers of the first folder that has the file; none where no folder has it.

    Raises UsageError with file and line where it cannot be used.
    """
    file = papers_file(folders)
    if file is None:
        return ()
    try:
        return parse_papers(file.read_text(encoding="utf-8"), file)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}:1: not UTF-8 text") from error


def parse_papers(text: str, file: Path) -> tuple[Paper, ...]:
    """The same of a text; `file` is for messages."""
    written = written_in(text, file, "the key papers")
    try:
        papers = _Papers.model_validate(written.data).papers
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{file}:{written.line(*first['loc'])}: {where}: {sentence(first)}"
        ) from error
    for number, paper in enumerate(papers):
        for place, row in enumerate(paper.rows):
            if row.set not in paper.sets:
                line = written.line("papers", number, "rows", place, "set")
                known = ", ".join(paper.sets)
                raise UsageError(f"{file}:{line}: {row.set!r} is no set; known are {known}")
    return papers
