"""How much works side by side: as much as was asked for, and all of it once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.worker import ROOT

pytestmark = pytest.mark.prefect

_SCRIPT = """
import asyncio, json, sys, threading, time
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from tasks.fanout import run_batches

lock, inside, most, seen = threading.Lock(), 0, 0, []

@task(cache_policy=NO_CACHE)
def work(items, label):
    global inside, most
    with lock:
        inside += 1
        most = max(most, inside)
        seen.extend(items)
    time.sleep(0.3)
    with lock:
        inside -= 1
    if 5 in items:
        raise ValueError("five is no number")
    return [f"fault of {label}"] if 3 in items else []

@flow
async def spread(workers):
    batches = [[0], [1], [2, 3], [4], [6], [7]] + ([[5]] if workers == 1 else [])
    return await run_batches("x", work, batches, lambda b, label: {"items": b, "label": label},
                             workers=workers)

workers = json.loads(sys.argv[1])
try:
    came = asyncio.run(spread(workers))
except ValueError as error:
    came = str(error)
print(json.dumps([most, sorted(seen), came]))
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("workers", "most", "seen", "came"),
    [
        ("2", 2, "0, 1, 2, 3, 4, 6, 7", '["fault of 3-4"]'),
        ("1", 1, "0, 1, 2, 3, 4, 5, 6, 7", '"five is no number"'),
        ("null", 6, "0, 1, 2, 3, 4, 6, 7", '["fault of 3-4"]'),
    ],
)
def test_no_more_than_the_workers_are_on_their_way_and_nothing_is_left_out(
    flow_environment: dict[str, str],
    tmp_path: Path,
    workers: str,
    most: int,
    seen: str,
    came: str,
) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", _SCRIPT, workers],
        env={**flow_environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert finished.stdout.splitlines()[-1] == f"[{most}, [{seen}], {came}]"


_INTERRUPTED = """
import asyncio
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from tasks.fanout import is_interrupted, run_batches

seen = []

@task(cache_policy=NO_CACHE)
def work(items, label):
    for item in items:
        if is_interrupted():
            break
        seen.append(item)
        while item == 3 and not is_interrupted():
            pass
    return []

@flow
async def spread():
    running = asyncio.create_task(
        run_batches("x", work, [list(range(1000))], lambda b, label: {"items": b, "label": label})
    )
    while 3 not in seen:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

asyncio.run(spread())
print(seen)
"""


@pytest.mark.exhaustive
def test_a_batch_that_nobody_waits_for_ends_after_the_item_at_hand(
    flow_environment: dict[str, str], tmp_path: Path
) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED],
        env={**flow_environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert finished.stdout.splitlines()[-1] == "[0, 1, 2, 3]"
