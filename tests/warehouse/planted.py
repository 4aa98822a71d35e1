"""Good rows of every table that checks read, each once; tests plant bad ones in their place."""

from collections.abc import Mapping, Sequence
from typing import Final

from tasks.warehouse import Row
from tests.warehouse.homes import START

Planted = Mapping[str, Sequence[Row]]

INSTANCE: Final[Row] = {
    "instance_digest": "d1",
    "instance_id": "i1",
    "variant": "v",
    "repository": "r",
    "issue": "r#1",
    "title": "t",
    "prices": {"final": 100},
    "trusted": False,
    "body": "{}",
}
VERSION: Final[Row] = {
    "dataset_version": "v1",
    "dataset": "d",
    "specification": "{}",
    "price_rule": "final",
    "candidates": 1,
    "instances": 1,
    "rejections": 0,
    "price_cents": 100,
    "code_version": "1",
    "first_built_at": START,
    "last_built_at": START,
}
LISTED: Final[Row] = {"dataset_version": "v1", "instance_id": "i1", "instance_digest": "d1"}
REJECTION: Final[Row] = {
    "dataset_version": "v1",
    "candidate_id": "r#2",
    "variant": "v",
    "reason": "no_fix",
    "detail": "",
}
ITEM: Final[Row] = {
    "run_id": "run",
    "instance_id": "i1",
    "attempt": 1,
    "position": 0,
    "instance_digest": "d1",
    "variant": "v",
}
ROLLOUT: Final[Row] = {
    "rollout_id": "ro",
    "run_id": "run",
    "instance_id": "i1",
    "attempt": 1,
    "take": 1,
    "instance_digest": "d1",
    "solve_digest": "s",
    "status": "done",
    "started_at": START,
    "finished_at": START,
}
ENVIRONMENT: Final[Row] = {
    "instance_digest": "d1",
    "recipe_digest": "e1",
    "instance_id": "i1",
    "sandbox": "process",
    "status": "done",
    "gradable": True,
    "reason": "",
    "expectation": "{}",
    "evidence": "{}",
    "takes": 1,
    "repeats": 2,
    "prepared_at": START,
}
USED: Final[Row] = {
    "run_id": "run",
    "instance_digest": "d1",
    "recipe_digest": "e1",
    "sandbox": "process",
    "because": "default",
    "chosen_at": START,
}
EVIDENCE: Final[Row] = {
    "rollout_id": "ro",
    "recipe_digest": "e1",
    "take": 1,
    "trial": 1,
    "run_id": "run",
    "status": "done",
    "started_at": START,
    "finished_at": START,
}
VERDICT: Final[Row] = {
    "verdict_id": "ve",
    "rollout_id": "ro",
    "evidence_take": 1,
    "grader_version": "1",
    "run_id": "run",
    "outcome": "resolved",
    "reason": "",
    "detail": "",
    "judged_at": START,
}
PAYOUT: Final[Row] = {
    "verdict_id": "ve",
    "price_rule": "final",
    "run_id": "run",
    "price_cents": 100,
    "payout_cents": 100,
}
SETTLEMENT: Final[Row] = {
    "verdict_id": "ve",
    "price_rule": "final",
    "terms": "plain",
    "run_id": "run",
    "approved": True,
    "invoiced_cents": 100,
    "paid_cents": 100,
    "because": "",
    "settled_at": START,
}
EVENT: Final[Row] = {
    "event_id": "e1",
    "source": "github",
    "issue": "r#1",
    "occurred_at": START,
    "kind": "posted",
    "amount_cents": 100,
    "currency": "USD",
    "source_kind": "title_rename",
    "document_id": "r#1",
    "words": "w",
    "confidence": 1.0,
}
ISSUE: Final[Row] = {
    "issue": "r#1",
    "repository": "r",
    "number": 1,
    "url": "u",
    "title": "t",
    "body": "b",
    "state": "OPEN",
    "labels": [],
    "created_at": START,
    "document_id": "r#1",
}
PULL: Final[Row] = {
    "pull": "r#2",
    "repository": "r",
    "number": 2,
    "url": "u",
    "title": "t",
    "state": "OPEN",
    "created_at": START,
    "fixes": [],
}
COMMENT: Final[Row] = {
    "issue": "r#1",
    "comment_id": 5,
    "version_since": START,
    "created_at": START,
    "url": "u",
    "body": "b",
}
PROPOSAL: Final[Row] = {"issue": "r#1", "proposal_id": 5, "body": "b"}
EDITED: Final[Row] = {
    "node_id": "IC_5",
    "fetched_at": START,
    "content_sha256": "c1",
    "payload": "{}",
}
READ: Final[Row] = {
    "source": "github",
    "kind": "github.issue",
    "external_id": "r#1",
    "content_sha256": "c1",
    "rules": "s1",
}
POSTING: Final[Row] = {
    "posting_id": "m#1",
    "source": "kaggle",
    "title": "t",
    "description": "d",
    "tags": [],
    "document_id": "m#1",
}
BID: Final[Row] = {"posting_id": "m#1", "bid_id": "b1"}
OUTCOME: Final[Row] = {
    "dataset": "d",
    "source": "github",
    "candidate_id": "r#1",
    "variant": "v",
    "inputs": "s1",
    "instance_digest": "d1",
}

GOOD: Final[Planted] = {
    "core.task_instances": [INSTANCE],
    "core.dataset_versions": [VERSION],
    "core.version_instances": [LISTED],
    "eval.run_items": [ITEM],
    "eval.environments": [ENVIRONMENT],
    "eval.run_environments": [USED],
    "eval.rollouts": [ROLLOUT],
    "eval.evidence": [EVIDENCE],
    "eval.verdicts": [VERDICT],
    "eval.payouts": [PAYOUT],
    "core.bounty_events": [EVENT, EVENT | {"dataset": "d"}],
    "core.outcomes": [OUTCOME, OUTCOME | {"dataset": "e"}],
    "core.staging.read_documents": [READ, READ | {"kind": "github.gone"}],
    "core.staging.comment_edits": [EDITED],
    "core.staging.issues": [ISSUE],
    "core.staging.postings": [POSTING, POSTING | {"posting_id": "m#2"}],
    "core.staging.bids": [BID, BID | {"posting_id": "m#2"}],
    "core.staging.pulls": [PULL],
    "core.staging.comments": [
        COMMENT,
        COMMENT | {"version_since": START.replace(year=2026)},
        COMMENT | {"issue": "r#9"},  # comments go along when an issue is transferred
    ],
    "core.staging.proposals": [PROPOSAL, PROPOSAL | {"issue": "r#9"}],
}
