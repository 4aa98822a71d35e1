"""Instances of every kind, and what an export says of itself, for tests."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from tasks.domain.bounties import Rung
from tasks.domain.exporting import Entry, ExportFacts
from tasks.domain.instances import HiddenFile, TaskInstance
from tests.domain.builders import instance, proposal
from tests.variants.freelance_code.offers import Context, posting

CANARY: Final = "Invented canary GUID 00000000-1111"
FACTS: Final = ExportFacts(
    dataset="odd",
    version="c0ffee" * 10,
    title='The "odd" ones \\ all',
    description="Invented.",
    price_rule="final",
    split=None,
    canary=CANARY,
    sources={"github": {"repositories": ["ours/app"]}},
    candidates=9,
    instances=4,
    rejections={"no_fix": 5},
)
MOMENT: Final = datetime(2025, 3, 1, 12, 30, 15, 250, tzinfo=UTC)
# Line ends that only some readers see, quotes, other scripts, and what a shell or CSV would break.
NASTY: Final = "a\u2028b\u0085c\rd\r\ne\x0b \"q\" 'r' ,; \\n \\ \u00e9 \u4e16 \U0001f6a2 | ---\n"


def manager(**changes: Any) -> TaskInstance:
    plain: dict[str, Any] = {
        "statement": NASTY,
        "base": "a" * 40,
        "as_of": MOMENT,
        "proposals": (
            proposal(3, NASTY, author="ann", url="https://example.org/3", posted_at=MOMENT),
            proposal(0, "", author=None),
            proposal(-7, "Wait."),
        ),
        "reference": {"accepted_proposal_id": 0, "accepted_by": "ribbon", "fix_commit": "f" * 40},
        "ladder": (
            Rung(occurred_at=MOMENT, kind="posted", amount_cents=12_550),
            Rung(occurred_at=None, kind="raised", amount_cents=25_000),
        ),
    }
    return instance(**(plain | changes))


def patched(**changes: Any) -> TaskInstance:
    plain: dict[str, Any] = {
        "instance_id": "ours__app-8-ic_swe",
        "variant": "ic_swe",
        "key": "8",
        "base": "b" * 40,
        "reference": {
            "gold_patch": "diff --git a/x b/x\n",
            "hidden_tests": (
                HiddenFile(path="t/\u00e9.py", text="assert 1\n", mode="100755"),
                HiddenFile(path="t/old.py", text=None),
                HiddenFile(path="t/bin", text=None, base64="/wA="),
                HiddenFile(path="t/link", text="../x", mode="120000"),
            ),
            "hidden_tests_reason": "the fix had none",
            "bug_patch": "",
        },
        "environment": {"kind": "tests", "image": "some/image", "limits": {"cpus": 1.5}},
        "prices": {"final": None, "peak": 0},
        "canary": "its own canary",
    }
    return instance(**(plain | changes))


@cache
def program() -> TaskInstance:
    """As the variant makes it of an invented posting."""
    from tasks.variants import posting_variants

    (variant,) = posting_variants(["freelance_code"])
    (made,) = variant.from_postings([posting(1)], Context())
    assert isinstance(made, TaskInstance)
    return made


def elsewhere() -> TaskInstance:
    """With a time that is written in another zone, as a correction by hand may be."""
    zone = timezone(timedelta(hours=2))
    return manager(instance_id="ours__app-9-swe_manager", key="9", as_of=MOMENT.astimezone(zone))


def entries() -> list[Entry]:
    rules = ("final", "band_mid")
    return [
        Entry(one, next((one.prices[rule] for rule in rules if one.prices.get(rule)), None))
        for one in (manager(), patched(), program(), elsewhere())
    ]
