"""The processes that `scrape_throughput.py` measures, each alone in its memory.

python -m benchmarks.throughput_runs KIND HOME ADDRESS ISSUES
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import httpx
import pyarrow as pa

from benchmarks.rendered_issues import REPOSITORY, Inventor

_PAGE: Final = 29
_STORED_AT: Final = datetime(2024, 1, 1, tzinfo=UTC)
_SPECIFICATION: Final = f"""
name: benchmark
title: Invented issues
sources:
  github:
    repositories: [{REPOSITORY}]
    conventions: expensify
variants: [ic_swe]
price_rule: final
"""
# Seconds by the clock and of the processor, of the measured part alone.
Measured = tuple[float, float]


def one_stream(home: Path, address: str, issues: int) -> Measured:
    from benchmarks.loopback_collection import IN_ONE_STREAM, refresh
    from tasks.stages import open_warehouse

    open_warehouse(home)
    began = _clocks()
    done = refresh(home, REPOSITORY, f"{address}/graphql", address, IN_ONE_STREAM)
    return _measured(began, done.result.landed, issues)


def windows(home: Path, address: str, issues: int) -> Measured:
    from benchmarks.loopback_collection import refresh
    from tasks.domain.collecting import CollectRequest
    from tasks.stages import open_warehouse

    open_warehouse(home)
    began = _clocks()
    done = refresh(home, REPOSITORY, f"{address}/graphql", address, CollectRequest())
    return _measured(began, done.result.landed, issues)


def whole_flow(home: Path, address: str, issues: int) -> Measured:
    """The flow against a Prefect server of its own, which is up before the clock starts."""
    from flows.session import Session

    folder = home / "datasets" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.yaml").write_text(_SPECIFICATION, encoding="utf-8")
    os.environ.pop("PREFECT_API_URL", None)
    os.environ |= {
        "PAYDAG_DATASETS": str(folder.parent),
        "GITHUB_TOKEN": "token-a",
        "GITHUB_GRAPHQL_URL": f"{address}/graphql",
        "GITHUB_API_URL": address,
    }
    session = Session(home=home, as_json=True, debug=False)
    session.leave_nothing_running()
    session.connect()
    from flows.refresh import refresh

    began = _clocks()
    results = asyncio.run(refresh(["benchmark"], home=str(home)))
    return _measured(began, results[0].landed, issues)


def floor(home: Path, address: str, issues: int) -> Measured:
    """The same pages, read, taken apart and inserted, with nothing else in between."""
    from tasks.sources.github import queries

    began = _clocks()
    stored: set[int] = set()
    variables = {"first": _PAGE, "since": "1970-01-01T00:00:00Z", "later": "1970-01-01T00:00:01Z"}
    more = True
    with httpx.Client(trust_env=False) as client, duckdb.connect(str(home / "plain.duckdb")) as to:
        to.execute("CREATE TABLE documents (number BIGINT, payload VARCHAR)")
        while more:
            body = json.dumps({"query": queries.ISSUES, "variables": variables}).encode()
            reply = client.post(f"{address}/graphql", content=body)
            page = json.loads(reply.content)["data"]["repository"]["issues"]
            nodes = [n for n in page["nodes"] if n["number"] not in stored]
            stored |= {n["number"] for n in nodes}
            texts = [json.dumps(n, ensure_ascii=False, separators=(",", ":")) for n in nodes]
            batch = pa.table({"number": [n["number"] for n in nodes], "payload": texts})
            to.register("batch", batch)
            to.execute("INSERT INTO documents FROM batch")
            to.unregister("batch")
            variables |= {"since": page["nodes"][-1]["updatedAt"]}
            more = page["pageInfo"]["hasNextPage"]
    return _measured(began, len(stored), issues)


def fill(home: Path, address: str, issues: int) -> Measured:  # noqa: ARG001 - as all the others
    """A warehouse that holds so many documents of another repository already."""
    from tasks.domain.documents import Document
    from tasks.stages import open_warehouse
    from tasks.warehouse.documents import land

    def documents() -> Iterator[Document]:
        for _, node in Inventor(1, "quill-works/archive").issues(issues):
            name = f"quill-works/archive#{node['number']}"
            yield Document("github", "github.issue", name, _STORED_AT, node)

    began = _clocks()
    done = land(
        open_warehouse(home),
        documents(),
        source="github",
        dataset="benchmark",
        query="",
        started_at=_STORED_AT,
        finished_at=_STORED_AT,
    )
    return _measured(began, done.landed, issues)


def _clocks() -> Measured:
    return time.perf_counter(), time.process_time()


def _measured(began: Measured, landed: int, issues: int) -> Measured:
    if landed != issues:
        raise SystemExit(f"{landed} of {issues} issues were landed")
    ended = _clocks()
    return ended[0] - began[0], ended[1] - began[1]


def _peak_mb() -> float:
    """Of this process alone; getrusage would count what its parent held when it was started."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


KINDS: Final[dict[str, Callable[[Path, str, int], Measured]]] = {
    each.__name__: each for each in (one_stream, windows, whole_flow, floor, fill)
}


def main(arguments: list[str]) -> dict[str, Any]:
    kind, home, address, issues = arguments
    seconds, cpu = KINDS[kind](Path(home), address, int(issues))
    return {"seconds": seconds, "cpu": cpu, "peak_mb": _peak_mb()}


if __name__ == "__main__":
    import sys

    from flows.session import leave

    print(json.dumps(main(sys.argv[1:])), flush=True)
    leave(0)
