"""Datasets of an invented market in folders: one whole, others on top of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.build import BuildResult, build_version
from tasks.domain.documents import Document
from tasks.specs import load_spec
from tasks.warehouse import Warehouse
from tests.build_homes import issue, of_issue, of_pull, pull, renamed, url
from tests.sources.parse_nodes import Node, nodes, stamp

WHOLE = """\
name: boats
sources:
  github:
    repositories: [ours/app]
variants: [ic_swe, swe_manager]
"""


def write(root: Path, name: str, *lines: str, text: str | None = None) -> Path:
    """A dataset called `name` on top of `boats`, or with this text; its folder."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    own = text or "\n".join([f"name: {name}", "extends: boats", *lines]) + "\n"
    (folder / "dataset.yaml").write_text(own, encoding="utf-8")
    return folder


def market() -> list[Document]:
    """Ten issues, the odd ones raised once, each with a fix a day after the one before; the fixes
    of the last five link the proposal that won."""
    found = []
    for number in range(1, 11):
        node = renamed(number, 250, 500) if number % 2 else issue(number, "[$125] Boats leak")
        labels = nodes({"name": "Bug"}, *([{"name": "Old"}] if number > 5 else []))
        found.append(of_issue(node | {"labels": labels, "body": f"Leak {number}."}, 1))
        found.append(of_pull(_fix(number), 2))
    return found


def _fix(number: int) -> Node:
    link = f"{url(number)}#issuecomment-{number * 100 + 1}" if number > 5 else ""
    body = f"### Fixed Issues\n$ {url(number)}\nPROPOSAL: {link}\n\n### Tests\nnone"
    merged = {"mergedAt": stamp(30 + 24 * number), "changedFiles": number, "additions": number}
    return pull(100 + number, [number], **merged, deletions=0, body=body)


def build(home: Path, root: Path, name: str, **options: Any) -> BuildResult:
    """The dataset's version, as the command makes it."""
    spec, folder = load_spec(name, [root])
    return build_version(home, spec, folder, **{"workers": 1, **options})


def numbers(home: Path, result: BuildResult) -> list[int]:
    """The issues of a version's instances."""
    with Warehouse(home).read("core") as session:
        rows: Sequence[tuple[Any, ...]] = session.tuples(
            "SELECT DISTINCT split_part(t.issue, '#', 2)::INTEGER FROM core.version_instances v "
            "JOIN core.task_instances t USING (instance_digest) "
            "WHERE v.dataset_version = $version ORDER BY 1",
            {"version": result.version},
        )
    return [row[0] for row in rows]
