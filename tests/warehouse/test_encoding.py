"""The quick encoder and the domain's own agree to the letter."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.domain.documents import Document
from tasks.warehouse.encoding import digest_and_text

# Lone surrogates included: scraped payloads hold them.
_TEXTS = st.text(st.characters(codec=None), max_size=30)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def document(payload: dict[str, Any]) -> Document:
    return Document("github", "github.issue", "o/n#1", datetime(2025, 3, 4, tzinfo=UTC), payload)


@given(st.dictionaries(_TEXTS, _JSON, max_size=5))
@example({"a": 1e16, "b": [0.1, -2.50, 1e-7], "c": -0.0})
@example({"é": 1, "z": 2, "\U0001f380": 3, "\uffff": 4})
@example({"text": '\x00\x1f\x7f\u2028\ud800 \U0001f380 \\ " / :1.5'})
@example({"big": 2**64, "small": -(2**63) - 1})
def test_digest_and_text_are_those_of_the_domain(payload: dict[str, Any]) -> None:
    found = document(payload)
    assert digest_and_text(found) == (found.content_sha256(), found.payload_text())


def test_an_ordinary_issue_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the agreement above would prove nothing."""
    found = document(
        {"number": 41, "title": "[$500] Naïve 🎀", "body": "a\r\nb\x7f", "closed": None}
    )
    wanted = (found.content_sha256(), found.payload_text())

    def refuse(self: Document) -> str:
        raise AssertionError("the slow way")

    monkeypatch.setattr(Document, "content_sha256", refuse)
    monkeypatch.setattr(Document, "payload_text", refuse)
    assert digest_and_text(found) == wanted
