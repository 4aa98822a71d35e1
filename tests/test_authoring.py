"""A model is asked about postings: who, at what cost, how often; and what a build makes of it."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tasks.allowances import Allowance, allowing
from tasks.author import author_batch
from tasks.authoring import Plan, author_of, plan_authoring, standing
from tasks.domain.errors import UsageError
from tasks.domain.instances import TaskInstance
from tasks.domain.solver_options import NO_USE, SolverChoice, SolverUse
from tasks.specs import load_spec
from tasks.stages import open_warehouse
from tasks.variants.freelance_code import VARIANT
from tests import authored
from tests.chat_completions import Asked, Say
from tests.flows import odd_jobs
from tests.model_server import Cut, ModelServer, Reaction, Refuse
from tests.variants.freelance_code.offers import ProgramBench

MODEL = "openai:gpt-4o"
KEY = "sk-scripted-4lpha8eta6amma"
Ask = Callable[..., Plan]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = odd_jobs.write_dataset(tmp_path, limit=100, authored=MODEL)
    monkeypatch.delenv("PAYDAG_DATASETS", raising=False)
    return folder


@pytest.fixture
def home(tmp_path: Path, datasets: Path) -> Path:
    """A home with the postings landed."""
    home = tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    return home


def asked(
    home: Path,
    datasets: Path,
    server: ModelServer,
    *,
    limit: int | None = None,
    use: SolverUse = NO_USE,
    model: str = MODEL,
    dataset: str = odd_jobs.NAME,
) -> tuple[Plan, list[str], Allowance]:
    """What the author stage does, without its flow."""
    choice = SolverChoice(model=model, max_tokens=1000)
    use = use.model_copy(update={"base_url": server.url})
    spec, folder = load_spec(dataset, [datasets])
    warehouse = open_warehouse(home)
    author = author_of(home, choice, use, 8)
    plan = plan_authoring(warehouse, spec, folder, author, limit)
    allowance = Allowance(use, plan.spent_cents, "posting")
    given = (choice.model_dump(mode="json"), use.model_dump(mode="json"))
    asks = [ask.model_dump(mode="json") for ask in plan.asks]
    with allowing(home, plan.author, allowance):
        faults = author_batch.fn(str(home), spec.name, "refresh", asks, "1", *given)
        note = allowance.note()
    return plan, faults if note is None else [*faults, note], allowance


def payloads(home: Path, kind: str = "authored.program") -> dict[str, dict[str, Any]]:
    with open_warehouse(home).read("raw") as session:
        rows = session.tuples(
            "SELECT external_id, payload FROM raw.documents WHERE kind = $kind", {"kind": kind}
        )
    return {name: json.loads(payload) for name, payload in rows}


def fates(home: Path) -> dict[str, str]:
    """Key of a posting → reason, or `instance`."""
    with open_warehouse(home).read("core") as session:
        rows = session.tuples("SELECT candidate_id, reason FROM core.rejections", {})
        made = session.tuples("SELECT body FROM core.task_instances", {})
    found = {name.partition("#")[2]: reason for name, reason in rows}
    return found | {json.loads(body)["key"]: "instance" for (body,) in made}


def instances(home: Path) -> dict[str, TaskInstance]:
    with open_warehouse(home).read("core") as session:
        rows = session.tuples("SELECT body FROM core.task_instances", {})
    listed = [TaskInstance.model_validate_json(body) for (body,) in rows]
    return {one.key: one for one in listed}


NOT_WRITTEN = {"20": "hourly", "21": "near_duplicate", "22": "no_rate"}


@pytest.mark.exhaustive
def test_exactly_what_can_be_graded_is_gradable(home: Path, datasets: Path) -> None:
    with ModelServer(authored.script) as server:
        plan, faults, _ = asked(home, datasets, server)
        # Once each, once more where it was mended, and twice where it could not be.
        assert (len(server.asked), faults) == (11 + 1 + 3 * 2, [])
        again, _, _ = asked(home, datasets, server)
        assert len(server.asked) == 18
    assert (plan.candidates, plan.known, len(plan.asks)) == (11, 0, 11)
    assert (again.candidates, again.known, len(again.asks)) == (11, 11, 0)
    assert again.spent_cents == pytest.approx(Decimal("6.3"))  # 18 * 0.35
    built = odd_jobs.build(home, datasets)
    assert (built.candidates, built.instances) == (14, 7)
    assert fates(home) == NOT_WRITTEN | {
        **dict.fromkeys(("1", "2", "7", "8", "9", "10", "23"), "instance"),
        "3": "malformed",
        "4": "too_few_cases",
        "5": "degenerate",
        "6": "no_program",
    }
    checks = {key: VARIANT.check(one, ProgramBench()) for key, one in instances(home).items()}
    assert {key: check.reason.partition(":")[0] for key, check in checks.items()} == {
        **dict.fromkeys(("7", "8", "9", "10", "23"), ""),
        "1": "gold_fails",
        "2": "null_passes",
    }


def test_what_no_family_fits_is_asked_first_and_the_next_call_goes_on(
    home: Path, datasets: Path
) -> None:
    with ModelServer(lambda _: authored.writes(authored.answer())) as server:
        first, _, _ = asked(home, datasets, server, limit=1)
        assert [ask.posting_id for ask in first.asks] == [f"{odd_jobs.MARKET}#23"]
        then, _, _ = asked(home, datasets, server, limit=2)
        assert (then.known, len(then.asks), len(server.asked)) == (1, 2, 3)
        assert first.asks[0] not in then.asks
    odd_jobs.write_dataset(datasets.parent, limit=5, authored=MODEL)
    with ModelServer(lambda _: authored.writes(authored.answer())) as server:
        asked(home, datasets, server)  # as many as the dataset takes
        assert len(server.asked) == 2


def test_a_document_says_where_its_task_comes_from(home: Path, datasets: Path) -> None:
    found = authored.answer(statement=f"Print three times the number plus 1. {KEY}")
    with ModelServer(lambda _: authored.writes(found)) as server:
        plan, _, _ = asked(home, datasets, server, limit=1)
    ((name, payload),) = payloads(home).items()
    ask = plan.asks[0]
    assert name == f"{ask.posting_id}@{MODEL}"
    assert payload["posting"] == {
        "source": "kaggle",
        "id": ask.posting_id,
        "document_id": ask.document_id,
        "content_sha256": ask.content_sha256,
        "told_sha256": ask.told_sha256,
    }
    assert (payload["model"], payload["author"], payload["request"]) == (
        MODEL,
        plan.author,
        ask.request,
    )
    assert payload["parameters"]["max_tokens"] == 1000
    assert set(payload["parameters"]["prompts"]) == {"author_freelance_code", "repair"}
    assert {"pydantic-ai-slim", "openai"} < set(payload["libraries"])
    assert (payload["usage"]["tokens_in"], payload["usage"]["tokens_out"]) == (1000, 100)
    assert Decimal(payload["paid_cents"]) == Decimal("0.35")
    told = json.loads(payload["answer"])
    assert told == found | {"statement": "Print three times the number plus 1. [redacted]"}
    assert len(ask.content_sha256) == 64


def test_a_budget_is_never_exceeded_and_a_larger_one_goes_on(home: Path, datasets: Path) -> None:
    use = SolverUse(budget_cents=Decimal(100), cap_cents=Decimal(30))
    usage = (0, 2_700, 0, 0)  # 2.7 cents
    dear = SolverUse(budget_cents=Decimal(10), cap_cents=Decimal(4))
    with ModelServer(lambda _: authored.writes(authored.answer(), usage=usage)) as server:
        _, told, _ = asked(home, datasets, server, use=dear)
        assert len(server.asked) == 3  # 8.1 and another 4 are more than 10
        assert told == [
            "the budget of $0.10 does not reach further: $0.08 are spent and a posting may cost "
            "$0.04; 8 postings were not started, and the same command with a larger --budget goes "
            "on"
        ]
        _, told, _ = asked(home, datasets, server, use=use)
    assert (len(server.asked), told) == (11, [])


def test_a_provider_that_fails_is_asked_again_and_then_told(home: Path, datasets: Path) -> None:
    def react(question: Asked) -> Reaction:
        return Cut() if "zebra" in question.prompt else authored.writes(authored.answer())

    with ModelServer(react) as server:
        plan, faults, _ = asked(home, datasets, server, limit=2)
        assert len(server.asked) == 3 * 2 + 1
    assert [fault.partition(":")[0] for fault in faults] == [plan.asks[0].posting_id]
    assert "does not answer" in faults[0]
    assert len(payloads(home)) == 1
    answered, spent = standing(open_warehouse(home), plan.author)
    assert list(answered) == [plan.asks[1].request]
    (fault,) = payloads(home, "authored.fault").values()
    assert float(fault["paid_cents"]) > 1  # at most a thousand tokens twice, which are cut off
    assert spent == pytest.approx(Decimal("0.35") + 3 * Decimal(fault["paid_cents"]))
    with ModelServer(authored.script) as server:
        again, faults, _ = asked(home, datasets, server, limit=1)
    assert ([ask.posting_id for ask in again.asks], faults) == ([plan.asks[0].posting_id], [])


def test_a_key_that_is_refused_ends_the_asking(home: Path, datasets: Path) -> None:
    with ModelServer(lambda _: Refuse(401, f"Incorrect API key: {KEY}")) as server:
        _, told, _ = asked(home, datasets, server)
        assert len(server.asked) == 1
    assert "10 postings were not started" in told[-1]
    assert KEY not in json.dumps([told, payloads(home, "authored.fault")])


def test_a_posting_that_says_something_else_is_asked_about_again(
    tmp_path: Path, home: Path, datasets: Path
) -> None:
    with ModelServer(authored.script) as server:
        asked(home, datasets, server)
        rows = odd_jobs.postings()
        rows[9] |= {"job_description": "Group the sales of shop 10 by month."}
        rows[8] |= {"max_price": "999.0"}  # a price asks nothing anew
        odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / "n" / odd_jobs.FILE, rows))
        odd_jobs.build(home, datasets)
        assert fates(home)["10"] == "not_authored"
        assert instances(home)["9"].prices["band_max"] == 99_900
        plan, _, _ = asked(home, datasets, server)
    assert [ask.posting_id.partition("#")[2] for ask in plan.asks] == ["10"]
    odd_jobs.build(home, datasets)
    assert fates(home)["10"] == "instance"


def test_models_stand_beside_each_other_and_the_specification_chooses(
    home: Path, datasets: Path
) -> None:
    def react(question: Asked) -> Say:
        other = question.body["model"] != "gpt-4o"
        return authored.writes(authored.TOO_FEW if other else authored.answer())

    def families() -> set[str]:
        odd_jobs.build(home, datasets)
        with open_warehouse(home).read("core") as session:
            rows = session.tuples(
                "SELECT body FROM core.version_instances JOIN core.task_instances "
                "USING (instance_digest) WHERE dataset_version = (SELECT dataset_version FROM "
                "core.dataset_versions ORDER BY first_built_at DESC LIMIT 1)",
                {},
            )
        return {json.loads(body)["reference"]["coding"]["family"] for (body,) in rows}

    with ModelServer(react) as server:
        asked(home, datasets, server, limit=3)
        asked(home, datasets, server, limit=3, model="openai:gpt-4o-mini")
    assert len(payloads(home)) == 6
    assert families() == {f"authored by {MODEL}"}
    odd_jobs.write_dataset(datasets.parent, limit=100, authored="true")
    assert families() == {f"authored by {MODEL}"}  # the newer ones cannot be used
    odd_jobs.write_dataset(datasets.parent, limit=100)
    assert not any(name.startswith("authored") for name in families())


def test_a_build_without_a_written_task_says_what_to_type(home: Path, datasets: Path) -> None:
    with pytest.raises(UsageError, match=f"run `paydag refresh odd-jobs --author {MODEL}` first"):
        odd_jobs.build(home, datasets)


def test_the_same_documents_give_the_same_version(home: Path, datasets: Path) -> None:
    with ModelServer(authored.script) as server:
        asked(home, datasets, server)
    first = odd_jobs.build(home, datasets)
    assert odd_jobs.build(home, datasets).version == first.version
    assert len(server.asked) == 18
