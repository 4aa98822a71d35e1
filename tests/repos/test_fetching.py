"""A fetched mirror holds the fixes that were asked for, whole; whatever happens on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tasks.domain.bases import fix_base
from tasks.domain.issues import PullRequest
from tasks.repos import Mirror, Remote, fetch_mirror, import_stream, mirror_path
from tasks.repos.fetching import Fetched, _Fetch
from tests.authoring.history import stream
from tests.repos.files import BEFORE, PARTS, PLAIN, changed
from tests.repos.git_server import GitServer
from tests.repos.histories import KINDS, Merged, Repository, merged_pull, rebase, squash

NAME = "ours/app"


@dataclass(frozen=True)
class Served:
    """A repository behind an address, and a home that mirrors it."""

    url: str
    root: Path
    home: Path
    filters: bool

    @property
    def place(self) -> Path:
        return self.root / f"{NAME}.git"

    @property
    def mirror(self) -> Mirror:
        return Mirror(mirror_path(self.home, NAME))

    def serve(self, made: Merged) -> Merged:
        made.repository.git("config", "uploadpack.allowFilter", str(self.filters).lower())
        return made

    def gone_offline(self, made: Merged) -> Merged:
        """The same, where no fetch finds it."""
        aside = self.place.rename(self.root / "aside.git")
        return replace(made, repository=replace(made.repository, folder=aside))

    def fetch(self, *pulls: PullRequest, url: str | None = None) -> Fetched:
        return fetch_mirror(self.home, NAME, pulls, Remote(url or self.url), pause_s=0)


@pytest.fixture(params=["file", "http", "file without filters", "http without filters"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    root, home = tmp_path / "served", tmp_path / "home"
    filters = "without" not in request.param
    if request.param.startswith("file"):
        yield Served(f"file://{root}", root, home, filters)
        return
    with GitServer(root) as server:
        yield Served(server.url, root, home, filters)


@pytest.fixture
def local(tmp_path: Path) -> Served:
    root = tmp_path / "served"
    return Served(f"file://{root}", root, tmp_path / "home", filters=True)


def assert_whole(mirror: Mirror, made: Merged) -> None:
    """Everything that a build and a grade read of a fix is there."""
    assert (mirror.has_commit(made.base), mirror.has_commit(made.fix)) == (True, True)
    assert fix_base(mirror, made.pull) == made.base
    changes = mirror.changes(made.base, made.fix)
    plain = Mirror(made.repository.folder)
    paths = [change.path for change in changes]
    assert changes == plain.changes(made.base, made.fix)
    assert mirror.patch(made.base, made.fix, paths) == plain.patch(made.base, made.fix, paths)
    for commit in (made.base, made.fix):
        assert mirror.archive(commit) == plain.archive(commit)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_merge_is_there_with_every_file(local: Served, kind: str) -> None:
    made = local.serve(KINDS[kind](local.place))
    local.fetch(made.pull)
    assert_whole(local.mirror, local.gone_offline(made))


def test_a_fix_is_there_whatever_the_remote_can_do(served: Served) -> None:
    made = served.serve(rebase(served.place))
    assert served.fetch(made.pull) == Fetched(repository=NAME, fixes=1, fetched=1)
    assert_whole(served.mirror, served.gone_offline(made))
    assert served.fetch(made.pull) == Fetched(repository=NAME, fixes=1, fetched=0)


def test_only_the_files_of_fixes_are_fetched(local: Served) -> None:
    made = local.serve(squash(local.place))
    repository = made.repository
    unused = repository.commit(changed(BEFORE, {"unused.bin": (PLAIN, b"unused\0" * 999)}))
    repository.branch("unused", unused)
    local.fetch(made.pull)
    objects = local.mirror
    assert objects.commit(unused) is not None
    assert not objects.has_commit(unused)
    assert objects._objects.kind(repository.blob(b"unused\0" * 999)) is None


def grown(made: Merged) -> Merged:
    """The next pull request, on top of the last one."""
    repository = made.repository
    files = changed(repository.trees[made.fix], {"more.txt": (PLAIN, b"more\n")})
    fix = repository.commit(files, [made.fix], "More (#32)")
    repository.branch("main", fix)
    pull = merged_pull(repository, made.fix, fix, fix, number=32)
    return Merged(repository, pull, made.fix, fix)


def test_a_mirror_grows_with_what_is_new(served: Served) -> None:
    first = served.serve(rebase(served.place))
    served.fetch(first.pull)
    second = grown(first)
    found = served.fetch(first.pull, second.pull)
    assert found == Fetched(repository=NAME, fixes=2, fetched=1)
    for made in (first, second):
        assert_whole(served.mirror, made)


def test_a_commit_on_no_branch_is_fetched_by_its_name_and_kept(served: Served) -> None:
    made = served.serve(squash(served.place))
    served.fetch(made.pull)
    made.repository.branch("main", made.base)  # somebody pushed over it
    after = grown(replace(made, fix=made.base))
    lost = grown(after)
    made.repository.branch("main", after.fix)
    served.fetch(made.pull, after.pull, lost.pull.model_copy(update={"number": 34}))
    folder = str(mirror_path(served.home, NAME))
    made.repository.git("--git-dir", folder, "gc", "--prune=now", "--quiet")
    for one in (made, after, lost):
        assert_whole(served.mirror, one)


def test_a_commit_that_the_remote_no_longer_has_is_told_and_costs_nothing_else(
    served: Served,
) -> None:
    made = served.serve(squash(served.place))
    lost = [
        made.pull.model_copy(update={"merge_commit": d * 40, "number": n})
        for n, d in ((5, "5"), (6, "6"))
    ]
    found = served.fetch(*lost, made.pull)
    assert found == Fetched(repository=NAME, fixes=3, fetched=1, missing=("5" * 40, "6" * 40))
    assert_whole(served.mirror, made)
    assert not served.mirror.has_commit("5" * 40)


def test_a_branch_that_becomes_a_folder_of_branches_is_followed(local: Served) -> None:
    made = local.serve(squash(local.place))
    made.repository.branch("topic", made.fix)
    local.fetch(made.pull)
    made.repository.git("update-ref", "-d", "refs/heads/topic")
    after = grown(made)
    made.repository.branch("topic/one", after.fix)
    local.fetch(after.pull)
    assert_whole(local.mirror, after)


def test_a_mirror_of_a_stream_makes_room_for_the_real_one(local: Served, tmp_path: Path) -> None:
    file = tmp_path / "stream"
    file.write_bytes(stream())
    import_stream(local.home, NAME, file)
    made = local.serve(squash(local.place))
    local.fetch(made.pull)
    assert_whole(local.mirror, made)


def test_nothing_is_fetched_for_nothing(local: Served) -> None:
    found = local.fetch(url="file:///nowhere")
    assert found == Fetched(repository=NAME, fixes=0, fetched=0)
    unmerged = squash(local.place).pull.model_copy(update={"merge_commit": None})
    assert local.fetch(unmerged, url="file:///nowhere").fetched == 0
    assert not mirror_path(local.home, NAME).exists()


def test_many_fetches_do_not_leave_many_packs(
    local: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.repos.fetching._MOST_PACKS", 4)
    monkeypatch.setattr("tasks.repos.fetching._FILES_AT_ONCE", 7)
    made = [local.serve(squash(local.place))]
    for _ in range(4):
        local.fetch(*(one.pull for one in made))
        made.append(grown(made[-1]))
    local.fetch(*(one.pull for one in made))
    packs = list((mirror_path(local.home, NAME) / "objects" / "pack").glob("*.pack"))
    assert len(packs) <= 4
    for one in made:
        assert_whole(local.mirror, one)


def test_a_mirror_knows_no_address_and_no_secret(served: Served) -> None:
    made = served.serve(squash(served.place))
    token = SecretStr("ghp_4lpha8eta6amma")
    fetch_mirror(served.home, NAME, [made.pull], Remote(served.url, token))
    held = [f for f in mirror_path(served.home, NAME).rglob("*") if f.is_file()]
    texts = [f.read_bytes() for f in held]
    assert not [t for t in texts if served.url.encode() in t or b"ghp_" in t or b"Basic" in t]


def interrupted(local: Served, made: Sequence[Merged], monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that ends after its first portion of files."""
    online, seen = _Fetch._online, list[Path]()

    def breaking(self: _Fetch, mirror: Path, arguments: Sequence[str], **named: Any) -> None:
        seen.append(mirror)
        if len(seen) == 3:
            raise KeyboardInterrupt
        online(self, mirror, arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(_Fetch, "_online", breaking)
        patched.setattr("tasks.repos.fetching._FILES_AT_ONCE", 5)
        with pytest.raises(KeyboardInterrupt):
            local.fetch(*(one.pull for one in made))


def test_an_interrupted_fetch_shows_no_half_and_goes_on(
    local: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = local.serve(rebase(local.place))
    interrupted(local, [made], monkeypatch)
    assert not local.mirror.has_commit(made.fix)
    assert not local.mirror.has_commit(made.base)
    local.fetch(made.pull)
    assert_whole(local.mirror, made)


def test_an_interrupted_growth_leaves_the_old_mirror(
    local: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = local.serve(rebase(local.place))
    local.fetch(first.pull)
    files = changed(first.repository.trees[first.fix], *PARTS[::-1])
    files |= {f"new {n}": (PLAIN, b"%d\n" % n) for n in range(30)}
    fix = first.repository.commit(files, [first.fix], "New (#33)")
    first.repository.branch("main", fix)
    pull = merged_pull(first.repository, first.fix, fix, fix, number=33)
    second = replace(first, pull=pull, base=first.fix, fix=fix)
    interrupted(local, [first, second], monkeypatch)
    assert_whole(local.mirror, first)
    assert not local.mirror.has_commit(second.fix)
    local.fetch(first.pull, second.pull)
    assert_whole(local.mirror, second)


def test_what_a_killed_process_left_is_removed(local: Served) -> None:
    made = local.serve(squash(local.place))
    left = local.home / "mirrors" / ".new-ours__app-abc"
    left.mkdir(parents=True)
    other = local.home / "mirrors" / ".new-ours__other-abc"
    other.mkdir()
    local.fetch(made.pull)
    assert (left.exists(), other.exists()) == (False, True)


def test_a_portion_of_pull_requests_at_a_time(
    local: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.repos.fetching._PULLS_AT_ONCE", 1)
    made = [local.serve(squash(local.place))]
    made.append(grown(made[0]))
    heard: list[tuple[int, int]] = []
    pulls = [one.pull for one in made]
    fetch_mirror(
        local.home, NAME, pulls, Remote(local.url), report=lambda *said: heard.append(said)
    )
    assert heard == [(0, 2), (1, 2), (2, 2)]
    for one in made:
        assert_whole(local.mirror, one)


def test_an_empty_repository_has_none_of_the_fixes(local: Served) -> None:
    Repository.made(local.place)
    pull = squash(local.root / "other.git").pull
    assert local.fetch(pull).missing == (pull.merge_commit,)
