"""What is read off hidden tests: only what is under test, and no call that does anything."""

from tasks.domain.instances import Framework, HiddenFile
from tasks.domain.reaching import CALLS, NOTHING, Reach, reached

KEPT = ("tests/**", "spec/**", "**/conftest.py")


def of(text: str, path: str = "tests/test_x.py", framework: Framework = "pytest") -> Reach:
    return reached(framework, [HiddenFile(path=path, text=text)], KEPT, "tests")


def test_imports_are_those_of_the_code_under_test() -> None:
    found = of(
        "import os.path, app.parts as parts, numpy\n"
        "import pytest\n"
        "from app import total, Sums as S\n"
        "from app.more import *\n"
        "from tests import given\n"
        "from tests.given import things\n"
        "from . import beside\n"
        "def test_a():\n    from app.late import late\n"
    )
    assert found.imports == (
        ("parts", "import app.parts as parts"),
        ("numpy", "import numpy"),
        ("total", "from app import total"),
        ("S", "from app import Sums as S"),
        ("app", "import app.more"),
        ("late", "from app.late import late"),
    )


def test_calls_enter_functions_with_nothing_in_hand() -> None:
    found = of(
        "import app\nfrom app import total, Sums\nfrom os import remove\n"
        "def test_a():\n"
        "    assert total(2, 3) == 5\n"
        "    assert total(2, *[3], b=4, **{}) == 5\n"
        "    assert app.parts.deep(Sums(n=1)).more(2)\n"
        "    remove('x'); unknown(1); print(total)\n"
    )
    assert found.calls == ("total((), ())", "total((), b=())", "app.parts.deep(())", "Sums(n=())")
    assert (found.in_cases, found.in_subtests) == (False, False)


def test_a_call_without_arguments_is_made_where_nothing_was_prepared_for_it() -> None:
    found = of(
        "import unittest, pytest\nfrom app import *\nimport app\n"
        "app.at_import()\n"
        "def helper():\n    app.in_helper()\n"
        "def test_plain():\n    app.plain()\n"
        "    with pytest.raises(OSError):\n        app.raising()\n"
        "    with app.patched():\n        app.in_block()\n    x = lambda: app.later()\n"
        "def test_given(tmp_path):\n    app.given()\n"
        "@pytest.mark.skip\ndef test_marked():\n    app.marked()\n"
        "async def test_async():\n    await app.awaited()\n"
        "class A(unittest.TestCase):\n"
        "    def test_b(self):\n        app.in_case()\n"
        "        with self.subTest(n=1):\n            app.in_subtest()\n"
        "class B(unittest.TestCase):\n    def setUp(self):\n        app.made()\n"
        "    def test_c(self):\n        app.after_setup()\n"
    )
    assert set(found.calls) == {
        f"app.{name}()" for name in ("plain", "raising", "in_case", "in_subtest")
    }
    assert (found.in_cases, found.in_subtests) == (True, True)


def test_files_that_cannot_be_read_and_frameworks_of_another_language_give_nothing() -> None:
    assert of("print 'python 2'\nfrom app import total\n") == NOTHING
    assert of("from app import total\n", "tests/data.txt") == NOTHING
    assert of("'\\d' is no escape\n\0") == NOTHING
    assert reached("jest", [HiddenFile(path="a.js", text=None)], KEPT, "") == NOTHING


def test_there_is_an_end_to_calls() -> None:
    calls = "".join(f"    app.f{n}(1)\n" for n in range(100))
    assert len(of(f"import app\ndef test_a():\n{calls}").calls) == CALLS


def test_scripts_load_modules_of_the_repository_by_their_place() -> None:
    found = reached(
        "jest",
        [
            HiddenFile(
                path="spec/deep/sums.test.ts",
                text="import sums, { total as t, Sum } from '../../src/sums';\n"
                "import * as all from \"../../lib/all\";\nimport type { T } from '../../src/t';\n"
                "import { given } from './given';\nconst fs = require('fs');\n"
                "const { one, two: zwei } = require('../../src/numbers');\n"
                "const whole = require('../../src/numbers');\n"
                "test('x', () => { sums(1); t(1, 2); new Sum(3); all.in.deep(4); one(); zwei(5);\n"
                "  whole.three(6); other.t(7); given(8); });\n",
            ),
            HiddenFile(
                path="spec/mocked.test.ts",
                text="jest.mock('../src/net');\nconst { ask } = require('../src/net');\nask(1);\n",
            ),
        ],
        KEPT,
        "spec",
    )
    assert found.imports == (
        ("used0", "require('../src/numbers')"),
        ("used1", "require('../src/sums')"),
        ("used2", "require('../lib/all')"),
    )
    assert set(found.calls) == {
        "used0.one([], [])",
        "used0.two([], [])",
        "used0.three([], [])",
        "(used1.default || used1)([], [])",
        "used1.total([], [])",
        "new used1.Sum([], [])",
        "used2.in.deep([], [])",
    }
