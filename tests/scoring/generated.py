"""Invented runs for properties: tasks that share clusters, with all that can be missing."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from tasks.domain.failures import FailureClass
from tasks.domain.payouts import State
from tasks.domain.scored import ScoredAttempt, ScoredTask, Stage

Run = tuple[list[ScoredTask], list[ScoredAttempt]]
START = datetime(2024, 1, 1, tzinfo=UTC)
CENTS = st.integers(0, 10**7)


@st.composite
def tasks(draw: st.DrawFn, number: int) -> ScoredTask:
    rungs = draw(st.lists(st.integers(1, 10**7), max_size=4))
    dated = bool(rungs) and draw(st.booleans())
    return ScoredTask(
        instance_id=f"task {number:02d}",
        instance_digest=f"digest {number}",
        variant=draw(st.sampled_from(["ic_swe", "swe_manager", "freelance_code"])),
        repository=draw(st.sampled_from(["ours/app", "ours/site"])),
        cluster=draw(st.sampled_from("abcdefgh")),
        family=draw(st.none() | st.just("joins")),
        labels=draw(st.none() | st.lists(st.sampled_from(["Bug", "Daily"]), max_size=3).map(tuple)),
        price_cents=draw(st.none() | CENTS),
        initial_cents=rungs[0] if dated else None,
        final_cents=rungs[-1] if rungs else None,
        rungs=tuple(rungs),
        raises=draw(st.integers(0, 4)) if dated else None,
        days_to_first_raise=draw(st.none() | st.floats(0, 90)),
        first_posted_at=START + timedelta(days=draw(st.integers(0, 90))) if dated else None,
        patch_lines=draw(st.none() | st.integers(0, 400)),
        merged_at=draw(st.none() | st.just(START)),
        asks_cases=draw(st.booleans()),
    )


@st.composite
def attempts(draw: st.DrawFn, task: int, number: int) -> ScoredAttempt:
    states: tuple[State, ...] = ("resolved", "unresolved", "invalid")
    state = draw(st.sampled_from(states))
    total = draw(st.none() | st.integers(0, 9))
    return ScoredAttempt(
        task=task,
        attempt=number,
        state=state,
        failure=draw(st.sampled_from(get_args(FailureClass))) if state == "unresolved" else None,
        cost_cents=draw(st.none() | st.floats(0, 100)),
        paid_cents=draw(st.none() | st.floats(0, 100)),
        cases_passed=None if total is None else draw(st.integers(0, total)),
        cases_total=total,
        stage=draw(st.none() | st.sampled_from(get_args(Stage))),
    )


@st.composite
def runs(draw: st.DrawFn, most_attempts: int = 4) -> Run:
    made = [draw(tasks(number)) for number in range(draw(st.integers(0, 10)))]
    count = draw(st.integers(1, most_attempts))
    tried = []
    for number in range(len(made)):
        own = [draw(attempts(number, n)) for n in range(1, count + 1)]
        if draw(st.integers(0, 5)) == 0:
            own = [one._replace(state="excluded", failure=None) for one in own]
        tried += own
    return made, tried
