"""A mirror gives back what git holds: commits, files, and patches that rebuild the tree."""

import gc
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import ABSENT, ChangeSize, CommitFacts
from tasks.repos import Mirror, import_stream, mirror_path
from tests.authoring.history import BY_KEY, commit_ids, stream, tree_of
from tests.repos.files import PLAIN, Files
from tests.repos.generated import AFTER, BEFORE, Generated, generate
from tests.repos.histories import Repository

REPOSITORY = "ours/app"
CHANGED = sorted({*BEFORE, *AFTER} - {"kept.txt"})
# Git tells text from binary by its bytes; what is binary or strange must survive all the same.
SOME = ("edited.txt", "old/name.txt", "new/name.txt")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generate(tmp_path_factory.mktemp("generated") / "app")


@pytest.fixture
def mirror(generated: Generated, tmp_path: Path) -> Mirror:
    file = tmp_path / "app.fast-import"
    file.write_bytes(generated.stream)
    import_stream(tmp_path / "home", REPOSITORY, file)
    return Mirror(mirror_path(tmp_path / "home", REPOSITORY))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    home = tmp_path_factory.mktemp("sample")
    file = home / "tally.fast-import"
    file.write_bytes(stream())
    assert import_stream(home, "tally-works/tally", file)
    return Mirror(mirror_path(home, "tally-works/tally"))


@pytest.mark.parametrize("key", BY_KEY)
def test_every_commit_of_the_stream_has_its_id_and_its_files(sample: Mirror, key: str) -> None:
    commit = commit_ids()[key]
    assert sample.has_commit(commit)
    with tarfile.open(fileobj=io.BytesIO(sample.archive(commit))) as archive:
        files = {}
        for member in archive.getmembers():
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name] = content.read()
    assert files == tree_of(key)


@pytest.mark.parametrize("key", [key for key, commit in BY_KEY.items() if commit.parents])
def test_every_change_of_the_sample_applies_to_its_own_base(sample: Mirror, key: str) -> None:
    base, fix = commit_ids()[BY_KEY[key].parents[0]], commit_ids()[key]
    before, after = tree_of(BY_KEY[key].parents[0]), tree_of(key)
    paths = [change.path for change in sample.changes(base, fix)]
    assert paths == sorted(p for p in {*before, *after} if before.get(p) != after.get(p))
    assert sample.applies(base, sample.patch(base, fix, paths))


def test_a_mirror_of_the_same_stream_is_left_alone(tmp_path: Path, generated: Generated) -> None:
    file = tmp_path / "app.fast-import"
    file.write_bytes(generated.stream)
    assert import_stream(tmp_path, REPOSITORY, file)
    marker = mirror_path(tmp_path, REPOSITORY) / "marker"
    marker.touch()
    assert not import_stream(tmp_path, REPOSITORY, file)
    assert marker.exists()


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "mirrors").iterdir())


def test_a_mirror_of_another_stream_takes_its_place(tmp_path: Path, generated: Generated) -> None:
    file = tmp_path / "app.fast-import"
    file.write_bytes(stream())
    import_stream(tmp_path, REPOSITORY, file)
    file.write_bytes(generated.stream)
    assert import_stream(tmp_path, REPOSITORY, file)
    mirror = Mirror(mirror_path(tmp_path, REPOSITORY))
    assert mirror.has_commit(generated.fix)
    assert not mirror.has_commit(commit_ids()["start"])
    assert left(tmp_path) == [".ours__app.lock", "ours__app.git"]


def test_what_a_killed_import_left_goes_though_its_mirror_is_whole(
    tmp_path: Path, generated: Generated
) -> None:
    file = tmp_path / "app.fast-import"
    file.write_bytes(generated.stream)
    import_stream(tmp_path, REPOSITORY, file)
    (tmp_path / "mirrors" / ".new-ours__app-killed").mkdir()
    assert not import_stream(tmp_path, REPOSITORY, file)
    assert left(tmp_path) == [".ours__app.lock", "ours__app.git"]


def test_a_broken_stream_leaves_the_mirror_as_it_was(tmp_path: Path, generated: Generated) -> None:
    file = tmp_path / "app.fast-import"
    file.write_bytes(generated.stream)
    import_stream(tmp_path, REPOSITORY, file)
    file.write_bytes(b"this is no stream\n")
    with pytest.raises(SystemFault, match="no stream that git fast-import takes: fatal"):
        import_stream(tmp_path, REPOSITORY, file)
    assert Mirror(mirror_path(tmp_path, REPOSITORY)).has_commit(generated.fix)
    assert left(tmp_path) == [".ours__app.lock", "ours__app.git"]


def test_a_missing_mirror_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(SystemFault, match="paydag refresh") as refused:
        Mirror(mirror_path(tmp_path, REPOSITORY))
    assert not refused.value.retryable


def test_changes_name_both_sides_of_a_rename(mirror: Mirror, generated: Generated) -> None:
    changes = mirror.changes(generated.base, generated.fix)
    assert [change.path for change in changes] == CHANGED
    assert mirror.changes(generated.fix, generated.fix) == []


def test_a_change_says_what_the_file_has_become(mirror: Mirror, generated: Generated) -> None:
    changes = {c.path: c for c in mirror.changes(generated.base, generated.fix)}
    modes = {path: (changes[path].old_mode, changes[path].new_mode) for path in SOME}
    assert modes == {
        "edited.txt": ("100644", "100755"),
        "old/name.txt": ("100644", ABSENT),
        "new/name.txt": (ABSENT, "100644"),
    }
    assert mirror.read_blob(changes["image.bin"].new_oid) == AFTER["image.bin"]
    assert mirror.read_blob(changes["empty.txt"].new_oid) == b""


def test_a_size_counts_a_renamed_file_once_and_twice(mirror: Mirror, generated: Generated) -> None:
    again = generated.checkout.git("diff", "--numstat", "--no-renames", "HEAD~1", "HEAD").decode()
    rows = [line.split("\t") for line in again.splitlines()]
    added, deleted = (sum(int(row[i]) for row in rows if row[i] != "-") for i in (0, 1))
    assert mirror.change_sizes(generated.base, generated.fix) == {
        ChangeSize(len(rows), added, deleted),
        ChangeSize(len(rows) - 1, added - 40, deleted - 40),
    }
    assert mirror.change_sizes(generated.fix, generated.fix) == {ChangeSize(0, 0, 0)}


def test_a_patch_rebuilds_the_very_tree(mirror: Mirror, generated: Generated) -> None:
    patch = mirror.patch(generated.base, generated.fix, CHANGED)
    checkout = generated.checkout
    assert checkout.patched(generated.base, patch) == checkout.tree_of(generated.fix)


def test_a_patch_backwards_rebuilds_the_base(mirror: Mirror, generated: Generated) -> None:
    patch = mirror.patch(generated.fix, generated.base, CHANGED)
    checkout = generated.checkout
    assert checkout.patched(generated.fix, patch) == checkout.tree_of(generated.base)


def test_patches_of_disjoint_paths_make_the_whole(mirror: Mirror, generated: Generated) -> None:
    rest = [path for path in CHANGED if path not in SOME]
    pair = [mirror.patch(generated.base, generated.fix, part) for part in (SOME, rest)]
    checkout = generated.checkout
    for order in (pair, pair[::-1]):
        assert checkout.patched(generated.base, "".join(order)) == checkout.tree_of(generated.fix)


def test_a_patch_touches_the_asked_paths_literally(mirror: Mirror, generated: Generated) -> None:
    strange = "umlaut \u00e4 [1].txt"
    patch = mirror.patch(generated.base, generated.fix, [strange])
    assert patch.count("diff --git") == 1
    assert mirror.patch(generated.base, generated.fix, ["*"]) == ""
    assert mirror.patch(generated.base, generated.fix, []) == ""


def test_the_same_patch_does_not_apply_twice(mirror: Mirror, generated: Generated) -> None:
    patch = mirror.patch(generated.base, generated.fix, ["edited.txt"])
    assert mirror.applies(generated.base, patch)
    assert not mirror.applies(generated.fix, patch)
    assert not mirror.applies(generated.base, "no patch at all\n")


def test_only_commits_that_exist_are_had(mirror: Mirror, generated: Generated) -> None:
    assert mirror.has_commit(generated.base)
    assert not mirror.has_commit("0" * 40)
    assert not mirror.has_commit(generated.checkout.tree_of(generated.base))
    assert not mirror.has_commit("--help")


def test_what_is_not_there_is_the_candidates_missing_commit(
    mirror: Mirror, generated: Generated
) -> None:
    for ask in (
        lambda: mirror.changes("0" * 40, generated.fix),
        lambda: mirror.patch(generated.base, "--output=x", ["edited.txt"]),
        lambda: mirror.archive("0" * 40),
        lambda: mirror.applies("HEAD", ""),
        lambda: mirror.read_blob("0" * 40),
        lambda: mirror.absent_runs("0" * 40, ["one"]),
    ):
        with pytest.raises(DataError) as refused:
            ask()
        assert refused.value.reason == "missing_commit"
    assert mirror.commit("0" * 40) is None


def test_a_commit_says_when_it_was_made_and_from_what(mirror: Mirror, generated: Generated) -> None:
    moment = datetime.fromtimestamp(1_700_000_000, UTC)
    assert mirror.commit(generated.fix) == CommitFacts(
        generated.fix, (generated.base,), moment, "A change"
    )
    assert mirror.commit(generated.checkout.tree_of(generated.fix)) is None


@pytest.mark.parametrize(
    ("run", "absent"),
    [
        ("one two three", False),
        ("line 7 line 8   line 9", False),  # over line breaks
        ("one two", False),  # \r\n is a blank, too
        ("one  three", True),
        ("One two three", True),
        ("line 7 line 9", True),
        ("ä", False),
        ("--help -e x", True),
        ("", False),
    ],
)
def test_a_run_of_words_is_found_over_blanks_and_line_breaks(
    mirror: Mirror, generated: Generated, run: str, absent: bool
) -> None:
    found = mirror.absent_runs(generated.base, [run, "a run that is nowhere"])
    assert found == ({run} if absent else set()) | {"a run that is nowhere"}
    assert mirror.absent_runs(generated.base, []) == frozenset()


@pytest.mark.exhaustive
def test_a_change_of_very_many_paths_is_one_patch(tmp_path: Path) -> None:
    long = "a folder with quite a long name/" * 6
    files: Files = {f"{long}{n}.txt": (PLAIN, b"%d\n" % n) for n in range(3_000)}
    repository = Repository.made(tmp_path / "app.git")
    base = repository.commit({"a.txt": (PLAIN, b"a\n")})
    fix = repository.commit(files, [base])
    mirror = Mirror(repository.folder)
    patch = mirror.patch(base, fix, [c.path for c in mirror.changes(base, fix)])
    assert patch.count("diff --git ") == 3_001
    assert mirror.applies(base, patch)


def test_a_mirror_never_fetches_what_it_lacks(tmp_path: Path) -> None:
    there = Repository.made(tmp_path / "there.git")
    there.git("config", "uploadpack.allowFilter", "true")
    commit = there.commit({"a.txt": (PLAIN, b"a\n")})
    there.branch("main", commit)
    url = f"file://{there.folder}"
    there.git("clone", "--quiet", "--bare", "--filter=blob:none", url, str(tmp_path / "here.git"))
    mirror = Mirror(tmp_path / "here.git")
    with pytest.raises(DataError, match="paydag refresh"):
        mirror.archive(commit)
    with pytest.raises(DataError):
        mirror.read_blob(there.blob(b"a\n"))


def test_nothing_is_left_of_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository.made(tmp_path / "app.git")
    commit = repository.commit({"a.txt": (PLAIN, b"a\n")})
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    mirror = Mirror(repository.folder)
    assert mirror.has_commit(commit)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del mirror
    gc.collect()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_attributes_of_the_repository_change_nothing_in_an_archive(tmp_path: Path) -> None:
    repository = Repository.made(tmp_path / "app.git")
    files: Files = {
        ".gitattributes": (
            PLAIN,
            b"*.txt text eol=crlf\n*.sub export-subst\nno.txt export-ignore\n",
        ),
        "a.txt": (PLAIN, b"a\n"),
        "no.txt": (PLAIN, b"no\n"),
        "version.sub": (PLAIN, b"$Format:%H$\n"),
    }
    commit = repository.commit(files)
    with tarfile.open(fileobj=io.BytesIO(Mirror(repository.folder).archive(commit))) as archive:
        content = {m.name: archive.extractfile(m) for m in archive.getmembers() if m.isfile()}
        found = {name: file.read() for name, file in content.items() if file is not None}
    assert found == {path: kept for path, (_, kept) in files.items()}
