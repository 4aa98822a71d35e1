"""The files of a repository that a setup sees: chosen from a tree, told apart by their content."""

import hashlib
import io
import tarfile
from collections.abc import Sequence

from tasks.domain.digests import digest
from tasks.domain.paths import matches_any


def matching(tree: bytes, patterns: Sequence[str]) -> bytes:
    """A tar of those files and links of a tree whose paths match a pattern; none are no bytes."""
    if not patterns:
        return b""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(tree)) as whole,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as part,
    ):
        chosen = [m for m in whole if not m.isdir() and matches_any(m.name, patterns)]
        for member in chosen:
            member.pax_headers = {}
            part.addfile(member, whole.extractfile(member) if member.isfile() else None)
    return packed.getvalue() if chosen else b""


def content_digest(tar: bytes) -> str:
    """Digest of the files of a tar: of paths, kinds, modes of execution and content, and not of
    their order, dates or owners. No bytes are no files."""
    if not tar:
        return digest([])
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        entries = []
        for member in archive.getmembers():
            if not member.isdir():
                file = archive.extractfile(member) if member.isfile() else None
                content = file.read() if file else member.linkname.encode(errors="surrogateescape")
                name = member.name.removeprefix("./").encode(errors="surrogateescape").hex()
                kind = f"{member.type!r} {member.mode & 0o111:o}"
                entries.append([name, kind, hashlib.sha256(content).hexdigest()])
    return digest(sorted(entries))


def names_in(tar: bytes) -> list[str]:
    """The paths of its files and links."""
    if not tar:
        return []
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return [member.name for member in archive if not member.isdir()]
