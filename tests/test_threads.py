"""Threads come out of staging as they stood when the work of an instance began."""

from tasks.domain.instances import TaskInstance
from tasks.threads import threads_of
from tests.sample_home import SampleHome


def told(sample: SampleHome, *instances: TaskInstance) -> list[list[tuple[str, str, str]]]:
    with sample.warehouse.read("core") as session:
        found = threads_of(session, instances)
    return [
        [(r.author, f"{r.written_at:%Y-%m-%d}", r.text) for r in found[one.instance_digest]]
        for one in instances
    ]


def test_only_what_the_client_wrote_before_and_what_tells_no_end_is_there(
    built_sample: SampleHome,
) -> None:
    coding, choosing = (built_sample.instance(41, v) for v in ("ic_swe", "swe_manager"))
    assert coding.as_of is not None
    found, none = told(built_sample, coding, choosing)
    # Raises, denials of raises, proposals, and the reviewer's choice are not.
    assert [(author, day) for author, day, _ in found] == [
        ("quillfeather", "2025-02-17"),
        ("quillfeather", "2025-03-03"),
        ("quillfeather", "2025-03-20"),
    ]
    assert found[1][2] == (
        '@marrowby, we must not change what people typed; the text says "as stored".'
    )
    assert none == []
    earlier = coding.model_copy(
        update={"as_of": coding.as_of.replace(month=3, day=3, hour=14, minute=0)}
    )
    assert told(built_sample, earlier) == [found[:1]]


def test_an_issue_that_was_never_collected_has_no_thread(built_sample: SampleHome) -> None:
    coding = built_sample.instance(41, "ic_swe")
    strange = coding.model_copy(update={"issue": "nobody/nowhere#1", "instance_id": "x"})
    timeless = coding.model_copy(update={"as_of": None, "instance_id": "y"})
    assert told(built_sample, strange, timeless) == [[], []]


def test_every_sample_thread_leaves_out_who_did_the_work(built_sample: SampleHome) -> None:
    instances = list(built_sample.instances.values())
    for instance, remarks in zip(instances, told(built_sample, *instances), strict=True):
        winner = next(
            (
                p.author
                for p in instance.proposals
                if p.proposal_id == instance.reference.accepted_proposal_id
            ),
            None,
        )
        for author, _, text in remarks:
            assert author != winner
            assert winner is None or winner not in text
