"""Digests are keys: however they are made, the same value has the same one."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.digests import digest, digest_of_parts

_PARTS = st.lists(st.none() | st.integers() | st.text(st.characters(exclude_categories=())))


@given(_PARTS)
def test_the_digest_of_parts_is_that_of_their_list(parts: list[str | int | None]) -> None:
    assert digest_of_parts(parts) == digest(parts)
