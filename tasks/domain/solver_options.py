"""What a solver is told: the choices that are part of a run's identity, and the use of it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import BaseModel, Field, SecretStr

from tasks.domain.boxes import Network
from tasks.domain.digests import sha256_hex
from tasks.domain.errors import UsageError, unknown
from tasks.domain.limits import RolloutLimits


class SolverChoice(BaseModel, frozen=True, extra="forbid"):
    """What decides a solver's answers, besides the seed: equal choices are the same run.

    `model` is `PROVIDER:NAME`. `max_tokens` bounds one answer. `tell_price` puts the price into
    the prompt. `command` is the command line of the solver that runs one, `network` what it may
    reach. With `may_decline` an offer may be turned down, which takes knowing its price: it is
    told, too. With `ask_client` questions are answered from what was written in the thread.
    """

    model: str | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    tell_price: bool = False
    limits: RolloutLimits = RolloutLimits()
    command: str | None = None
    network: Network = "none"
    may_decline: bool = False
    ask_client: bool = False

    @property
    def tells_price(self) -> bool:
        return self.tell_price or self.may_decline

    def given(self) -> dict[str, Any]:
        """Only what was asked for."""
        return self.model_dump(mode="json", exclude_defaults=True)


class SolverUse(BaseModel, frozen=True, extra="forbid"):
    """What decides no answer: where the model is, what may be spent, whether answers are kept.

    `budget_cents` is for the whole run, `cap_cents` for one rollout of it; fractions of a cent
    are allowed. `base_url` is an OpenAI-compatible endpoint.
    """

    base_url: str | None = None
    budget_cents: Decimal | None = Field(default=None, gt=0)
    cap_cents: Decimal | None = Field(default=None, gt=0)
    cache: bool = False

    def given(self) -> dict[str, Any]:
        """Only what was asked for."""
        return self.model_dump(mode="json", exclude_defaults=True)


NO_CHOICE: Final = SolverChoice()
NO_USE: Final = SolverUse()


def check_use(use: SolverUse) -> SolverUse:
    """`use`, or a UsageError where its money cannot be kept to."""
    if use.budget_cents is not None and use.cap_cents is None:
        raise UsageError(
            "--budget needs --rollout-cap, the most that one rollout may cost: it is set aside "
            "before a rollout starts, so that the budget is never exceeded"
        )
    if use.cap_cents and use.budget_cents and use.cap_cents > use.budget_cents:
        raise UsageError(
            f"--rollout-cap {_dollars(use.cap_cents)} is more than --budget "
            f"{_dollars(use.budget_cents)}: no rollout could start"
        )
    return use


def check_network(name: str) -> Network:
    """`name`, or a UsageError that lists the known ones."""
    known: dict[str, Network] = {"none": "none", "model-only": "model-only"}
    if name not in known:
        raise unknown("network", name, list(known))
    return known[name]


def cents_of(option: str, dollars: str | None) -> Decimal | None:
    """`"0.30"` → 30 cents. Raises UsageError for what is no amount above zero."""
    if dollars is None:
        return None
    try:
        cents = Decimal(dollars.strip().removeprefix("$")) * 100
    except InvalidOperation:
        cents = Decimal(0)
    if not cents.is_finite() or cents <= 0:
        raise UsageError(f"{option} {dollars!r} is no amount of dollars; write it like 2.50")
    return cents


def _dollars(cents: Decimal | None) -> str:
    return f"{(cents or 0) / 100:.2f}"


MODEL_OPTIONS: Final = (
    *(name for name in SolverChoice.model_fields if name not in ("command", "network")),
    *SolverUse.model_fields,
)
"""What solvers take that ask a model."""


class Wants(BaseModel, frozen=True, extra="forbid"):
    """What a solver takes, and what the stage that runs it has to give.

    `takes` are names of SolverChoice's and SolverUse's fields, `needs` those that must be given.
    `prompts` are files of prompts by name; `{variant}` in a name stands for each variant of the
    run. `prompt` is the one of them that a task is put in, `additions` maps an option to the one
    that is put behind it where the option is given. `in_box`: it works in a box of its own.
    """

    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    prompt: str | None = None
    additions: Mapping[str, str] = {}
    in_box: bool = False

    def added(self, choice: SolverChoice) -> tuple[str, ...]:
        """The names of the prompts that are put behind the task's."""
        given = choice.given()
        return tuple(name for option, name in self.additions.items() if option in given)

    @property
    def asks_model(self) -> bool:
        """Whether it does so itself: a command may, too, by means of its own."""
        return "model" in self.takes and "command" not in self.takes

    def files(self, variants: Iterable[str]) -> list[str]:
        """The names of all prompt files, sorted."""
        names = [*self.prompts, *([self.prompt] if self.prompt is not None else [])]
        return sorted({name.format(variant=variant) for name in names for variant in variants})


class SolverOptions(BaseModel, frozen=True, extra="forbid"):
    """All that a solver is made from that takes options. `prompts` is name → text; `price_rule`
    is the rule of the price that a prompt tells, None where it tells none."""

    choice: SolverChoice
    use: SolverUse = SolverUse()
    door: "ModelDoor" = Field(default_factory=lambda: ModelDoor())
    prompts: dict[str, str] = {}
    price_rule: str | None = None

    def parameters(self) -> dict[str, Any]:
        """What decides the answers, as JSON: part of the run's identity."""
        digests = {name: sha256_hex(text) for name, text in sorted(self.prompts.items())}
        return self.choice.given() | {"prompts": digests, "price_rule": self.price_rule}


def choice_of(parameters: Mapping[str, Any]) -> SolverChoice:
    """The choice that a run's parameters were made from."""
    known = {name: parameters[name] for name in SolverChoice.model_fields if name in parameters}
    return SolverChoice.model_validate(known)


def check_options(solver: str, wants: Wants, choice: SolverChoice, use: SolverUse) -> None:
    """Raise UsageError for an option that the solver does not take, or that it lacks."""
    given = [*choice.given(), *use.given()]
    for name in given:
        if name not in wants.takes:
            raise UsageError(f"the {solver} solver takes no {flag_of(name)}; leave it out")
    for name in wants.needs:
        if name not in given:
            raise UsageError(f"the {solver} solver needs {flag_of(name)}; see `paydag evaluate -h`")
    check_use(use)


def flag_of(name: str) -> str:
    """The command line's word for an option."""
    names = {"cap_cents": "--rollout-cap", "budget_cents": "--budget", "limits": "limit"}
    return names.get(name, f"--{name.replace('_', '-')}")


class ModelDoor(BaseModel, frozen=True, extra="forbid"):
    """How a model is reached: its provider's key, and where it is if that is not the provider's
    own place. `secrets` are never to be written anywhere; `cache` is a folder for answers.
    `at_once` bounds the requests of all processes of this user, `workers` those of this one."""

    key: SecretStr | None = None
    base_url: str | None = None
    secrets: tuple[SecretStr, ...] = ()
    cache: str | None = None
    workers: int = Field(default=8, ge=1)
    at_once: int | None = Field(default=None, ge=1)
