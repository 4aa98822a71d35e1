"""What the SWE-bench harness loads: one JSON object a line, with the fields of its instances."""

from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import Any, ClassVar, Final

from tasks.domain.digests import canonical_json
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

FILE: Final = "instances.jsonl"
_CARRIED: Final = frozenset(
    {
        *("instance_id", "variant", "repository", "title", "statement", "base", "as_of"),
        *("canary", "reference.gold_patch", "reference.hidden_tests"),
    }
)


class Swebench:
    name: ClassVar[str] = "swebench"
    consumer: ClassVar[str] = "swebench.harness.utils.load_swebench_dataset"
    needs: ClassVar[frozenset[Need]] = frozenset({"test_patches", "expectations"})
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(name=name, kind="number" if name == "price_cents" else "text", meaning=meaning)
        for name, meaning in (
            ("instance_id", "as everywhere"),
            ("repo", "`owner/name`"),
            ("base_commit", "commit that the work begins at"),
            ("environment_setup_commit", "the same commit"),
            ("problem_statement", "title and statement"),
            ("hints_text", "empty: what was said later is a leak"),
            ("created_at", "the moment the work began"),
            ("version", "empty: no instance says which release its base belongs to"),
            ("patch", "answer: what the fix changed outside of tests"),
            ("test_patch", "answer: what the hidden tests change of the base"),
            ("FAIL_TO_PASS", "JSON list: tests that the reference makes pass"),
            ("PASS_TO_PASS", "JSON list: tests that pass before and after"),
            ("image", "the image that the tests run in; empty where it is built"),
            ("variant", "always ic_swe"),
            ("price_cents", "US cents under the version's price rule, or null"),
            ("canary", "the instance's own canary, else the export's"),
        )
    )

    def refusal(self, entry: Entry) -> str | None:
        instance = entry.instance
        if instance.variant != "ic_swe":
            return f"{instance.variant} asks for no patch"
        if instance.reference.gold_patch is None or not instance.reference.hidden_tests:
            return "ic_swe without a gold patch and tests: only its published image grades it"
        return None

    def lost(self, entry: Entry) -> Iterable[str]:
        return filled_fields(entry.instance) - _CARRIED

    def unknown(self, entry: Entry) -> Iterable[str]:
        yield "version"
        yield "hints_text"
        # What the harness's own runner asks for besides; its loader does not.
        yield from ("eval_script", "log_parser", "eval_type")
        if entry.expectation is None:
            yield "FAIL_TO_PASS and PASS_TO_PASS, which `paydag validate` finds"
        if entry.instance.environment.image is None:
            yield "image"

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:
        write_lines(folder / FILE, (_instance(facts, entry) for entry in entries))

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:  # noqa: ARG002
        return ""


def _instance(facts: ExportFacts, entry: Entry) -> dict[str, Any]:
    task, expected = entry.instance, entry.expectation
    began = task.as_of.astimezone(UTC) if task.as_of else None
    return {
        "instance_id": task.instance_id,
        "repo": task.repository,
        "base_commit": task.base or "",
        "environment_setup_commit": task.base or "",
        "problem_statement": f"{task.title}\n{task.statement}",
        "hints_text": "",
        "created_at": began.strftime("%Y-%m-%dT%H:%M:%SZ") if began else "",
        "version": "",
        "patch": task.reference.gold_patch or "",
        "test_patch": entry.test_patch,
        # As texts: in the published files, too, the lists are JSON within JSON.
        "FAIL_TO_PASS": canonical_json(list(expected.fail_to_pass) if expected else []),
        "PASS_TO_PASS": canonical_json(list(expected.pass_to_pass) if expected else []),
        "image": task.environment.image or "",
        "variant": task.variant,
        "price_cents": entry.price_cents,
        "canary": task.canary or facts.canary,
    }


FORMAT: Format = Swebench()
