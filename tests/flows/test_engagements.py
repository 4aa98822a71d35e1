"""Engagements from the offer to the payment: declined, asked about, delivered, settled by terms."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.chat_completions import Asked, Say
from tests.flows.command import Paydag
from tests.flows.reference import bodies
from tests.flows.scripted import KEYS, answer, task_of
from tests.flows.tables import assert_sound, query, read_tables
from tests.flows.worker import FlowFailedError, Worker
from tests.model_server import ModelServer, Script

pytestmark = pytest.mark.prefect

ASKED, DECLINED = "tally-works__tally-41-ic_swe", "tally-works__tally-18-ic_swe"
WRONG, MANAGED = "tally-works__tally-34-ic_swe", "tally-works__tally-11-swe_manager"
NAMES: Final = [ASKED, DECLINED, WRONG, MANAGED]
QUESTION: Final = "May the stored text be changed, or what people typed?"
# Beside a fix: bills no longer add up.
BREAKING: Final = """\
diff --git a/tally/split.py b/tally/split.py
--- a/tally/split.py
+++ b/tally/split.py
@@ -14,4 +14,4 @@
     left = abs(total) - sum(shares.values())
     for _, _, person in sorted(remainders)[:left]:
-        shares[person] += 1
+        shares[person] += 2
     return {person: sign * share for person, share in shares.items()}
"""


def freelancing(home: Path, seen: dict[str, list[str]]) -> Script:
    """A model that asks about one task before it resolves it, declines another, and fails one."""
    known = {name: body for name, body in bodies(home).items() if name in NAMES}

    def react(asked: Asked) -> Say:
        name, body = task_of(known, asked.prompt)
        seen.setdefault(name, []).append(asked.last)
        if name == DECLINED:
            return Say('{"decline": "Signs are dull."}')
        if name == ASKED and len(asked.messages) == 1:
            return Say(json.dumps({"ask_client": [QUESTION]}))
        return Say(answer(body, asked.prompt, right=name != WRONG))

    return react


def engagements(home: Path, run_id: str, terms: str = "plain") -> dict[str, tuple[Any, ...]]:
    rows = query(
        home,
        "SELECT instance_id, accepted, decline_reason, delivered, approved, invoiced_cents, "
        "paid_cents, because, questions FROM eval.engagements "
        "WHERE run_id = $run AND terms = $terms",
        run=run_id,
        terms=terms,
    )
    return {name: tuple(rest) for name, *rest in rows}


@pytest.mark.exhaustive
def test_a_model_asks_declines_and_is_paid_for_what_the_client_takes(
    own_prepared: Path, worker: Worker
) -> None:
    home, seen = own_prepared, dict[str, list[str]]()
    cents = {name: bodies(home)[name]["prices"]["final"] for name in NAMES}
    choice = {"model": "openai:gpt-4o", "may_decline": True, "ask_client": True}
    with ModelServer(freelancing(home, seen)) as server:
        given = {"choice": choice, "use": {"base_url": server.url}, "instances": NAMES}
        found = worker.evaluate(home, "sample", "model", **given)
        again = worker.evaluate(home, "sample", "model", **given, new=True)
        assert len(server.asked) == 10  # nothing of a new run is the old one's
    assert again["engagement"] == found["engagement"]
    none = (False, 0, 0, "", 0)
    assert engagements(home, found["run_id"]) == {
        ASKED: (True, None, True, True, cents[ASKED], cents[ASKED], "", 1),
        DECLINED: (False, "Signs are dull.", False, *none),
        WRONG: (True, None, True, *none),
        MANAGED: (True, None, True, True, cents[MANAGED], cents[MANAGED], "", 0),
    }
    assert found["engagement"] == {
        "terms": "plain",
        "offered": 4,
        "accepted": 3,
        "delivered": 3,
        "approved": 2,
        "invoiced_cents": found["earned_cents"],
        "paid_cents": found["earned_cents"],
        "questions": 1,
    }
    states = query(
        home,
        "SELECT s.state, s.reason, r.status, r.submission, r.finish_reason "
        "FROM marts.run_state s JOIN eval.rollouts r USING (rollout_id) "
        "WHERE s.run_id = $run AND s.instance_id = $name",
        run=found["run_id"],
        name=DECLINED,
    )
    assert states == [("unresolved", "declined", "done", "{}", "declined")]
    assert "The client pays $250 for the work" in seen[DECLINED][0]
    assert (
        '@marrowby, we must not change what people typed; the text says "as stored".'
        in (seen[ASKED][1])
    )
    assert "Raising to" not in seen[ASKED][1]
    assert_sound(home)


@pytest.mark.exhaustive
def test_declined_offers_and_regressions_are_settled_by_the_terms(
    own_prepared: Path, worker: Worker, paydag: Paydag, tmp_path: Path
) -> None:
    home, known = own_prepared, bodies(own_prepared)
    fixed = known[DECLINED]["reference"]["gold_patch"]
    lines = [
        {"instance_id": DECLINED, "model_patch": fixed + BREAKING},
        {"instance_id": WRONG, "decline": "Budgets are dull."},
        {"instance_id": MANAGED, "selected_proposal_id": 10**9},
        {"instance_id": ASKED, "model_patch": known[ASKED]["reference"]["gold_patch"]},
    ]
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    given = {"predictions": str(file), "instances": NAMES}
    plain = worker.evaluate(home, "sample", "replay", **given)
    before = read_tables(home)
    found = worker.evaluate(home, "sample", "replay", **given, terms="expensify")

    # Terms are no part of a run, and of what was scored nothing changes.
    assert {**found, "engagement": 0, "report": 0} == {**plain, "engagement": 0, "report": 0}
    assert read_tables(home).added_since(before) == {"settlements": 4}
    run_id, cents = found["run_id"], known[DECLINED]["prices"]["final"]
    assert engagements(home, run_id)[DECLINED] == (True, None, True, False, 0, 0, "", 0)
    settled = engagements(home, run_id, "expensify")
    assert settled[DECLINED] == (True, None, True, False, cents, cents // 2, "regression: -50 %", 0)
    assert settled[WRONG] == (False, "Budgets are dull.", False, False, 0, 0, "", 0)
    earned = plain["earned_cents"]
    assert plain["engagement"]["paid_cents"] == earned == known[ASKED]["prices"]["final"]

    shown = paydag("show", "run", run_id, "--terms", "expensify", home=home)
    told = f"invoiced ${(earned + cents) / 100:,.0f}, paid ${(earned + cents // 2) / 100:,.0f}"
    assert (
        "4 offered, 3 accepted, 3 delivered, 1 accepted by the client; "
        f"{told} by the terms of expensify; 0 questions asked" in shown.out
    )
    pages = {str(one): Path(one).read_text() for one in (plain["report"], found["report"])}
    assert len(pages) == 2
    assert "by the terms of expensify" in pages[found["report"]]
    compared = paydag("report", run_id, "--terms", "expensify", home=home)
    assert "paid by expensify" in compared.out
    with pytest.raises(FlowFailedError, match="unknown terms 'fair'; known: plain, expensify"):
        worker.run("rerun", home, stage="score", run_id=run_id, terms="fair")
    assert_sound(home)


@pytest.mark.exhaustive
def test_whoever_spends_second_on_a_run_with_a_budget_is_sent_away(
    own_prepared: Path, worker: Worker, paydag: Paydag
) -> None:
    only = ("--instance", MANAGED, "--model", "openai:gpt-4o")
    money = ("--budget", "1", "--rollout-cap", "0.5")
    refused: list[Any] = []

    def react(asked: Asked) -> Say:
        if not refused:
            refused.append(None)
            again = ("evaluate", "sample", "--solver", "model", *only, "--base-url", server.url)
            refused[0] = paydag(*again, *money, home=own_prepared, **KEYS)
        _, body = task_of({MANAGED: bodies(own_prepared)[MANAGED]}, asked.prompt)
        return Say(answer(body, asked.prompt, right=True))

    with ModelServer(react) as server:
        use = {"base_url": server.url, "budget_cents": "100", "cap_cents": "50"}
        choice = {"model": "openai:gpt-4o"}
        given = {"choice": choice, "use": use, "instances": [MANAGED]}
        found = worker.evaluate(own_prepared, "sample", "model", **given)
        assert len(server.asked) == 1
    assert found["resolved"] == 1
    assert (refused[0].code, refused[0].out) == (1, "")
    assert f"run {found['run_id']} is being solved by process {worker.process.pid}" in (
        refused[0].err
    )
