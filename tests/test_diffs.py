"""The diff of two versions: exactly the tasks that differ, each with what made it differ."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.build import BuildResult, build_version
from tasks.diffs import diff_last_build, diff_references
from tasks.domain.causes import Cause
from tasks.domain.digests import short
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.version_diffs import DiffRow, VersionDiff
from tasks.replaying import Replayed
from tasks.specs import DatasetSpec
from tests.edited_sample import (
    Payload,
    comment_url,
    land_edited,
    newest,
    rewriting,
    saying,
)
from tests.sample_home import REPOSITORY, SampleHome

RAISED = rewriting("Paid @tomcatlin $187.50.", "Raising to $400, for it was two modules.")
THANKS = saying("zubrow", "Thanks, all!", "2025-05-02T10:00:00Z")


def _retitle(payload: Payload) -> None:
    """Another title from the beginning: a task has the title that it was taken on with."""
    for node in (payload, *payload["timelineItems"]["nodes"]):
        for key in {"title", "previousTitle", "currentTitle"} & set(node):
            node[key] += " again"


def _rebody(payload: Payload) -> None:
    payload["body"] = payload["body"].replace("### What I did", "### What was done")
    payload["userContentEdits"] = None


def _assign_a_day_earlier(payload: Payload) -> None:
    for node in payload["timelineItems"]["nodes"]:
        if node["createdAt"] == "2024-04-18T09:40:00Z":
            node["createdAt"] = "2024-04-17T23:40:00Z"


def _close(payload: Payload) -> None:
    payload.update(state="CLOSED", mergedAt=None, mergeCommit=None)


@dataclass(frozen=True)
class Refreshed:
    """The sample as built first, after a comment of no account, and after edits of many kinds."""

    sample: SampleHome
    thanked: BuildResult
    nothing: VersionDiff | None
    price_before: Document
    price_after: Document
    edited: BuildResult
    diff: VersionDiff

    def of(self, task: str) -> DiffRow:
        return next(r for r in self.diff.rows if r.instance_id == f"tally-works__tally-{task}")


def rebuilt(sample: SampleHome, **keys: object) -> BuildResult:
    spec = DatasetSpec.model_validate(sample.spec.model_dump(exclude_unset=True) | keys)
    return build_version(sample.home, spec, workers=1)


@pytest.fixture(scope="module")
def refreshed(built_sample: SampleHome, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    sample = built_sample.copied_to(tmp_path_factory.mktemp("refreshed") / "home")
    land_edited(sample, "issue", 41, THANKS)
    thanked = rebuilt(sample)
    nothing = diff_last_build(sample.warehouse, "sample")
    before = newest(sample, "issue", 39)
    after = land_edited(sample, "issue", 39, RAISED)
    land_edited(sample, "issue", 11, _retitle)
    land_edited(sample, "issue", 30, _rebody)
    land_edited(sample, "pull", 32, lambda payload: payload.update(title="Otherwise called"))
    land_edited(sample, "issue", 18, _assign_a_day_earlier)
    land_edited(sample, "pull", 35, _close)
    edited = rebuilt(sample)
    diff = diff_references(sample.warehouse, "sample")
    return Refreshed(sample, thanked, nothing, before, after, edited, diff)


def told(row: DiffRow) -> dict[str, list[str]]:
    """What happened to a task → what caused it, as people read it."""
    found: dict[str, list[str]] = {
        each.change.kind: [cause.sentence() for cause in each.causes] for each in row.changes
    }
    return found or {row.fate: [cause.sentence() for cause in row.causes]}


def test_a_comment_that_does_not_matter_leaves_the_version_alone(refreshed: Refreshed) -> None:
    assert refreshed.thanked == refreshed.sample.result
    assert refreshed.nothing is not None
    assert refreshed.nothing.rows == ()
    assert refreshed.nothing.before == refreshed.nothing.after


def test_only_tasks_of_edited_documents_are_rows(refreshed: Refreshed) -> None:
    found = {
        row.instance_id.removeprefix("tally-works__tally-"): row.fate for row in refreshed.diff.rows
    }
    assert found == {
        "11-ic_swe": "changed",
        "11-swe_manager": "changed",
        "18-ic_swe": "changed",
        "30-ic_swe": "changed",
        "30-swe_manager": "changed",
        "34-ic_swe": "removed",
        "39-swe_manager": "changed",
    }


def test_a_comment_that_re_prices_a_task_is_named_with_its_document(refreshed: Refreshed) -> None:
    row = refreshed.of("39-swe_manager")
    assert (row.before_cents, row.after_cents) == (18_750, 40_000)
    assert [r for r in refreshed.diff.rows if r.is_repriced] == [row]
    (cause,) = next(each for each in row.changes if each.change.kind == "price").causes
    document = refreshed.price_after
    assert cause == Cause(
        what="document",
        detail="changed",
        certain=True,
        source="github",
        kind="github.issue",
        external_id=f"{REPOSITORY}#39",
        fetched_at=document.fetched_at,
        items=cause.items,
    )
    url = comment_url(document.payload, "Raising to $400")
    assert url == comment_url(refreshed.price_before.payload, "Paid @tomcatlin")
    assert ("raised by comment", url, "sefa-mnr") in {
        (item.what, item.url, item.actor) for item in cause.items
    }
    assert refreshed.diff.total.repriced.price_cents == 40_000 - 18_750


def test_a_comment_that_counted_for_a_while_is_named_as_well(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    sample = built_sample.copied_to(tmp_path / "home")
    raised = saying("ottoline-k", "Raised to $750.", "2024-03-31T10:00:00Z", "MEMBER")
    document = land_edited(sample, "issue", 15, raised)
    rebuilt(sample)
    row, _ = diff_references(sample.warehouse, "sample").rows
    (change,) = row.changes
    assert [(field.field, field.after) for field in change.change.fields] == [
        ("prices.as_of", 75_000)
    ]
    (item,) = change.causes[0].items
    url = comment_url(document.payload, "Raised to $750")
    assert (item.what, item.url) == ("raised by comment", url)


DAY = "of 2025-09-02 06:00"
PLACE = "https://github.com/tally-works/tally"


@pytest.mark.parametrize(
    ("task", "what", "because"),
    [
        (
            "11-ic_swe",
            "title",
            f"github.issue {REPOSITORY}#11 {DAY}, title {PLACE}/issues/11 and 1 more",
        ),
        ("30-ic_swe", "statement", f"github.issue {REPOSITORY}#30 {DAY}, body {PLACE}/issues/30"),
        (
            "18-ic_swe",
            "as_of",
            f"github.issue {REPOSITORY}#18 {DAY}, assignment {PLACE}/issues/18 and 1 more",
        ),
        (
            "34-ic_swe",
            "removed",
            f"github.pull {REPOSITORY}#35 {DAY}, pull request {PLACE}/pull/35",
        ),
    ],
)
def test_what_changed_is_named_with_the_item_that_changed_it(
    refreshed: Refreshed, task: str, what: str, because: str
) -> None:
    assert told(refreshed.of(task))[what] == [because]


def test_what_is_removed_says_why_and_comes_back_the_other_way(refreshed: Refreshed) -> None:
    row = refreshed.of("34-ic_swe")
    assert (row.reason, row.detail) == (
        "fix_unmerged",
        "tally-works/tally#35 was closed without a merge",
    )
    names = [f"sample@{short(r.version)}" for r in (refreshed.edited, refreshed.thanked)]
    back = diff_references(refreshed.sample.warehouse, *names)
    (added,) = back.of("added")
    assert (added.instance_id, added.reason) == (row.instance_id, row.reason)
    assert back.total.added == refreshed.diff.total.removed
    assert back.total.repriced.price_cents == -refreshed.diff.total.repriced.price_cents


def test_twins_under_another_price_rule_differ_by_the_rule_alone(refreshed: Refreshed) -> None:
    rebuilt(refreshed.sample, name="sample-initial", price_rule="initial")
    diff = diff_references(refreshed.sample.warehouse, "sample", "sample-initial")
    found = {row.instance_id.split("-", 2)[2]: row for row in diff.rows}
    both = ("ic_swe", "swe_manager")
    prices = {24: (50_000, 100_000), 27: (50_000, 25_000), 41: (200_000, 25_000)}
    wanted = {f"{number}-{variant}": p for number, p in prices.items() for variant in both}
    wanted["39-swe_manager"] = (40_000, 18_750)
    assert {name: (r.before_cents, r.after_cents) for name, r in found.items()} == wanted
    assert all(told(row) == {"price": ["specification: price_rule"]} for row in diff.rows)
    assert diff.total.added == diff.total.removed


def test_a_key_of_the_specification_is_a_cause_beside_documents(refreshed: Refreshed) -> None:
    sample = refreshed.sample.copied_to(refreshed.sample.home.with_name("keys"))
    land_edited(sample, "issue", 15, _rebody)
    environment = sample.spec.environment.model_dump(exclude_unset=True) | {"timeout_s": 61}
    rebuilt(sample, environment=environment)
    found = {row.instance_id: told(row) for row in diff_references(sample.warehouse, "sample").rows}
    body = f"github.issue {REPOSITORY}#15 {DAY}, body {PLACE}/issues/15"
    changed = {"environment": ["specification: environment"]}
    assert found.pop("tally-works__tally-15-swe_manager") == {"statement": [body]}
    assert found.pop("tally-works__tally-15-ic_swe") == changed | {"statement": [body]}
    assert list(found.values()) == [changed] * 8


def test_a_version_of_a_build_that_noted_nothing_is_compared_by_what_had_landed(
    refreshed: Refreshed, tmp_path: Path
) -> None:
    home = shutil.copytree(refreshed.sample.home, tmp_path / "home")
    sample = SampleHome(home, refreshed.sample.spec, refreshed.thanked)
    with sample.warehouse.write("core") as session:
        session.execute(
            "DELETE FROM core.builds WHERE dataset_version = $v", {"v": refreshed.thanked.version}
        )
    names = [f"sample@{short(r.version)}" for r in (refreshed.thanked, refreshed.edited)]
    diff = diff_references(sample.warehouse, *names)
    assert [r.fate for r in diff.rows] == [r.fate for r in refreshed.diff.rows]
    assert [note.split(" is of a build")[0] for note in diff.notes] == names[:1]
    causes = {c.what for row in diff.rows for each in row.changes for c in each.causes}
    assert causes == {"document"}


def test_what_this_code_does_not_make_again_is_not_called_certain(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.explaining.replay", lambda *given: Replayed())
    names = [f"sample@{short(r.version)}" for r in (refreshed.thanked, refreshed.edited)]
    diff = diff_references(refreshed.sample.warehouse, *names)
    causes = [c for row in diff.rows for each in row.changes for c in each.causes]
    assert {(cause.what, cause.certain) for cause in causes} == {("document", False)}
    assert all(cause.sentence().endswith(" (changed besides)") for cause in causes)


def test_a_dataset_with_one_version_has_nothing_before_it(built_sample: SampleHome) -> None:
    name = f"sample@{short(built_sample.result.version)}"
    with pytest.raises(UsageError, match=re.escape(f"{name} has no version before it")):
        diff_references(built_sample.warehouse, "sample")
    with pytest.raises(UsageError, match="no version of 'boats' has been built"):
        diff_references(built_sample.warehouse, "sample", "boats")


def test_a_version_beside_itself_differs_in_nothing(built_sample: SampleHome) -> None:
    diff = diff_references(built_sample.warehouse, "sample", "sample@latest")
    assert diff.rows == ()
    assert diff.total.before == diff.total.after
    assert diff.total.after.price_cents == built_sample.result.price_cents
