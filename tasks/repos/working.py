"""What somebody did to the files of a base commit, read off the files.

A repository that lay in a stranger's hands is not asked anything: its configuration names programs,
its hooks are some, and its index says what it likes. Only the plain files count, as a tar that was
packed on this side. They are compared with the base by content, and what differs becomes a tree
beside that of the base.
"""

import hashlib
import re
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import SUBMODULE, Worked
from tasks.domain.paths import matches_any
from tasks.repos.basis import Basis
from tasks.repos.commands import GitFailure, run
from tasks.repos.diffs import text_patch
from tasks.repos.objections import FILES, LINKS, path_objection, target_objection
from tasks.repos.short_lived import scratch

OpenFiles = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens the tar of the work tree, as often as it is asked."""

FILE_BYTES: Final = 10_000_000
CHANGED_BYTES: Final = 40_000_000
# A file with holes has any size and needs no room.
_TREE_BYTES: Final = 16_000_000_000
_ENTRIES: Final = 2_000_000
_SECONDS: Final = 600.0
_PIECE: Final = 1 << 20
_LINK: Final = "120000"
# Names that some file system takes for git's own folder.
_GITS_OWN: Final = re.compile(r"(\.git|git~\d+)[ .:]*", re.IGNORECASE)


class _Found(NamedTuple):
    """A file or link: mode and name of its content as git has them, size in bytes; a link's
    target."""

    mode: str
    oid: str
    size: int
    target: bytes = b""


_Files = dict[str, _Found]


def worked(basis: Basis, files: OpenFiles, left_out: Sequence[str]) -> Worked:
    """The difference between the base and the files.

    New files are left out that the base's own ignore rules name or that match a glob of `left_out`;
    and whatever no patch could be graded with: links that lead out of the tree, files that are too
    large or too many. Raises DataError where there is more in the tree than is ever read, and
    SystemFault where the machine fails.
    """
    try:
        base = _base(basis)
        with _members(files) as members:
            found = _looked(members)
        changed, refused = _changes(basis, base, found, left_out)
        gone = [p for p, (mode, _) in base.items() if p not in found and mode != SUBMODULE]
        with basis.scratch() as environment, scratch() as folder:
            _store(basis, files, found, changed, folder, environment)
            tree = _tree(basis, changed, gone, environment)

            def git(*arguments: str) -> bytes:
                return run(basis.path, arguments, environment=environment)

            patch = text_patch(git, (basis.tree, tree), sorted({*changed, *gone}))
    except GitFailure as failure:
        raise SystemFault(
            f"what was done to the files of {basis.commit} cannot be read ({failure}); is the disk "
            "full?"
        ) from failure
    return Worked(patch, tuple(sorted(refused.items())))


def _base(basis: Basis) -> dict[str, tuple[str, str]]:
    """Path → mode and object of the base's tree."""
    found = {}
    for entry in run(basis.path, ["ls-tree", "-r", "-z", "--full-tree", basis.tree]).split(b"\0"):
        head, tab, path = entry.partition(b"\t")
        if tab:
            mode, _, oid = head.decode().split(" ")
            found[path.decode("utf-8", "surrogateescape")] = (mode, oid)
    return found


@contextmanager
def _members(files: OpenFiles) -> Iterator[Iterator[tuple[str, tarfile.TarInfo, IO[bytes] | None]]]:
    """The plain files and links of the tar with their paths, but for git's own."""
    with files() as packed:
        try:
            with tarfile.open(fileobj=packed, mode="r|", errors="surrogateescape") as archive:
                yield _bounded(archive)
        except (tarfile.TarError, EOFError) as error:
            raise SystemFault(f"the files of a box cannot be read to their end: {error}") from error


def _bounded(
    archive: tarfile.TarFile,
) -> Iterator[tuple[str, tarfile.TarInfo, IO[bytes] | None]]:
    until, size = time.monotonic() + _SECONDS, 0
    for number, member in enumerate(archive):
        vars(archive)["members"].clear()  # it would keep them all
        size += member.size
        if size > _TREE_BYTES or number > _ENTRIES or time.monotonic() > until:
            raise DataError(
                f"the workspace holds more than {_TREE_BYTES:,} bytes, {_ENTRIES:,} files, or what "
                f"can be read in {_SECONDS:.0f} s"
            )
        path = _plain(member.name)
        if path and not any(_GITS_OWN.fullmatch(part) for part in path.split("/")):
            yield path, member, archive.extractfile(member) if member.isreg() else None


def _plain(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _looked(members: Iterator[tuple[str, tarfile.TarInfo, IO[bytes] | None]]) -> _Files:
    found: _Files = {}
    for path, member, content in members:
        if content is not None:
            mode = "100755" if member.mode & 0o100 else "100644"
            found[path] = _Found(mode, _named(content, member.size), member.size)
        elif member.issym():
            target = member.linkname.encode("utf-8", "surrogateescape")
            blob = hashlib.sha1(b"blob %d\0" % len(target) + target, usedforsecurity=False)
            found[path] = _Found(_LINK, blob.hexdigest(), len(target), target)
        elif member.islnk() and (first := found.get(_plain(member.linkname))) is not None:
            found[path] = first  # a second name of a file that came before
    return found


def _named(content: IO[bytes], size: int) -> str:
    """The name that git has for a content."""
    blob = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    while piece := content.read(_PIECE):
        blob.update(piece)
    return blob.hexdigest()


def _changes(
    basis: Basis, base: Mapping[str, tuple[str, str]], found: _Files, left_out: Sequence[str]
) -> tuple[_Files, dict[str, str]]:
    """What differs and is taken, and what is not: path → why. Ignored files are not even named."""
    differs = {p: f for p, f in sorted(found.items()) if base.get(p) != (f.mode, f.oid)}
    fresh = [path for path in differs if path not in base]
    skipped = _ignored(basis, base, fresh) | {p for p in fresh if matches_any(p, left_out)}
    modules = tuple(f"{path}/" for path, (mode, _) in base.items() if mode == SUBMODULE)
    taken: _Files = {}
    refused: dict[str, str] = {}
    size = links = 0
    for path, file in differs.items():
        if path in skipped or path.startswith(modules):
            continue
        links += file.mode == _LINK
        size += file.size
        why = _objection(path, file, len(taken), size, links)
        if why is None:
            taken[path] = file
        else:
            size -= file.size
            refused[path.encode("utf-8", "replace").decode()] = why
    return taken, refused


def _objection(path: str, file: _Found, taken: int, size: int, links: int) -> str | None:
    """Why a change is not taken; the numbers count what is taken with it."""
    if (wrong := path_objection(path.encode("utf-8", "surrogateescape"))) is not None:
        return wrong
    if file.mode == _LINK:
        if (wrong := target_objection(path, file.target)) is not None:
            return wrong
        if links > LINKS:
            return f"a patch has at most {LINKS} links"
    if file.size > FILE_BYTES or size > CHANGED_BYTES or taken >= FILES:
        return (
            f"a patch has at most {FILES:,} files of {FILE_BYTES:,} bytes each and "
            f"{CHANGED_BYTES:,} together"
        )
    return None


def _ignored(
    basis: Basis, base: Mapping[str, tuple[str, str]], paths: Sequence[str]
) -> frozenset[str]:
    """Those of the paths that the base's own .gitignore files name."""
    rules = {
        path: oid
        for path, (mode, oid) in base.items()
        if path.rpartition("/")[2] == ".gitignore" and mode not in (_LINK, SUBMODULE)
    }
    if not rules or not paths:
        return frozenset()
    with scratch() as folder:
        for path, oid in rules.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(run(basis.path, ["cat-file", "blob", oid]))
        asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        command = ["-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"]
        try:
            said = run(basis.path, command, stdin=asked, environment={"GIT_WORK_TREE": str(folder)})
        except GitFailure as failure:
            if failure.said:  # nothing ignored is an exit code of 1 and no word
                raise
            said = b""
    return frozenset(p.decode("utf-8", "surrogateescape") for p in said.split(b"\0") if p)


def _store(
    basis: Basis,
    files: OpenFiles,
    found: _Files,
    changed: _Files,
    folder: Path,
    environment: Mapping[str, str],
) -> None:
    """Put the changed contents beside the base's objects."""
    wanted = {file.oid for file in changed.values()}
    with _members(files) as members:
        while wanted and (member := next(members, None)) is not None:
            path, entry, content = member
            oid = found[path].oid if path in found else ""
            if oid not in wanted or not (content or entry.issym()):
                continue  # a second name has no content of its own
            (folder / oid).write_bytes(content.read() if content else found[path].target)
            wanted.discard(oid)
    names = sorted(path.name for path in folder.iterdir())
    listed = "".join(f"{folder / name}\n" for name in names).encode()
    command = ["hash-object", "-w", "--no-filters", "--stdin-paths"]
    if run(basis.path, command, stdin=listed, environment=environment).decode().split() != names:
        raise SystemFault("the files of a box changed while they were read")


def _tree(
    basis: Basis, changed: _Files, gone: Sequence[str], environment: Mapping[str, str]
) -> str:
    lines = [f"0 {'0' * 40}\t{path}\0" for path in gone]
    lines += [f"{file.mode} {file.oid}\t{path}\0" for path, file in changed.items()]
    given = "".join(lines).encode("utf-8", "surrogateescape")
    run(basis.path, ["update-index", "-z", "--index-info"], stdin=given, environment=environment)
    return run(basis.path, ["write-tree"], environment=environment).decode().strip()
