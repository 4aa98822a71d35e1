"""Patches as git writes them and as nobody should, and what came of them."""

import base64
import io
import tarfile
import zlib
from typing import Final

from tests.repos.files import LINK, MODULE, PLAIN, PROGRAM, Files
from tests.repos.histories import Repository

KEPT: Final = ("tests/**", "**/conftest.py", "hidden.txt")
BASE: Final[Files] = {
    "a.py": (PLAIN, b"one\ntwo\nthree\n"),
    "run.sh": (PROGRAM, b"#!/bin/sh\n"),
    "windows.txt": (PLAIN, b"one\r\ntwo\r\n"),
    "src/b.py": (PLAIN, b"".join(b"line %d\n" % n for n in range(40))),
    "src/conftest.py": (PLAIN, b"conf\n"),
    "tests/test_a.py": (PLAIN, b"".join(b"test %d\n" % n for n in range(40))),
    "tests/deep/test_b.py": (PLAIN, b"b\n"),
}


def files_in(tar: bytes | None) -> Files:
    assert tar is not None
    found: Files = {}
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        for member in archive.getmembers():
            if member.issym():
                found[member.name] = (LINK, member.linkname.encode())
            elif member.isfile():
                content = archive.extractfile(member)
                assert content is not None
                found[member.name] = (PROGRAM if member.mode & 0o100 else PLAIN, content.read())
    return found


def difference(repository: Repository, base: str, files: Files, *options: str) -> str:
    """The patch that git writes for the way to these files."""
    after = repository.commit(files, [base])
    return repository.git("diff", "--binary", *options, base, after).decode()


def without_modules(files: Files) -> Files:
    return {path: entry for path, entry in files.items() if entry[0] != MODULE}


def adding(path: str, text: str, mode: str = PLAIN) -> str:
    return (
        f"diff --git {path} {path}\nnew file mode {mode}\n--- /dev/null\n+++ {path}\n"
        f"@@ -0,0 +1 @@\n+{text}\n\\ No newline at end of file\n"
    )


def literal(content: bytes, size: int | None = None) -> str:
    """The body of a binary patch that states a size of its own."""
    packed = zlib.compress(content, 9)
    lines = []
    for at in range(0, len(packed), 52):
        part = packed[at : at + 52]
        count = chr(len(part) + (64 if len(part) <= 26 else 70))
        padded = part + b"\0" * (-len(part) % 4)
        lines.append(count + base64.b85encode(padded).decode())
    said = len(content) if size is None else size
    return (
        "GIT binary patch\n"
        + "\n".join([f"literal {said}", *lines])
        + "\n\nliteral 0\nHcmV?d00001\n\n"
    )


def binary(path: str, content: bytes, size: int | None = None) -> str:
    oid = "f" * 40
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex {'0' * 40}..{oid}\n"
    return head + literal(content, size)
