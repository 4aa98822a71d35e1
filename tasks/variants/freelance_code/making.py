"""From a posting and its family to a task: statement, examples, hidden cases, wrong solutions."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from tasks.domain.coding import CodingCase, CodingReference, CodingTask
from tasks.domain.comparing import Comparison, same
from tasks.domain.postings import Posting
from tasks.variants.freelance_code.choosing import Draft, Refusal, Task
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Settings
from tasks.variants.freelance_code.matching import family_of
from tasks.variants.freelance_code.subjects import Subject, subject_of

EXAMPLES: Final = 2
HIDDEN: Final = 8
# Redrawing ends here: a family whose cases are alike so often has parameters that say nothing.
_MOST_DRAWS: Final = 60
_QUOTED: Final = 700
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<!\w)\+?\d[\d ().-]{7,}\d(?!\w)")
# What somebody prints who does not solve the task.
_CONSTANTS: Final = (*("", "\n", "0\n", "0", "1\n", "none\n", "None\n", "[]\n", "{}\n", "null\n"),)

_STATEMENT: Final = """The client's posting, for the background:

{quoted}

What is to be built is this; where the posting says otherwise, this counts.
{task}
The program is one Python file (Python 3.9 or newer) and uses the standard library alone. {io} It
is run once for each hidden case, each time in a folder of its own, and gets 10 seconds of processor
time and 256 MB. All hidden cases have to come out right{comparison}.
"""


def framed(
    posting: Posting,
    task: str,
    reads: tuple[str, ...],
    writes: str | None,
    comparison: Comparison,
) -> str:
    """What a solver reads, in Markdown: `task` says what is to be built."""
    source = " and ".join(f"`{name}`" for name in reads) or "standard input"
    target = f"`{writes}`" if writes else "standard output"
    return _STATEMENT.format(
        quoted="\n".join(f"> {line}".rstrip() for line in _quoted(posting.description)),
        task=task,
        io=f"It reads {source} and writes {target}, both as UTF-8.",
        comparison=_said(comparison),
    )


def _said(how: Comparison) -> str:
    if how.how == "exact":
        return ", to the last character"
    if how.how == "whitespace":
        return "; blanks and line breaks may differ"
    return (
        "; blanks and line breaks may differ, and numbers with a decimal point by "
        f"{how.absolute:g} or by {how.relative:g} of their size"
    )


def without_contacts(text: str) -> str:
    """The text without what leads to the client."""
    for pattern, word in ((_EMAIL, "[address]"), (_LINK, "[link]"), (_PHONE, "[number]")):
        text = pattern.sub(word, text)
    return text


def _quoted(description: str) -> list[str]:
    """The posting's own words, without what leads to the client, cut at a blank."""
    text = without_contacts(" ".join(description.split()))
    if len(text) > _QUOTED:
        text = text[:_QUOTED].rpartition(" ")[0] + " ..."
    return [text] if text else ["(The posting has no text.)"]


def family_draft(posting: Posting, *, known: Mapping[str, Family], seed: int) -> Draft | Refusal:
    """How the posting's family makes its task; a refusal where none fits."""
    name = family_of(posting, known)
    if name is None:
        return "no_family", "no family fits its tags and words"
    return partial(task_of, posting, known[name], seed)


def task_of(posting: Posting, family: Family, seed: int) -> Task | Refusal:
    """A refusal where the cases that can be drawn could be passed by a constant answer. The same
    posting, family and seed give the same."""
    subject = subject_of(posting.title, posting.description)
    settings = family.draw(Draws("settings", family.name, seed, posting.posting_id), subject)
    cases = _cases(posting, family, subject, settings, seed)
    if cases is None:
        return "degenerate", f"the cases of {family.name} are too much alike"
    hidden, examples = cases[:HIDDEN], cases[HIDDEN:]
    public = CodingTask(reads=family.reads, writes=family.writes, examples=tuple(examples))
    reference = CodingReference(
        family=family.name,
        solution=family.program(settings),
        stub=family.stub(settings),
        mutants=family.mutant_programs(settings),
        cases=tuple(hidden),
        comparison=family.comparison,
    )
    told = family.statement(settings, subject)
    statement = framed(posting, told, family.reads, family.writes, family.comparison)
    return statement, public, reference


def _cases(
    posting: Posting, family: Family, subject: Subject, settings: Settings, seed: int
) -> list[CodingCase] | None:
    """Hidden cases, edge cases first, then the public ones; no answer is given twice, and none is
    one that a program prints which does not solve anything."""
    found: list[CodingCase] = []
    for case in _drawn(posting, family, subject, settings, seed):
        answers = [*_CONSTANTS, *(c.output for c in found)]
        if not any(same(case.output.encode(), a.encode(), family.comparison) for a in answers):
            found.append(case)
        if len(found) == HIDDEN + EXAMPLES:
            return found
    return None


def _drawn(
    posting: Posting, family: Family, subject: Subject, settings: Settings, seed: int
) -> Iterator[CodingCase]:
    for number in range(_MOST_DRAWS):
        draws = Draws("case", family.name, seed, posting.posting_id, number)
        inputs = family.inputs(draws, subject, settings, number)
        yield CodingCase(inputs=inputs, output=family.solve(dict(inputs), settings))
