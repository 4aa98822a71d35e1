"""Differences between two trees, as text that `git apply` takes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tasks.repos.short_lived import scratch

_DIFF: Final = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--full-index",
    "--binary",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=3",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
    "--ignore-submodules=none",
)
# A command line may hold two megabytes at most; a change can name more.
_PATHS_BYTES: Final = 100_000

Git = Callable[..., bytes]


def text_patch(git: Git, ends: Sequence[str], paths: Sequence[str]) -> str:
    """The difference of two commits or trees on `paths`, in their order; files that are no UTF-8
    text as binary. `git` runs git with the arguments it is given."""
    whole = b"".join(_diff(git, ends, part, ()) for part in _portions(paths))
    if not _is_text(whole):
        binary = [path for path in paths if not _is_text(_diff(git, ends, (path,), ()))]
        whole = b"".join(_diff(git, ends, part, binary) for part in _portions(paths))
    return whole.decode()


def _diff(git: Git, ends: Sequence[str], paths: Sequence[str], binary: Sequence[str]) -> bytes:
    """The difference on some paths, `binary` among them taken for binary files."""
    with scratch() as folder:
        attributes = folder / "attributes"
        lines = (f"{_attribute_pattern(path)} -diff\n" for path in binary)
        attributes.write_text("".join(lines), encoding="utf-8", newline="")
        return git(
            *("-c", f"core.attributesFile={attributes}", "diff", *_DIFF, *ends, "--"),
            *(f":(literal){path}" for path in paths),
        )


def _portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """The paths in order, in portions that a command line can hold."""
    portion: list[str] = []
    size = 0
    for path in paths:
        length = len(path.encode()) + 12
        if portion and size + length > _PATHS_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(path)
        size += length
    if portion:
        yield portion


def _is_text(patch: bytes) -> bool:
    """Whether a column of text can hold it."""
    try:
        return "\0" not in patch.decode()
    except UnicodeDecodeError:
        return False


def _attribute_pattern(path: str) -> str:
    """The line of an attributes file that means this path and no other."""
    literal = "".join(f"\\{c}" if c in "*?[\\" else c for c in path)
    quoted = "".join(f"\\{c}" if c in '"\\' else c for c in f"/{literal}")
    return '"' + quoted.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'
