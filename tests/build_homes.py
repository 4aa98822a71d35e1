"""Homes to build in, a history of documents that change, and everything that a build stored."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tasks.build import BuildResult, build_version
from tasks.domain.documents import Document
from tasks.specs import DatasetSpec
from tasks.warehouse import Warehouse
from tests.sources.parse_nodes import (
    Node,
    bare_issue,
    comment,
    doc,
    edit,
    event,
    nodes,
    stamp,
)
from tests.warehouse.homes import fresh, put

SPEC: Final = DatasetSpec.model_validate(
    {
        "name": "boats",
        "sources": {"github": {"repositories": ["ours/app"]}},
        "variants": ["ic_swe", "swe_manager"],
    }
)
_TABLES: Final = (
    *(f"staging.{name}" for name in ("issues", "issue_events", "comments", "proposals", "pulls")),
    *("staging.comment_edits", "bounty_events", "bounty_observations", "outcomes"),
)
_VERSION: Final = {
    "dataset_versions": "* EXCLUDE (first_built_at, last_built_at)",
    "version_instances": "*",
    "rejections": "*",
    "lint_findings": "*",
}
Stored = dict[str, list[tuple[Any, ...]]]


def home_with(folder: Path, documents: Iterable[Document] = ()) -> Path:
    warehouse = fresh(folder)
    put(warehouse, documents)
    return folder


def land_also(home: Path, documents: Iterable[Document]) -> None:
    put(Warehouse(home), documents)


def build(home: Path, spec: DatasetSpec = SPEC, **options: Any) -> BuildResult:
    return build_version(home, spec, **{"workers": 1, **options})


def stored(home: Path, result: BuildResult) -> Stored:
    """Table → its rows in order, as far as the version that was built is concerned."""
    with Warehouse(home).read("core") as session:
        found = {t: session.tuples(f"SELECT * FROM core.{t} ORDER BY ALL") for t in _TABLES}
        found["read"] = session.tuples(
            "SELECT * EXCLUDE (rules) FROM staging.read_documents ORDER BY ALL"
        )
        for table, columns in _VERSION.items():
            found[table] = session.tuples(
                f"SELECT {columns} FROM core.{table} WHERE dataset_version = $version ORDER BY ALL",
                {"version": result.version},
            )
        found["bodies"] = session.tuples(
            "SELECT t.body FROM core.task_instances t JOIN core.version_instances v "
            "USING (instance_digest) WHERE v.dataset_version = $version ORDER BY ALL",
            {"version": result.version},
        )
    return found


def built_whole(place: Path, documents: Sequence[Document], **options: Any) -> Stored:
    """What one build of all documents stores in a home of its own."""
    home = home_with(place, documents)
    return stored(home, build(home, **options))


def url(number: int, repository: str = "ours/app") -> str:
    return f"https://github.com/{repository}/issues/{number}"


def issue(number: int, title: str = "[$250] Boats leak", **fields: Any) -> Node:
    """An issue with two proposals, by ann and by bob."""
    plans = ("Caulk the seams of the boat with tar.", "Paint the boat with a coat of wax.")
    said = [
        comment(
            number * 100 + place,
            place,
            f"## Proposal\n\n{plan}",
            url=f"{url(number)}#issuecomment-{number * 100 + place}",
            author={"login": author},
        )
        for place, (author, plan) in enumerate(zip(("ann", "bob"), plans, strict=True), start=1)
    ]
    assigned = event("AssignedEvent", 10, id=f"AS{number}", assignee={"login": "ann"})
    plain = {
        "number": number,
        "url": url(number),
        "title": title,
        "comments": nodes(*said),
        "timelineItems": nodes(assigned),
    }
    return bare_issue() | plain | fields


def renamed(number: int, *prices: int) -> Node:
    """The issue once its price has gone through these, in dollars."""
    titles = [f"[${price}] Boats leak" for price in prices]
    renames = [
        event(
            "RenamedTitleEvent",
            20 + place,
            id=f"RE{number}-{place}",
            previousTitle=titles[place],
            currentTitle=titles[place + 1],
        )
        for place in range(len(titles) - 1)
    ]
    plain = issue(number, titles[-1])
    return plain | {"timelineItems": nodes(*plain["timelineItems"]["nodes"], *renames)}


def pull(number: int, fixes: Sequence[int], **fields: Any) -> Node:
    """A merged pull request by ann that names these issues as fixed."""
    lines = "\n".join(f"$ {url(fixed)}" for fixed in fixes)
    plain: Node = {
        "number": number,
        "title": "Caulk the boats",
        "body": f"### Fixed Issues\n{lines}\nPROPOSAL:\n\n### Tests\nnone",
        "url": f"https://github.com/ours/app/pull/{number}",
        "state": "MERGED",
        "createdAt": stamp(12),
        "mergedAt": stamp(30),
        "author": {"login": "ann"},
        "mergeCommit": {"oid": f"{number:040x}", "parents": nodes({"oid": f"{number + 1:040x}"})},
    }
    return plain | fields


def edits(number: int, *texts: str | None) -> Node:
    """The edit history of a comment, its texts newest last; None was taken out of it."""
    listed = [edit(2 + place / 10, text) for place, text in enumerate(texts)]
    return {"id": f"IC_{number}", "userContentEdits": nodes(*reversed(listed))}


def of_issue(node: Node, fetched: float, repository: str = "ours/app") -> Document:
    return doc("issue", f"{repository}#{node['number']}", node, fetched)


def of_pull(node: Node, fetched: float, repository: str = "ours/app") -> Document:
    return doc("pull", f"{repository}#{node['number']}", node, fetched)


def of_edits(number: int, fetched: float, *texts: str | None) -> Document:
    return doc("comment_edits", f"IC_{number}", edits(number, *texts), fetched)


def _elsewhere(node: Node) -> Node:
    return node | {"url": node["url"].replace("ours/app", "ours/renamed")}


def history() -> list[list[Document]]:
    """What lands turn by turn; every turn changes something that an earlier one brought."""
    summary = "Payment summary:\n- Contributor: @ann $500 paid via Upwork\n"
    paid = comment(799, 40, summary, authorAssociation="MEMBER", author={"login": "mel"})
    with_payment = renamed(7, 250, 500)
    with_payment |= {"comments": nodes(*with_payment["comments"]["nodes"], paid)}
    by_button = pull(12, [], title='Revert "Caulk the boats"', body="Reverts ours/app#11")
    undone = pull(13, [], title='Revert "Revert "Caulk the boats""', body="Reverts ours/app#12")
    return [
        [of_issue(issue(7), 1), of_issue(issue(8), 1), of_issue(issue(5), 1)],
        [
            of_pull(pull(10, [7]), 2),
            of_issue(issue(3) | {"url": url(3, "ours/web")}, 2, "ours/web"),
        ],
        [of_issue(renamed(7, 250, 500), 3)],
        [of_edits(701, 4, "## Proposal\n\nFirst thought.", "## Proposal\n\nBetter thought.")],
        [of_pull(pull(11, [8]), 5)],
        [of_pull(pull(10, [5]), 6)],
        [doc("gone", "ours/app#8", {"number": 8, "reason": "deleted"}, 7)],
        [of_issue(with_payment, 8), of_pull(pull(10, [5, 7]), 8)],
        [of_issue(issue(8, body="Water still comes in."), 9)],
        [of_pull(by_button | {"mergedAt": stamp(60)}, 10)],
        [of_edits(701, 11, None, "## Proposal\n\nBetter thought.")],
        [of_issue(issue(5) | {"createdAt": "then"}, 12), of_edits(702, 12)],
        [doc("comment_edits", "IC_801", {"userContentEdits": nodes({"diff": "when?"})}, 13)],
        [of_issue(_elsewhere(issue(5, "[$125] Boats leak")), 14)],
        [doc("pull", "ours/app#11", pull(11, [8]) | {"createdAt": None}, 15)],
        [of_pull(pull(11, []) | {"body": f"### Fixed Issues\n$ {url(8, 'Ours/App')}"}, 16)],
        [of_pull(undone | {"mergedAt": stamp(70)}, 17)],
        [of_pull(by_button | {"body": "Reverts ours/app#10", "mergedAt": stamp(60)}, 18)],
    ]
