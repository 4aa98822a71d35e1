"""The published SWE-Lancer file: its columns, with the escapes and literals its reader evaluates.

That reader undoes `unicode_escape` in title, description and proposals, and evaluates
acceptable_folders and manager_data as Python literals (reference: the published evaluation).
"""

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

from tasks.domain.exporting import (
    Column,
    Entry,
    ExportFacts,
    Format,
    Need,
    Tally,
    filled_fields,
)
from tasks.domain.instances import Proposal, TaskInstance

FILE: Final = "all_swelancer_tasks.csv"
_PUBLISHED: Final = "Expensify/App"
_RULE: Final = "\n\n--------------------------------------------\n\n"
_CARRIED: Final = frozenset(
    {
        *("instance_id", "variant", "repository", "key", "issue", "title", "statement"),
        *("proposals", "canary", "reference.accepted_proposal_id", "reference.fix_commit"),
    }
)
# What table libraries take for an empty cell, in any letter case.
_EMPTY: Final = frozenset(
    {"", "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "-nan", "1.#ind", "1.#qnan"}
    | {"<na>", "n/a", "na", "nan", "none", "null"}
)


class Swelancer:
    name: ClassVar[str] = "swelancer"
    consumer: ClassVar[str] = "the published SWE-Lancer evaluation, and `paydag import swelancer`"
    needs: ClassVar[frozenset[Need]] = frozenset()
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(name=name, kind=kind, meaning=meaning)
        for name, kind, meaning in (
            ("question_id", "text", "the instance's key"),
            ("variant", "text", "ic_swe or swe_manager"),
            ("price", "dollars", "under the version's price rule"),
            ("price_limit", "text", "empty"),
            ("manager_data", "Python literal", "answer: proposals and the accepted one"),
            ("manager_commit", "text", "answer: the commit that fixed it"),
            ("acceptable_folders", "Python literal", "folders of tests"),
            ("cwd", "text", "where the image has the repository"),
            ("set", "text", "the split that was exported, or empty"),
            ("title", "escaped text", ""),
            ("description", "escaped text", ""),
            ("proposals", "escaped text", "what a manager chooses from"),
            ("canary", "text", "the instance's own canary"),
        )
    )

    def refusal(self, entry: Entry) -> str | None:
        task = entry.instance
        if task.variant not in ("ic_swe", "swe_manager"):
            return f"the published file has no {task.variant}"
        if entry.price_cents is None:
            return "unpriced under the version's rule"
        if not task.title.strip() or not task.statement.strip():
            return "no title or no statement"
        return None

    def lost(self, entry: Entry) -> Iterable[str]:
        task = entry.instance
        lost = filled_fields(task) - _CARRIED - _implied(task)
        return lost | {"proposals.posted_at" for p in task.proposals if p.posted_at is not None}

    def unknown(self, entry: Entry) -> Iterable[str]:
        yield "price_limit"
        if entry.instance.environment.kind == "tests":
            yield "the published image"
        if entry.instance.repository != _PUBLISHED:
            yield f"the repository, which readers take for {_PUBLISHED}"

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:
        with (folder / FILE).open("w", encoding="ascii", newline="") as out:
            writer = csv.DictWriter(out, [c.name for c in self.columns], lineterminator="\n")
            writer.writeheader()
            writer.writerows(_cells(facts, entry) for entry in entries)

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:  # noqa: ARG002
        return ""


def _implied(task: TaskInstance) -> set[str]:
    """The fields that whoever reads the file gives a task by itself, where they are the same: one
    undated price, the published image, and the parent of the fix as the base of a choice."""
    rules = [rule for rule, cents in task.prices.items() if cents is not None]
    fix = task.reference.fix_commit
    same = {
        "ladder": [rung.occurred_at for rung in task.ladder] == [None],
        "prices": rules == ["final"],
        "environment": task.environment.kind == "swelancer",
        "base": task.variant == "swe_manager" and fix is not None and task.base == f"{fix}^",
        "reference.accepted_by": task.reference.accepted_by == "published",
    }
    return {name for name, is_same in same.items() if is_same}


def _cells(facts: ExportFacts, entry: Entry) -> dict[str, str]:
    task = entry.instance
    is_manager = task.variant == "swe_manager"
    fix = task.reference.fix_commit or ""
    name = task.repository.rpartition("/")[2].lower()
    return {
        "question_id": task.key,
        "variant": task.variant,
        "price": str(Decimal(entry.price_cents or 0).scaleb(-2).quantize(Decimal("0.01"))),
        "price_limit": "",
        "manager_data": ascii(_manager_data(task)) if is_manager else "",
        "manager_commit": fix,
        "acceptable_folders": "[]" if is_manager else ascii([task.key]),
        "cwd": "/app/expensify" if task.repository == _PUBLISHED else f"/app/{name}",
        "set": facts.split or "",
        "title": escaped(task.title),
        "description": escaped(task.statement),
        "proposals": escaped("".join(map(_proposal, task.proposals))) if is_manager else "",
        "canary": task.canary or "",
    }


def _manager_data(task: TaskInstance) -> dict[str, Any]:
    listed = [_game_entry(proposal) for proposal in task.proposals]
    accepted = task.reference.accepted_proposal_id
    return {
        "title": task.title,
        "html_description": task.statement,
        "fix_commit_hash": task.reference.fix_commit,
        "game": {
            "all_formal_proposals": listed,
            "correct_proposal": next((p for p in listed if p["id"] == accepted), {"id": accepted}),
        },
    }


def _game_entry(proposal: Proposal) -> dict[str, Any]:
    found = {
        "id": proposal.proposal_id,
        "content": proposal.text,
        "author": proposal.author,
        "source_url": proposal.url,
    }
    return {key: value for key, value in found.items() if value is not None}


def _proposal(proposal: Proposal) -> str:
    return f"Proposal: {proposal.proposal_id}:\n\n{proposal.text}{_RULE}"


def escaped(text: str) -> str:
    """ASCII from which `unicode_escape` makes the text again.

    A text that readers would take for an empty cell, or that stands in quotes and so looks like a
    literal, has its first character escaped, too.
    """
    plain = text.encode("unicode_escape").decode("ascii")
    bare = plain.strip()
    is_quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\""
    if plain and (is_quoted or bare.lower() in _EMPTY):
        at = len(plain) - len(plain.lstrip())
        return f"{plain[:at]}\\x{ord(plain[at]):02x}{plain[at + 1 :]}" if bare else plain
    return plain


FORMAT: Format = Swelancer()
