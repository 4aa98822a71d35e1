"""The one-shot solver against a real endpoint: answers, repairs, limits, money and bad days."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.domain.limits import RolloutLimits
from tasks.domain.rollouts import NOTHING, HopelessFault, RolloutFault, Submission
from tests.chat_completions import Asked, Say
from tests.model_server import Cut, Garble, ModelServer, Refuse, Script, Slow, too_many
from tests.solvers.asking import KEY, RIGHT, ask, question

CHOSEN = Submission(selected_proposal_id=12)
# gpt-4o: $2.50 a million tokens in, $1.25 where they are cached, $10 out.
PRICE_CENTS = Decimal("0.325")  # (800 * 2.5 + 200 * 1.25 + 100 * 10) / 10_000
USAGE = (1000, 100, 200, 10)


def test_an_answer_is_read_counted_and_priced() -> None:
    with ModelServer(lambda _: Say(RIGHT, usage=USAGE)) as server:
        solution = ask(server, temperature=0.5, top_p=0.9, max_tokens=500)
    assert (solution.submission, solution.finish_reason) == (CHOSEN, "stop")
    assert solution.price_snapshot is not None
    assert solution.price_snapshot.startswith("genai-prices ")
    spent = solution.spent
    assert spent is not None
    assert (spent.requests, spent.answers, spent.tool_calls) == (1, 1, 0)
    assert (spent.tokens_in, spent.tokens_out) == (1000, 100)
    assert (spent.tokens_cached, spent.tokens_reasoning) == (200, 10)
    assert (spent.cost_cents, spent.paid_cents) == (PRICE_CENTS, PRICE_CENTS)
    assert not spent.unsure_cents
    assert server.keys_sent() == {f"Bearer {KEY}"}
    assert server.asked[0].body == {
        "model": "gpt-4o",
        "stream": False,
        "messages": [{"role": "user", "content": "Choose 0."}],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_completion_tokens": 500,
    }


def test_a_transcript_tells_what_was_said_and_what_it_took() -> None:
    with ModelServer(lambda _: Say(RIGHT, usage=USAGE)) as server:
        told = json.loads(ask(server).transcript or "")
    assert [m["parts"][0]["content"] for m in told["messages"]] == ["Choose 0.", RIGHT]
    (request,) = told["requests"]
    assert (request["tokens_in"], request["cost_cents"], request["failures"]) == (
        1000,
        "0.32500",
        [],
    )
    assert (told["model"], told["finish_reason"]) == ("openai:gpt-4o", "stop")
    assert set(told["prompts"]) == {"repair", "swe_manager"}
    assert set(told["libraries"]) == {"genai-prices", "openai", "pydantic-ai-slim"}


def test_an_unknown_price_is_no_price() -> None:
    with ModelServer(lambda _: Say(RIGHT)) as server:
        spent = ask(server, model="openai:scripted").spent
    assert spent is not None
    assert (spent.cost_cents, spent.tokens_in) == (None, 1000)


def test_an_endpoint_that_tells_no_usage_costs_nobody_knows_what() -> None:
    with ModelServer(lambda _: Say(RIGHT, usage=None)) as server:
        spent = ask(server).spent
    assert spent is not None
    assert spent.cost_cents is None


def test_what_cannot_be_read_is_asked_for_again_twice_with_what_is_wrong() -> None:
    texts = ["Two.", '{"selected_proposal_id": 9}', RIGHT]
    with ModelServer(lambda asked: Say(texts[asked.number - 1])) as server:
        solution = ask(server)
    assert (solution.submission, solution.finish_reason) == (CHOSEN, "stop")
    assert [asked.last for asked in server.asked] == [
        "Choose 0.",
        'No: it holds no JSON object like {"selected_proposal_id": NUMBER}',
        "No: there is no proposal 9; there are 1, 2",
    ]
    with ModelServer(lambda _: Say("Two.")) as server:
        solution = ask(server)
    assert (solution.submission, solution.finish_reason) == (NOTHING, "malformed")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("reaction", "finish_reason"),
    [
        (Say(None, refusal="I will not."), "refusal"),
        (Say("", finish="content_filter"), "refusal"),
        (Say('{"selected_pro', finish="length"), "length"),
        (Refuse(400, "too long", code="context_length_exceeded"), "context"),
        (Refuse(400, "the maximum context length is 8 tokens"), "context"),
        (Refuse(413, "too large"), "context"),
    ],
)
def test_refusals_and_questions_that_are_too_long_are_the_models_result(
    reaction: Say | Refuse, finish_reason: str
) -> None:
    with ModelServer(lambda _: reaction) as server:
        solution = ask(server)
    assert (solution.submission, solution.finish_reason) == (NOTHING, finish_reason)
    assert len(server.asked) == 1


def by_turn(*reactions: Say | Refuse | Cut | Garble | Slow) -> Script:
    return lambda asked: reactions[min(asked.number, len(reactions)) - 1]


@pytest.mark.parametrize("bad_day", [too_many(), Refuse(500), Refuse(503), Cut(), Garble()])
def test_a_bad_day_is_asked_again_and_counted(bad_day: Refuse | Cut | Garble) -> None:
    with ModelServer(by_turn(bad_day, Say(RIGHT))) as server:
        solution = ask(server)
    assert solution.submission == CHOSEN
    assert solution.spent is not None
    assert (solution.spent.requests, solution.spent.answers) == (2, 1)
    assert (len(server.asked), len(server.delivered)) == (2, 1)
    failures = json.loads(solution.transcript or "")["requests"][0]["failures"]
    assert len(failures) == 1


def test_an_answer_that_was_cut_off_is_asked_for_once_more_in_a_take() -> None:
    with ModelServer(lambda _: Cut()) as server, pytest.raises(RolloutFault) as fault:
        ask(server, max_tokens=100)
    assert len(server.asked) == 2
    assert fault.value.retryable
    assert fault.value.partial is not None
    spent = fault.value.partial.spent
    assert spent is not None
    assert (spent.requests, spent.answers, spent.cost_cents) == (2, 0, Decimal(0))
    assert spent.unsure_cents > 2 * Decimal("0.1")  # 100 tokens out, and the question


def test_a_refused_request_goes_out_six_times_and_is_an_outage() -> None:
    with ModelServer(lambda _: too_many(1)) as server, pytest.raises(RolloutFault) as fault:
        ask(server)
    assert len(server.asked) == 6
    assert (fault.value.retryable, isinstance(fault.value, HopelessFault)) == (True, False)


@pytest.mark.parametrize(
    "reaction",
    [
        Refuse(401, f"wrong key {KEY}"),
        Refuse(404, "no such model", code="model_not_found"),
        Refuse(429, "pay first", code="insufficient_quota"),
        Refuse(429, "too many", headers={"Retry-After": "3600"}),
    ],
)
def test_what_every_request_would_meet_is_asked_once_and_shows_no_key(reaction: Refuse) -> None:
    with ModelServer(lambda _: reaction) as server, pytest.raises(HopelessFault) as fault:
        ask(server)
    assert len(server.asked) == 1
    assert not fault.value.retryable
    assert KEY not in str(fault.value)
    assert "\n" not in str(fault.value)


def test_nobody_there_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.solvers.asking.patience.FIRST_PAUSE_S", 0.01)
    with ModelServer(lambda _: Say(RIGHT)) as server:
        pass
    with pytest.raises(RolloutFault, match="does not answer"):
        ask(server)


def test_limits_end_a_rollout_with_their_name() -> None:
    limits = RolloutLimits(turns=2)
    with ModelServer(lambda _: Say("Two.", usage=(10, 5, 0, 0))) as server:
        assert ask(server, limits=limits).finish_reason == "turns"
        assert ask(server, limits=RolloutLimits(tokens=20)).finish_reason == "tokens"
    assert len(server.asked) == 4


def test_a_deadline_cuts_the_answer_off_and_submits_what_there_is() -> None:
    with ModelServer(lambda _: Slow(5, Say(RIGHT))) as server:
        solution = ask(server, limits=RolloutLimits(deadline_s=0.5), max_tokens=100)
    assert (solution.submission, solution.finish_reason) == (NOTHING, "deadline")
    assert solution.spent is not None
    assert solution.spent.unsure_cents > 0


def test_the_provider_s_pauses_are_no_time_of_the_rollout() -> None:
    script = by_turn(too_many(900), Say(RIGHT))
    with ModelServer(script) as server:
        solution = ask(server, limits=RolloutLimits(deadline_s=0.6))
    assert solution.submission == CHOSEN


def test_no_request_can_cost_more_than_what_the_cap_leaves() -> None:
    with ModelServer(lambda _: Say("Two.", usage=(0, 500, 0, 0))) as server:
        solution = ask(server, question(cap_cents=Decimal(1)), cap_cents=Decimal(1))
    # A cent is 1,000 tokens out: 500 leave the second request less than 500.
    assert (solution.submission, solution.finish_reason) == (NOTHING, "dollars")
    bounds = [asked.body["max_completion_tokens"] for asked in server.asked]
    assert 900 < bounds[0] < 1000
    assert 300 < bounds[1] < 500
    assert solution.spent is not None
    assert solution.spent.paid_cents == Decimal(1)


@pytest.mark.parametrize(
    "words",
    [
        "max_tokens is too large. This model supports at most 16384 completion tokens",
        "This model's maximum context length is 16384 tokens (64 in the messages, the rest in the "
        "completion)",
    ],
)
def test_a_cap_that_pays_for_more_than_a_model_gives_asks_for_less(words: str) -> None:
    def react(asked: Asked) -> Say | Refuse:
        large = asked.body["max_completion_tokens"] > 16_384
        return Refuse(400, words) if large else Say(RIGHT)

    cap = Decimal(50)  # cents, which are 50,000 tokens out
    with ModelServer(react) as server:
        solution = ask(server, question(cap_cents=cap), cap_cents=cap)
        own = ask(server, question(cap_cents=cap), cap_cents=cap, max_tokens=1000)
    assert (solution.submission, solution.finish_reason) == (CHOSEN, "stop")
    assert (own.submission, len(server.asked)) == (CHOSEN, 4)


def test_what_the_provider_may_have_used_up_is_no_result_of_the_model() -> None:
    with (
        ModelServer(lambda _: Cut()) as server,
        pytest.raises(RolloutFault, match="cut off") as fault,
    ):
        ask(server, question(cap_cents=Decimal(1)), cap_cents=Decimal(1))
    assert (len(server.asked), fault.value.retryable) == (1, False)


def test_a_cached_answer_is_not_paid_again(tmp_path: Path) -> None:
    with ModelServer(lambda asked: Say(f"{RIGHT} {KEY} \ud800", usage=USAGE)) as server:
        first = ask(server, cache=tmp_path)
        again = ask(server, cache=tmp_path)
        other = ask(server, question(attempt=2), cache=tmp_path)
        warmer = ask(server, cache=tmp_path, temperature=1.0)
    assert {s.submission for s in (first, again, other, warmer)} == {CHOSEN}
    assert len(server.asked) == 3
    assert again.spent is not None
    assert (again.spent.requests, again.spent.answers, again.spent.saved) == (0, 1, 1)
    assert (again.spent.cost_cents, again.spent.paid_cents) == (PRICE_CENTS, Decimal(0))
    kept = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert KEY.encode() not in kept


def test_a_cap_leaves_saved_answers_as_much_as_it_left_new_ones(tmp_path: Path) -> None:
    script = by_turn(Say("Two."), Say(RIGHT), Refuse(400))
    job, cap = question(cap_cents=Decimal(20)), Decimal(20)
    with ModelServer(script) as server:
        ask(server, job, cap_cents=cap, cache=tmp_path)
        again = ask(server, job, cap_cents=cap, cache=tmp_path)
    assert (again.submission, len(server.asked)) == (CHOSEN, 2)


def test_refusals_halve_the_places_and_answers_give_them_back() -> None:
    def script(asked: Asked) -> Refuse | Slow:
        busy = server.most_at_once > 2 and asked.nth == 1 and asked.number <= 8
        return too_many(5) if busy else Slow(0.05, Say(RIGHT))

    with ModelServer(script) as server, ThreadPoolExecutor(12) as threads:
        solutions = list(threads.map(lambda n: ask(server, question(n), workers=8), range(40)))
    assert [s.submission for s in solutions] == [CHOSEN] * 40
    assert server.most_at_once <= 8
    assert Counter(server.delivered).most_common(1)[0][1] == 1
    assert len(server.delivered) == 40
