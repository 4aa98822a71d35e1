"""Both sides of the comparison: what a history's author meant, and what the code makes of it.

A table's keys:

- ledger, superseded   [moment, kind, cents, source_kind], winning and overruled events
- paid                 [moment, role, person, cents], with the currency's code behind unless USD
- explained            contributors whose payout a dated rule explains
- observations         [moment, reading, cents or "", ...], with the currency's code unless USD
- confirms             [an observation's moment, that of the winning event it confirms]
- named                pull requests whose text names the issue as fixed
- fix, base            the chosen pull request and the commit it began at
- proposals, accepted  keys of comments; evidence and accepted_at say what accepted it and when
- plans                texts of the proposals on offer, as they stood then
- title, statement     of the task, as of its moment
- prices               cents by price rule, without the unpriced ones
- ic_swe, swe_manager  ok, or the one reason why not
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.domain.bounties import BountyEvent, Observation, ladder, paid_cents, prices
from tasks.domain.candidates import Work, named_fixes, screen
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, Overlay, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import read_ledger
from tasks.domain.proposals import proposals_at
from tasks.domain.protocols import PathRules
from tasks.sources import source_named
from tasks.variants import issue_variant
from tests.authoring.nodes import stamp
from tests.golden.code import EveryCommit
from tests.golden.histories import History, documents

RULES = ("initial", "final", "peak", "at_assignment", "at_merge", "paid")
VARIANTS = ("ic_swe", "swe_manager")
Table = dict[str, Any]
Listed = list[list[Any]]


@dataclass
class Context:
    """A BuildContext in memory."""

    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    ledgers: Mapping[str, tuple[BountyEvent, ...]]
    history: CodeHistory
    paths: PathRules
    environment: Environment

    def repository(self, name: str) -> CodeHistory | None:
        return self.history

    def overlay(self, instance_id: str) -> Overlay | None:
        return None


def meant(history: History) -> Table:
    """The [expected] table with what was left out filled in."""
    given = history.expected
    ok = [v for v in VARIANTS if given[v] == "ok"]
    bases = {pull.pull.number: pull.base for pull in history.pulls}
    fix = given.get("fix", "")
    return {
        "ledger": _dated(given.get("ledger", [])),
        "superseded": _dated(given.get("superseded", [])),
        "paid": _dated(given.get("paid", [])),
        "explained": given.get("explained", []),
        "observations": _dated(given.get("observations", [])),
        "confirms": [[stamp(moment) for moment in pair] for pair in given.get("confirms", [])],
        "named": [_full_name(history, pull) for pull in given.get("named", [])],
        "fix": fix,
        "base": bases[fix] if fix else "",
        "proposals": given.get("proposals", []),
        "plans": given.get("plans", _plans(history, given.get("proposals", []))),
        "accepted": given.get("accepted", ""),
        "evidence": given.get("evidence", ""),
        "accepted_at": stamp(given["accepted_at"]) if "accepted_at" in given else "",
        "title": given["title"] if ok else "",
        "statement": given.get("statement", history.thread.body) if ok else "",
        "prices": given.get("prices", {}),
        **{variant: given[variant] for variant in VARIANTS},
    }


def _full_name(history: History, pull: int | str) -> str:
    return pull if isinstance(pull, str) else f"{history.repository}#{pull}"


def _plans(history: History, keys: Sequence[str]) -> list[str]:
    """What the proposals said at first."""
    return [str(history.thread.comment(key).value) for key in keys]


def _dated(rows: Sequence[Sequence[Any]]) -> Listed:
    return sorted(([stamp(row[0]), *row[1:]] for row in rows), key=str)


def found(history: History) -> Table:
    """What the code reads out of the rendered documents."""
    market = source_named("github").parse(documents(history))
    assert not market.malformed
    (issue,) = market.issues
    pulls = {pull.name: pull for pull in market.pulls}
    named = named_fixes(market.pulls, [issue.name])
    fixes = {name: [pulls[pull] for pull in listed] for name, listed in named.items()}
    events = read_ledger("github", issue).events
    context = Context(
        pulls=pulls,
        fixes=fixes,
        ledgers={issue.name: events},
        history=EveryCommit(history.pulls),
        paths=PathRules(),
        environment=Environment(kind="tests"),
    )
    own = fixes.get(issue.name, ())
    work = screen(issue, VARIANTS[0], own, events, history=context.history)
    fix = work.fix if isinstance(work, Work) else None
    read = read_ledger("github", issue, fix)
    context.ledgers = {issue.name: read.events}
    built = {name: issue_variant(name).from_issue(issue, context) for name in VARIANTS}
    outcomes = {
        name: made.reason if isinstance(made, Rejection) else "ok" for name, made in built.items()
    }
    return (
        _ledger_part(read.events, read.observations)
        | {"named": sorted(named.get(issue.name, []))}
        | _decision_part(history, issue, work)
        | _task_part([made for made in built.values() if isinstance(made, TaskInstance)])
        | {"prices": _prices(work, read.events)}
        | outcomes
    )


def _ledger_part(events: Sequence[BountyEvent], observations: Sequence[Observation]) -> Table:
    won = [e for e in events if e.superseded_by is None]
    payments = [e for e in won if e.kind == "paid"]
    return {
        "ledger": sorted(map(_event_row, (e for e in won if e.kind != "paid")), key=str),
        "superseded": sorted(map(_event_row, (e for e in events if e.superseded_by)), key=str),
        "paid": sorted(
            (
                [_at(e.occurred_at), e.role, e.person, e.amount_cents, *_code(e.currency)]
                for e in payments
            ),
            key=str,
        ),
        "explained": sorted(
            str(e.person) for e in payments if e.reason and e.role == "contributor"
        ),
        "observations": sorted(map(_observation_row, observations), key=str),
        "confirms": sorted(_confirmed(won, observations)),
    }


def _confirmed(
    won: Sequence[BountyEvent], observations: Sequence[Observation]
) -> Iterator[list[str]]:
    moments = {event.event_id: _at(event.occurred_at) for event in won}
    for seen in observations:
        if seen.event_id is not None:
            yield [_at(seen.occurred_at), moments[seen.event_id]]


def _event_row(event: BountyEvent) -> list[Any]:
    return [_at(event.occurred_at), event.kind, event.amount_cents, event.source_kind]


def _observation_row(seen: Observation) -> list[Any]:
    amount = "" if seen.amount_cents is None else seen.amount_cents
    return [_at(seen.occurred_at), seen.reading, amount, *_code(seen.currency)]


def _at(moment: datetime | None) -> str:
    return stamp(moment) if moment else ""


def _code(currency: str) -> list[str]:
    return [] if currency == "USD" else [currency]


def _decision_part(history: History, issue: IssueHistory, work: Work | Rejection) -> Table:
    """Without a fix, every proposal that stands is on offer and none is accepted."""
    keys = {event.comment_id: event.key for event in history.thread.events if event.key}
    accepted = None if isinstance(work, Rejection) else work.acceptance
    started = None if isinstance(work, Rejection) else work.started
    standing = proposals_at(issue.comments, accepted.accepted_at if accepted else started)
    return {
        "fix": "" if isinstance(work, Rejection) else work.fix.number,
        "base": "" if isinstance(work, Rejection) else work.base,
        "proposals": [keys[p.proposal_id] for p in standing],
        "plans": [p.text for p in standing],
        "accepted": keys[accepted.comment_id] if accepted else "",
        "evidence": accepted.evidence if accepted else "",
        "accepted_at": stamp(accepted.accepted_at) if accepted else "",
    }


def _task_part(tasks: Sequence[TaskInstance]) -> Table:
    if not tasks:
        return {"title": "", "statement": ""}
    return {"title": tasks[0].title, "statement": tasks[0].statement}


def _prices(work: Work | Rejection, events: Sequence[BountyEvent]) -> dict[str, int]:
    read = prices(ladder(events), paid=paid_cents(events))
    if isinstance(work, Work):
        read = work.prices | {"paid": read["paid"]}
    return {rule: cents for rule in RULES if (cents := read[rule]) is not None}
