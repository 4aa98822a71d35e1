"""What a box asks of its engine: each question costs milliseconds, on a busy machine many."""

from typing import Any

import pytest
import requests

from tasks.sandbox import clock
from tasks.sandbox.removals import finish_removals
from tests.sandbox.starting import box_in, sh


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions of this process to the engine, as they are asked: how, and the path's end."""
    calls: list[str] = []
    send = requests.Session.send

    def noting(self: requests.Session, request: Any, **how: Any) -> requests.Response:
        calls.append(f"{request.method} {request.path_url.partition('?')[0].rpartition('/')[2]}")
        return send(self, request, **how)

    monkeypatch.setattr(requests.Session, "send", noting)
    return calls


def test_a_box_that_runs_one_command_asks_ten_questions(
    engine: Any, base_image: str, asked: list[str]
) -> None:
    with box_in(base_image, "asking") as box:
        box.now()  # the image's facts and the clock are known afterwards
    finish_removals()
    asked.clear()
    with box_in(base_image, "asking") as box:
        box.put_text("a.txt", "a")
        box.put_text("b/c.txt", "c")
        box.now()
        sh(box, "cp a.txt report.xml; exit 1")
        box.still()
        assert box.get_text("report.xml") == "a"
    finish_removals()
    # The engine may know of the command's end a little later: then it is asked again.
    assert list(dict.fromkeys(asked)) == [
        *("GET json", "POST create", "POST attach", "POST start", "PUT archive", "POST exec"),
        *("GET archive",),
        asked[-1],
    ]
    assert asked[-1].startswith("DELETE")
    assert len(asked) - asked.count("GET json") == 8


def test_the_engines_clock_is_asked_for_now_and_then(
    engine: Any, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clock.now(engine)
    asked.clear()
    assert first <= clock.now(engine) <= clock.now(engine)
    assert asked == []
    monkeypatch.setattr(clock, "_GOOD_FOR_S", 0.0)
    again = clock.now(engine)
    assert asked == ["GET info"]
    assert abs(again - first) < 30
