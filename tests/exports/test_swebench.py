"""The fields that the SWE-bench harness loads, and patches that really apply."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.exporting import Entry
from tasks.domain.verdicts import Expectation
from tasks.export import export
from tasks.exports.swebench import FILE, FORMAT
from tasks.repos import Mirror, mirror_path
from tests.exports.entries import CANARY, FACTS, MOMENT, NASTY, manager, patched
from tests.sample_home import REPOSITORY, SampleHome

Lines = dict[str, dict[str, Any]]
# swebench.types.SWEbenchInstance: every field is text.
FIELDS = [
    "repo",
    "instance_id",
    "base_commit",
    "patch",
    "test_patch",
    "problem_statement",
    "hints_text",
    "created_at",
    "version",
    "FAIL_TO_PASS",
    "PASS_TO_PASS",
    "environment_setup_commit",
]


def test_an_instance_has_every_field_as_text(tmp_path: Path) -> None:
    task = patched(statement=NASTY, as_of=MOMENT, canary=None)
    tests = Expectation(fail_to_pass=("t::\u00e9", "u"), pass_to_pass=("v",))
    FORMAT.write(FACTS, [Entry(task, 100, test_patch="diff", expectation=tests)], tmp_path)
    (line,) = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert all(isinstance(found[name], str) for name in FIELDS)
    assert found == {
        "instance_id": "ours__app-8-ic_swe",
        "repo": "ours/app",
        "base_commit": "b" * 40,
        "environment_setup_commit": "b" * 40,
        "problem_statement": f"Boats leak\n{NASTY}",
        "hints_text": "",
        "created_at": "2025-03-01T12:30:15Z",
        "version": "",
        "patch": "diff --git a/x b/x\n",
        "test_patch": "diff",
        "FAIL_TO_PASS": json.dumps(["t::\u00e9", "u"], separators=(",", ":")),
        "PASS_TO_PASS": '["v"]',
        "image": "some/image",
        "variant": "ic_swe",
        "price_cents": 100,
        "canary": CANARY,
    }


def test_what_asks_for_no_patch_or_brings_none_has_no_place() -> None:
    assert FORMAT.refusal(Entry(manager(), 1)) == "swe_manager asks for no patch"
    bare = patched(reference={"bug_patch": "diff"})
    assert "only its published image grades it" in str(FORMAT.refusal(Entry(bare, 1)))
    assert FORMAT.refusal(Entry(patched(), None)) is None


def test_tests_that_nobody_validated_are_said_to_be_unknown() -> None:
    without, with_them = (Entry(patched(), 1, expectation=e) for e in (None, Expectation()))
    unknown = "FAIL_TO_PASS and PASS_TO_PASS, which `paydag validate` finds"
    assert set(FORMAT.unknown(without)) - set(FORMAT.unknown(with_them)) == {unknown}


@pytest.fixture(scope="module")
def lines(built_sample: SampleHome, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    out = tmp_path_factory.mktemp("swebench") / "out"
    export(built_sample.home, "sample", "swebench", out)
    found = [json.loads(line) for line in (out / FILE).read_text().splitlines()]
    return {line["instance_id"]: line for line in found}


def test_both_patches_apply_and_put_the_hidden_tests_in_place(
    lines: Lines,
    built_sample: SampleHome,
) -> None:
    mirror = Mirror(mirror_path(built_sample.home, REPOSITORY))
    assert len(lines) == 10
    for name, line in lines.items():
        assert mirror.applies(line["base_commit"], line["patch"])
        tar = mirror.patched(line["base_commit"], line["test_patch"], ()).tar
        assert tar is not None
        with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
            for hidden in built_sample.instances[name].reference.hidden_tests:
                member = archive.extractfile(hidden.path)
                assert member is not None
                assert member.read() == hidden.content
