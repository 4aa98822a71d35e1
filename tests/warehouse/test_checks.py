"""Every check reports the rows it was written for, and none on good ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tasks.warehouse import FILES, FileName, Row, Warehouse, migrate, run_checks
from tests.warehouse.homes import START, fresh

CHECKS: Final = sorted(f.stem for f in (Path(migrate.__file__).parent / "checks").glob("*.sql"))
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
    "core.staging.pulls": [PULL],
    "core.staging.comments": [
        COMMENT,
        COMMENT | {"version_since": START.replace(year=2026)},
        COMMENT | {"issue": "r#9"},  # comments go along when an issue is transferred
    ],
    "core.staging.proposals": [PROPOSAL, PROPOSAL | {"issue": "r#9"}],
}


def _other(row: Row, **changes: Any) -> list[Row]:
    return [row, row | changes]


# Check → (what is planted in place of the good rows, how many rows the check reports)
PLANTED: Final[Mapping[str, Sequence[tuple[Planted, int]]]] = {
    "bounty_events_are_unique": [
        ({"core.bounty_events": _other(EVENT, words="again")}, 1),
        ({"core.bounty_events": _other(EVENT | {"dataset": "d"}, words="again")}, 1),
    ],
    "build_keys_are_unique": [
        ({"core.outcomes": _other(OUTCOME, reason="leak")}, 1),
        ({"core.staging.read_documents": _other(READ, content_sha256="c2")}, 1),
    ],
    "candidates_are_instances_plus_rejections": [
        ({"core.dataset_versions": [VERSION | {"candidates": 2}]}, 1),
        ({"core.dataset_versions": [VERSION | {"candidates": 2, "rejections": 1}]}, 1),
        ({"core.dataset_versions": [VERSION | {"candidates": 2, "instances": 2}]}, 1),
        ({"core.rejections": [REJECTION]}, 1),
    ],
    "every_item_has_one_state": [
        ({"eval.run_items": _other(ITEM, instance_id="i2", instance_digest="gone")}, 1),
        (
            {
                "eval.verdicts": [VERDICT | {"outcome": "perhaps"}],
                "eval.payouts": [PAYOUT | {"payout_cents": 0}],
            },
            1,
        ),
    ],
    "payouts_follow_verdicts": [
        ({"eval.payouts": [PAYOUT | {"payout_cents": 99}]}, 1),
        ({"eval.payouts": [PAYOUT | {"price_cents": None}]}, 1),
        ({"eval.verdicts": [VERDICT | {"outcome": "unresolved"}]}, 1),
        ({"eval.verdicts": [VERDICT | {"outcome": "invalid"}]}, 1),
    ],
    "stage_rows_have_their_input": [
        ({"eval.rollouts": _other(ROLLOUT, rollout_id="x", attempt=2)}, 1),
        ({"eval.evidence": _other(EVIDENCE, rollout_id="x")}, 1),
        ({"eval.run_environments": _other(USED, instance_digest="d2")}, 1),
        ({"eval.verdicts": _other(VERDICT, verdict_id="x", evidence_take=2)}, 1),
        ({"eval.payouts": _other(PAYOUT, verdict_id="x")}, 1),
    ],
    "staging_keys_are_unique": [
        ({"core.staging.issues": _other(ISSUE, title="again")}, 1),
        ({"core.staging.pulls": _other(PULL, title="again")}, 1),
        ({"core.staging.comments": _other(COMMENT, body="again")}, 1),
        ({"core.staging.proposals": _other(PROPOSAL, body="again")}, 1),
        ({"core.staging.comment_edits": _other(EDITED, payload="[]")}, 1),
    ],
    "version_instances_have_a_body": [
        ({"core.version_instances": [LISTED | {"instance_digest": "gone"}]}, 1),
    ],
}


def offending(home: Path, rows: Planted) -> dict[str, int]:
    warehouse = fresh(home)
    _plant(warehouse, "core", rows)
    _plant(warehouse, "eval", rows)
    with warehouse.read(*FILES) as session:
        return run_checks(session)


def _plant(warehouse: Warehouse, name: FileName, rows: Planted) -> None:
    with warehouse.write(name) as session:
        for table, listed in rows.items():
            if table.startswith(f"{name}."):
                session.insert(table, listed)


def test_good_rows_offend_no_check(tmp_path: Path) -> None:
    assert offending(tmp_path, GOOD) == {}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_reports_exactly_the_rows_planted_for_it(tmp_path: Path, check: str) -> None:
    assert check in PLANTED, f"plant an offending row for {check}"
    for number, (rows, count) in enumerate(PLANTED[check]):
        assert offending(tmp_path / str(number), {**GOOD, **rows}) == {check: count}


def test_a_check_waits_until_the_files_it_reads_are_attached(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    _plant(warehouse, "core", {"core.version_instances": [LISTED]})
    with warehouse.read("raw", "eval") as session:
        assert run_checks(session) == {}
    with warehouse.read("core") as session:
        assert run_checks(session) == {"version_instances_have_a_body": 1}
