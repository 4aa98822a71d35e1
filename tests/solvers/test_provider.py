"""Whom a model is asked at: every mistake is one sentence that says what to type."""

import importlib.util
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasks.domain.errors import UsageError
from tasks.domain.solver_options import (
    NO_CHOICE,
    NO_USE,
    ModelDoor,
    SolverChoice,
    SolverUse,
    cents_of,
)
from tasks.settings import provider_key, secret_values, without_secrets
from tasks.solvers.asking.building import model_of
from tasks.solvers.provider import check_base_url, key_variables, split_model
from tasks.strategies import new_strategy

KEY = "sk-0123456789abcdef"
HERE = "http://127.0.0.1:9/v1"


def strategy(
    solver: str = "model", choice: SolverChoice = NO_CHOICE, use: SolverUse = NO_USE
) -> object:
    return new_strategy(
        Path("/nowhere"), solver, choice, use, {}, variants=["ic_swe"], price_rule="final"
    )


@pytest.mark.parametrize(
    ("solver", "choice", "use", "says"),
    [
        ("model", {}, {}, "needs --model"),
        ("model", {"model": "gpt-4o"}, {}, "write PROVIDER:NAME"),
        ("model", {"model": "openai:gpt 4o"}, {}, "write PROVIDER:NAME"),
        ("model", {"model": "nobody:x"}, {}, "unknown provider 'nobody'; known: .*anthropic"),
        ("model", {"model": "openai:gpt-4o"}, {}, "set OPENAI_API_KEY"),
        ("model", {"model": "deepseek:x"}, {}, "set DEEPSEEK_API_KEY"),
        ("model", {"model": "openai:x"}, {"base_url": "localhost:80"}, "--base-url is no address"),
        (
            "model",
            {"model": "openai:x"},
            {"base_url": "http://me:secret@h/v1"},
            "--base-url holds a name or password",
        ),
        (
            "model",
            {"model": "openai:x"},
            {"base_url": HERE, "budget_cents": 9},
            "--budget needs --rollout-cap",
        ),
        (
            "model",
            {"model": "openai:x"},
            {"base_url": HERE, "budget_cents": 9, "cap_cents": 10},
            "no rollout could start",
        ),
        (
            "model",
            {"model": "openai:scripted"},
            {"base_url": HERE, "budget_cents": 9, "cap_cents": 9},
            "knows none for openai:scripted",
        ),
        ("gold", {"model": "openai:x"}, {}, "the gold solver takes no --model"),
        ("gold", {}, {"budget_cents": 9}, "the gold solver takes no --budget"),
        ("model", {"model": "openai:x", "command": "x"}, {}, "takes no --command"),
    ],
)
def test_a_mistake_is_one_sentence_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    solver: str,
    choice: dict[str, str],
    use: dict[str, str],
    says: str,
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DEEPSEEK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match=says) as refused:
        strategy(solver, SolverChoice.model_validate(choice), SolverUse.model_validate(use))
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_the_extra_the_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "pydantic_ai" else found(name)
    )
    with pytest.raises(UsageError, match=r"pip install 'paydag\[models\]'"):
        strategy("model", SolverChoice(model="openai:x"), SolverUse(base_url=HERE))


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("openai", "OPENAI_API_KEY"),
        ("openai-responses", "OPENAI_API_KEY"),
        ("google", "GOOGLE_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("azure-responses", "AZURE_OPENAI_API_KEY"),
        ("huggingface", "HF_TOKEN"),
    ],
)
def test_a_key_is_looked_for_where_the_provider_says(provider: str, variable: str) -> None:
    assert key_variables(provider)[0] == variable


def test_providers_speak_their_own_api() -> None:
    door = ModelDoor(key=SecretStr(KEY), base_url=HERE)
    assert type(model_of("openai:x", door)).__name__ == "OpenAIChatModel"
    assert type(model_of("openai-responses:x", door)).__name__ == "OpenAIResponsesModel"
    assert type(model_of("openrouter:a/b", ModelDoor(key=SecretStr(KEY)))).__name__ == (
        "OpenRouterModel"
    )
    assert model_of("openai:x", door) is model_of("openai:x", door)
    with pytest.raises(UsageError, match="takes no --base-url"):
        model_of("deepseek:x", door)


def test_models_and_addresses_are_read() -> None:
    assert split_model("openrouter:a/b:free") == ("openrouter", "a/b:free")
    assert check_base_url("https://h/v1/") == "https://h/v1"
    assert cents_of("--budget", "0.30") == Decimal(30)
    assert cents_of("--budget", None) is None
    for wrong in ("0", "-1", "x", "inf", "nan", ""):
        with pytest.raises(UsageError, match="--budget"):
            cents_of("--budget", wrong)


def test_keys_are_secrets_and_no_server_gets_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STRANGE_API_KEY", KEY)
    monkeypatch.setenv("GITHUB_TOKENS", "ghp_one4567, ghp_two4567")
    held = {secret.get_secret_value() for secret in secret_values()}
    assert {KEY, "ghp_one4567", "ghp_two4567"} <= held
    assert "STRANGE_API_KEY" not in without_secrets(tmp_path)
    assert provider_key(("NOT_SET_API_KEY", "STRANGE_API_KEY")) == SecretStr(KEY)
    assert KEY not in repr(secret_values())
