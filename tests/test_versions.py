"""Versions: found by name and digest, never changed by other builds, described by a manifest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tasks.builds import build_libraries, last_build
from tasks.domain.errors import UsageError
from tasks.inputs import rules_of_code
from tasks.manifests import list_versions, manifest
from tasks.runs import find_version, version_before
from tasks.warehouse import Warehouse
from tests.build_homes import (
    SPEC,
    build,
    history,
    home_with,
    issue,
    land_also,
    of_issue,
    of_pull,
    pull,
    renamed,
)
from tests.sample_home import REPOSITORY, SampleHome
from tests.warehouse.homes import START, fresh

TURNS = history()
_OF_VERSIONS = ("dataset_versions", "version_instances", "rejections", "lint_findings")


def rows_of(home: Path, version: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored of a version, its tasks' bodies included."""
    with Warehouse(home).read("core") as session:
        found = {
            table: session.tuples(
                f"SELECT * FROM core.{table} WHERE dataset_version = $v ORDER BY ALL",
                {"v": version},
            )
            for table in (*_OF_VERSIONS, "builds")
        }
        found["task_instances"] = session.tuples(
            "SELECT t.* FROM core.task_instances t JOIN core.version_instances v "
            "USING (instance_digest) WHERE v.dataset_version = $v ORDER BY ALL",
            {"v": version},
        )
    return found


def test_a_stored_version_never_changes_when_others_are_built(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [d for turn in TURNS[:3] for d in turn])
    first = build(home).version
    before = rows_of(home, first)
    assert len(before["task_instances"]) == 1
    land_also(home, [d for turn in TURNS[3:9] for d in turn])
    others = {
        build(home).version,
        build(home, SPEC.model_copy(update={"name": "ships"})).version,
        build(home, SPEC.model_copy(update={"price_rule": "initial"})).version,
        build(home, SPEC.model_copy(update={"lint": "reject"})).version,
    }
    assert len(others - {first}) == 4
    assert rows_of(home, first) == before


@pytest.fixture
def three(tmp_path: Path) -> Warehouse:
    """A warehouse with three versions, whose digests begin alike, of which the second is newest."""
    warehouse = fresh(tmp_path / "home")
    with warehouse.write("core") as session:
        session.insert(
            "core.dataset_versions",
            [
                {
                    "dataset_version": digest.ljust(64, "0"),
                    "dataset": "boats",
                    "specification": "{}",
                    "price_rule": "final",
                    **dict.fromkeys(("candidates", "instances", "rejections", "price_cents"), 0),
                    "code_version": "1",
                    "first_built_at": START,
                    "last_built_at": START.replace(month=month),
                }
                for digest, month in (("ab12", 1), ("ab34", 3), ("cd", 2))
            ],
        )
    return warehouse


@pytest.mark.parametrize(
    ("reference", "digest"),
    [("boats", "ab34"), ("boats@latest", "ab34"), ("boats@ab1", "ab12"), ("boats@c", "cd")],
)
def test_a_version_is_found_by_name_or_the_beginning_of_its_digest(
    three: Warehouse, reference: str, digest: str
) -> None:
    with three.read("core") as session:
        found = find_version(session, reference)
    assert (found.dataset, found.dataset_version) == ("boats", digest.ljust(64, "0"))


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (
            "boats@ab",
            "'boats@ab' fits 2 versions: boats@ab3400000000, boats@ab1200000000; type more of the "
            "digest",
        ),
        (
            "boats@ff",
            "unknown version 'boats@ff'; known: boats@ab3400000000, boats@cd0000000000, "
            "boats@ab1200000000",
        ),
        (
            "cars",
            "no version of 'cars' has been built; run `paydag build cars` first; there are "
            "versions of boats",
        ),
    ],
)
def test_what_names_no_version_or_several_lists_those_that_are_there(
    three: Warehouse, reference: str, message: str
) -> None:
    with three.read("core") as session, pytest.raises(UsageError) as refused:
        find_version(session, reference)
    assert str(refused.value) == message


def test_the_version_before_is_the_one_that_was_built_last_before_it(three: Warehouse) -> None:
    with three.read("core") as session:
        newest = find_version(session, "boats").dataset_version
        before = version_before(session, newest).dataset_version
        oldest = version_before(session, before).dataset_version
        assert [v.rstrip("0") for v in (newest, before, oldest)] == ["ab34", "cd", "ab12"]
        with pytest.raises(UsageError, match="has no version before it"):
            version_before(session, oldest)


def test_a_build_notes_the_version_before_it(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", TURNS[0])
    first = build(home).version
    seen = []
    for turn in (TURNS[1], [], TURNS[2]):
        land_also(home, turn)
        build(home)
        with Warehouse(home).read("core") as session:
            seen.append(last_build(session, SPEC.name))
            with pytest.raises(LookupError):
                last_build(session, "ships")
    assert seen[0][0] == first
    assert seen[1] == (seen[0][1], seen[0][1])
    assert seen[2][0] == seen[1][1] != seen[2][1]


def test_versions_are_listed_with_what_changed_since_the_one_before(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [of_issue(issue(7), 1), of_pull(pull(10, [7]), 1)])
    versions = [build(home).version]
    land_also(home, [of_issue(renamed(7, 250, 500), 2), of_issue(issue(8), 2)])
    land_also(home, [of_pull(pull(11, [8]), 2)])
    versions.append(build(home).version)
    land_also(home, [of_pull(pull(10, [5]), 3)])
    versions.append(build(home).version)
    versions.append(build(home, SPEC.model_copy(update={"price_rule": "peak"})).version)
    listed = list_versions(Warehouse(home), "boats")["versions"]
    assert [one["version"] for one in listed] == versions[::-1]
    assert [(one["instances"], one["price_cents"]) for one in listed] == [
        *((1, 25_000), (1, 25_000), (2, 75_000), (1, 25_000)),
    ]
    nothing = {"added": 0, "removed": 0, "changed": 0, "repriced": 0}
    assert [one["changes"] for one in listed] == [
        nothing,
        nothing | {"removed": 1},
        nothing | {"added": 1, "changed": 1, "repriced": 1},
        None,
    ]


def test_what_is_no_dataset_has_no_versions(three: Warehouse) -> None:
    with pytest.raises(UsageError, match="no version of 'cars' has been built"):
        list_versions(three, "cars")
    with pytest.raises(UsageError, match=re.escape("'boats@ab1' names one version; say boats")):
        list_versions(three, "boats@ab1")


def test_a_manifest_says_what_the_sample_holds_and_was_made_of(built_sample: SampleHome) -> None:
    found = manifest(built_sample.warehouse, "sample")
    assert json.loads(json.dumps(found)) == found
    result = built_sample.result
    assert (found["version"], found["price_cents"]) == (result.version, result.price_cents)
    assert {
        name: (one["instances"], one["price_cents"]) for name, one in found["by_variant"].items()
    } == {name: (one.instances, one.price_cents) for name, one in result.by_variant.items()}
    finals = sum(rules["final"]["price_cents"] for rules in found["prices"].values())
    assert finals == result.price_cents
    assert found["prices"]["ic_swe"]["at_assignment"]["unpriced"] == 1
    reasons = {name: one["candidates"] for name, one in found["rejections_by_reason"].items()}
    assert reasons == result.by_reason
    assert found["specification"]["sources"]["github"]["repositories"] == [REPOSITORY]
    basis = found["basis"]
    assert (basis["rules"], basis["libraries"]) == (rules_of_code(), build_libraries())
    with built_sample.warehouse.read("raw") as session:
        ((fetch, documents),) = session.tuples(
            "SELECT fetch_id, count(DISTINCT (kind, external_id)) FROM raw.documents GROUP BY 1"
        )
    assert list(found["sources"]) == ["github"]
    (used,) = found["sources"]["github"]["fetches"]
    assert (used["fetch_id"], used["documents"]) == (fetch, documents)


def test_a_manifest_stays_what_it_was_when_more_lands(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [of_issue(issue(7), 1), of_pull(pull(10, [7]), 1)])
    name = f"boats@{build(home).version[:12]}"
    before = manifest(Warehouse(home), name)
    land_also(home, [of_issue(renamed(7, 250, 500), 2), of_issue(issue(8), 2)])
    land_also(
        home, [of_issue(issue(3) | {"url": "https://github.com/ours/web/issues/3"}, 2, "ours/web")]
    )
    build(home)
    assert manifest(Warehouse(home), name) == before
    assert manifest(Warehouse(home), "boats")["sources"]["github"]["documents"] == 3


def test_a_version_of_a_build_that_noted_nothing_has_a_manifest_all_the_same(
    tmp_path: Path,
) -> None:
    home = home_with(tmp_path / "home", [of_issue(issue(7), 1)])
    build(home)
    known = manifest(Warehouse(home), "boats")
    with Warehouse(home).write("core") as session:
        session.execute("DELETE FROM core.builds")
    assert manifest(Warehouse(home), "boats") == known | {"basis": None}
