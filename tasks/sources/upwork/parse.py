"""Upwork documents → jobs. Pure; the newest copy of each document counts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tasks.domain.documents import Document
from tasks.domain.job_links import JobName, read_name
from tasks.domain.jobs import MarketJob, posting_of
from tasks.domain.money import dollars_to_cents
from tasks.domain.postings import RateType
from tasks.domain.protocols import Malformed, Market
from tasks.sources.upwork.kinds import CONTENTS, FOUND, GONE, JOB, MALFORMED, OF_JOBS

Node = Mapping[str, Any]
_UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
# In units of any currency: far above any budget, and far below what a 64-bit column can hold.
_MOST_CENTS: Final = 10**14
_RATES: Final[Mapping[str, RateType]] = {"FIXED": "fixed", "HOURLY": "hourly"}
# The documentation's meaning of MarketplacePostingWorkFlowState.closeResult.
_CLOSED: Final[Mapping[str, str]] = {
    "0": "at least one contract",
    "1": "no contract",
    "2": "cancelled by Upwork",
    "3": "expired after 30 days without activity",
}
_GONE: Final[Mapping[str, str]] = {
    "not_found": "Upwork has no such job (any more)",
    "private": "Upwork shows this job to others only",
}


def parse_documents(documents: Iterable[Document]) -> Market:
    """Every job that says how it pays, as a posting."""
    jobs, malformed = parse_jobs(documents)
    postings = tuple(posting for job in jobs if (posting := posting_of(job)) is not None)
    return Market(postings=postings, malformed=tuple(malformed))


def parse_jobs(documents: Iterable[Document]) -> tuple[list[MarketJob], list[Malformed]]:
    """(the jobs in the order of their names, the documents that cannot be read).

    What several documents say of a job is put together: the posting itself first, then its
    contents, then what a search showed. A document that cannot be read costs nothing but itself.
    """
    malformed: list[Malformed] = []
    parts: dict[str, dict[str, tuple[Document, dict[str, Any]]]] = {}
    for document in _newest(documents):
        try:
            found = _PARTS[document.kind](document)
        except _UNREADABLE as error:
            malformed.append(_cannot_be_read(document, error))
            continue
        parts.setdefault(document.external_id, {})[document.kind] = (document, found)
    jobs = (_joined(name, parts[name]) for name in sorted(parts))
    return sorted(jobs, key=lambda job: job.job.name), malformed


def _newest(documents: Iterable[Document]) -> list[Document]:
    newest: dict[tuple[str, str], Document] = {}
    for document in documents:
        key = (document.kind, document.external_id)
        held = newest.get(key)
        if held is None or _recency(held) < _recency(document):
            newest[key] = document
    return [newest[key] for key in sorted(newest)]


def _recency(document: Document) -> tuple[datetime, str]:
    return document.fetched_at, document.content_sha256()


def _cannot_be_read(document: Document, error: Exception) -> Malformed:
    payload = document.payload
    if document.kind == MALFORMED and isinstance(payload.get("reason"), str):
        file, row, reason = str(payload.get("file")), payload.get("row"), payload["reason"]
        row = row if isinstance(row, int) else None
        return Malformed(document_id=document.external_id, file=file, row=row, reason=reason)
    kinds = ", ".join(OF_JOBS)
    reason = f"{type(error).__name__}: {error}"
    if document.kind not in OF_JOBS:
        reason = f"a document of kind {document.kind}; known: {kinds}"
    return Malformed(document_id=document.external_id, file=document.kind, row=None, reason=reason)


def _joined(name: str, found: Mapping[str, tuple[Document, dict[str, Any]]]) -> MarketJob:
    fields: dict[str, Any] = {}
    for kind in (FOUND, CONTENTS, JOB):
        if kind in found:
            fields |= {k: v for k, v in found[kind][1].items() if v not in (None, "", ())}
    named = read_name(name) or JobName(number=name)
    job = named.model_copy(
        update={"ciphertext": fields.pop("ciphertext", None) or named.ciphertext}
    )
    document_id = f"{JOB}/{name}"
    if GONE in found and all(
        _recency(found[kind][0]) < _recency(found[GONE][0]) for kind in found if kind != GONE
    ):
        return MarketJob(job=job, gone=found[GONE][1]["gone"], document_id=document_id)
    return MarketJob(job=job, document_id=document_id, **fields)


def _posting(document: Document) -> dict[str, Any]:
    node = _own(document)
    content, terms = node.get("content") or {}, node.get("contractTerms") or {}
    kind = terms.get("contractType")
    rate = None if kind is None else _RATES[kind]
    found = {
        "title": _text(content.get("title")),
        "description": _text(content.get("description")),
        "rate_type": rate,
        **_state(node),
    }
    if rate == "fixed":
        fixed = terms.get("fixedPriceContractTerms") or {}
        return found | _budget(fixed.get("amount"), fixed.get("maxAmount"))
    hourly = terms.get("hourlyContractTerms") or {}
    low, most = (_dollars(hourly.get(key)) for key in ("hourlyBudgetMin", "hourlyBudgetMax"))
    return found | {"amount_cents": low or most, "most_cents": most}


def _contents(document: Document) -> dict[str, Any]:
    node = _own(document)
    return {
        "ciphertext": _ciphertext(node),
        "title": _text(node.get("title")),
        "description": _text(node.get("description")),
        "published_at": _time(node.get("publishedDateTime")),
    }


def _search_result(document: Document) -> dict[str, Any]:
    node = _own(document)
    job = node.get("job") or {}
    skills = [skill.get("prettyName") or skill["name"] for skill in node.get("skills") or ()]
    tags = [_text(tag) for tag in (*skills, node.get("category"), node.get("subcategory")) if tag]
    found = {
        "ciphertext": _ciphertext(node),
        "title": _text(node.get("title")),
        "description": _text(node.get("description")),
        "tags": tuple(dict.fromkeys(tags)),
        "created_at": _time(node.get("createdDateTime")),
        "published_at": _time(node.get("publishedDateTime")),
        **_state(job),
    }
    fixed = _budget(node.get("amount"), None)
    kind = (job.get("contractTerms") or {}).get("contractType")
    # The result itself does not say how it pays: an amount of nothing is that of an hourly job.
    rate = _RATES[kind] if kind is not None else "fixed" if fixed["amount_cents"] else "hourly"
    if rate == "fixed":
        return found | {"rate_type": rate} | fixed
    hourly = _budget(node.get("hourlyBudgetMin"), node.get("hourlyBudgetMax"))
    return found | {"rate_type": rate} | hourly


def _departure(document: Document) -> dict[str, Any]:
    return {"gone": _GONE[document.payload["reason"]]}


def _refused(document: Document) -> dict[str, Any]:
    raise ValueError(document.kind)


class _Parts(dict[str, Callable[[Document], dict[str, Any]]]):
    def __missing__(self, kind: str) -> Callable[[Document], dict[str, Any]]:
        return _refused


_PARTS: Final = _Parts(
    {JOB: _posting, CONTENTS: _contents, FOUND: _search_result, GONE: _departure}
)


def _own(document: Document) -> Node:
    node = document.payload
    if _text(node["id"]) != document.external_id:
        raise ValueError(f"the payload is of job {node['id']}")
    return node


def _state(node: Node) -> dict[str, Any]:
    state = node.get("workFlowState") or {}
    result = state.get("closeResult")
    told = None if result is None else _CLOSED.get(str(result), str(result))
    return {"status": _text(state.get("status")) or None, "close_result": told}


def _budget(low: Node | None, most: Node | None) -> dict[str, Any]:
    """Two Money nodes as cents; nothing, as Upwork writes what is not stated, is None."""
    cents = [None if m is None else _cents(m["rawValue"]) for m in (low, most)]
    currencies = {m["currency"] for m, c in zip((low, most), cents, strict=True) if m and c}
    if len(currencies) > 1:
        raise ValueError(f"a budget in {' and '.join(sorted(currencies))}")
    currency = _text(currencies.pop()) if currencies else "USD"
    return {"amount_cents": cents[0] or cents[1], "most_cents": cents[1], "currency": currency}


def _dollars(value: float | str | None) -> int | None:
    """The Float of HourlyContractTerms, which names no currency."""
    return None if value is None else _cents(str(value))


def _cents(text: str) -> int | None:
    cents = dollars_to_cents(text)
    if cents > _MOST_CENTS:
        raise ValueError(f"{text[:40]!r} is beyond any budget")
    return cents or None


def _ciphertext(node: Node) -> str | None:
    text = _text(node.get("ciphertext"))
    if not text:
        return None
    name = read_name(text if text.startswith("~") else f"~{text}")
    if name is None or name.ciphertext is None:
        raise ValueError(f"{text!r} is no ciphertext")
    return name.ciphertext


def _text(value: Any) -> str:
    """`value`, which must be text that UTF-8 can hold: Arrow and DuckDB take no lone surrogate."""
    if value is None:
        return ""
    if type(value) is not str:
        raise TypeError(f"expected text, not {type(value).__name__}")
    value.encode()
    return value


def _time(value: Any) -> datetime | None:
    """ISO 8601; UTC where it names no zone."""
    if value is None:
        return None
    moment = datetime.fromisoformat(_text(value))
    # In UTC, or a moment at either end of the calendar could be read here and not be stored.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
