"""Who may import whom, who owns which library, and what importing a module may cost."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.imports_read import Import, environment_reads, imports_of, module_sources

ROOT: Final = Path(__file__).resolve().parents[1]
CODE: Final = module_sources(ROOT, "flows", "tasks")
MAX_LINES: Final = 300

_STAGE_NAMES: Final = (
    "scrape",
    "collecting",
    "author",
    "build",
    "prepare",
    "solve",
    "grade",
    "score",
    "report",
    "export",
    "fanout",
)
STAGES: Final = tuple(f"tasks.{stage}" for stage in _STAGE_NAMES)
# Library → the modules and packages that may import it.
OWNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "prefect": ("flows", *STAGES),
    "duckdb": ("tasks.warehouse",),
    "pyarrow": ("tasks.warehouse", "tasks.exports.parquet"),
    "orjson": ("tasks.warehouse", "tasks.sources"),
    "docker": ("tasks.sandbox",),
    "git": ("tasks.repos",),
    "fsspec": ("tasks.stores",),
    "httpx": ("tasks.sources",),
    "kaggle": ("tasks.sources.kaggle",),
    "kagglesdk": ("tasks.sources.kaggle",),
    "jinja2": ("tasks.reporting",),
    "markupsafe": ("tasks.reporting",),
    "matplotlib": ("tasks.reporting",),
    "nh3": ("tasks.reporting",),
    "markdown_it": ("tasks.reporting",),
    "pygments": ("tasks.reporting",),
    "typer": ("flows",),
    "rich": ("flows",),
    "pydantic_ai": ("tasks.solvers",),
    "genai_prices": ("tasks.solvers",),
    "pydantic_settings": ("tasks.settings",),
    "yaml": ("tasks.specs",),
    "sklearn": ("tasks.learning",),
    "numpy": ("tasks.learning", "tasks.scoring"),
    "threadpoolctl": ("tasks.scoring",),
    "distributed": ("tasks.cluster", "tasks.parcels"),
}
LAZY: Final = (
    "distributed",
    "fsspec",
    "kaggle",
    "kagglesdk",
    "threadpoolctl",
    "pygments",
    "nh3",
)


def _within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def _level(module: str, packages: frozenset[str]) -> int:
    """3 flows, 2 stage modules, 1 packages, 0 the domain."""
    if _within(module, ("flows",)):
        return 3
    if _within(module, ("tasks.domain",)):
        return 0
    return 1 if ".".join(module.split(".")[:2]) in packages else 2


def layer_violations(sources: Mapping[str, str]) -> list[str]:
    """flows → tasks/*.py → packages → domain, downwards only; packages never sideways."""
    packages = frozenset(".".join(m.split(".")[:2]) for m in sources if m.count(".") >= 2)

    def complaint(found: Import) -> str | None:
        if found.imported.startswith("."):
            return "relative; write it in full"
        if not _within(found.imported, ("flows", "tasks", "tests", "benchmarks", "datasets")):
            return None
        if not _within(found.imported, ("flows", "tasks")):
            return "not part of the product"
        upper, lower = _level(found.importer, packages), _level(found.imported, packages)
        if upper < lower:
            return "upwards"
        home = ".".join(found.importer.split(".")[:2])
        if upper == lower == 1 and not _within(found.imported, (home,)):
            return "sideways; packages meet through the domain"
        return None

    return _complaints(sources, complaint)


def library_violations(sources: Mapping[str, str]) -> list[str]:
    """One owner a library; the domain has the standard library and pydantic."""

    def complaint(found: Import) -> str | None:
        library = found.imported.split(".")[0]
        own = library in ("flows", "tasks", "")
        allowed = library in sys.stdlib_module_names or library == "pydantic"
        if _within(found.importer, ("tasks.domain",)) and not (own or allowed):
            return "the domain imports the standard library and pydantic only"
        if library in OWNERS and not _within(found.importer, OWNERS[library]):
            return f"belongs to {', '.join(OWNERS[library])}"
        if library in LAZY and found.at_top:
            return "imported inside a function only"
        return None

    return _complaints(sources, complaint)


def _complaints(sources: Mapping[str, str], rule: Callable[[Import], str | None]) -> list[str]:
    judged = ((found, rule(found)) for found in imports_of(sources))
    return [found.says(why) for found, why in judged if why]


def environment_violations(sources: Mapping[str, str]) -> list[str]:
    return [
        where for where in environment_reads(sources) if not where.startswith("tasks.settings:")
    ]


def overlong(folder: Path) -> list[str]:
    lengths = {
        file: len(file.read_text(encoding="utf-8").splitlines()) for file in folder.rglob("*.py")
    }
    return [f"{file} has {length} lines" for file, length in lengths.items() if length > MAX_LINES]


def without_grain(folder: Path) -> list[str]:
    found = [file for place in ("views", "checks", "queries") for file in folder.glob(f"{place}/*")]
    return [str(f) for f in found if not f.read_text(encoding="utf-8").startswith("-- One row per")]


RULES: Final = (layer_violations, library_violations, environment_violations)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Callable[[Mapping[str, str]], list[str]]) -> None:
    assert "tasks.domain.money" in CODE
    assert "flows.cli" in CODE
    assert rule(CODE) == []


_PLACES: Final = {
    "flows.cli": "",
    "tasks.runs": "",
    "tasks.warehouse.connect": "",
    "tasks.repos.mirror": "",
    "tasks.domain.money": "",
}


@pytest.mark.parametrize(
    ("rule", "module", "line"),
    [
        (layer_violations, "tasks.domain.money", "from tasks.repos import mirror"),
        (layer_violations, "tasks.domain.money", "import tasks.runs"),
        (layer_violations, "tasks.repos.mirror", "from tasks import runs"),
        (layer_violations, "tasks.repos.mirror", "def f():\n    import tasks.warehouse.connect"),
        (layer_violations, "tasks.repos.mirror", "from . import connect"),
        (layer_violations, "tasks.runs", "from flows import cli"),
        (layer_violations, "tasks.runs", "import tests.sample_home"),
        (library_violations, "tasks.domain.money", "import yaml"),
        (library_violations, "tasks.domain.money", "import numpy as np"),
        (library_violations, "tasks.runs", "from prefect import task"),
        (library_violations, "tasks.runs", "import duckdb"),
        (library_violations, "tasks.repos.mirror", "def f():\n    import pyarrow.parquet"),
        (library_violations, "flows.cli", "from git import Repo"),
        (library_violations, "flows.cli", "if True:\n    import docker.errors"),
        (library_violations, "tasks.sources.github", "def f():\n    import kaggle"),
        (library_violations, "tasks.sources.kaggle", "try:\n    import kaggle\nfinally:\n    pass"),
        (library_violations, "tasks.runs", "import typer"),
        (environment_violations, "tasks.runs", "import os\nx = os.environ['A']"),
        (environment_violations, "tasks.runs", "import os\nx = os.getenv('A')"),
        (environment_violations, "tasks.runs", "from os import environ as e"),
        (environment_violations, "tasks.runs", "import os as system"),
    ],
)
def test_a_rule_sees_its_violation(
    rule: Callable[[Mapping[str, str]], list[str]], module: str, line: str
) -> None:
    assert len(rule({**_PLACES, module: line})) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("flows.cli", "from prefect import flow\nimport typer\nfrom tasks import runs"),
        ("flows.cli", "from tasks.warehouse.connect import Row\nfrom tasks.domain import money"),
        ("tasks.grade", "from prefect import task\nfrom tasks import runs\nimport tasks.repos"),
        ("tasks.warehouse.sql", "import duckdb\nfrom tasks.warehouse import connect\nimport os"),
        ("tasks.domain.paths", "import re\nfrom pydantic import BaseModel\nimport tasks.domain"),
        ("tasks.sources.kaggle", "def fetch():\n    import kaggle"),
        ("tasks.settings", "import os\nx = os.environ"),
    ],
)
def test_a_rule_lets_pass_what_is_allowed(module: str, line: str) -> None:
    sources = {**_PLACES, module: line}
    assert [complaint for rule in RULES for complaint in rule(sources)] == []


@pytest.mark.parametrize("folder", ["flows", "tasks", "tests", "benchmarks"])
def test_no_module_is_longer_than_a_reader_bears(folder: str) -> None:
    assert overlong(ROOT / folder) == []


def test_every_query_view_and_check_states_its_grain_first() -> None:
    assert without_grain(ROOT / "tasks" / "warehouse") == []


def test_lengths_and_grains_are_really_read(tmp_path: Path) -> None:
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "a.sql").write_text("-- One row per run.\n")
    (tmp_path / "views" / "b.sql").write_text("SELECT 1\n-- One row per run.\n")
    (tmp_path / "long.py").write_text("x = 1\n" * (MAX_LINES + 1))
    (tmp_path / "short.py").write_text("x = 1\n" * MAX_LINES)
    assert without_grain(tmp_path) == [str(tmp_path / "views" / "b.sql")]
    assert overlong(tmp_path) == [f"{tmp_path / 'long.py'} has {MAX_LINES + 1} lines"]


_IMPORT_ALL: Final = """
import importlib, json, os, socket, sys

class NoSocket(socket.socket):
    def __init__(self, *args, **kwargs):
        raise RuntimeError("importing opens a socket")

socket.socket = NoSocket
before = dict(os.environ)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
assert dict(os.environ) == before, "importing changes the environment"
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def _import(names: list[str], folder: Path, path: Path = ROOT) -> tuple[str, list[str], list[str]]:
    """(stdout, modules loaded, files left) of importing `names` in an empty folder and home."""
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    done = subprocess.run(
        [sys.executable, "-B", "-c", _IMPORT_ALL, json.dumps(names)],
        cwd=work,
        env={"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    left = [f.name for place in (home, work) for f in place.rglob("*") if f.is_file()]
    return done.stdout, json.loads(done.stderr), left


def test_importing_every_module_prints_writes_and_connects_nothing(tmp_path: Path) -> None:
    stdout, loaded, left = _import(sorted(CODE), tmp_path)
    assert set(CODE) <= set(loaded)
    assert (stdout, left) == ("", [])


def test_the_command_line_starts_without_prefect_and_duckdb(tmp_path: Path) -> None:
    _, loaded, _ = _import(["flows.cli"], tmp_path)
    assert {"prefect", "duckdb", "pyarrow", "git", "docker", "jinja2"} & set(loaded) == set()


def test_a_module_that_does_something_when_imported_is_caught(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("print('hello')\nopen('left', 'w').close()\n")
    stdout, _, left = _import(["loud"], tmp_path, tmp_path)
    assert (stdout, left) == ("hello\n", ["left"])


def test_a_module_that_connects_when_imported_is_caught(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text("import socket\nsocket.create_connection(('::1', 9))\n")
    with pytest.raises(AssertionError, match="importing opens a socket"):
        _import(["caller"], tmp_path, tmp_path)
