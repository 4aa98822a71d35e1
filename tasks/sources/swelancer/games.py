"""The proposals a manager chooses from, and the one that was accepted."""

import re
from collections.abc import Mapping
from typing import Any

from tasks.domain.errors import DataError
from tasks.domain.instances import Proposal
from tasks.sources.cells import require_storable
from tasks.sources.swelancer.cells import join_surrogates

# Only at the text's start or after a rule: a proposal may quote another one's heading.
_HEADING = re.compile(
    r"(?:\A\s*|(?:\r?\n){1,2}(?:-{3,}|={3,}|_{3,}|\*{3,})\s*\n)"
    r"Proposal:[ \t]*([0-9]{1,9}):?[ \t]*\r?\n(?:\r?\n)?"
)
_LAST_RULE = re.compile(r"(?:\r?\n){1,2}(?:-{3,}|={3,}|_{3,}|\*{3,})\s*\Z")


def read_game(
    manager_data: Mapping[str, Any] | None, proposals_text: str | None
) -> tuple[tuple[Proposal, ...], int]:
    """Proposals in published order (ids may have gaps) and the accepted id.

    Raises DataError where no proposal was accepted or the accepted one is not among them.
    """
    game = manager_data.get("game") if manager_data is not None else None
    listed = game.get("all_formal_proposals") if isinstance(game, dict) else None
    proposals = _from_text(proposals_text or "") if listed is None else _from_list(listed)
    if not proposals:
        raise DataError("manager_data: no proposals")
    ids = [proposal.proposal_id for proposal in proposals]
    if len(set(ids)) != len(ids):
        raise DataError("manager_data: two proposals share an id")
    return proposals, _accepted(game, ids)


def _accepted(game: Any, ids: list[int]) -> int:
    correct = game.get("correct_proposal") if isinstance(game, dict) else None
    if not isinstance(correct, dict) or correct.get("id") is None:
        raise DataError("manager_data: no accepted proposal")
    accepted = _read_id(correct["id"])
    if accepted not in ids:
        raise DataError(
            f"manager_data: the accepted proposal {accepted} is not among the proposals"
        )
    return accepted


def _from_list(listed: Any) -> tuple[Proposal, ...]:
    if not isinstance(listed, list):
        raise DataError("manager_data: all_formal_proposals is not a list")
    return tuple(_read_proposal(entry) for entry in listed)


def _read_proposal(entry: Any) -> Proposal:
    if not isinstance(entry, dict):
        raise DataError("manager_data: a proposal is not a mapping")
    number = _read_id(entry.get("id"))
    content = _optional_text(entry, "content")
    if content is None:
        raise DataError(f"manager_data: proposal {number} has no text")
    return Proposal(
        proposal_id=number,
        text=content,
        author=_optional_text(entry, "author"),
        url=_optional_text(entry, "source_url"),
    )


def _optional_text(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise DataError(f"manager_data: {key} of a proposal is not text")
    if value is None:
        return None
    text = join_surrogates(value)
    require_storable(text, f"manager_data: {key} of a proposal")
    return text


def _read_id(value: Any) -> int:
    """The published grader calls `int()` on the ids, so digits in text are ids too."""
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,9}\s*", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise DataError("manager_data: a proposal id is not an integer")


def _from_text(text: str) -> tuple[Proposal, ...]:
    require_storable(text, "proposals")
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    return tuple(
        Proposal(
            proposal_id=int(heading[1]),
            text=_LAST_RULE.sub("", text[heading.end() : end]),
        )
        for heading, end in zip(headings, ends, strict=True)
    )
