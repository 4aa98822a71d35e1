"""Limits that a Prefect server holds for everything that runs through it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.worker import ROOT

pytestmark = pytest.mark.prefect

# Two flows beside each other, as on two machines; each tells when its batches ran.
_SCRIPT = """
import asyncio, json, sys, time
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from tasks.fanout import engine_of, run_batches

spans = []

@task(cache_policy=NO_CACHE)
def work(items, label):
    began = time.monotonic()
    time.sleep(0.5)
    spans.append([items[0]["sandbox"], began, time.monotonic()])
    return []

@flow
async def spread():
    batches = [[{"sandbox": place}] for place in ("docker", "process")]
    await run_batches("x", work, batches, lambda b, label: {"items": b, "label": label},
                      uses=engine_of)

asyncio.run(spread())
print(json.dumps(spans))
"""
_LIMIT = """
import asyncio, sys
from prefect.client.orchestration import get_client

async def limit(gone):
    async with get_client() as client:
        if gone:
            await client.delete_concurrency_limit_by_tag("docker")
        else:
            await client.create_concurrency_limit(tag="docker", concurrency_limit=1)

asyncio.run(limit("gone" in sys.argv))
"""


@pytest.fixture
def limited(flow_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """An environment whose server lets one task run in containers at a time."""
    environment = {**flow_environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _LIMIT]
    subprocess.run(command, env=environment, check=True, timeout=60)
    yield environment
    subprocess.run([*command, "gone"], env=environment, check=True, timeout=60)


def most_at_once(spans: list[list[float]]) -> int:
    return max(sum(a <= begin < b for a, b in spans) for begin, _ in spans)


@pytest.mark.exhaustive
def test_what_runs_in_containers_keeps_the_servers_limit_over_all_flows(
    limited: dict[str, str], tmp_path: Path
) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SCRIPT],
            env=limited,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    spans = []
    for process in running:
        out, _ = process.communicate(timeout=150)
        assert process.returncode == 0
        spans += json.loads(out.splitlines()[-1])
    in_docker = [span[1:] for span in spans if span[0] == "docker"]
    assert (len(spans), len(in_docker)) == (4, 2)
    assert most_at_once(in_docker) == 1
