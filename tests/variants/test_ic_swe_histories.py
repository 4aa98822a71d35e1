"""Gold patch and hidden tests, over the base, are the fixed tree: byte for byte, by tree id."""

import json
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tasks.domain.bounties import BountyEvent
from tasks.domain.errors import DataError
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, Overlay, Rejection, TaskInstance, hidden_file
from tasks.domain.issues import PullRequest
from tasks.domain.protocols import PathRules, Sandbox
from tasks.domain.rollouts import Submission
from tasks.repos import Mirror
from tasks.sandbox import sandbox_named
from tasks.variants import issue_variant
from tests.domain.builders import ISSUE, issue, ledger
from tests.repos.files import LINK, MODULE, PLAIN, PROGRAM, Files
from tests.repos.histories import KINDS, Merged, Repository, merged_pull
from tests.variants.benches import NoPrograms

VARIANT = issue_variant("ic_swe")
NAME = "ours__app-7-ic_swe"


@dataclass
class Context:
    """A BuildContext of one repository and one fix."""

    history: CodeHistory | None
    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    ledgers: Mapping[str, tuple[BountyEvent, ...]]
    paths: PathRules
    environment: Environment
    overlays: Mapping[str, Overlay]

    def repository(self, name: str) -> CodeHistory | None:
        return self.history

    def overlay(self, instance_id: str) -> Overlay | None:
        return self.overlays.get(instance_id)


def context(
    history: CodeHistory | None, pull: PullRequest, overlays: Mapping[str, Overlay] | None = None
) -> Context:
    return Context(
        history=history,
        pulls={pull.name: pull},
        fixes={ISSUE: [pull]},
        ledgers={ISSUE: ledger(*issue().titles)},
        paths=PathRules(),
        environment=Environment(kind="tests", trusted=True),
        overlays=overlays or {},
    )


def built(made: Merged, overlays: Mapping[str, Overlay] | None = None) -> TaskInstance | Rejection:
    mirror = Mirror(made.repository.folder)
    return VARIANT.from_issue(issue(), context(mirror, made.pull, overlays))


def task(made: Merged, overlays: Mapping[str, Overlay] | None = None) -> TaskInstance:
    found = built(made, overlays)
    assert isinstance(found, TaskInstance), found
    stored = json.loads(json.dumps(found.model_dump(mode="json", exclude_defaults=True)))
    assert TaskInstance.model_validate(stored) == found
    json.dumps(stored, ensure_ascii=False).encode()  # no lone surrogate
    assert "\0" not in (found.reference.gold_patch or "")
    return found


def tree_after(made: Merged, instance: TaskInstance, folder: Path) -> str:
    """The tree's name after gold patch and hidden tests, in a repository of the base alone.

    Where the fixed files lie around, git would apply binary patches without looking into them.
    """
    alone = Repository.made(folder)
    base = instance.base or ""
    made.repository.branch("base", base)
    alone.git("fetch", "--quiet", "--depth=1", f"file://{made.repository.folder}", "base")
    with tempfile.TemporaryDirectory() as name:
        index = {"GIT_INDEX_FILE": str(Path(name) / "index")}
        alone.git("read-tree", base, environment=index)
        patch = (instance.reference.gold_patch or "").encode()
        alone.git("apply", "--cached", "--binary", "-", stdin=patch, environment=index)
        hidden = instance.reference.hidden_tests
        lines = [f"0 {'0' * 40}\t{file.path}\0" for file in hidden]
        lines += [
            f"{file.mode} {alone.blob(file.content)}\t{file.path}\0"
            for file in hidden
            if file.content is not None
        ]
        info = "".join(lines).encode()
        alone.git("update-index", "-z", "--index-info", stdin=info, environment=index)
        return alone.git("write-tree", environment=index).decode().strip()


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_of_every_merge_make_the_fixed_tree(tmp_path: Path, kind: str) -> None:
    made = KINDS[kind](tmp_path / "app.git")
    instance = task(made)
    assert (instance.base, instance.reference.fix_commit) == (made.base, made.fix)
    assert tree_after(made, instance, tmp_path / "alone.git") == made.repository.tree_of(made.fix)
    hidden = [file.path for file in instance.reference.hidden_tests]
    assert hidden
    assert all(path.startswith("tests/") for path in hidden)
    assert [
        path for path in hidden if f" b/{path}\n" in (instance.reference.gold_patch or "")
    ] == []


def files_in(folder: Path) -> Files:
    found: Files = {}
    for place in sorted(folder.rglob("*")):
        path = place.relative_to(folder).as_posix()
        if place.is_symlink():
            found[path] = (LINK, os.fsencode(place.readlink()))
        elif place.is_file():
            mode = PROGRAM if place.stat().st_mode & stat.S_IXUSR else PLAIN
            found[path] = (mode, place.read_bytes())
    return found


@dataclass
class Bench(NoPrograms):
    made: Merged
    sandbox: Sandbox = field(default_factory=lambda: sandbox_named("process"))

    def repository(self, name: str) -> CodeHistory:
        return Mirror(self.made.repository.folder)


def files_after(made: Merged, instance: TaskInstance, patch: str, kept: Path) -> Files:
    """What lies in the box when the tests are run."""
    copying = f"import shutil; shutil.copytree('.', {str(kept)!r}, symlinks=True)"
    environment = Environment(kind="tests", trusted=True, test_command=("python", "-c", copying))
    evidence = VARIANT.collect(
        instance.model_copy(update={"environment": environment}),
        Submission(model_patch=patch),
        Bench(made),
    )
    assert (evidence.exit_code, evidence.failure) == (0, None), evidence.log
    return files_in(kept)


def without_modules(files: Files) -> Files:
    """A submodule is an empty folder where nobody has fetched it."""
    return {path: entry for path, entry in files.items() if entry[0] != MODULE}


@pytest.mark.parametrize("kind", ["squash", "revert"])
def test_a_box_holds_the_fixed_files_after_the_gold_patch(tmp_path: Path, kind: str) -> None:
    made = KINDS[kind](tmp_path / "app.git")
    instance = task(made)
    gold = instance.reference.gold_patch or ""
    found = files_after(made, instance, gold, tmp_path / "kept")
    assert found == without_modules(made.repository.trees[made.fix])


def small(folder: Path, before: Files, after: Files) -> Merged:
    repository = Repository.made(folder)
    base = repository.commit(before)
    fix = repository.commit(after, [base])
    return Merged(repository, merged_pull(repository, base, fix, fix), base, fix)


SOURCE: Files = {"a.py": (PLAIN, b"a = 1\n")}
FIXED: Files = {"a.py": (PLAIN, b"a = 2\n")}
TESTS: Files = {"tests/b.py": (PLAIN, b"b\n")}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (SOURCE, FIXED, "no_tests"),
        (SOURCE | TESTS, FIXED, "no_tests"),  # tests that are only deleted test nothing
        (SOURCE, SOURCE | TESTS, "no_source_change"),
        (SOURCE | {"\udcff.py": SOURCE["a.py"]}, FIXED, "malformed"),
    ],
)
def test_a_fix_that_makes_no_task_is_refused(
    tmp_path: Path, before: Files, after: Files, reason: str
) -> None:
    made = small(tmp_path / "app.git", before, after)
    if reason == "malformed":
        with pytest.raises(DataError) as refused:
            built(made)
        assert refused.value.reason == "malformed"
        return
    found = built(made)
    assert isinstance(found, Rejection)
    assert found.reason == reason


OVERLAY = Overlay(
    files=(hidden_file("tests/b.py", b"mine\n"), hidden_file("tests/run", b"#!\n", PROGRAM)),
    reason="The fix was checked by hand.",
)


@pytest.mark.parametrize(
    "theirs", [FIXED, FIXED | TESTS, FIXED | {"tests/c.py": TESTS["tests/b.py"]}]
)
def test_an_overlay_comes_over_the_tests_of_the_fix(tmp_path: Path, theirs: Files) -> None:
    made = small(tmp_path / "app.git", SOURCE, theirs)
    instance = task(made, overlays={NAME: OVERLAY})
    own = [hidden_file(path, c) for path, (_, c) in theirs.items() if path == "tests/c.py"]
    files = sorted([*own, *OVERLAY.files], key=lambda file: file.path)
    assert instance.reference.hidden_tests == tuple(files)
    assert instance.reference.hidden_tests_reason == OVERLAY.reason
    assert "tests/" not in (instance.reference.gold_patch or "")
    other = OVERLAY.model_copy(update={"reason": "Another."})
    digests = {task(made, overlays={NAME: o}).instance_digest for o in (OVERLAY, other)}
    assert len(digests) == 2


def test_what_decides_how_tests_run_comes_from_the_graders_and_tests_nothing(
    tmp_path: Path,
) -> None:
    runs: Files = {"src/conftest.py": (PLAIN, b"import pytest\n")}
    instance = task(small(tmp_path / "app.git", SOURCE, FIXED | TESTS | runs))
    hidden = [file.path for file in instance.reference.hidden_tests]
    assert hidden == ["src/conftest.py", "tests/b.py"]
    assert "conftest" not in (instance.reference.gold_patch or "")
    found = built(small(tmp_path / "other.git", SOURCE, FIXED | runs))
    assert isinstance(found, Rejection)
    assert found.reason == "no_tests"


def test_an_overlay_of_another_instance_is_not_used(tmp_path: Path) -> None:
    made = small(tmp_path / "app.git", SOURCE, FIXED)
    found = built(made, overlays={"ours__app-8-ic_swe": OVERLAY})
    assert isinstance(found, Rejection)
    assert found.reason == "no_tests"


def test_a_missing_mirror_or_commit_says_how_to_get_it(tmp_path: Path) -> None:
    made = small(tmp_path / "app.git", SOURCE, FIXED | TESTS)
    unknown = made.pull.model_copy(update={"merge_commit": "e" * 40})
    for asked in (context(None, made.pull), context(Mirror(made.repository.folder), unknown)):
        found = VARIANT.from_issue(issue(), asked)
        assert isinstance(found, Rejection)
        assert found.reason == "missing_commit"
        assert "`paydag refresh`" in found.detail


def test_a_patch_that_does_not_apply_to_its_base_is_a_conflict(tmp_path: Path) -> None:
    made = small(tmp_path / "app.git", SOURCE, FIXED | TESTS)

    class Stubborn(Mirror):
        def applies(self, base: str, patch: str) -> bool:
            return False

    found = VARIANT.from_issue(issue(), context(Stubborn(made.repository.folder), made.pull))
    assert isinstance(found, Rejection)
    assert found.reason == "patch_conflict"


def test_a_link_in_the_way_of_hidden_tests_is_not_followed(tmp_path: Path) -> None:
    before = SOURCE | {"tests/gone.py": (PLAIN, b"gone\n")}
    made = small(tmp_path / "app.git", before, FIXED | TESTS)
    instance = task(made)
    target = tmp_path / "target"
    target.mkdir()
    (target / "gone.py").write_text("theirs")
    linked = small(tmp_path / "other.git", before, SOURCE | {"tests": (LINK, bytes(target))})
    mirror = Mirror(linked.repository.folder)
    changes = mirror.changes(linked.base, linked.fix)
    patch = mirror.patch(linked.base, linked.fix, [c.path for c in changes])
    found = files_after(made, instance, patch, tmp_path / "kept")
    assert found == SOURCE | TESTS
    assert [(f.name, f.read_text()) for f in target.iterdir()] == [("gone.py", "theirs")]
