"""Mirrors made from a fast-import stream, for repositories that come with a dataset."""

import hashlib
from pathlib import Path
from typing import Final

from tasks.domain.errors import SystemFault, UsageError
from tasks.repos.commands import GitFailure, run
from tasks.repos.places import alone, made_beside, mirror_path

STREAM_DIGEST: Final = "paydag-stream-sha256"


def import_stream(home: Path, repository: str, stream: Path) -> bool:
    """Make the mirror of `repository` from a fast-import stream; True where it was made anew.

    Commit ids are those of the stream on any machine. A mirror made from the same stream is
    left alone; a crash leaves either the old one or the new one. Raises SystemFault for a
    file that is no stream, UsageError for one that is not there.
    """
    target = mirror_path(home, repository)
    try:
        content = stream.read_bytes()  # files in it may be binary
    except OSError as error:
        said = error.strerror or str(error)
        raise UsageError(f"{stream}, the mirror of {repository}, cannot be read: {said}") from error
    with alone(target):
        return _imported(target, content, stream)


def _imported(target: Path, content: bytes, stream: Path) -> bool:
    digest = hashlib.sha256(content).hexdigest()
    if (target / STREAM_DIGEST).is_file() and (target / STREAM_DIGEST).read_text() == digest:
        return False
    with made_beside(target) as fresh:
        make_bare(fresh)
        try:
            run(fresh, ["fast-import", "--quiet"], stdin=content)
        except GitFailure as error:
            reason = (error.said.strip().splitlines() or ["git gave no reason"])[0]
            raise SystemFault(
                f"{stream} is no stream that git fast-import takes: {reason}", retryable=False
            ) from error
        (fresh / STREAM_DIGEST).write_text(digest)
    return True


def make_bare(folder: Path) -> None:
    """An empty bare repository, without this machine's templates and hooks."""
    folder.mkdir(parents=True)
    run(folder, ["init", "--bare", "--quiet", "--initial-branch=main", "--template="])
