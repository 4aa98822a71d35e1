"""Progress is shown on a terminal only, and what is not known is not made up."""

import io
import sys

import pytest

from flows.watching import progress_shown
from tasks import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, *, silent: bool = False) -> str:
    """What two reports of a collection leave on stderr."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stderr)
    with progress_shown(silent=silent):
        progress.report("collect", 0, None, "points used 0")
        progress.report("collect", 25, None, "points used 120 [of 5,000]")
    return stderr.getvalue()


def test_what_a_stage_says_stands_beside_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, Terminal())
    assert "25/?" in written
    assert "points used 120 [of 5,000]" in written


def test_a_detail_at_the_start_does_not_make_a_second_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stderr)
    with progress_shown(silent=False):
        for _ in range(3):
            progress.report("collect", 0, 60, "waiting")
    frames = stderr.getvalue().split("\r")
    assert max(frame.count("0/60") for frame in frames) == 1


def test_without_a_terminal_or_with_json_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), silent=True) == ""
