"""A model as one rollout may use it: metered, limited, asked again where that is right."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic_ai import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from tasks.domain.limits import LimitName, RolloutLimits, Spent, reached
from tasks.domain.rollouts import RolloutFault
from tasks.domain.solver_options import SolverChoice
from tasks.solvers.asking.cache import AnswerCache, request_digest
from tasks.solvers.asking.failures import failure_of
from tasks.solvers.asking.limiter import Limiter
from tasks.solvers.asking.patience import Patience, RolloutEnded
from tasks.solvers.asking.prices import Prices
from tasks.solvers.asking.sizes import most_tokens_in
from tasks.solvers.asking.transcripts import Recorder, whole_letters

REQUEST_S: Final = 600.0
"""How long one request may take, in seconds."""
_FEWEST_TOKENS_OUT: Final = 16
_FEWEST_AFTER_HALVING: Final = 1024
_CLOCK_S: Final = 0.02


class MeteredModel(WrapperModel):
    """One rollout's way to the model: it counts, keeps to the limits, waits for a place, asks again
    and records. Raises RolloutEnded before a request that a limit forbids, for a question that is
    too long, and for one that the provider refuses; RolloutFault for an outage.

    Waiting for a place or after a refusal is the provider's time, not the rollout's: the deadline
    does not count it.
    """

    def __init__(
        self,
        model: Model,
        *,
        choice: SolverChoice,
        limiter: Limiter,
        prices: Prices,
        recorder: Recorder,
        attempt: int = 1,
        cap_cents: Decimal | None = None,
        cache: AnswerCache | None = None,
        base_url: str | None = None,
    ) -> None:
        super().__init__(model)
        self.spent = Spent()
        self.recorder = recorder
        self._choice = choice
        self._limiter = limiter
        self._prices = prices
        self._attempt = attempt
        self._cap_cents = cap_cents
        self._cache = cache
        self._base_url = base_url
        self._began = time.monotonic()
        self._waited_s = 0.0
        self._after_cut = False
        self._room: int | None = None  # tokens of an answer, where the endpoint has said that
        self._latency_s = 0.0

    @property
    def limits(self) -> RolloutLimits:
        return self._choice.limits

    @property
    def price_snapshot(self) -> str:
        return self._prices.snapshot

    def elapsed_s(self) -> float:
        """Wall clock of the rollout in seconds, without what it had to wait."""
        return time.monotonic() - self._began - self._waited_s

    def left_s(self) -> float | None:
        """Seconds until the deadline; None without one."""
        deadline = self.limits.deadline_s
        return None if deadline is None else max(0.0, deadline - self.elapsed_s())

    def limit(self) -> LimitName | None:
        """The limit that is reached; None where another request may go out."""
        return reached(self.limits, self.spent, self.elapsed_s(), self._cap_cents)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        self.recorder.said(messages)
        self._check()
        most_in = most_tokens_in(messages, model_request_parameters)
        settings = self._bounded(model_settings, most_in)
        kept = {k: v for k, v in settings.items() if k not in ("timeout", "max_retries")}
        wanted = request_digest(
            self._choice.model or "",
            self._base_url,
            self._attempt,
            messages,
            kept,
            model_request_parameters,
        )
        answer = self._cache.get(wanted) if self._cache is not None else None
        saved = answer is not None
        self._latency_s = 0.0
        if answer is None:
            answer = whole_letters(
                await self._asked(messages, settings, model_request_parameters, most_in, wanted)
            )
            if self._cache is not None:
                self._cache.put(wanted, answer)
        self._count(answer, saved, most_in, kept, messages)
        return answer

    def _check(self) -> None:
        limit = self.limit()
        if limit is not None:
            raise self._end(limit)

    def _end(self, limit: LimitName) -> Exception:
        """The model has reached the limit; unless it was the provider who used it up."""
        if limit == "dollars" and self._after_cut:
            return RolloutFault(
                "an answer was cut off that may have cost what the rollout's cap had left",
                retryable=False,
            )
        return RolloutEnded(limit)

    def _bounded(self, given: ModelSettings | None, most_in: int) -> ModelSettings:
        """What is sent: the choice's sampling, and no more tokens than the limits leave."""
        settings = ModelSettings(**(given or {}))
        choice = self._choice
        if choice.temperature is not None:
            settings["temperature"] = choice.temperature
        if choice.top_p is not None:
            settings["top_p"] = choice.top_p
        most = [choice.max_tokens, given.get("max_tokens") if given else None, self._room]
        if self.limits.tokens is not None:
            most.append(max(_FEWEST_TOKENS_OUT, self.limits.tokens - self.spent.tokens))
        if self._cap_cents is not None:
            # Saved answers count as they did when they were paid: the cache knows equal requests.
            left = self._cap_cents - self.spent.paid_cents - self.spent.saved_cents
            affordable = self._prices.affordable(most_in, left, datetime.now(UTC))
            if affordable is not None and affordable < _FEWEST_TOKENS_OUT:
                raise self._end("dollars")
            most.append(affordable)
        bounds = [bound for bound in most if bound is not None]
        if bounds:
            settings["max_tokens"] = min(bounds)
        settings["timeout"] = REQUEST_S
        settings["max_retries"] = 0  # what is asked again is decided, and counted, here
        return settings

    async def _asked(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings,
        parameters: ModelRequestParameters,
        most_in: int,
        wanted: str,
    ) -> ModelResponse:
        """The answer, asked for as often as is right."""
        patience = Patience(self._choice.model or "", f"{wanted}{self.spent.requests}")
        while True:
            waiting = time.monotonic()
            async with self._limiter.place() as sent_at:
                self._waited_s += time.monotonic() - waiting
                failure = None
                try:
                    answer = await self._sent(messages, settings, parameters)
                except RolloutEnded:
                    self._cut_off(most_in, settings)
                    raise
                except Exception as error:
                    failure = failure_of(error)
                    if failure is None:
                        raise
            if failure is None:
                await self._limiter.answered()
                return answer
            self.recorder.failed(failure.kind, failure.says)
            if failure.too_much and self._asks_for_less(settings):
                settings = self._bounded(settings, most_in)
                continue
            if failure.kind == "cut":
                self._cut_off(most_in, settings)
            pause = patience.pause_s(failure)
            if failure.kind == "busy":
                await self._limiter.refused(sent_at, failure.pause_s)
            self._check()
            if failure.kind == "cut":  # which may have cost what the next answer would
                settings = self._bounded(settings, most_in)
            self._waited_s += pause
            await asyncio.sleep(pause)

    def _asks_for_less(self, settings: ModelSettings) -> bool:
        """Whether to ask for a shorter answer: a cap pays for more tokens than many models give,
        and what the model would have answered is not known before one is asked for that it can."""
        sent = settings.get("max_tokens")
        if sent is None or sent == self._choice.max_tokens or sent // 2 < _FEWEST_AFTER_HALVING:
            return False
        self._room = sent // 2
        return True

    async def _sent(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings,
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        self.spent = self.spent.plus(Spent(requests=1))
        left, sent = self.left_s(), time.monotonic()
        try:
            async with asyncio.timeout(left):
                answer = await asyncio.wait_for(
                    self.wrapped.request(messages, settings, parameters), REQUEST_S
                )
                self._latency_s = time.monotonic() - sent
                return answer
        except TimeoutError:
            if (self.left_s() or 0.0) < _CLOCK_S and self.limits.deadline_s is not None:
                raise RolloutEnded("deadline") from None
            raise

    def _cut_off(self, most_in: int, settings: Mapping[str, Any]) -> None:
        """Nobody knows what it has cost: at most the question and the longest answer."""
        self._after_cut = True
        most = self._prices.most(most_in, settings.get("max_tokens", 0), datetime.now(UTC))
        self.spent = self.spent.plus(Spent(unsure_cents=most or Decimal(0)))

    def _count(
        self,
        answer: ModelResponse,
        saved: bool,
        most_in: int,
        settings: Mapping[str, Any],
        messages: list[ModelMessage],
    ) -> None:
        usage = answer.usage
        told = bool(usage.input_tokens or usage.output_tokens)
        at = datetime.now(UTC)
        cost = self._prices.cents(usage, at) if told else None
        unsure = None
        if not told and not saved:  # an endpoint that tells no usage
            unsure = self._prices.most(most_in, settings.get("max_tokens", 0), at)
        one = Spent(
            answers=1,
            saved=int(saved),
            tool_calls=sum(isinstance(part, ToolCallPart) for part in answer.parts),
            tokens_in=usage.input_tokens,
            tokens_out=usage.output_tokens,
            tokens_cached=usage.cache_read_tokens,
            tokens_reasoning=usage.output_reasoning_tokens,
            cost_cents=cost,
            saved_cents=(cost or Decimal(0)) if saved else Decimal(0),
            unsure_cents=unsure or Decimal(0),
            latency_s=self._latency_s,
        )
        self.spent = self.spent.plus(one)
        self.recorder.answered(messages, answer, one, settings)
