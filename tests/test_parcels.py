"""What is shipped to a worker: values, no secrets, and nothing that a log would show."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.rollouts import NOTHING, Pending, RolloutFault, Run, Solution
from tasks.domain.runners import check_runner
from tasks.domain.solver_options import ModelDoor, SolverUse, Wants
from tasks.gathering import GradeOrder
from tasks.machines import MachineLost, Site
from tasks.parcels import Facts, Parcel, Reply, _packed, facts, missing_packs, opened
from tasks.repos import Mirror, mirror_path
from tasks.repos.slices import cut, holds, paste
from tasks.solving import SolveOrder
from tasks.stages import now
from tasks.strategies import Strategy
from tests.sample_home import REPOSITORY, SampleHome

SECRET = "sk-very-secret-0123456789"


@dataclass
class Keyed:
    """A solver that holds the key of its model."""

    door: ModelDoor
    name = "keyed"
    cost = "expensive"
    sees_reference = False


def solve_order(sample: SampleHome) -> SolveOrder:
    instance = sample.instance(11, "ic_swe")
    run = Run(
        run_id="5eed",
        dataset="sample",
        dataset_version="f",
        solver="model",
        parameters={},
        selection={},
        seed=0,
        attempts=1,
        ordinal=0,
        price_rule="final",
        opened_at=now(),
    )
    item = Pending(
        run_id="5eed",
        instance_id=instance.instance_id,
        attempt=1,
        take=1,
        instance_digest="d",
        variant="ic_swe",
    )
    solver: Any = Keyed(ModelDoor(key=SecretStr(SECRET), secrets=(SecretStr(SECRET),)))
    return SolveOrder(
        label="solve 5eed 1-1",
        run=run,
        items=(item,),
        instances={"d": instance},
        remarks={},
        prompts={},
        use=SolverUse(),
        workers=None,
        strategy=Strategy(solver, Wants(), {}),
    )


def test_the_key_of_a_model_stays_where_the_flow_runs(built_sample: SampleHome) -> None:
    order = solve_order(built_sample)
    packed = pickle.dumps(order)
    assert SECRET.encode() not in packed
    assert pickle.loads(packed) == order
    assert pickle.loads(packed).strategy is None


def test_a_parcel_shows_its_label_and_nothing_of_its_order(built_sample: SampleHome) -> None:
    order = solve_order(built_sample)
    parcel = Parcel("key", order.label, "flow", "worker", None, False, pickle.dumps(order))
    assert repr(parcel) == str(parcel) == "<solve 5eed 1-1>"


@pytest.mark.parametrize(
    "raised",
    [
        SystemFault("the engine is gone", retryable=False),
        UsageError("the provider openai has no key; set OPENAI_API_KEY"),
        RolloutFault("cut off", partial=Solution(submission=NOTHING)),
        MachineLost("gone"),
    ],
)
def test_what_a_worker_raises_is_raised_where_the_flow_waits(raised: SystemFault) -> None:
    came = opened(_packed(Reply("raised", raised))).came
    assert type(came) is type(raised)
    assert (str(came), vars(came)) == (str(raised), vars(raised))


class Unpackable(Exception):  # noqa: N818 - as libraries have them
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def test_what_cannot_be_sent_is_told_as_a_fault() -> None:
    came = opened(_packed(Reply("raised", Unpackable("no", "way")))).came
    assert isinstance(came, SystemFault)
    assert str(came) == "Unpackable: no way"


def test_facts_differ_by_python_and_by_code_and_by_nothing_else() -> None:
    ours = facts("here", 4)
    assert facts("there", 1).differences(ours) == ""
    older = Facts("x", 1, "3.10", "0.0.9 (code 00000000)")
    assert older.differences(ours) == (
        f"Python 3.10 instead of {ours.python} and paydag 0.0.9 (code 00000000) instead of "
        f"{ours.paydag}"
    )


def test_a_commit_that_is_sent_has_its_files_and_no_other_history(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    instance = built_sample.instance(11, "ic_swe")
    base, fix = instance.base or "", instance.reference.fix_commit or ""
    theirs = mirror_path(built_sample.home, REPOSITORY)
    pack = cut(theirs, base)
    assert pack is not None
    ours = mirror_path(tmp_path, REPOSITORY)
    paste(ours, pack)
    paste(ours, pack)
    assert holds(ours, base)
    assert not holds(ours, fix)
    assert Mirror(ours).archive(base) == Mirror(theirs).archive(base)
    gold = instance.reference.gold_patch or ""
    assert Mirror(ours).patched(base, gold, ()) == Mirror(theirs).patched(base, gold, ())
    assert cut(theirs, "0" * 40) is None
    assert cut(tmp_path / "nowhere.git", base) is None


def test_an_order_to_test_code_names_the_commit_it_needs(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    instance = built_sample.instance(11, "ic_swe")
    item = {"variant": "ic_swe", "instance_digest": "d", "submission": '{"model_patch":"x"}'}
    order = GradeOrder("grade", "5eed", (item,), {"d": instance}, prune=False)
    assert order.bases() == [(REPOSITORY, instance.base)]
    assert missing_packs(order.bases(), tmp_path) == []
    empty = GradeOrder("grade", "5eed", (item | {"submission": "{}"},), {"d": instance}, False)
    assert empty.bases() == []


def test_an_order_that_nobody_waits_for_does_nothing(built_sample: SampleHome) -> None:
    order = solve_order(built_sample)
    made = order.work(Site(built_sample.home, lambda _: Path("nowhere"), lambda: True))
    assert made == []


@pytest.mark.parametrize(
    ("runner", "dask", "chosen"),
    [
        (None, None, "threads"),
        ("threads", None, "threads"),
        ("dask", None, "dask"),
        (None, "tcp://10.0.0.5:8786", "dask"),
        ("dask", "tls://scheduler:8786", "dask"),
    ],
)
def test_an_address_asks_for_dask(runner: str | None, dask: str | None, chosen: str) -> None:
    assert check_runner(runner, dask) == chosen


@pytest.mark.parametrize(
    ("runner", "dask", "said"),
    [
        ("ray", None, "unknown runner 'ray'; known: threads, dask"),
        ("threads", "tcp://h:1", "--dask tcp://h:1 needs --runner dask; leave one of them out"),
        ("dask", "10.0.0.5:8786", "--dask '10.0.0.5:8786' is no address of a scheduler"),
        ("dask", "tcp://10.0.0.5:8786/", "--dask 'tcp://10.0.0.5:8786/' is no address of a"),
        (None, "tcp://ann:word@h:1", "is no address of a scheduler; write it like tcp://"),
        (None, "tcp://h:99999", "is no address of a scheduler; write it like tcp://"),
    ],
)
def test_what_is_no_runner_or_no_address_is_said(
    runner: str | None, dask: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check_runner(runner, dask)
    assert said in str(caught.value)
