"""Reading single nodes of GitHub."""

from typing import Any

import pytest

from tasks.sources.github.fields import UNREADABLE, login, logins

ACTORS: list[Any] = [
    None,
    {"__typename": "User", "login": "ann"},
    {"__typename": "User", "login": "åsa"},
    {"__typename": "Bot", "login": "melvin-bot"},
    {"__typename": "Bot", "login": "melvin-bot[bot]"},
    {"__typename": "Mannequin", "login": "bob"},
    {"login": "cy"},
    {"__typename": "User"},
    {"__typename": "User", "login": None},
]


def test_many_logins_are_read_as_each_alone() -> None:
    assert logins(ACTORS) == [login(actor) for actor in ACTORS]
    assert logins(ACTORS)[3:5] == ["melvin-bot[bot]"] * 2


@pytest.mark.parametrize(
    "actor", ["ann", {"__typename": "User", "login": 7}, {"__typename": "User", "login": "\ud800"}]
)
def test_a_login_that_cannot_be_read_is_told_among_many_as_alone(actor: Any) -> None:
    for read in (lambda: login(actor), lambda: logins([None, actor])):
        with pytest.raises(UNREADABLE):
            read()
