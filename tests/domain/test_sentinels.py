"""Tests placed at grading: real frameworks run them as meant, and nothing gives them away."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.instances import Framework
from tasks.domain.reaching import Reach
from tasks.domain.sentinel_files import layouts
from tasks.domain.sentinels import FAILED, PASSED, Sentinels, matched, plant
from tasks.variants.junit import read_report

FRAMEWORKS = list(get_args(Framework))
UNITTEST = """
import sys, unittest, xml.etree.ElementTree as ET
suite = unittest.TestLoader().discover("tests", top_level_dir=".")
cases = [t for f in suite for c in f for t in c]
root = ET.Element("testsuite")
for test in cases:
    result = unittest.TestResult()
    test.run(result)
    case = ET.SubElement(root, "testcase", classname=test.id().rpartition(".")[0],
                         name=test.id().rpartition(".")[2])
    if not result.wasSuccessful():
        ET.SubElement(case, "error" if result.errors else "failure")
ET.ElementTree(root).write("report.xml")
"""
# As much of jest as the files use.
JEST = """
const fs = require('fs'), path = require('path');
let cases = '';
const groups = [], befores = [], tests = [];
global.describe = (name, body) => {
  groups.push(name); befores.push([]);
  body();
  groups.pop(); befores.pop();
};
global.beforeEach = (body) => befores[befores.length - 1].push(body);
global.expect = (got) => {
  const must = (ok) => { if (!ok) throw new Error(`${got} is not as it must be`); };
  const alike = (want) => must(JSON.stringify(got) === JSON.stringify(want));
  const throws = () => { try { got(); } catch (error) { return true; } return false; };
  return {
    toBe: (want) => must(got === want),
    not: { toBe: (want) => must(got !== want) },
    toEqual: alike,
    toStrictEqual: alike,
    toContain: (want) => must(got.includes(want)),
    toBeTruthy: () => must(got),
    toBeFalsy: () => must(!got),
    toMatch: (want) => must(got.includes(want)),
    toBeGreaterThan: (want) => must(got > want),
    toThrow: () => must(throws()),
  };
};
global.test = (name, body) => {
  tests.push([`${groups.join(' ')} ${name}`, [...befores.flat(), body]]);
};
for (const file of fs.readdirSync('tests')) require(path.resolve('tests', file));
(async () => {
  for (const [name, bodies] of tests) {
    let inner = '';
    try { for (const body of bodies) await body(); } catch (error) { inner = '<failure/>'; }
    cases += `<testcase classname="${name}" name="${name}">${inner}</testcase>`;
  }
  fs.writeFileSync('report.xml', `<testsuites><testsuite>${cases}</testsuite></testsuites>`);
})();
"""
ENTERED = {
    "py": """
def total(a, b):
    print("total", file=open("entered", "a"))
    raise SystemExit(a + b)
class Sums:
    def __init__(self, numbers):
        print("Sums", file=open("entered", "a"))
""",
    "js": """
const { appendFileSync } = require('fs');
exports.total = (a, b) => { appendFileSync('entered', 'total\\n'); throw a; };
exports.Sums = class { constructor() { appendFileSync('entered', 'Sums\\n'); } };
""",
}
PYTHON_REACH = Reach(
    imports=(
        ("total", "from app import total"),
        ("Sums", "from app import Sums"),
        ("gone", "from app import gone"),
    ),
    calls=("total((), ())", "Sums(numbers=())"),
    in_cases=True,
    in_subtests=True,
)
REACHES: dict[Framework, Reach] = {
    "unittest": PYTHON_REACH,
    "pytest": PYTHON_REACH,
    "jest": Reach(
        imports=(("used0", "require('../app')"), ("used1", "require('../gone')")),
        calls=("used0.total([], [])", "new used0.Sums([], [])"),
    ),
}
COMMANDS = {
    "unittest": [sys.executable, "-c", UNITTEST],
    "pytest": [sys.executable, "-m", "pytest", "-q", "--junit-xml=report.xml", "tests"],
    "jest": ["node", "-e", JEST],
}


def put(sentinels: Sentinels, folder: Path) -> None:
    for file in sentinels.files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.text or "")


@pytest.mark.exhaustive
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_runs_all_of_them_as_meant(framework: Framework, tmp_path: Path) -> None:
    command = COMMANDS[framework]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    (tmp_path / "tests").mkdir()
    if framework != "jest":
        (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "app.py").write_text(ENTERED["py"])
    (tmp_path / "app.js").write_text(ENTERED["js"])
    reach = REACHES[framework]
    sentinels = [plant(framework, "tests", f"token {n}", reach) for n in range(6)]
    for one in sentinels:
        put(one, tmp_path)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, check=False)
    report = read_report((tmp_path / "report.xml").read_text())
    assert report is not None, done.stdout + done.stderr
    assert report.doubled == ()
    expected = {name: outcome for one in sentinels for name, outcome in one.expected.items()}
    found = matched(report.results, expected)
    assert {len(names) for names in found.values()} == {1}
    assert len(report.results) == len(expected)
    alike = {"error": FAILED}
    got = {s: report.results[names[0]] for s, names in found.items()}
    assert {s: alike.get(result, result) for s, result in got.items()} == expected
    # Each of them went into the code under test, but for what it is kept from in its preparation.
    entered = (tmp_path / "entered").read_text().splitlines()
    before = sum(len(layout.before) for layout in layouts(framework, reach))
    assert len(entered) == len(reach.calls) * (len(expected) - 6 * before)
    assert set(entered) == {"total", "Sums"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@given(token=st.text(min_size=1, max_size=40))
def test_some_must_pass_and_some_must_fail_under_names_that_say_nothing(
    framework: Framework, token: str
) -> None:
    reach = REACHES[framework]
    sentinels = plant(framework, "some/folder/", token, reach)
    assert plant(framework, "some/folder", token, reach) == sentinels
    assert set(sentinels.expected.values()) == {PASSED, FAILED}
    assert all(re.fullmatch(r"test_[0-9a-f]{20}", name) for name in sentinels.expected)
    for file in sentinels.files:
        assert re.fullmatch(r"some/folder/(test_)?[0-9a-f]{20}\.(py|test\.js)", file.path)
        own = [outcome for name, outcome in sentinels.expected.items() if name in str(file.text)]
        assert set(own) == {PASSED, FAILED}
        assert not re.search(r"sentinel|pass|must|paydag", str(file.text), re.IGNORECASE)


def test_another_token_gives_other_names_and_outcomes() -> None:
    made = [plant("pytest", "tests", str(n)) for n in range(40)]
    assert len({name for one in made for name in one.expected}) == 40 * len(made[0].expected)
    assert len({tuple(one.expected.values()) for one in made}) > 10
    paths = [file.path for one in made for file in one.files]
    assert len(set(paths)) == len(paths)


def test_a_folder_at_the_top_needs_no_name() -> None:
    assert "/" not in plant("pytest", "", "t").files[0].path


def test_a_name_belongs_to_the_sentinel_it_ends_with() -> None:
    names = ["a.B::test_1f", "group test_1f::group test_1f", "my_test_1f", "test_1f", "test_1f[x]"]
    parts = ["B::test_2e (number=1)", "B::test_2e [some words (2)]"]
    found = matched([*names, *parts, "", "test_2e"], ["test_1f", "test_2e", "test_3d"])
    assert found == {
        "test_1f": ("a.B::test_1f", "group test_1f::group test_1f", "test_1f"),
        "test_2e": (*parts, "test_2e"),
        "test_3d": (),
    }
    assert matched(names, []) == {}
