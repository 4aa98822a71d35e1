"""What all tests share: one built sample a session, and hypothesis without files or deadlines."""

import atexit
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # what builds the sample is imported by the tests that need it, it takes seconds
    from tasks.reading import Job, Tables
    from tests.sample_home import SampleHome

pytest_plugins = ["tests.sandbox.engine"]


def _say_nothing_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


# In the background of a script an interrupt is ignored, and children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Registered before anything else, so the last to run: what follows is the interpreter's teardown,
# in which DuckDB's bindings print pages about objects that outlive their module.
atexit.register(_say_nothing_more)

# No database: a checkout stays clean. No deadline: the machine is shared, a pause is no failure.
settings.register_profile("paydag", database=None, deadline=None)
settings.load_profile("paydag")


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> "SampleHome":
    """The bundled sample, built once. Read only: a test that writes takes `own_sample`."""
    from tests.sample_home import build_sample

    return build_sample(tmp_path_factory.mktemp("built") / "home")


@pytest.fixture
def own_sample(built_sample: "SampleHome", tmp_path: Path) -> "SampleHome":
    """A copy of the built sample that a test may write to."""
    return built_sample.copied_to(tmp_path / "home")


@pytest.fixture
def read_issues(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The issues of every job that reads some, in order."""
    from tasks import changes
    from tasks.reading import read

    found: list[tuple[str, ...]] = []

    def noting(job: "Job", edits: Any = None) -> "Tables":
        if job.issues:
            found.append(job.issues)
        return read(job, edits)

    monkeypatch.setattr(changes, "read", noting)
    return found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is exhaustive runs in CI, or where `-m` asks for it: a person waits for the rest.

    Chaos has a make target of its own.
    """
    unwanted = {"chaos"} if "chaos" not in config.option.markexpr else set()
    if not (in_ci() or config.option.markexpr):
        unwanted.add("exhaustive")
    wanted: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        (left_out if unwanted & marks else wanted).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = wanted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI every part is there, so a skipped test is a missing part, not a matter of taste."""
    skipped = terminalreporter.stats.get("skipped", []) if in_ci() else []
    for report in skipped:
        terminalreporter.write_line(f"skipped: {report.nodeid}: {report.longrepr}", red=True)
    if skipped:
        terminalreporter.write_line("skipped tests count as failures in CI", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and in_ci() and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def in_ci() -> bool:
    """CI says so itself."""
    return os.environ.get("CI") == "true"
