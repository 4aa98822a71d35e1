"""A home with a built dataset of any size and finished runs on it, written straight into core and
eval; nothing is scored yet. The same numbers give the same home.

Issues have an ic_swe and a swe_manager task, ladders that rise, labels, fixes with a date.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.generated_runs import DATASET, RULE, START, VERSION, patch, store_run, text
from tasks.domain.bounties import Rung, prices
from tasks.domain.instances import Environment, HiddenFile, Proposal, Reference, TaskInstance
from tasks.judging import instance_row
from tasks.warehouse import Row, Warehouse, ensure

_LABELS: Final = ("Bug", "Daily", "Weekly", "External", "Help Wanted", "Reviewing")
_AMOUNTS: Final = (25_000, 50_000, 100_000, 200_000)
_REPOSITORIES: Final = ("ours/app", "ours/site")


@dataclass(frozen=True)
class Size:
    """How much to make."""

    tasks: int = 1_500
    runs: int = 10
    attempts: int = 3


@dataclass(frozen=True)
class Made:
    """What was made: run ids, in the order in which the runs were opened."""

    home: Path
    run_ids: tuple[str, ...]


def make_home(home: Path, size: Size = Size(), seed: int = 0) -> Made:
    """Write the dataset and its runs; nothing is scored yet."""
    warehouse = Warehouse(home)
    warehouse.folder.mkdir(parents=True, exist_ok=True)
    ensure(warehouse, START)
    instances = list(_instances(size.tasks, random.Random(seed)))
    _store_dataset(warehouse, instances)
    ids = []
    for number in range(size.runs):
        ids.append(store_run(warehouse, instances, number, size.attempts, seed))
    return Made(home, tuple(ids))


def _instances(count: int, dice: random.Random) -> Iterator[TaskInstance]:
    for number in range(count):
        issue, variant = number // 2 + 1, ("ic_swe", "swe_manager")[number % 2]
        yield _instance(issue, variant, random.Random(f"{dice.random()} {issue}"))


def _instance(issue: int, variant: str, dice: random.Random) -> TaskInstance:
    repository = _REPOSITORIES[issue % len(_REPOSITORIES)]
    rungs = _ladder(issue)
    posted = rungs[0].occurred_at or START
    proposals = tuple(
        Proposal(proposal_id=issue * 10 + n, text=text(dice, 150), posted_at=posted)
        for n in range(4)
    )
    is_code = variant == "ic_swe"
    reference = Reference(
        accepted_proposal_id=None if is_code else proposals[0].proposal_id,
        fix_commit=_commit(issue) if is_code else None,
        gold_patch=patch(dice) if is_code else None,
        hidden_tests=(HiddenFile(path="tests/test_it.py", text=text(dice, 400)),) * is_code,
    )
    return TaskInstance(
        instance_id=f"{repository.replace('/', '__')}-{issue}-{variant}",
        variant=variant,
        repository=repository,
        key=str(issue),
        issue=f"{repository}#{issue}",
        title=text(dice, 6),
        statement=text(dice, 250),
        base=_commit(issue + 10**6) if is_code else None,
        as_of=posted,
        proposals=() if is_code else proposals,
        reference=reference,
        environment=Environment(kind="tests" if is_code else "none"),
        ladder=rungs,
        prices=prices(rungs, as_of=rungs[-1].occurred_at, merged_at=_merged_at(issue)),
    )


def _ladder(issue: int) -> tuple[Rung, ...]:
    dice = random.Random(f"ladder {issue}")
    at = START + timedelta(hours=dice.randrange(24 * 700))
    first = dice.randrange(len(_AMOUNTS))
    amounts = _AMOUNTS[first : first + 1 + dice.choices((0, 1, 2, 3), (60, 25, 10, 5))[0]]
    found = []
    for place, cents in enumerate(amounts):
        found.append(Rung(occurred_at=at, kind="raised" if place else "posted", amount_cents=cents))
        at += timedelta(days=dice.uniform(2, 40))
    return tuple(found)


def _merged_at(issue: int) -> datetime:
    return (_ladder(issue)[-1].occurred_at or START) + timedelta(days=9)


def _commit(number: int) -> str:
    return f"{number:040x}"


def _store_dataset(warehouse: Warehouse, instances: list[TaskInstance]) -> None:
    total = sum(i.prices[RULE] or 0 for i in instances)
    version = {
        "dataset_version": VERSION,
        "dataset": DATASET,
        "specification": "{}",
        "price_rule": RULE,
        "candidates": len(instances),
        "instances": len(instances),
        "rejections": 0,
        "price_cents": total,
        "code_version": "1",
        "first_built_at": START,
        "last_built_at": START,
    }
    listed = [
        {
            "dataset_version": VERSION,
            "instance_id": i.instance_id,
            "instance_digest": i.instance_digest,
        }
        for i in instances
    ]
    issues = {i.issue: i for i in instances}
    with warehouse.write("core") as session:
        session.insert("core.task_instances", [instance_row(i) for i in instances])
        session.insert("core.dataset_versions", [version])
        session.insert("core.version_instances", listed)
        session.insert("core.staging.issues", [_issue(i) for i in issues.values()])
        session.insert("core.staging.pulls", [_pull(i) for i in issues.values()])


def _issue(instance: TaskInstance) -> Row:
    dice = random.Random(instance.issue)
    return {
        "issue": instance.issue,
        "repository": instance.repository,
        "number": int(instance.key),
        "url": f"https://github.com/{instance.repository}/issues/{instance.key}",
        "title": instance.title,
        "body": instance.statement,
        "state": "CLOSED",
        "labels": sorted(dice.sample(_LABELS, dice.randrange(1, 4))),
        "created_at": instance.ladder[0].occurred_at,
        "closed_at": _merged_at(int(instance.key)),
        "document_id": instance.issue,
    }


def _pull(instance: TaskInstance) -> Row:
    number = int(instance.key)
    return {
        "pull": f"{instance.repository}#{number + 10**6}",
        "repository": instance.repository,
        "number": number + 10**6,
        "url": f"https://github.com/{instance.repository}/pull/{number + 10**6}",
        "title": instance.title,
        "state": "MERGED",
        "created_at": instance.ladder[-1].occurred_at,
        "merged_at": _merged_at(number),
        "merge_commit": _commit(number),
        "fixes": [instance.issue],
    }
