"""Samples that an Inspect task loads, with the task file beside them."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
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
from tasks.exports.lines import write_lines

FILE: Final = "samples.jsonl"
TASK: Final = "task.py"
# No module of ours: nothing here may import what it imports.
_TEMPLATE: Final = Path(__file__).with_name("task_template.py.txt")
_CARRIED: Final = frozenset(
    {
        *("instance_id", "variant", "repository", "issue", "title", "statement", "base"),
        *("canary", "reference.accepted_proposal_id"),
    }
)


class InspectTask:
    name: ClassVar[str] = "inspect"
    consumer: ClassVar[str] = "`inspect eval task.py`"
    needs: ClassVar[frozenset[Need]] = frozenset({"prompts"})
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="id", kind="text", meaning="the instance's id"),
        Column(name="input", kind="text", meaning="the task in words"),
        Column(name="target", kind="text", meaning="answer: the accepted proposal's id, or empty"),
        Column(
            name="metadata",
            kind="object",
            meaning="variant, repository, issue, base, instance_digest, price_cents, price_rule, "
            "canary, and shown: the number that a proposal has in the input → its id",
        ),
    )

    def refusal(self, entry: Entry) -> str | None:  # noqa: ARG002
        return None

    def lost(self, entry: Entry) -> Iterable[str]:
        return filled_fields(entry.instance) - _CARRIED

    def unknown(self, entry: Entry) -> Iterable[str]:
        if entry.instance.variant != "swe_manager":
            yield "target: patches and programs are recorded, and graded by paydag"

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:
        write_lines(folder / FILE, (_sample(facts, entry) for entry in entries))
        text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
            title=_plain(facts.title or facts.dataset),
            canary=_plain(facts.canary),
            dataset=facts.reference,
            name=_identifier(facts.dataset),
            metadata=ascii({"dataset": facts.reference, "canary": facts.canary}),
        )
        (folder / TASK).write_text(text, encoding="utf-8")

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:  # noqa: ARG002
        return ""


def _sample(facts: ExportFacts, entry: Entry) -> dict[str, Any]:
    task = entry.instance
    accepted = task.reference.accepted_proposal_id
    return {
        "id": task.instance_id,
        "input": entry.prompt,
        "target": "" if accepted is None else str(accepted),
        "metadata": {
            "variant": task.variant,
            "repository": task.repository,
            "issue": task.issue,
            "base": task.base,
            "instance_digest": task.instance_digest,
            "price_cents": entry.price_cents,
            "price_rule": facts.price_rule,
            "canary": task.canary or facts.canary,
            "shown": {str(number): own for number, own in sorted(entry.shown.items())},
        },
    }


def _identifier(dataset: str) -> str:
    """A name that is no keyword and nothing the task file imports."""
    return "paydag_" + re.sub(r"\W", "_", dataset, flags=re.ASCII)


def _plain(text: str) -> str:
    """Text that can stand within a docstring."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)[1:-1]


FORMAT: Format = InspectTask()
