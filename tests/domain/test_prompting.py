"""Prompts and secrets: words put in place once, and taken out everywhere."""

import json

import pytest
from pydantic import SecretStr

from tasks.domain.errors import UsageError
from tasks.domain.limits import RolloutLimits, Spent, reached
from tasks.domain.redaction import REDACTED, Redactor
from tasks.domain.wording import fill


def test_what_a_value_holds_is_no_placeholder() -> None:
    assert fill("$a and ${b}, $$5 {x}", "x", {"a": "$b", "b": "{c} $"}) == "$b and {c} $, $5 {x}"


@pytest.mark.parametrize(
    ("wording", "says"),
    [
        ("$a costs $5", "begins no placeholder"),
        ("$a $c", r"unknown placeholder \$c; known: \$a"),
        ("nothing", r"lacks \$a"),
    ],
)
def test_a_prompt_that_cannot_be_filled_says_why(wording: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        fill(wording, "ic_swe", {"a": "1"})


def test_secrets_go_in_every_spelling_and_short_words_stay() -> None:
    key = 'sk-"quoted"/and\\more'
    redactor = Redactor([SecretStr(key), SecretStr("sk-longer-sk"), SecretStr("test")])
    text = f"a test: {key} {json.dumps(key)} sk-longer-sk"
    assert redactor.clean(text) == f'a test: {REDACTED} "{REDACTED}" {REDACTED}'


def test_a_sum_with_an_unknown_price_is_unknown() -> None:
    known, unknown = Spent(answers=1, tokens_in=5), Spent(answers=1, cost_cents=None)
    assert known.plus(unknown) == Spent(answers=2, tokens_in=5, cost_cents=None)
    assert known.plus(known).cost_cents == 0


def test_tool_calls_may_be_used_up_and_the_model_still_answers() -> None:
    limits = RolloutLimits(tool_calls=2, turns=3)
    assert reached(limits, Spent(tool_calls=2), 0) is None
    assert reached(limits, Spent(tool_calls=3), 0) == "tool_calls"
    assert reached(limits, Spent(answers=3), 0) == "turns"
