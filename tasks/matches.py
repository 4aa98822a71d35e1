"""Bounties beside posted budgets: which postings ask for what an issue asks for, in like words."""

from typing import Final

from tasks.domain.digests import digest
from tasks.domain.titles import clean_title
from tasks.inputs import rules_of_code
from tasks.learning.likeness import NEAREST, THRESHOLD, alike
from tasks.warehouse import Warehouse

METHOD: Final = (
    f"cosine of TF-IDF of words and word pairs, at least {THRESHOLD}, at most {NEAREST} an issue"
)


def follow_matches(warehouse: Warehouse) -> None:
    """Match all issues that ever had a bounty with all postings, where either changed.

    Titles and texts are compared without price tags. Nothing is done where there are no postings.
    """
    with warehouse.read("core") as session:
        before = session.tuples("SELECT inputs FROM core.matching")
        if not before and not session.tuples("SELECT 1 FROM core.staging.postings LIMIT 1"):
            return
        # Hashes, so that a build that changes nothing reads no text out of the file.
        (hashed,) = session.query("texts_to_match")
        inputs = digest([METHOD, rules_of_code(), hashed["texts"]])
        if before == [(inputs,)]:
            return
        postings = session.query("postings_to_match")
        issues = session.query("issues_to_match") if postings else []
    among = {row["posting_id"]: f"{row['title']}\n{row['description']}" for row in postings}
    asked = {row["issue"]: f"{clean_title(row['title'])}\n{row['body']}" for row in issues}
    found = alike(asked, among)
    with warehouse.write("core", checkpoint=False) as session:
        session.execute("DELETE FROM core.market_matches")
        session.execute("DELETE FROM core.matching")
        session.insert("core.matching", [{"inputs": inputs, "method": METHOD}])
        session.insert(
            "core.market_matches",
            [
                {"posting_id": one.found, "issue": one.asked, "similarity": one.similarity}
                for one in found
            ],
        )
