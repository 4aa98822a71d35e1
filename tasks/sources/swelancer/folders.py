"""One issue folder to a published task."""

from collections.abc import Mapping
from typing import Any

from tasks.domain.errors import DataError
from tasks.domain.published import PublishedTask
from tasks.sources.cells import require_storable
from tasks.sources.swelancer.cells import read_price_cents
from tasks.sources.swelancer.rows import REPOSITORY, described, issue_number

_RANK = 3


def read_folder(payload: Mapping[str, Any], document_id: str) -> PublishedTask:
    """The task of one folder, always `ic_swe`: manager tasks have no folder."""
    require_storable(payload)
    data = payload.get("issue_data")
    if not isinstance(data, dict):
        raise DataError("issue_data: not a mapping")
    title, statement = described(data, "issue_data")
    if title is None:
        raise DataError("issue_data: no title")
    file, _, task_id = document_id.rpartition("/")
    patch = _file(payload, "bug_reintroduce_patch")
    return PublishedTask(
        task_id=task_id,
        variant="ic_swe",
        file=file,
        row=None,
        rank=_RANK,
        document_id=document_id,
        repository=REPOSITORY,
        issue_number=issue_number(task_id),
        price_cents=_price_cents(data.get("price")),
        title=title,
        statement=statement,
        base=_first_word(payload, "commit_id") or _first_word(payload, "git_tag"),
        bug_patch=patch if patch.strip() else None,
    )


def _price_cents(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise DataError("issue_data: price is not an amount")
    return read_price_cents(str(value))


def _first_word(payload: Mapping[str, Any], key: str) -> str | None:
    words = _file(payload, key).lstrip("\ufeff").split(maxsplit=1)
    return words[0] if words else None


def _file(payload: Mapping[str, Any], key: str) -> str:
    text = payload.get(key)
    if text is not None and not isinstance(text, str):
        raise DataError(f"{key}: not text")
    return text or ""
