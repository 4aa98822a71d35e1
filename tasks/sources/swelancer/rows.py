"""One CSV row to a published task, whichever of the three generations it belongs to."""

import re
from collections.abc import Mapping
from typing import Any, Final

from tasks.domain.errors import DataError
from tasks.domain.published import PublishedTask
from tasks.sources.cells import read_literal, require_storable
from tasks.sources.swelancer.cells import (
    filled,
    join_surrogates,
    read_price_cents,
    read_text,
)
from tasks.sources.swelancer.games import read_game
from tasks.sources.swelancer.prompts import read_prompt

REQUIRED_COLUMNS: Final = ("question_id", "variant", "price")
VARIANTS: Final = ("ic_swe", "swe_manager")
REPOSITORY: Final = "Expensify/App"

# The steps are spelt both ways in the published files.
_STEPS_KEYS: Final = ("issue_repro_steps", "issue_repo_steps")


def read_row(cells: Mapping[str, Any], file: str, document_id: str) -> PublishedTask:
    """The task of one row. Raises DataError whose sentence names the column."""
    require_storable(cells)
    task_id = cells.get("question_id")
    if filled(task_id) is None or task_id is None:
        raise DataError("question_id: empty")
    variant = cells.get("variant")
    if variant not in VARIANTS:
        raise DataError(f"variant: {str(variant)[:40]!r} is unknown; known: {', '.join(VARIANTS)}")
    manager_data = _read_mapping(cells, "manager_data")
    _require_list(cells, "acceptable_folders")
    fields = {
        "task_id": task_id,
        "variant": variant,
        "file": file,
        "row": None,
        "rank": _rank(cells, manager_data),
        "document_id": document_id,
        "repository": REPOSITORY,
        "issue_number": issue_number(task_id),
        "price_cents": read_price_cents(cells.get("price") or ""),
        "fix_commit": _fix_commit(cells, manager_data),
        "published_set": filled(cells.get("set")),
        "canary": filled(cells.get("canary")),
        **_read_issue(cells, variant, manager_data),
    }
    require_storable(fields)
    if variant == "swe_manager":
        fields["proposals"], fields["accepted_proposal_id"] = read_game(
            manager_data, read_text(cells.get("proposals") or "")
        )
    return PublishedTask(**fields)


def issue_number(task_id: str) -> int | None:
    """`41239_1012` → 41239; None where the id does not start with a number."""
    digits = re.match(r"[0-9]{1,9}(?![0-9])", task_id)
    return int(digits[0]) if digits else None


def described(data: Mapping[str, Any], where: str) -> tuple[str | None, str | None]:
    """Title and statement of a mapping that holds `title` and `html_description`."""
    texts = {key: _text(data, key, where) for key in ("title", "html_description", *_STEPS_KEYS)}
    statement = next(
        (texts[key] for key in ("html_description", *_STEPS_KEYS) if filled(texts[key])), None
    )
    return filled(texts["title"]), statement


def _text(data: Mapping[str, Any], key: str, where: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{where}: {key} is not text")
    return None if value is None else join_surrogates(value)


def _rank(cells: Mapping[str, Any], manager_data: Mapping[str, Any] | None) -> int:
    if _is_newest(cells):
        return 0
    return 2 if manager_data is None else 1


def _is_newest(cells: Mapping[str, Any]) -> bool:
    return "title" in cells or "description" in cells


def _read_issue(
    cells: Mapping[str, Any], variant: str, manager_data: Mapping[str, Any] | None
) -> dict[str, str | None]:
    title, statement = None, None
    if _is_newest(cells):
        title, statement = (_read_optional(cells.get(key)) for key in ("title", "description"))
    elif manager_data is not None:
        title, statement = described(manager_data, "manager_data")
    if filled(cells.get("prompt")) is not None:
        from_prompt = read_prompt(cells["prompt"], variant)
        title = from_prompt[0] if title is None else title
        statement = from_prompt[1] if statement is None else statement
    if title is None and statement is None:
        raise DataError(f"{'title' if _is_newest(cells) else 'prompt'}: empty")
    return {"title": title, "statement": statement}


def _read_optional(cell: str | None) -> str | None:
    return None if cell is None or filled(cell) is None else read_text(cell)


def _read_mapping(cells: Mapping[str, Any], column: str) -> dict[str, Any] | None:
    cell = filled(cells.get(column))
    if cell is None:
        return None
    value = read_literal(cell, column)
    if not isinstance(value, dict):
        raise DataError(f"{column}: not a mapping")
    return value


def _require_list(cells: Mapping[str, Any], column: str) -> None:
    """Nothing here needs the folders, but a row whose cells have shifted shows there."""
    cell = filled(cells.get(column))
    if cell is not None and not isinstance(read_literal(cell, column), list):
        raise DataError(f"{column}: not a list")


def _fix_commit(cells: Mapping[str, Any], manager_data: Mapping[str, Any] | None) -> str | None:
    commit = filled(cells.get("manager_commit"))
    if commit is None and manager_data is not None:
        commit = filled(_text(manager_data, "fix_commit_hash", "manager_data"))
    return None if commit is None else commit.strip()
