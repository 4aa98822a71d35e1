"""All that a solver needs to ask its model, made once and used for every rollout."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from tasks.domain.errors import UsageError
from tasks.domain.redaction import Redactor
from tasks.domain.rollouts import NOTHING, Job, RolloutFault, Solution, Submission
from tasks.domain.solver_options import SolverOptions
from tasks.domain.threads import Question
from tasks.solvers.asking import loop
from tasks.solvers.asking.building import model_of
from tasks.solvers.asking.cache import AnswerCache
from tasks.solvers.asking.limiter import limiter_of
from tasks.solvers.asking.metered import MeteredModel
from tasks.solvers.asking.patience import RolloutEnded
from tasks.solvers.asking.prices import Prices
from tasks.solvers.asking.transcripts import Recorder
from tasks.solvers.provider import OPENAI_URL, split_model


class End(NamedTuple):
    """What a conversation comes to: the submission, why it stopped, and why the offer was turned
    down where that is why."""

    submission: Submission
    finish_reason: str
    declined: str | None = None


Conversation = Callable[[MeteredModel], Coroutine[Any, Any, End]]
Questions = Callable[[], tuple[Question, ...]]
"""What the client was asked until now."""


def _none_asked() -> tuple[Question, ...]:
    return ()


class Desk:
    """Raises UsageError where the model cannot be asked, or money is counted without a price."""

    def __init__(self, options: SolverOptions) -> None:
        self.options = options
        name = options.choice.model or ""
        provider, model_name = split_model(name)
        self._model = model_of(name, options.door)
        url = options.door.base_url
        if url is None and provider.startswith("openai"):
            url = OPENAI_URL
        self._prices = Prices(self._model.system, model_name, url)
        counted = options.use.cap_cents is not None or options.use.budget_cents is not None
        if counted and not self._prices.known(datetime.now(UTC)):
            raise UsageError(
                f"--budget and --rollout-cap need a price, and {self._prices.snapshot} knows none "
                f"for {name}; leave them out, or limit with --tokens and --turns"
            )
        self._provider = provider
        self._redactor = Redactor(options.door.secrets)
        cache = options.door.cache
        self._cache = AnswerCache(Path(cache), self._redactor) if cache else None

    def metered(self, job: Job) -> MeteredModel:
        """The model for one take of a rollout."""
        return self.metered_for(job.attempt, job.cap_cents)

    def metered_for(self, attempt: int, cap_cents: Decimal | None) -> MeteredModel:
        """The model for one conversation that may cost so much."""
        options = self.options
        door = options.door
        limiter = limiter_of(self._provider, door.base_url, door.workers, door.at_once)
        digests = options.parameters()["prompts"]
        return MeteredModel(
            self._model,
            choice=options.choice,
            limiter=limiter,
            prices=self._prices,
            recorder=Recorder(options.choice.model or "", digests),
            attempt=attempt,
            cap_cents=cap_cents,
            cache=self._cache,
            base_url=options.door.base_url,
        )

    def hold(
        self, job: Job, conversation: Conversation, questions: Questions = _none_asked
    ) -> Solution:
        """Hold a conversation about a job, in the loop of all requests.

        What ends it is the solution's finish reason; it submits nothing then, unless it catches
        RolloutEnded itself. A fault carries what had been said and spent.
        """
        return self.hold_with(self.metered(job), conversation, questions)

    def hold_with(
        self,
        model: MeteredModel,
        conversation: Conversation,
        questions: Questions = _none_asked,
    ) -> Solution:
        """The same with a model that was made before."""
        try:
            end = loop.run(conversation(model))
        except RolloutEnded as ended:
            end = End(NOTHING, ended.finish_reason)
        except RolloutFault as fault:
            text = self._redactor.clean(str(fault))
            partial = solution_of(model, End(NOTHING, "fault"), questions())
            raise type(fault)(text, retryable=fault.retryable, partial=partial) from None
        return solution_of(model, end, questions())


def solution_of(model: MeteredModel, end: End, questions: tuple[Question, ...] = ()) -> Solution:
    """What a take has come to, with its transcript."""
    return Solution(
        submission=end.submission,
        spent=model.spent,
        finish_reason=end.finish_reason,
        price_snapshot=model.price_snapshot,
        transcript=model.recorder.transcript(end.finish_reason),
        declined=end.declined,
        questions=questions,
        worked_s=model.elapsed_s(),
    )
