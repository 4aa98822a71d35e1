"""From what a flow or a query brings back to what the command prints.

What runs no flow must not pay for importing Prefect: the stage modules are imported where a
flow has run anyway.
"""

from collections.abc import Sequence
from typing import Any, Final

from flows import audits, cards
from flows.conversations import show_rollout
from flows.ledgers import show_ledger
from flows.session import Answer, Session
from flows.tables import (
    show_instance,
    show_rejections,
    show_rows,
    show_run,
    show_scrape,
)
from tasks import conversations, shows
from tasks.cards import show_card
from tasks.domain.engagements import PLAIN
from tasks.domain.errors import UsageError, unknown
from tasks.fetches import show_fetches
from tasks.queries import RunSummary, summarise_run
from tasks.specs.model import check_price_rule
from tasks.stages import open_warehouse
from tasks.warehouse.sql import select

_SCRAPE_SUMS: Final = ("read", "landed", "unchanged", "gone", "calls", "points")


def scraped(session: Session, results: Sequence[Any]) -> Answer:
    """One object for all sources; malformed rows are also said in one line on stderr."""
    from tasks.scrape import ScrapeResult

    found = [ScrapeResult.model_validate(result) for result in results]
    malformed = [row for result in found for row in result.malformed]
    if malformed:
        first = malformed[0]
        where = f"{first.file} row {first.row}" if first.row else first.file
        session.warn(
            f"{len(malformed)} malformed, kept as they are and left out by build; "
            f"the first: {where}: {first.reason}"
        )
    data = {
        "source": ",".join(result.source for result in found),
        **{key: sum(getattr(result, key) for result in found) for key in _SCRAPE_SUMS},
        "malformed": [row.model_dump() for row in malformed],
        "complete": all(result.complete for result in found),
        "notes": [result.note for result in found if result.note],
        "archives": [result.archive for result in found if result.archive],
    }
    return Answer(data, lambda console: show_scrape(console, found))


def summarised(result: Any) -> Answer:
    summary = RunSummary.model_validate(result)
    return Answer(summary.as_json(), lambda console: show_run(console, summary))


def shown(
    session: Session,
    what: str,
    reference: str | None,
    price_rule: str | None,
    dataset: str | None = None,
    terms: str | None = None,
) -> Answer:
    known = ["run", "instance", "rollout", "ledger", "card", "rejections", "fetches"]
    if what not in known:
        raise unknown("thing to show", what, known)
    if what == "fetches":
        fetches = show_fetches(open_warehouse(session.home), reference)
        return Answer(fetches, lambda console: audits.show_fetches(console, fetches))
    if reference is None:
        raise UsageError(f"show {what} needs an id; see `paydag show --help`")
    warehouse = open_warehouse(session.home)
    if what == "run":
        rule = check_price_rule(price_rule) if price_rule else None
        return summarised(summarise_run(warehouse, session.home, reference, rule, terms or PLAIN))
    if what == "instance":
        instance = shows.show_instance(warehouse, reference, dataset)
        return Answer(instance, lambda console: show_instance(console, instance))
    if what == "rollout":
        rollout = conversations.show_rollout(warehouse, reference)
        return Answer(rollout, lambda console: show_rollout(console, rollout))
    if what == "ledger":
        ledger = shows.show_ledger(warehouse, reference, dataset)
        return Answer(ledger, lambda console: show_ledger(console, ledger))
    if what == "card":
        card = show_card(warehouse, reference)
        return Answer(card, lambda console: cards.show_card(console, card))
    rejections = shows.show_rejections(warehouse, reference)
    return Answer(rejections, lambda console: show_rejections(console, rejections))


def asked(session: Session, statement: str) -> Answer:
    columns, rows = select(open_warehouse(session.home), statement)
    data = {"columns": columns, "rows": [list(row) for row in rows]}
    return Answer(data, lambda console: show_rows(console, columns, rows))
