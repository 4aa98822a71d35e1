"""A base commit to work on: its tree, and a repository that has never known anything else."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tasks.domain.errors import DataError
from tasks.repos.commands import GitFailure, run
from tasks.repos.mirror import Mirror
from tasks.repos.short_lived import scratch
from tasks.repos.streams import make_bare

# 2000-01-01: archives that some build tools make cannot hold dates before 1980.
SEALED_AT: Final = 946_684_800
_SIGNATURE: Final = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "base"),
        ("EMAIL", "base@invalid"),
        ("DATE", f"{SEALED_AT} +0000"),
    )
}
# Files lie there as they are stored, whatever the tree's own attributes would make of them on the
# way: otherwise some would count as changed before anybody touched them.
_ATTRIBUTES: Final = "* -text -ident -filter !working-tree-encoding\n"
# No deltas to look for: quick, and the same bytes whatever the mirror's own packs are like.
_PACK: Final = ("pack-objects", "--quiet", "--threads=1", "--window=0", "--no-reuse-delta")


def sealed(mirror: Path, commit: str, *, git: bool = False) -> bytes:
    """A tar of the tree at `commit` of the mirror; with `git`, beside a fresh `.git`.

    That `.git` holds one commit without parents, with a fixed author, date and message, on the
    branch main, and the objects of this tree: no later or earlier history, other refs, reflogs,
    remotes, hooks or unreachable objects. The same commit gives the same bytes. Raises DataError
    with the reason `missing_commit` where the mirror lacks the commit or its files.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for entry, content in _tree(Mirror(mirror).archive(commit)):
            archive.addfile(entry, content)
        if git:
            with scratch() as folder:
                repository = folder / "repository"
                _make(repository, mirror, commit)
                for entry, content in _files(repository):
                    archive.addfile(entry, content)
    return packed.getvalue()


def _tree(tar: bytes) -> Iterator[tuple[tarfile.TarInfo, io.BytesIO | None]]:
    """The entries of git's own archive, without the commit's name and date."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        for member in archive:
            if member.name.partition("/")[0].lower() == ".git":
                raise DataError(f"the tree holds {member.name!r}, a repository's own files")
            file = archive.extractfile(member) if member.isfile() else None
            yield _entry(member), None if file is None else io.BytesIO(file.read())


def _files(repository: Path) -> Iterator[tuple[tarfile.TarInfo, io.BytesIO | None]]:
    for path in (repository, *sorted(repository.rglob("*"))):
        entry = tarfile.TarInfo(str(Path(".git") / path.relative_to(repository)))
        if path.is_dir():
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            yield _entry(entry), None
        else:
            content = path.read_bytes()
            entry.size, entry.mode = len(content), 0o644
            yield _entry(entry), io.BytesIO(content)


def _entry(member: tarfile.TarInfo) -> tarfile.TarInfo:
    plain = tarfile.TarInfo(member.name)
    plain.type, plain.linkname, plain.size = member.type, member.linkname, member.size
    plain.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    plain.mtime = SEALED_AT
    return plain


def _make(repository: Path, mirror: Path, commit: str) -> None:
    """The repository that becomes `.git`; it borrows the mirror's objects only while it is made."""
    make_bare(repository)
    borrowed = repository / "objects" / "info" / "alternates"
    borrowed.parent.mkdir(exist_ok=True)
    borrowed.write_text(f"{mirror.absolute() / 'objects'}\n")
    try:
        tree = run(repository, ["rev-parse", "--verify", f"{commit}^{{tree}}"]).decode().strip()
        made = run(
            repository, ["commit-tree", tree], stdin=b"Base\n", environment=_SIGNATURE
        ).strip()
        objects = run(repository, ["rev-list", "--objects", "--no-object-names", tree])
        pack = str(repository / "objects" / "pack" / "pack")
        run(repository, [*_PACK, pack], stdin=objects + made + b"\n")
    except GitFailure as failure:
        raise DataError(
            f"the mirror lacks files of {commit}; `paydag refresh` fetches them ({failure})",
            reason="missing_commit",
        ) from failure
    borrowed.unlink()
    (repository / "info").mkdir(exist_ok=True)
    (repository / "info" / "attributes").write_text(_ATTRIBUTES)
    run(repository, ["prune-packed", "--quiet"])
    run(repository, ["update-ref", "refs/heads/main", made.decode()])
    run(repository, ["read-tree", "HEAD"])
    run(repository, ["config", "core.bare", "false"])
