"""An instance says what was known when the work began, and freezes its prices."""

from tasks.domain.bounties import ladder, prices
from tasks.domain.candidates import Work
from tasks.domain.instances import Reference, TaskInstance
from tasks.domain.issues import TextVersion
from tasks.domain.making import instance_of_issue, instance_of_published
from tasks.domain.published import PublishedTask, published_events
from tests.domain.bodies import DETAILS, OWNER
from tests.domain.builders import day, issue, ledger, pull, rung, title

FIX = pull(number=123, url="https://github.com/ours/app/pull/123")


def test_a_scraped_issue_is_told_as_of_the_work_and_without_its_fix() -> None:
    titles = (
        title(0, "[$250] Boats leak since #123", at_creation=True),
        title(9, "[HOLD for payment 2024-03-20] [$500] Boats leak"),
    )
    history = issue(
        titles=titles,
        bodies=(
            TextVersion(day(0), f"Water comes in.\n\n{DETAILS}\n\n{OWNER}"),
            TextVersion(day(9), f"Water came in, see {FIX.url}."),
        ),
    )
    rungs = ladder(ledger(*titles))
    priced = prices(rungs, as_of=day(5), merged_at=FIX.merged_at)
    work = Work(
        fix=FIX,
        base="b" * 40,
        fix_commit="f" * 40,
        started=day(5),
        ladder=rungs,
        prices=priced,
    )
    reference = Reference(fix_commit="f" * 40)
    assert instance_of_issue(history, work, "ic_swe", reference) == TaskInstance(
        instance_id="ours__app-7-ic_swe",
        variant="ic_swe",
        repository="ours/app",
        key="7",
        issue="ours/app#7",
        title="Boats leak since",
        statement="Water comes in.",
        base="b" * 40,
        as_of=day(5),
        reference=reference,
        ladder=(rung(0, 25000), rung(9, 50000).model_copy(update={"kind": "raised"})),
        prices=priced,
    )


def test_a_published_task_is_cleaned_and_keeps_its_canary() -> None:
    task = PublishedTask(
        task_id="7_1",
        variant="ic_swe",
        file="tasks.csv",
        row=1,
        rank=0,
        document_id="tasks.csv#7_1",
        repository="ours/app",
        issue_number=7,
        price_cents=25000,
        title="[HOLD for payment 2024-03-20] [$250] Boats leak",
        statement=f"Water comes in.\n\n{DETAILS}\n\n{OWNER}",
        canary="a bird",
    )
    made = instance_of_published(task, published_events(task, "swelancer"), Reference())
    assert (made.title, made.statement, made.canary) == ("Boats leak", "Water comes in.", "a bird")
    assert (made.instance_id, made.as_of, made.prices["final"]) == (
        "ours__app-7_1-ic_swe",
        None,
        25000,
    )
