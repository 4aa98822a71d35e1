"""GitHub and a model's endpoint that answer now and then: what comes in the end is the same."""

import random
from pathlib import Path

import pytest

from tests.chaos.sizes import FULL, SEED
from tests.chaos.soundness import assert_holds
from tests.flows.command import Paydag
from tests.flows.loopback import add_dataset, leading_to
from tests.flows.published import Published, manager_rows
from tests.flows.scripted import KEYS, answering
from tests.flows.tables import query
from tests.github_server import faults
from tests.github_server.exchange import Request
from tests.github_server.server import GithubServer
from tests.github_server.world import World
from tests.model_server import ModelServer, flaky

pytestmark = pytest.mark.prefect
_BAD_DAYS = (
    faults.http(502), faults.http(503), faults.went_wrong(), faults.truncated(), faults.cut_json(),
    faults.html(), faults.empty(), faults.reset(), faults.reset_after_executing(),
)  # fmt: skip
_DOCUMENTS = "SELECT kind, external_id, content_sha256 FROM raw.documents ORDER BY ALL"


def flapping(seed: int, share: float) -> faults.Faults:
    def fault(index: int, request: Request) -> faults.Fault | None:
        chance = random.Random(f"{seed} {index}")
        return chance.choice(_BAD_DAYS) if chance.random() < share else None

    return fault


def test_a_flapping_github_gives_what_a_steady_one_gives(paydag: Paydag, tmp_path: Path) -> None:
    datasets = add_dataset(tmp_path)

    def refresh(home: Path, server: GithubServer) -> bool:
        environment = leading_to(server, "token-a")
        finished = paydag(
            "refresh", "quill", "--json", home=home, PAYDAG_DATASETS=datasets, **environment
        )
        assert finished.code in (0, 1), finished.err
        assert_holds(home)
        return finished.code == 0 and finished.answer["complete"]

    steady, shaken = tmp_path / "steady", tmp_path / "shaken"
    with GithubServer(World.small(1), cache_answers=True) as server:
        assert refresh(steady, server)
    with GithubServer(World.small(1), faults=flapping(SEED, 0.25), cache_answers=True) as server:
        for _ in range(6):
            if refresh(shaken, server):
                break
        else:
            raise AssertionError("it never came to an end")
    assert query(shaken, _DOCUMENTS) == query(steady, _DOCUMENTS)


def test_a_flapping_endpoint_pays_for_and_earns_what_a_steady_one_does(
    paydag: Paydag, tmp_path: Path
) -> None:
    made = Published.make(tmp_path, manager_rows(40 if FULL else 12))
    script = answering(made.home, lambda name: name.startswith("Expensify__App-1"))
    found = []
    for number, share in enumerate((0.0, 0.4)):
        home = made.copied_to(tmp_path / f"home{number}")
        with ModelServer(flaky(script, share, SEED)) as server:
            command = ["evaluate", "swelancer", "--solver", "model", "--model", "openai:gpt-4o"]
            command += ["--base-url", server.url, "--json"]
            for _ in range(6):
                finished = paydag(*command, home=home, **KEYS)
                assert finished.code in (0, 1), finished.err
                assert_holds(home)
                if not finished.code:
                    break
        assert finished.code == 0
        found.append([finished.answer[k] for k in ("attempted", "resolved", "earned_cents")])
        assert finished.answer["invalid"] == 0
    assert found[0] == found[1]
