"""Links to issues in every notation, and the names of repositories."""

import pytest

from tasks.domain.issue_links import Link, Names, link_at, links_behind
from tests.domain.builders import URL, pull

NAMES = Names(pull(), {"ours/raft": "ours/app"})


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ours/app", "ours/app"),
        ("Ours/App", "ours/app"),
        ("ours/RAFT", "ours/app"),
        ("Ours/web", "ours/web"),
        ("Theirs/Web", "Theirs/Web"),
    ],
)
def test_a_repository_has_one_name(said: str, name: str) -> None:
    assert NAMES.repository(said) == name
    assert NAMES.issue(f"{said}#12") == f"{name}#12"


def test_a_link_ends_where_its_notation_ends() -> None:
    for text in (URL, f"<{URL}", f"[x]({URL} 'y')", f"<a href='{URL}'>x</a>", "#7", "ours/raft#7"):
        assert link_at(f"{text} rest", 0, NAMES) == Link("ours/app#7", None, len(text))


def test_addresses_are_found_anywhere_in_a_text_in_order() -> None:
    text = f"see {URL}#issuecomment-5, then (https://github.com/ours/raft/issues/8) and {URL}/x"
    assert [(link.issue, link.comment) for link in NAMES.addresses(text)] == [
        ("ours/app#7", 5),
        ("ours/app#8", None),
        ("ours/app#7", None),
    ]


def test_a_line_of_prose_is_no_list_of_links() -> None:
    assert links_behind(f"See {URL}", NAMES) == []
    assert [link.issue for link in links_behind("$ #7 as #8", NAMES)] == ["ours/app#7"]
    assert links_behind("#7", NAMES, marked=True) == []


def test_pull_requests_are_links_only_where_asked_for() -> None:
    address = "https://github.com/ours/app/pull/9"
    assert link_at(address, 0, NAMES) is None
    found = link_at(address, 0, NAMES, pulls=True)
    assert found is not None
    assert found.issue == "ours/app#9"
