"""The texts of an instance that a solver sees, and how a finding quotes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tasks.domain.code_spans import without_code
from tasks.domain.instances import TaskInstance
from tasks.domain.leak_findings import Finding, Severity

_MOST_WORDS: Final = 160


@dataclass(frozen=True)
class SeenText:
    """`author` and `proposal_id` are a proposal's; title and statement have none."""

    field: str
    text: str
    author: str | None = None
    proposal_id: int | None = None

    @cached_property
    def plain(self) -> str:
        """The text with blanks in place of code, place for place."""
        return without_code(self.text)

    @property
    def is_proposal(self) -> bool:
        return self.proposal_id is not None

    def quote(self, start: int, end: int) -> str:
        """The words from `start` to `end` with some of their line around them, on one line."""
        line = self.text.rfind("\n", 0, start) + 1
        stop = self.text.find("\n", end)
        first = max(line, start - 40)
        last = min(len(self.text) if stop < 0 else stop, max(end + 40, first + _MOST_WORDS))
        return " ".join(self.text[first:last].split())[:_MOST_WORDS]

    def found(
        self, code: str, severity: Severity, match: re.Match[str], detail: str = ""
    ) -> Finding:
        """A finding that quotes a match in this text."""
        words = self.quote(match.start(), match.end())
        return Finding(code=code, severity=severity, field=self.field, words=words, detail=detail)

    def line_around(self, match: re.Match[str], before: int, after: int) -> tuple[str, str]:
        """What stands on the match's own line before and behind it, at most that long."""
        line = self.text.rfind("\n", 0, match.start()) + 1
        stop = self.text.find("\n", match.end())
        return (
            self.text[max(line, match.start() - before) : match.start()],
            self.text[match.end() : min(len(self.text) if stop < 0 else stop, match.end() + after)],
        )


def seen_texts(instance: TaskInstance) -> Iterator[SeenText]:
    """Title, statement and proposals, in this order."""
    yield SeenText("title", instance.title)
    yield SeenText("statement", instance.statement)
    for proposal in instance.proposals:
        yield SeenText(
            proposal_field(proposal.proposal_id),
            proposal.text,
            author=proposal.author,
            proposal_id=proposal.proposal_id,
        )


def proposal_field(proposal_id: int) -> str:
    return f"proposal {proposal_id}"
