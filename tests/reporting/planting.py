"""Hostile text put into every field of a market that has text, as a scrape could bring it."""

import gzip
import json
from datetime import UTC, datetime

from tasks.warehouse import Row, Session, Warehouse
from tests.reporting.hostile import ALL, LONG, STRINGS

_WHEN = datetime(2024, 1, 2, tzinfo=UTC)


def plant(warehouse: Warehouse) -> None:
    """Each task's short texts are one hostile string, its long ones all of them."""
    with warehouse.write("core") as session:
        rows = session.rows("SELECT * FROM core.task_instances ORDER BY instance_id")
        for number, row in enumerate(rows):
            _spoil_instance(session, row, STRINGS[number % len(STRINGS)], long=number == 0)
        session.execute("UPDATE core.rejections SET detail = $text", {"text": ALL})
    with warehouse.write("eval") as session:
        _spoil_results(session)


def _spoil_instance(session: Session, row: Row, text: str, *, long: bool) -> None:
    body = json.loads(row["body"])
    title = LONG if long else text
    body |= {"title": title, "statement": f"{text}\n\n{ALL}", "issue": text, "repository": text}
    for proposal in body.get("proposals", ()):
        proposal |= {"text": ALL, "author": text, "url": f"javascript:{text}"}
    session.execute(
        "UPDATE core.task_instances SET title = $title, issue = $text, repository = $text, "
        "body = $body WHERE instance_digest = $digest",
        {
            "title": title,
            "text": text,
            "body": json.dumps(body),
            "digest": row["instance_digest"],
        },
    )
    event = {
        "event_id": row["instance_digest"],
        "source": text,
        "issue": text,
        "occurred_at": _WHEN,
        "kind": "posted",
        "amount_cents": 25_000,
        "currency": "USD",
        "source_kind": text,
        "actor": text,
        "document_id": text,
        "url": f"javascript:{text}",
        "words": ALL,
        "confidence": 1.0,
    }
    session.insert("core.bounty_events", [event])


def _spoil_results(session: Session) -> None:
    parts = [
        {"part_kind": kind, "content": ALL, "tool_name": STRINGS[0], "args": ALL}
        for kind in ("user-prompt", "text", "tool-call", STRINGS[1])
    ]
    said = {"messages": [{"kind": "request", "parts": parts}], "failures": []}
    session.execute(
        "UPDATE eval.rollouts SET transcript = $said, finish_reason = $text, declined = $all, "
        "questions = $questions, submission = CASE WHEN contains(submission, 'model_patch') "
        "THEN $patch ELSE submission END",
        {
            "said": gzip.compress(json.dumps(said).encode()),
            "text": STRINGS[14],
            "all": ALL,
            "questions": json.dumps([{"text": ALL, "quoted": []}]),
            "patch": json.dumps({"model_patch": "\n".join(f"+{text}" for text in STRINGS)}),
        },
    )
    session.execute(
        "UPDATE eval.evidence SET log = $all, report = $report WHERE report IS NOT NULL",
        {"all": ALL, "report": json.dumps(dict.fromkeys(STRINGS, "failed"))},
    )
    session.execute(
        "UPDATE eval.verdicts SET reason = CASE outcome WHEN 'resolved' THEN $text ELSE $all END, "
        "detail = $all",
        {"text": STRINGS[13], "all": ALL},
    )
    model = json.dumps({"model": f"openai:{STRINGS[13]}"})
    session.execute(
        "UPDATE eval.runs SET parameters = $model WHERE solver = 'model'", {"model": model}
    )
