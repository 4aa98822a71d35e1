"""The bundled sample is what its authors meant, byte for byte and issue by issue."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.domain.instances import TaskInstance
from tests.authoring import render, render_expected
from tests.sample_home import REPOSITORY, ROOT, SAMPLE, SampleHome

EXPECTED: dict[int, dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "authoring" / "expected.yaml").read_text(encoding="utf-8")
)
VARIANTS = ("ic_swe", "swe_manager")


def test_the_committed_files_are_what_the_authors_render() -> None:
    committed = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes()
        for path in SAMPLE.rglob("*")
        if path.is_file() and path.name not in ("README.md", "dataset.yaml")
    }
    assert committed == render()
    assert (ROOT / "tests" / "authoring" / "expected.yaml").read_bytes() == render_expected()


def test_the_sample_is_as_rich_as_promised(built_sample: SampleHome) -> None:
    counts = {v: c.instances for v, c in built_sample.result.by_variant.items()}
    assert len(EXPECTED) >= 12
    assert counts["ic_swe"] >= 5
    assert counts["swe_manager"] >= 5
    assert len(built_sample.result.by_reason) >= 4


def test_every_issue_is_a_candidate_of_every_variant(built_sample: SampleHome) -> None:
    result = built_sample.result
    assert result.candidates == len(EXPECTED) * len(VARIANTS)
    assert result.candidates == result.instances + result.rejections
    assert len(built_sample.instances) == result.instances
    assert len(built_sample.rejections) == result.rejections


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_candidate_fares_as_its_authors_meant(built_sample: SampleHome, variant: str) -> None:
    fates = {i.issue: "ok" for i in built_sample.instances.values() if i.variant == variant}
    fates |= {r.candidate_id: r.reason for r in built_sample.rejections if r.variant == variant}
    assert fates == {f"{REPOSITORY}#{number}": row[variant] for number, row in EXPECTED.items()}


@pytest.mark.parametrize("number", EXPECTED)
def test_every_ledger_is_the_ladder_its_authors_meant(
    built_sample: SampleHome, number: int
) -> None:
    with built_sample.warehouse.read("core") as session:
        rows = session.tuples(
            "SELECT occurred_at, amount_cents FROM core.bounty_events WHERE issue = $issue "
            "AND kind <> 'paid' ORDER BY occurred_at",
            {"issue": f"{REPOSITORY}#{number}"},
        )
    assert [[_stamp(at), cents] for at, cents in rows] == _ladder(number)


def _stamp(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _ladder(number: int) -> list[list[Any]]:
    return [[at, round(dollars * 100)] for at, dollars in EXPECTED[number]["ladder"]]


def _meant(variant: str) -> list[int]:
    return [number for number, row in EXPECTED.items() if row[variant] == "ok"]


@pytest.mark.parametrize("number", _meant("ic_swe"))
def test_every_coding_task_starts_and_ends_at_the_commits_meant(
    built_sample: SampleHome, number: int
) -> None:
    instance = built_sample.instance(number, "ic_swe")
    meant = EXPECTED[number]
    assert (instance.base, instance.reference.fix_commit, instance.title) == (
        meant["base_commit"],
        meant["merge_commit"],
        meant["title"],
    )
    assert _frozen(instance) == _ladder(number)
    if meant["accepted_at"] is not None:
        assert instance.as_of is not None
        assert _stamp(instance.as_of) == meant["accepted_at"]


@pytest.mark.parametrize("number", _meant("swe_manager"))
def test_every_decision_is_the_one_meant(built_sample: SampleHome, number: int) -> None:
    instance = built_sample.instance(number, "swe_manager")
    meant = EXPECTED[number]
    found = {
        "title": instance.title,
        "base_commit": instance.base,
        "merge_commit": instance.reference.fix_commit,
        "proposals": [p.proposal_id for p in instance.proposals],
        "accepted_proposal": instance.reference.accepted_proposal_id,
        "accepted_at": instance.as_of and _stamp(instance.as_of),
        "evidence": instance.reference.accepted_by,
    }
    assert found == {key: meant[key] for key in found}
    assert _frozen(instance) == _ladder(number)


def _frozen(instance: TaskInstance) -> list[list[Any]]:
    return [[_stamp(r.occurred_at), r.amount_cents] for r in instance.ladder]


def test_the_version_depends_on_neither_hash_seed_nor_landing_order(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    reverse = tmp_path / "documents"
    reverse.mkdir()
    for place, name in enumerate(sorted((SAMPLE / "documents").iterdir(), reverse=True)):
        lines = name.read_text(encoding="utf-8").rstrip("\n").split("\n")
        text = "\n".join(reversed(lines)) + "\n"
        (reverse / f"{place}.jsonl").write_text(text, encoding="utf-8")
    script = (
        "import json, sys; from pathlib import Path; from tests.sample_home import build_sample; "
        "built = build_sample(Path(sys.argv[1]), Path(sys.argv[2])); "
        "print(json.dumps(built.result.model_dump(mode='json')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "home"), str(reverse)],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "4242"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == built_sample.result.model_dump(mode="json")
