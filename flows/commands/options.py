"""Options that several commands share."""

from typing import Annotated

import typer

from tasks.domain.limits import MOST_SECONDS, RolloutLimits
from tasks.domain.solver_options import (
    SolverChoice,
    SolverUse,
    cents_of,
    check_network,
    check_use,
)

Instances = Annotated[
    list[str] | None, typer.Option("--instance", help="Only this instance; may be repeated.")
]
PriceRule = Annotated[
    str | None, typer.Option("--price-rule", help="What a task is worth: initial, final, peak, ...")
]
Terms = Annotated[
    str | None,
    typer.Option("--terms", help="By which terms engagements are paid: plain or expensify."),
]
Sandbox = Annotated[
    str | None,
    typer.Option(
        "--sandbox",
        help="Where code runs: docker (the default), or process for trusted code; a run keeps its "
        "own unless told otherwise.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="So many sandboxes (default: one a core) or rollouts of a model (8) side by side.",
    ),
]
Prune = Annotated[
    bool, typer.Option("--prune", help="Remove each instance's image once it has served.")
]

Runner = Annotated[
    str | None,
    typer.Option(
        "--runner",
        help="What works rollouts off: threads (the default), or dask: processes of this machine, "
        "or the workers of --dask.",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Of a Dask scheduler, as tcp://10.0.0.5:8786."),
]

_MODEL = "Models"
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="PROVIDER:NAME, as openai:gpt-5; the key is the provider's variable.",
        rich_help_panel=_MODEL,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", help="Ask this OpenAI-compatible endpoint instead.", rich_help_panel=_MODEL
    ),
]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", min=0, max=2, help="Of sampling.", rich_help_panel=_MODEL),
]
TopP = Annotated[
    float | None,
    typer.Option("--top-p", min=0, max=1, help="Of sampling.", rich_help_panel=_MODEL),
]
MaxTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", min=1, help="Most tokens of one answer.", rich_help_panel=_MODEL),
]
TellPrice = Annotated[
    bool,
    typer.Option("--tell-price", help="Say in the prompt what is paid.", rich_help_panel=_MODEL),
]
MayDecline = Annotated[
    bool,
    typer.Option(
        "--may-decline", help="Offers may be turned down; tells the price.", rich_help_panel=_MODEL
    ),
]
AskClientOption = Annotated[
    bool,
    typer.Option(
        "--ask-client",
        help="Questions are answered from what was in the thread before.",
        rich_help_panel=_MODEL,
    ),
]
Turns = Annotated[
    int | None,
    typer.Option("--turns", min=1, help="Most answers in a rollout.", rich_help_panel=_MODEL),
]
ToolCalls = Annotated[
    int | None,
    typer.Option("--tool-calls", min=0, help="Most in a rollout.", rich_help_panel=_MODEL),
]
Tokens = Annotated[
    int | None,
    typer.Option("--tokens", min=1, help="Most in a rollout, in and out.", rich_help_panel=_MODEL),
]
Deadline = Annotated[
    float | None,
    typer.Option(
        "--deadline",
        min=0.1,
        max=MOST_SECONDS,
        help="Seconds for a rollout.",
        rich_help_panel=_MODEL,
    ),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", help="Dollars that the whole run may cost.", rich_help_panel=_MODEL),
]
RolloutCap = Annotated[
    str | None,
    typer.Option(
        "--rollout-cap", help="Dollars that one rollout may cost.", rich_help_panel=_MODEL
    ),
]
Cache = Annotated[
    bool,
    typer.Option("--cache", help="Keep answers and reuse them.", rich_help_panel=_MODEL),
]

Author = Annotated[
    str | None,
    typer.Option(
        "--author",
        metavar="MODEL",
        help="Have this model (PROVIDER:NAME) write tasks from postings that have landed.",
        rich_help_panel=_MODEL,
    ),
]
AuthorBudget = Annotated[
    str | None,
    typer.Option(
        "--budget",
        help="Dollars that all questions of this kind may cost, earlier ones included.",
        rich_help_panel=_MODEL,
    ),
]
PostingCap = Annotated[
    str | None,
    typer.Option(
        "--rollout-cap", help="Dollars that one posting may cost.", rich_help_panel=_MODEL
    ),
]
AuthorWorkers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, help="So many questions side by side (8).", rich_help_panel=_MODEL
    ),
]

Command = Annotated[
    str | None,
    typer.Option(
        "--command",
        help="Of the command solver: a shell line, run in each task's container.",
        rich_help_panel=_MODEL,
    ),
]
NetworkOption = Annotated[
    str,
    typer.Option(
        "--network",
        help="What the command may reach: none, or model-only, which is --model.",
        rich_help_panel=_MODEL,
    ),
]


def solver_use(
    base_url: str | None, budget: str | None, rollout_cap: str | None, cache: bool
) -> SolverUse:
    """Where a model is asked and what may be spent. Raises UsageError for what cannot be."""
    return check_use(
        SolverUse(
            base_url=base_url,
            budget_cents=cents_of("--budget", budget),
            cap_cents=cents_of("--rollout-cap", rollout_cap),
            cache=cache,
        )
    )


def solver_choice(
    *,
    model: str | None,
    temperature: float | None,
    top_p: float | None,
    max_tokens: int | None,
    tell_price: bool,
    turns: int | None,
    tool_calls: int | None,
    tokens: int | None,
    deadline: float | None,
    command: str | None,
    network: str,
    may_decline: bool,
    ask_client: bool,
) -> SolverChoice:
    """What decides the answers of a solver. Raises UsageError for an unknown network."""
    return SolverChoice(
        model=model,
        temperature=temperature,
        top_p=top_p or None,
        max_tokens=max_tokens,
        tell_price=tell_price,
        limits=RolloutLimits(
            turns=turns, tool_calls=tool_calls, tokens=tokens, deadline_s=deadline
        ),
        command=command,
        network=check_network(network),
        may_decline=may_decline,
        ask_client=ask_client,
    )
