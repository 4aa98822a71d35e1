"""One decision, judged against the accepted one; what a model is shown is shuffled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bounties import BountyEvent
from tasks.domain.history import CodeHistory
from tasks.domain.instances import (
    Environment,
    Offer,
    Overlay,
    Reference,
    Rejection,
    TaskInstance,
)
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.protocols import PathRules
from tasks.domain.rollouts import NOTHING, Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement
from tasks.prompts import load_prompts
from tasks.variants import issue_variant
from tests.domain.builders import (
    ISSUE,
    URL,
    assigned,
    comment,
    day,
    instance,
    issue,
    ledger,
    proposal,
    pull,
    title,
)
from tests.sample_home import SampleHome
from tests.variants.benches import NO_BENCH

VARIANT = issue_variant("swe_manager")
PROPOSALS = tuple(proposal(n, f"Plan <{n}>.") for n in (30, 4, 17, 8))


def task(accepted: int | None = 17) -> TaskInstance:
    return instance(proposals=PROPOSALS, reference=Reference(accepted_proposal_id=accepted))


def judged(decision: int | None) -> Judgement:
    submission = NOTHING if decision is None else Submission(selected_proposal_id=decision)
    evidence = VARIANT.collect(task(), submission, NO_BENCH)
    return VARIANT.judge(task(), evidence, Expectation())


@pytest.mark.parametrize(
    ("decision", "outcome", "reason", "detail"),
    [
        (17, "resolved", "accepted_proposal", ""),
        (4, "unresolved", "wrong_proposal", "4"),
        (5, "unresolved", "unknown_proposal", "5"),
        (None, "unresolved", "no_submission", ""),
    ],
)
def test_only_the_accepted_proposal_resolves(
    decision: int | None, outcome: str, reason: str, detail: str
) -> None:
    assert judged(decision).model_dump() == {
        "outcome": outcome,
        "reason": reason,
        "detail": detail,
    }


def test_evidence_holds_the_original_id_and_a_patch_is_no_decision() -> None:
    chosen = VARIANT.collect(task(), Submission(selected_proposal_id=8), NO_BENCH)
    assert chosen == Evidence(decision=8)
    patch = VARIANT.collect(task(), Submission(model_patch="x"), NO_BENCH)
    assert patch == Evidence(failure="no_submission")


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (task(), ""),
        (task(99), "the accepted proposal is not offered"),
        (task(None), "the accepted proposal is not offered"),
        (
            instance(proposals=PROPOSALS[:1], reference=Reference(accepted_proposal_id=30)),
            "there is nothing to choose from",
        ),
    ],
)
def test_a_decision_needs_the_accepted_proposal_and_a_choice(
    subject: TaskInstance, reason: str
) -> None:
    expected = EnvironmentCheck(gradable=not reason, reason=reason)
    assert VARIANT.check(subject, NO_BENCH) == expected


def shown(offer: Offer, seed: int) -> tuple[str, Mapping[int, int]]:
    return VARIANT.prompt(offer, seed, load_prompts(["swe_manager"])["swe_manager"])


def test_the_order_shown_depends_on_the_seed_and_the_instance_alone() -> None:
    offer = task().offer()
    orders = {tuple(shown(offer, seed)[1].values()) for seed in range(20)}
    assert len(orders) > 5
    assert shown(offer, 3) == shown(offer, 3)
    backwards = offer.model_copy(update={"proposals": PROPOSALS[::-1]})
    assert shown(backwards, 3) == shown(offer, 3)
    others = [offer.model_copy(update={"instance_id": f"other-{n}"}) for n in range(20)]
    assert len({tuple(shown(other, 3)[1].values()) for other in others}) > 5


@given(st.integers(), st.integers(2, 12))
def test_every_shown_number_leads_back_to_its_original_proposal(seed: int, count: int) -> None:
    proposals = tuple(proposal(100 + 7 * n, f"Plan <{100 + 7 * n}>.") for n in range(count))
    text, numbers = shown(instance(proposals=proposals).offer(), seed)
    found = re.findall(r"Proposal (\d+):\n\nPlan <(\d+)>\.", text)
    assert {int(number): int(original) for number, original in found} == numbers
    assert list(numbers) == list(range(1, count + 1))
    assert sorted(numbers.values()) == [p.proposal_id for p in proposals]


def test_a_prompt_holds_the_task_and_no_author(built_sample: SampleHome) -> None:
    subject = built_sample.instance(11, "swe_manager")
    text, _ = shown(subject.offer(), 0)
    assert subject.title in text
    assert subject.statement in text
    for number in subject.proposals:
        assert number.text in text
        assert str(number.proposal_id) not in text
    assert (subject.reference.fix_commit or "?") not in text


def test_every_decision_of_the_sample_can_be_graded(built_sample: SampleHome) -> None:
    tasks = [i for i in built_sample.instances.values() if i.variant == "swe_manager"]
    for subject in tasks:
        assert VARIANT.check(subject, NO_BENCH).gradable
        right = Submission(selected_proposal_id=subject.reference.accepted_proposal_id)
        evidence = VARIANT.collect(subject, right, NO_BENCH)
        assert VARIANT.judge(subject, evidence, Expectation()).outcome == "resolved"


TITLES = (title(0, "[$250] Boats leak", at_creation=True), title(5, "[$500] Boats leak"))
LINKING = pull(body=f"### Fixed Issues\n$ {URL}\nPROPOSAL: {URL}#issuecomment-1")


@dataclass
class Context:
    """A BuildContext of one issue, without a mirror."""

    fixes: Mapping[str, Sequence[PullRequest]]
    pulls: Mapping[str, PullRequest] = field(default_factory=dict)
    ledgers: Mapping[str, tuple[BountyEvent, ...]] = field(
        default_factory=lambda: {ISSUE: ledger(*TITLES)}
    )
    paths: PathRules = field(default_factory=PathRules)
    environment: Environment = field(default_factory=Environment)

    def repository(self, name: str) -> CodeHistory | None:
        return None

    def overlay(self, instance_id: str) -> Overlay | None:
        return None


def built(history: IssueHistory, fix: PullRequest = LINKING) -> TaskInstance | Rejection:
    return VARIANT.from_issue(history, Context(fixes={ISSUE: [fix]}))


def thread(*said: Any, **changes: Any) -> IssueHistory:
    return issue(titles=TITLES, comments=said, **changes)


CAULK = comment(1, 1, "## Proposal\nCaulk it.", later={4.5: "## Proposal\nMerged, thanks."})
TAR = comment(2, 2, "## Proposal\nTar it.", author="bea")
ONE = "only one proposal stood when {}"
LATE = comment(3, 5, "## Proposal\nPaint it.", author="cyd")


def test_the_choice_is_that_of_the_moment_of_acceptance() -> None:
    found = built(thread(CAULK, TAR, LATE, assignments=(assigned(4, "ann"),)))
    assert isinstance(found, TaskInstance)
    assert [(p.proposal_id, p.text) for p in found.proposals] == [
        (1, "## Proposal\nCaulk it."),
        (2, "## Proposal\nTar it."),
    ]
    assert (found.as_of, found.prices["as_of"], found.prices["final"]) == (day(4), 25000, 50000)
    assert found.reference == Reference(
        accepted_proposal_id=1, accepted_by="pull_link", fix_commit="f" * 40
    )


def test_the_acceptance_and_no_earlier_assignment_of_the_author_is_the_moment() -> None:
    early = comment(1, 3, "## Proposal\nCaulk it.")
    found = built(thread(early, TAR, assignments=(assigned(1, "ann"), assigned(5.5, "ann"))))
    assert isinstance(found, TaskInstance)
    assert (found.as_of, found.prices["as_of"]) == (day(5.5), 50000)


@pytest.mark.parametrize(
    ("history", "fix", "reason", "detail"),
    [
        (thread(CAULK), LINKING, "too_few_proposals", ONE.format("one was accepted")),
        (thread(), LINKING, "too_few_proposals", "no proposal stood when work began"),
        (
            thread(comment(1, 1, "@eng\n## Proposal\nCaulk it."), TAR, LATE),
            LINKING,
            "no_acceptance",
            "ours/app#9 links comment 1, which is no proposal that stood then",
        ),
        (thread(TAR, LATE), pull(), "no_acceptance", "nothing ties ours/app#9 to a proposal"),
        (thread(TAR), pull(), "too_few_proposals", ONE.format("work began")),
        (
            thread(CAULK, LATE, assignments=(assigned(4, "ann"),)),
            LINKING,
            "too_few_proposals",
            ONE.format("one was accepted"),
        ),
        (
            thread(CAULK, TAR),
            pull(state="OPEN", merged_at=None),
            "fix_unmerged",
            "ours/app#9 is still open",
        ),
    ],
)
def test_without_a_choice_or_a_winner_there_is_one_reason(
    history: IssueHistory, fix: PullRequest, reason: str, detail: str
) -> None:
    found = built(history, fix)
    assert isinstance(found, Rejection)
    assert (found.reason, found.detail) == (reason, detail)


def test_a_choice_needs_no_base() -> None:
    found = built(thread(CAULK, TAR), LINKING.model_copy(update={"parents": ()}))
    assert isinstance(found, TaskInstance)
    assert (found.base, found.reference.fix_commit) == (None, "f" * 40)
    unknown = built(thread(CAULK, TAR), LINKING.model_copy(update={"merge_commit": None}))
    assert isinstance(unknown, Rejection)
    assert unknown.detail == "ours/app#9 has no merge commit"


def test_what_is_dated_after_the_acceptance_changes_nothing() -> None:
    history = thread(CAULK, TAR, assignments=(assigned(4, "ann"),))
    later = thread(
        CAULK,
        TAR,
        LATE,
        comment(4, 5.5, "I withdraw my proposal", author="bea"),
        comment(5, 5.5, f"{URL}#issuecomment-2 🎀 👀 🎀", author="rae"),
        assignments=(assigned(4, "ann"), assigned(4.5, "bea")),
    )
    assert built(later) == built(history)
