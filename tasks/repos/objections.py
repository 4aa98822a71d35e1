"""What is wrong with a tree that a stranger's patch makes; nothing here runs anything."""

from collections.abc import Sequence
from typing import Final

FILES: Final = 20_000
CONTENT_BYTES: Final = 200_000_000
LINKS: Final = 200
_NAME_BYTES: Final = 255  # the longest name that file systems hold
_DEPTH: Final = 100
TARGET_BYTES: Final = 4_000
_SHOWN: Final = 80


def path_objection(path: bytes) -> str | None:
    """Why no file of this path is put anywhere; None where nothing speaks against it.

    Git itself refuses absolute paths, `..` and its own folder; this looks at them once more.
    """
    try:
        text = path.decode()
    except UnicodeDecodeError:
        return f"the path {_shown(path)} is no UTF-8 text"
    parts = text.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return f"the path {text!r} leads out of the repository"
    if any(part.casefold() == ".git" for part in parts):
        return f"the path {text!r} is one of git's own"
    if len(parts) > _DEPTH or any(len(part.encode()) > _NAME_BYTES for part in parts):
        return f"the path {text[:80]!r}... is longer than a file system holds"
    return None


def _shown(name: bytes) -> str:
    """A name as text in quotes, with what is no text, or cannot be seen, as escapes."""
    text = name.decode(errors="backslashreplace")[:_SHOWN]
    letters = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"'{''.join(letters)}'"


def content_objection(sizes: Sequence[int]) -> str | None:
    """Why these files, by their sizes in bytes, are too much; None where they are not."""
    if len(sizes) > FILES:
        return f"the patch changes {len(sizes):,} files; at most {FILES:,} are taken"
    if sum(sizes) > CONTENT_BYTES:
        return f"the patch makes {sum(sizes):,} bytes; at most {CONTENT_BYTES:,} are taken"
    return None


def target_objection(path: str, target: bytes) -> str | None:
    """Why a symbolic link at `path` is not made; None where it stays in the tree.

    Going up is only allowed in front: there it leaves the folders the link lies in, which are
    real; behind a name it could leave wherever another link has led to.
    """
    shown = f"the link {path!r} to {_shown(target)}"
    if not target or b"\0" in target or len(target) > TARGET_BYTES:
        return f"{shown} is none that a file system holds"
    if target.startswith(b"/"):
        return f"{shown} leads out of the repository"
    parts = [part for part in target.split(b"/") if part not in (b"", b".")]
    ups = next((at for at, part in enumerate(parts) if part != b".."), len(parts))
    if ups > path.count("/") or b".." in parts[ups:]:
        return f"{shown} leads out of the repository, or could"
    return None
