"""`paydag versions`, `paydag diff`, and what a build says of its changes."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.cards import show_card
from tasks.domain.digests import short
from tasks.domain.errors import UsageError
from tasks.domain.version_diffs import VersionDiff
from tasks.lint import show_findings
from tasks.manifests import manifest
from tasks.shows import show_instance, show_rejections
from tasks.warehouse import Warehouse
from tests.edited_sample import Payload, land_edited, rewriting
from tests.flows.command import Finished, Paydag, clean_environment
from tests.flows.worker import Worker
from tests.sample_home import SampleHome

HOSTILE = "<script>alert(1)</script>|[x](javascript:alert(1)) `a` [bold]\x1b[31m"
RAISED = rewriting(
    "Paid @tomcatlin $187.50.", f"Raising to $400, for it was two modules. {HOSTILE}"
)


def _hostile(payload: Payload) -> None:
    RAISED(payload)
    for node in (payload, *payload["timelineItems"]["nodes"]):
        for key in {"title", "previousTitle", "currentTitle"} & set(node):
            node[key] += f" {HOSTILE}"


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    return Paydag(clean_environment(), tmp_path)


@pytest.fixture(scope="module")
def twice(built_sample: SampleHome, tmp_path_factory: pytest.TempPathFactory) -> SampleHome:
    """The sample in two versions; the title of one task and a comment on it are hostile."""
    from tasks.build import build_version

    sample = built_sample.copied_to(tmp_path_factory.mktemp("twice") / "home")
    land_edited(sample, "issue", 39, _hostile)
    return SampleHome(sample.home, sample.spec, build_version(sample.home, sample.spec))


def names(built_sample: SampleHome, twice: SampleHome) -> tuple[str, str]:
    older, newer = (short(s.result.version) for s in (built_sample, twice))
    return f"sample@{older}", f"sample@{newer}"


def one_line(finished: Finished) -> str:
    assert (finished.code, finished.out) == (2, "")
    (line,) = finished.err.splitlines()
    return line


def test_versions_are_a_table_and_json(
    plain_paydag: Paydag, built_sample: SampleHome, twice: SampleHome
) -> None:
    older, newer = names(built_sample, twice)
    shown = plain_paydag("versions", "sample", home=twice.home)
    assert (shown.code, shown.err) == (0, "")
    lines = [line.split() for line in shown.out.splitlines()]
    assert [line[0] for line in lines[1:]] == [newer, older]
    assert lines[1][-7:] == ["19", "$11,650", "38", "0", "0", "1", "1"]
    assert lines[2][-7:] == ["19", "$11,437.50", "38", "-", "-", "-", "-"]
    found = plain_paydag.json("versions", "sample", home=twice.home)
    assert [one["version"] for one in found["versions"]] == [
        twice.result.version,
        built_sample.result.version,
    ]


def test_a_manifest_is_json_with_and_without_asking_for_it(
    plain_paydag: Paydag, built_sample: SampleHome, twice: SampleHome
) -> None:
    older, _ = names(built_sample, twice)
    shown = plain_paydag("versions", older, "--manifest", home=twice.home)
    assert (shown.code, shown.err) == (0, "")
    found = plain_paydag.json("versions", older, "--manifest", home=twice.home)
    assert json.loads(shown.out) == found
    assert (found["version"], found["instances"]) == (built_sample.result.version, 19)


def test_a_diff_says_what_changed_and_why(
    plain_paydag: Paydag, built_sample: SampleHome, twice: SampleHome
) -> None:
    older, newer = names(built_sample, twice)
    shown = plain_paydag("diff", "sample", home=twice.home, COLUMNS="250")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[0] == (
        f"{older} → {newer}: 0 added, 0 removed, 1 changed, 1 re-priced, 1 other prices, "
        "1 re-titled; $11,437.50 → $11,650"
    )
    assert "re-priced $187.50 → $400" in shown.out
    assert "github.issue tally-works/tally#39 of 2025-09-02 06:00, raised by comment" in shown.out
    assert "\x1b" not in shown.out
    assert plain_paydag("diff", older, newer, home=twice.home, COLUMNS="250").out == shown.out
    found = plain_paydag.json("diff", "sample", home=twice.home)
    counts, kinds = found.pop("counts"), found.pop("kinds")
    assert found.pop("page") is None
    diff = VersionDiff.model_validate(found)
    assert (diff.counts(), diff.kinds()) == (counts, kinds)
    assert kinds == {"price": 1, "other_prices": 1, "title": 1}
    assert diff.total.repriced.price_cents == 21_250
    prices = next(each.change for row in diff.rows for each in row.changes)
    assert {f.field: (f.before, f.after) for f in prices.fields} == {
        "prices.final": (18_750, 40_000)
    }


def test_the_page_is_whole_and_nothing_hostile_lives_in_it(
    plain_paydag: Paydag, built_sample: SampleHome, twice: SampleHome
) -> None:
    found = plain_paydag.json("diff", "sample", "--html", home=twice.home)
    page = Path(found["page"]).read_text(encoding="utf-8")
    older, newer = names(built_sample, twice)
    assert f"<title>Paydag: {older} to {newer}</title>" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"""(?:src|href)\s*=|@import|url\(""", page)
    text = html.unescape(page)
    assert "before + added − removed + re-priced = after" in text
    assert "$187.50 → $400" in text
    assert "https://github.com/tally-works/tally/issues/39#issuecomment-" in text
    shown = plain_paydag("diff", "sample", "--html", home=twice.home)
    assert f"page: {found['page']}" in shown.out


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("versions", "boats"), "no version of 'boats' has been built; run `paydag build boats`"),
        (("versions", "boats", "--manifest"), "there are versions of sample"),
        (
            ("versions", "sample@00ff", "--manifest"),
            "unknown version 'sample@00ff'; known: sample@",
        ),
        (("versions", "sample@latest"), "'sample@latest' names one version; say sample for all"),
        (("diff", "boats"), "no version of 'boats' has been built"),
        (("diff", "sample", "boats@latest"), "no version of 'boats' has been built"),
        (("diff", "sample", "sample@00ff"), "unknown version 'sample@00ff'; known: sample@"),
        (("diff", "sample"), "has no version before it to be compared with; name two versions"),
    ],
)
def test_mistakes_are_one_sentence(
    plain_paydag: Paydag, built_sample: SampleHome, call: tuple[str, ...], message: str
) -> None:
    assert message in one_line(plain_paydag(*call, home=built_sample.home))


TASK = "tally-works__tally-39-swe_manager"


@pytest.mark.parametrize(
    "shown",
    [
        lambda warehouse, reference: show_findings(warehouse, reference)["version"],
        lambda warehouse, reference: show_card(warehouse, reference)["version"],
        lambda warehouse, reference: show_rejections(warehouse, reference)["version"],
        lambda warehouse, reference: manifest(warehouse, reference)["version"],
        lambda warehouse, reference: show_instance(warehouse, TASK, reference)["prices"],
    ],
)
def test_whatever_shows_a_version_takes_any_reference(
    built_sample: SampleHome, twice: SampleHome, shown: Callable[[Warehouse, str], Any]
) -> None:
    older, newer = names(built_sample, twice)
    found = [shown(twice.warehouse, name) for name in ("sample", "sample@latest", newer, older)]
    assert found[0] == found[1] == found[2] != found[3]
    with pytest.raises(UsageError, match="unknown version 'sample@00ff'"):
        shown(twice.warehouse, "sample@00ff")


@pytest.mark.prefect
def test_runs_validations_and_splits_take_any_reference(
    paydag: Paydag, worker: Worker, built_sample: SampleHome, twice: SampleHome, tmp_path: Path
) -> None:
    home = twice.copied_to(tmp_path / "home").home
    older, _ = names(built_sample, twice)
    run = worker.evaluate(home, older, "gold", instances=[TASK])
    assert run["version"] == built_sample.result.version
    validation = worker.run("validate", home, dataset=older, instances=[TASK])
    assert validation["version"] == built_sample.result.version
    frozen = one_line(paydag("freeze", older, "some", home=home))
    assert f"18 of 19 instances of {older} have not been validated" in frozen


READ = (
    "from prefect.artifacts import Artifact; "
    "found = Artifact.get('diff-sample'); print(found.data if found else '')"
)


def artifact(paydag: Paydag) -> str:
    """What the newest `diff-sample` holds."""
    done = subprocess.run(
        [sys.executable, "-c", READ],
        env=dict(paydag.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.prefect
def test_a_build_ends_with_what_it_changed(
    paydag: Paydag, own_sample: SampleHome, built_sample: SampleHome, twice: SampleHome
) -> None:
    older, _ = names(built_sample, twice)
    same = paydag("build", "sample", home=own_sample.home)
    assert same.out.splitlines()[-1] == f"nothing changed: {older} as before"
    assert "nothing changed" in artifact(paydag)
    land_edited(own_sample, "issue", 39, _hostile)
    built = paydag.json("build", "sample", home=own_sample.home)
    assert built["changes"]["previous"] == built_sample.result.version
    counts = {"added": 0, "removed": 0, "changed": 1, "repriced": 1}
    assert built["changes"]["counts"] == counts
    assert built["changes"]["total"]["repriced"]["price_cents"] == 21_250
    page = artifact(paydag)
    assert short(twice.result.version) in page
    assert "<script" not in page
    assert r"github\.issue tally\-works/tally\#39" in page
