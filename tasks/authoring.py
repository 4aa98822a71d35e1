"""Which postings a model is asked to write tasks from, and the documents that come of it.

No Prefect here: whatever the user got wrong is told before a server is started for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tasks.domain.authored import AUTHORED, UnusableError, told_sha256
from tasks.domain.digests import digest
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.limits import Spent
from tasks.domain.postings import Posting
from tasks.domain.redaction import Redactor
from tasks.domain.solver_options import SolverChoice, SolverOptions, SolverUse, check_use
from tasks.postings import context_of, forecast_of, market_of
from tasks.prompts import load_prompts
from tasks.settings import dataset_folders
from tasks.solvers.author import REPAIR, Author, Written
from tasks.solvers.provider import require_models
from tasks.sources import source_named
from tasks.sources.authored import FAULT, PROGRAM, document_id
from tasks.specs import DatasetSpec, found_in
from tasks.specs.rates import RATES, load_rates
from tasks.strategies import door_of, versions_of_libraries
from tasks.variants.freelance_code.authoring import PROMPT, prompt_of_posting, worth_authoring
from tasks.versions import code_version
from tasks.warehouse import Warehouse
from tasks.warehouse.documents import newest_documents

POSTINGS: Final = "kaggle"


class Ask(BaseModel, frozen=True, extra="forbid"):
    """A posting that a model is to be asked about. `content_sha256` is the digest of the document
    that it was read from, `told_sha256` of what the model is told of it, `request` of all that
    decides the answer."""

    posting_id: str
    document_id: str
    content_sha256: str
    told_sha256: str
    request: str
    prompt: str


class Plan(BaseModel, frozen=True, extra="forbid"):
    """`candidates` are the postings that a task could be written from, `known` those of them that
    this way of asking (`author`) has answered. `spent_cents` is what it has cost until now."""

    author: str
    candidates: int
    known: int
    asks: tuple[Ask, ...]
    spent_cents: Decimal


def author_of(home: Path, choice: SolverChoice, use: SolverUse, workers: int | None) -> Author:
    """The model as a writer of tasks. Raises UsageError where it cannot be asked."""
    if choice.model is None:
        raise UsageError("--author needs a model, as openai:gpt-5")
    require_models()
    options = SolverOptions(
        choice=choice,
        use=check_use(use),
        door=door_of(home, choice, use, workers),
        prompts=load_prompts([PROMPT, REPAIR]),
    )
    return Author(options)


def check_authoring(spec: DatasetSpec, limit: int | None) -> None:
    """Raise UsageError where nothing can be written for a dataset."""
    if spec.sources.kaggle is None:
        raise UsageError(f"--author writes tasks from postings; {spec.name} is made of issues")
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit}: at least one posting is needed")


def plan_authoring(
    warehouse: Warehouse, spec: DatasetSpec, folder: Path, author: Author, limit: int | None
) -> Plan:
    """Who is asked about: at most `limit` postings that were not; where it is None, as many as the
    dataset takes beside those that a task has been written from.

    Raises UsageError where no posting has landed.
    """
    market = market_of(warehouse, POSTINGS, spec)
    if not market.postings:
        raise UsageError(
            f"no posting of {spec.name} has landed; run `paydag refresh {spec.name}` first"
        )
    identity = author.identity()
    with warehouse.read("raw") as session:
        digests = {
            row["external_id"]: row["content_sha256"]
            for row in session.query("newest_digests", source=POSTINGS)
            if row["kind"] == f"{POSTINGS}.posting"
        }
    wording = load_prompts([PROMPT])[PROMPT]
    listed = [
        Ask(
            posting_id=posting.posting_id,
            document_id=posting.document_id,
            content_sha256=digests.get(posting.document_id, ""),
            told_sha256=told_sha256(posting),
            request=digest([identity, told_sha256(posting)]),
            prompt=prompt_of_posting(posting, wording),
        )
        for posting in _ordered(spec, folder, market.postings)
    ]
    answered, spent = standing(warehouse, identity)
    new = [ask for ask in listed if ask.request not in answered]
    return Plan(
        author=identity,
        candidates=len(listed),
        known=len(listed) - len(new),
        asks=tuple(new[: _most(spec, listed, answered, limit)]),
        spent_cents=spent,
    )


def _ordered(spec: DatasetSpec, folder: Path, postings: Sequence[Posting]) -> list[Posting]:
    roots = dataset_folders()
    rates = load_rates(found_in(folder, roots, RATES).parent, roots)
    predicted: Mapping[str, int] = {}
    if spec.price_rule == "predicted":  # else what the forest expects decides nothing
        learnt = forecast_of(postings, rates.usd_per_unit)
        predicted = learnt.predicted if learnt is not None else {}
    ordered = sorted(postings, key=lambda posting: posting.posting_id)
    return worth_authoring(ordered, context_of(spec, rates, predicted, None))


def standing(warehouse: Warehouse, author: str) -> tuple[dict[str, bool], Decimal]:
    """(request → whether a task can be made of its answer; cents that this way of asking has
    cost)."""
    found = {}
    for one in source_named(AUTHORED).parse(newest_documents(warehouse, AUTHORED)).authored:
        try:
            one.task()
            found[one.request] = True
        except UnusableError:
            found[one.request] = False
    with warehouse.read("raw") as session:
        paid = session.query("authored_spending", source=AUTHORED, author=author)
    return found, Decimal(repr(paid[0]["paid_cents"]))


def _most(
    spec: DatasetSpec, listed: Sequence[Ask], answered: Mapping[str, bool], limit: int | None
) -> int | None:
    wanted = spec.freelance_code.limit
    if limit is not None or wanted is None:
        return limit
    return max(0, wanted - sum(answered.get(ask.request, False) for ask in listed))


def answer_document(
    ask: Ask, author: Author, written: Written, redactor: Redactor, at: datetime
) -> Document:
    """The answer as it lands: verbatim but for secrets, with all that it came from."""
    answer = None if written.answer is None else redactor.clean(written.answer)
    problem = None if written.problem is None else redactor.clean(written.problem)
    return _document(
        PROGRAM,
        ask,
        author,
        {
            "called": written.called,
            "answer": answer,
            "problem": problem,
            "finish_reason": written.finish_reason,
            "price_snapshot": written.price_snapshot,
        },
        written.spent,
        at,
    )


def fault_document(ask: Ask, author: Author, fault: str, spent: Spent, at: datetime) -> Document:
    """A question that was not answered: what it may have cost counts against a budget."""
    # With the time, or a fault that repeats to the letter would not land, and its cost be lost.
    own = {"fault": fault, "failed_at": at.isoformat()}
    return _document(FAULT, ask, author, own, spent, at)


def _document(
    kind: str, ask: Ask, author: Author, own: Mapping[str, Any], spent: Spent, at: datetime
) -> Document:
    parameters = dict(author.parameters())
    payload = {
        "posting": {
            "source": POSTINGS,
            "id": ask.posting_id,
            "document_id": ask.document_id,
            "content_sha256": ask.content_sha256,
            "told_sha256": ask.told_sha256,
        },
        "model": parameters["model"],
        "author": author.identity(),
        "request": ask.request,
        "parameters": parameters,
        "libraries": versions_of_libraries(),
        "code_version": code_version(),
        "usage": spent.model_dump(mode="json"),
        "paid_cents": str(spent.paid_cents),
        **own,
    }
    external_id = document_id(ask.posting_id, parameters["model"])
    return Document(AUTHORED, kind, external_id, at, payload)
