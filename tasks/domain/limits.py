"""What a rollout may use, what it has used, and which limit ended it."""

from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, Field

LimitName = Literal["turns", "tool_calls", "tokens", "deadline", "dollars"]

LIMIT_WORDS: Final[dict[LimitName, str]] = {
    "turns": "the limit of turns",
    "tool_calls": "the limit of tool calls",
    "tokens": "the limit of tokens",
    "deadline": "the deadline",
    "dollars": "the rollout's cap in dollars",
}


MOST_SECONDS: Final = 366 * 86_400.0


class RolloutLimits(BaseModel, frozen=True, extra="forbid"):
    """What one rollout may use; reaching a limit submits what there is. None is no limit.

    A turn is an answer of the model, `tokens` counts all that went in and came out, `deadline_s`
    is wall clock in seconds. They decide answers, so they are part of a run's identity.
    """

    turns: int | None = Field(default=None, ge=1)
    tool_calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=1)
    deadline_s: float | None = Field(default=None, gt=0, le=MOST_SECONDS)


class Spent(BaseModel, frozen=True, extra="forbid"):
    """What a rollout's answers took. Money is in cents and exact; None where a price is unknown.

    `requests` went out, `answers` came back whole; `saved` of them came from the cache, and
    `saved_cents` of `cost_cents` with them. `unsure_cents` is what requests may have cost at most
    that were cut off before their answer was whole. `tool_calls` counts what the model asked for.
    """

    requests: int = 0
    answers: int = 0
    saved: int = 0
    tool_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_reasoning: int = 0
    cost_cents: Decimal | None = Decimal(0)
    saved_cents: Decimal = Decimal(0)
    unsure_cents: Decimal = Decimal(0)
    latency_s: float = 0.0

    def plus(self, other: "Spent") -> "Spent":
        """Both together; an unknown price makes the sum unknown."""
        both = {name: getattr(self, name) + getattr(other, name) for name in _ADDED}
        known = self.cost_cents is not None and other.cost_cents is not None
        cost = (self.cost_cents or 0) + (other.cost_cents or 0) if known else None
        return Spent(**both, cost_cents=cost)

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    @property
    def paid_cents(self) -> Decimal:
        """What counts against a budget: new answers, and at most what was cut off."""
        return (self.cost_cents or Decimal(0)) - self.saved_cents + self.unsure_cents


_ADDED: Final = tuple(name for name in Spent.model_fields if name != "cost_cents")


def reached(
    limits: RolloutLimits, spent: Spent, elapsed_s: float, cap_cents: Decimal | None = None
) -> LimitName | None:
    """The limit that forbids another request; None where it may go out.

    `elapsed_s` is wall clock since the rollout began; `cap_cents` is what it may cost in all.
    """
    used: list[tuple[LimitName, float | Decimal, float | Decimal | None]] = [
        ("deadline", elapsed_s, limits.deadline_s),
        ("dollars", spent.paid_cents, cap_cents),
        ("turns", spent.answers, limits.turns),
        ("tool_calls", spent.tool_calls, limits.tool_calls),
        ("tokens", spent.tokens, limits.tokens),
    ]
    for name, amount, most in used:
        # Calls of tools may be used up and the model still answer; one more call may not.
        over = most is not None and (amount > most if name == "tool_calls" else amount >= most)
        if over:
            return name
    return None
