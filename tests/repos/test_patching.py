"""A hostile patch is applied to the base's own files, and what it does to kept ones is undone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.repos import Mirror
from tasks.repos.objections import target_objection
from tests.repos.files import BEFORE, LINK, MODULE, PARTS, PLAIN, PROGRAM, changed
from tests.repos.histories import Repository
from tests.repos.patches import BASE, KEPT, difference, files_in, without_modules


def test_a_patch_of_every_kind_of_change_gives_the_very_files(
    repository: Repository, mirror: Mirror
) -> None:
    base = repository.commit(BEFORE)
    fix = repository.commit(changed(BEFORE, *PARTS), [base])
    patch = mirror.patch(base, fix, [change.path for change in mirror.changes(base, fix)])
    found = mirror.patched(base, patch, ())
    assert (found.refusal, found.dropped) == ("", ())
    assert files_in(found.tar) == without_modules(repository.trees[fix])


def test_the_same_patch_gives_the_same_bytes(repository: Repository, base: str) -> None:
    patch = difference(repository, base, BASE | {"a.py": (PLAIN, b"1\n")})
    tars = {Mirror(repository.folder).patched(base, patch, KEPT).tar for _ in range(2)}
    assert len(tars) == 1


def test_no_work_tree_and_no_object_of_the_mirror_is_touched(
    repository: Repository, base: str, mirror: Mirror
) -> None:
    patch = difference(repository, base, BASE | {"new.py": (PLAIN, b"not in the mirror")})
    lone = patch.replace("not in the mirror", "never seen")
    before = sorted((f, f.stat().st_mtime_ns) for f in repository.folder.rglob("*"))
    assert files_in(mirror.patched(base, lone, KEPT).tar)["new.py"] == (PLAIN, b"never seen")
    assert sorted((f, f.stat().st_mtime_ns) for f in repository.folder.rglob("*")) == before


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_missing_last_newline_is_forgiven(
    repository: Repository, base: str, mirror: Mirror, end: str
) -> None:
    files = BASE | {"a.py": (PLAIN, b"1\n2\n3\n")}
    patch = difference(repository, base, files).rstrip("\n") + end
    assert files_in(mirror.patched(base, patch, KEPT).tar) == files


def test_carriage_returns_are_content_and_on_every_line_they_are_not(
    repository: Repository, base: str, mirror: Mirror
) -> None:
    windows = BASE | {"windows.txt": (PLAIN, b"one\r\n2\r\n")}
    patch = difference(repository, base, windows)
    assert files_in(mirror.patched(base, patch, KEPT).tar) == windows
    plain = BASE | {"a.py": (PLAIN, b"one\n2\nthree\n")}
    whole = difference(repository, base, plain).replace("\n", "\r\n")
    assert files_in(mirror.patched(base, whole, KEPT).tar) == plain


# Each by itself would change what is kept; with the change of a.py, only that is left.
TAMPERING: dict[str, tuple[dict[str, tuple[str, bytes] | None], set[str]]] = {
    "edit": ({"tests/test_a.py": (PLAIN, b"easy\n")}, {"tests/test_a.py"}),
    "delete": ({"tests/test_a.py": None}, {"tests/test_a.py"}),
    "mode": ({"tests/test_a.py": (PROGRAM, BASE["tests/test_a.py"][1])}, {"tests/test_a.py"}),
    "add": ({"tests/new.py": (PLAIN, b"x\n")}, {"tests/new.py"}),
    "add elsewhere": ({"x/y/conftest.py": (PLAIN, b"x\n")}, {"x/y/conftest.py"}),
    "literal": ({"hidden.txt": (PLAIN, b"x\n")}, {"hidden.txt"}),
    "link": ({"tests/test_a.py": (LINK, b"../a.py")}, {"tests/test_a.py"}),
    "link out of the tree": ({"tests/l": (LINK, b"/etc/passwd")}, {"tests/l"}),
    "submodule": ({"tests/module": (MODULE, b"1" * 40)}, {"tests/module"}),
    "folder becomes a link": (
        {"tests/test_a.py": None, "tests/deep/test_b.py": None, "tests": (LINK, b"src")},
        {"tests/test_a.py", "tests/deep/test_b.py", "tests"},
    ),
    "folder becomes a file": (
        {"tests/test_a.py": None, "tests/deep/test_b.py": None, "tests": (PLAIN, b"src")},
        {"tests/test_a.py", "tests/deep/test_b.py", "tests"},
    ),
    "file becomes a folder": (
        {"src/conftest.py": None, "src/conftest.py/x": (PLAIN, b"x")},
        {"src/conftest.py", "src/conftest.py/x"},
    ),
}


@pytest.mark.parametrize("rename", ["--no-renames", "-M"])
@pytest.mark.parametrize("kind", TAMPERING)
def test_what_a_patch_does_to_kept_paths_is_dropped_and_reported(
    repository: Repository, base: str, mirror: Mirror, kind: str, rename: str
) -> None:
    change, dropped = TAMPERING[kind]
    honest = BASE | {"a.py": (PLAIN, b"1\n")}
    patch = difference(repository, base, changed(honest, change), rename)
    found = mirror.patched(base, patch, KEPT)
    assert (found.refusal, set(found.dropped)) == ("", dropped)
    assert files_in(found.tar) == honest


def test_both_ends_of_a_rename_are_looked_at(
    repository: Repository, base: str, mirror: Mirror
) -> None:
    outwards = changed(BASE, {"tests/test_a.py": None, "src/t.py": BASE["tests/test_a.py"]})
    patch = difference(repository, base, outwards, "-M")
    assert "rename from tests/test_a.py" in patch
    found = mirror.patched(base, patch, KEPT)
    assert found.dropped == ("tests/test_a.py",)
    assert files_in(found.tar) == BASE | {"src/t.py": BASE["tests/test_a.py"]}
    inwards = changed(BASE, {"src/b.py": None, "tests/b.py": BASE["src/b.py"]})
    patch = difference(repository, base, inwards, "-M")
    assert "rename to tests/b.py" in patch
    found = mirror.patched(base, patch, KEPT)
    assert found.dropped == ("tests/b.py",)
    assert files_in(found.tar) == changed(BASE, {"src/b.py": None})


def test_a_kept_path_cannot_conflict(repository: Repository, base: str, mirror: Mirror) -> None:
    honest = BASE | {"a.py": (PLAIN, b"1\n")}
    patch = difference(repository, base, honest)
    patch += "diff --git a/tests/no.py b/tests/no.py\n--- a/tests/no.py\n+++ b/tests/no.py\n"
    patch += "@@ -1 +1 @@\n-there is no such line\n+or file\n"
    found = mirror.patched(base, patch, KEPT)
    assert (found.refusal, found.dropped) == ("", ("tests/no.py",))
    assert files_in(found.tar) == honest


def test_a_folder_that_only_a_leading_star_reaches_may_be_a_link(
    repository: Repository, base: str, mirror: Mirror
) -> None:
    files = BASE | {"lib/deep": (LINK, b"../src"), "same": (LINK, b"./a.py")}
    found = mirror.patched(base, difference(repository, base, files), KEPT)
    assert (found.dropped, files_in(found.tar)) == ((), files)


names = st.sampled_from(["a.py", "src", "src/b.py", "tests", "tests/test_a.py", "x/conftest.py"])
entries = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from([PLAIN, PROGRAM]), st.sampled_from([b"", b"x\n", b"no newline", b"\0\xff"])
    ),
    st.tuples(st.just(LINK), st.sampled_from([b"a.py", b"..", b"src", b"/x", b"../a/.."])),
)


class World:
    """What the other tests get as fixtures, in something that is short when it is printed."""

    def __init__(self, repository: Repository, base: str, mirror: Mirror) -> None:
        self.repository, self.base, self.mirror = repository, base, mirror


@pytest.fixture(scope="module")
def world(repository: Repository, base: str, mirror: Mirror) -> World:
    return World(repository, base, mirror)


@settings(max_examples=25, deadline=None)
@given(changes=st.dictionaries(names, entries, max_size=4), renames=st.booleans())
def test_whatever_is_changed_what_is_kept_stays_as_it_was(
    world: World,
    changes: dict[str, tuple[str, bytes] | None],
    renames: bool,
) -> None:
    after = changed(BASE, changes)
    paths = [path for path in after if not any(other.startswith(f"{path}/") for other in after)]
    after = {path: after[path] for path in paths}
    options = "-M" if renames else "--no-renames"
    patch = difference(world.repository, world.base, after, options)
    found = world.mirror.patched(world.base, patch, KEPT)
    if found.tar is None:
        assert found.refusal
        return
    kept = {p: e for p, e in BASE.items() if p.startswith("tests/") or p.endswith("conftest.py")}
    got = files_in(found.tar)
    assert {p: e for p, e in got.items() if p in kept} == kept
    assert not any(p.startswith("tests/") or p.endswith("conftest.py") for p in got.keys() - kept)
    assert all(
        target_objection(path, content) is None
        for path, (mode, content) in got.items()
        if mode == LINK
    )
