"""Invented results, in the forms that the harness and the published evaluation write."""

import json
from pathlib import Path
from typing import Any, Final

from tasks.domain.protocols import Market
from tasks.domain.results import Reported, ReportedRun
from tasks.sources.results import SOURCE
from tests.sources.postings import NOW

COLUMNS: Final = "question_id,attempt_id,correct,input_tokens,output_tokens,reasoning_tokens,earned"


def report(**lists: list[str]) -> dict[str, Any]:
    """A run's report of the harness's second schema, with its counts."""
    known = ("completed", "incomplete", "empty_patch", "submitted", "resolved", "unresolved")
    found = {f"{name}_ids": sorted(lists.get(name, [])) for name in (*known, "error")}
    counts = {f"{key.removesuffix('_ids')}_instances": len(ids) for key, ids in found.items()}
    return {**counts, **found, "schema_version": 2}


def instance_report(resolved: bool, **more: Any) -> dict[str, Any]:
    return {
        "patch_is_None": False,
        "patch_exists": True,
        "patch_successfully_applied": True,
        "resolved": resolved,
        **more,
    }


def answer(name: str, patch: str | None = "diff\n", model: str = "some/model") -> dict[str, Any]:
    return {"instance_id": name, "model_name_or_path": model, "model_patch": patch}


def write(folder: Path, files: dict[str, Any]) -> Path:
    """Texts as they are, the rest as JSON, `.jsonl` from lists."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".jsonl") and not isinstance(content, str):
            content = "".join(json.dumps(one) + "\n" for one in content)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def market(path: Path) -> Market:
    return SOURCE.parse(reversed(list(SOURCE.fetch(path, {}, NOW))))


def read(path: Path) -> ReportedRun:
    found = market(path)
    assert found.malformed == ()
    (run,) = found.results
    return run


def fates(run: ReportedRun) -> dict[str, tuple[str, str]]:
    return {one.name: (one.outcome, one.reason) for one in run.reported}


def by_name(run: ReportedRun) -> dict[str, Reported]:
    return {one.name: one for one in run.reported}


def refusal(path: Path) -> str:
    """Why files of a known form cannot be read; the same for all of them."""
    found = market(path)
    assert found.results == ()
    (reason,) = {one.reason for one in found.malformed}
    return reason
