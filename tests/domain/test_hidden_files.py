"""A hidden file keeps its bytes and mode, and takes nothing from digests that were made before."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.instances import HiddenFile, Reference, hidden_file
from tests.domain.builders import instance

MODES = st.sampled_from(["100644", "100755", "120000"])


@given(st.none() | st.binary() | st.text(st.characters(codec="utf-8")).map(str.encode), MODES)
def test_any_content_comes_back_from_json(content: bytes | None, mode: str) -> None:
    file = hidden_file("tests/a", content, mode)
    again = HiddenFile.model_validate(json.loads(json.dumps(file.model_dump(mode="json"))))
    assert again == file
    assert again.content == content
    assert "\0" not in (again.text or "")
    if content is not None:
        assert again.mode == mode


@pytest.mark.parametrize(
    ("mode", "kept"), [("100664", "100644"), ("100755", "100755"), ("120000", "120000")]
)
def test_old_modes_are_plain_files(mode: str, kept: str) -> None:
    assert hidden_file("a", b"", mode).mode == kept


def test_a_plain_text_is_what_it_was() -> None:
    file = hidden_file("tests/a.py", b"a\n")
    assert file == HiddenFile(path="tests/a.py", text="a\n")
    dumped = Reference(hidden_tests=(file,)).model_dump(mode="json", exclude_defaults=True)
    assert dumped == {"hidden_tests": [{"path": "tests/a.py", "text": "a\n"}]}


def test_mode_content_and_reason_are_part_of_the_digest() -> None:
    files = [hidden_file("a", b"a"), hidden_file("a", b"a", "100755"), hidden_file("a", b"\xff")]
    references = [Reference(hidden_tests=(file,)) for file in files]
    references += [references[0].model_copy(update={"hidden_tests_reason": "By hand."})]
    assert len({instance(reference=r).instance_digest for r in references}) == 4
