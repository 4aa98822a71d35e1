"""Tasks that a model writes: what it is told of a posting, and what becomes of its answer."""

from collections.abc import Mapping, Sequence
from typing import Final

from tasks.domain.authored import Authored, UnusableError, WrittenTask, told_sha256
from tasks.domain.coding import CodingReference, CodingTask
from tasks.domain.comparing import Comparison
from tasks.domain.posting_context import PostingContext
from tasks.domain.postings import Posting
from tasks.domain.wording import fill
from tasks.variants.freelance_code.choosing import Draft, Refusal, Task, all_prices, screen
from tasks.variants.freelance_code.families import families
from tasks.variants.freelance_code.making import framed, without_contacts
from tasks.variants.freelance_code.matching import family_of

PROMPT: Final = "author_freelance_code"
"""The name of the prompt that a posting is put in."""
_VARIANT: Final = "freelance_code"
# Runs, and answers nothing.
_STUB: Final = "import sys\n\nsys.stdin.buffer.read()\n"


def prompt_of_posting(posting: Posting, wording: str) -> str:
    """The posting in words, without what leads to the client. `wording` is a string.Template of
    $title, $tags and $posting."""
    values = {
        "title": without_contacts(" ".join(posting.title.split())),
        "tags": without_contacts(", ".join(posting.tags)) or "none",
        "posting": without_contacts(posting.description.strip()) or "(The posting has no text.)",
    }
    return fill(wording, PROMPT, values)


def worth_authoring(postings: Sequence[Posting], context: PostingContext) -> list[Posting]:
    """The postings that a task can be written from, in the order in which a model is asked: those
    that no family fits first, since nothing else makes tasks of them."""
    prices = all_prices(postings, context)
    kept, _ = screen(postings, _VARIANT, prices, context, lambda _: _undecided)
    known = families()
    return sorted(
        (posting for posting, _ in kept), key=lambda one: family_of(one, known) is not None
    )


def _undecided() -> Refusal:
    return "not_authored", "nobody has written it"


def authored_draft(posting: Posting, *, written: Mapping[str, Authored]) -> Draft | Refusal:
    """The task that a model wrote; a refusal where it wrote none that can be graded."""
    found = written.get(posting.posting_id)
    if found is None:
        return "not_authored", "no model has written a task; `paydag refresh --author` asks one"
    if found.told_sha256 != told_sha256(posting):
        return "not_authored", f"{found.model} wrote from other words of the posting; ask it again"
    try:
        task = found.task()
    except UnusableError as error:
        return error.reason, f"{found.model}: {error}"
    return lambda: _made(posting, task, found.model)


def _made(posting: Posting, task: WrittenTask, model: str) -> Task:
    comparison = Comparison(how=task.comparison)
    told = f"\n{task.statement.strip()}\n"
    reference = CodingReference(
        family=f"authored by {model}",
        solution=task.solution,
        stub=_STUB,
        mutants={wrong.name: wrong.program for wrong in task.wrong},
        cases=tuple(case.as_case() for case in task.cases),
        comparison=comparison,
    )
    public = CodingTask(
        reads=task.reads,
        writes=task.writes,
        examples=tuple(case.as_case() for case in task.examples),
    )
    return framed(posting, told, task.reads, task.writes, comparison), public, reference
