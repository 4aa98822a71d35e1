"""Every kind of file, and every kind of change of it.

A tree is a mapping of path to (mode, content); of a submodule the content is the commit's name.
"""

from collections.abc import Mapping
from typing import Final

Files = dict[str, tuple[str, bytes]]
PLAIN, PROGRAM, LINK, MODULE = "100644", "100755", "120000", "160000"
NOISE: Final = bytes(range(256)) * 8
LATE_NUL: Final = b"a line of text\n" * 800 + b"\0\n"

BEFORE: Final[Files] = {
    "kept.txt": (PLAIN, b"kept\n"),
    "edited.txt": (PLAIN, b"one\ntwo\nthree\n"),
    "no newline.txt": (PLAIN, b"last line"),
    "newline lost.txt": (PLAIN, b"last line\n"),
    "windows.txt": (PLAIN, b"one\r\ntwo\r\nthree\r\n"),
    "to windows.txt": (PLAIN, b"one\ntwo\n"),
    "old/name.txt": (PLAIN, b"".join(b"line %d\n" % n for n in range(40))),
    "old/other.txt": (PLAIN, b"".join(b"row %d\n" % n for n in range(40))),
    "gone.txt": (PLAIN, b"gone\n"),
    "gone empty.txt": (PLAIN, b""),
    "image.bin": (PLAIN, NOISE),
    "gone.bin": (PLAIN, NOISE[::-1]),
    "latin.txt": (PLAIN, b"caf\xe9\nth\xe9\n"),
    "late nul.txt": (PLAIN, LATE_NUL),
    "umlaut \u00e4 [1].txt": (PLAIN, "\u00e4\n".encode()),
    'quo"ted \\ back.txt': (PLAIN, b"quoted\n"),
    "tab\there.txt": (PLAIN, b"tab\n"),
    "run.sh": (PLAIN, b"#!/bin/sh\n"),
    "program.sh": (PROGRAM, b"#!/bin/sh\necho\n"),
    "link": (LINK, b"edited.txt"),
    "becomes a link": (PLAIN, b"a file\n"),
    "becomes a file": (LINK, b"kept.txt"),
    "file or folder": (PLAIN, b"a file\n"),
    "folder or file/a.txt": (PLAIN, b"a\n"),
    "vendor/lib": (MODULE, b"1" * 40),
    "vendor/gone": (MODULE, b"2" * 40),
    ".gitattributes": (
        PLAIN,
        b"*.txt text eol=crlf\n*.sub export-subst\nignored.txt export-ignore\n",
    ),
    "version.sub": (PLAIN, b"$Format:%H$\n"),
    "ignored.txt": (PLAIN, b"not in an archive\n"),
    "tests/test_one.py": (PLAIN, b"def test_one():\n    assert one() == 1\n"),
    "tests/gone.py": (PLAIN, b"gone\n"),
    "tests/golden.bin": (PLAIN, NOISE),
    "tests/check.sh": (PLAIN, b"#!/bin/sh\n"),
    "tests/case": (PLAIN, b"a file\n"),
    "tests/cases/one.txt": (PLAIN, b"one\n"),
}
# None deletes. In three parts, for histories of three commits.
PARTS: Final[tuple[Mapping[str, tuple[str, bytes] | None], ...]] = (
    {
        "edited.txt": (PLAIN, b"one\n2\nthree\n"),
        "no newline.txt": (PLAIN, b"another last line"),
        "newline lost.txt": (PLAIN, b"last line"),
        "windows.txt": (PLAIN, b"one\r\n2\r\nthree\r\n"),
        "to windows.txt": (PLAIN, b"one\r\ntwo\r\n"),
        "old/name.txt": None,
        "new/name.txt": BEFORE["old/name.txt"],
        "old/other.txt": None,
        "new/other.txt": (PLAIN, BEFORE["old/other.txt"][1] + b"one row more\n"),
        "gone.txt": None,
        "gone empty.txt": None,
        "added.txt": (PLAIN, b"added\n"),
        "empty.txt": (PLAIN, b""),
        "tests/test_one.py": (PLAIN, b"def test_one():\n    assert one() == 2\n"),
    },
    {
        "image.bin": (PLAIN, NOISE[:1000] + b"\0" + NOISE[1000:]),
        "gone.bin": None,
        "added.bin": (PLAIN, NOISE),
        "latin.txt": (PLAIN, b"caf\xe9\nth\xe8\n"),
        "latin \u00e4 *?[.txt": (PLAIN, b"\xff\n"),
        'latin "quoted" \\.txt': (PLAIN, b"\xfe\n"),
        "late nul.txt": (PLAIN, LATE_NUL + b"more\n"),
        "umlaut \u00e4 [1].txt": (PLAIN, "\u00f6\n".encode()),
        'quo"ted \\ back.txt': (PLAIN, b"quoted again\n"),
        "tab\there.txt": (PLAIN, b"a tab\n"),
        "tests/gone.py": None,
        "tests/golden.bin": (PLAIN, NOISE[::-1]),
        "tests/check.sh": (PROGRAM, b"#!/bin/sh\n"),
        "tests/latin.txt": (PLAIN, b"\xe9\n"),
        "tests/empty.txt": (PLAIN, b""),
    },
    {
        "run.sh": (PROGRAM, b"#!/bin/sh\n"),
        "program.sh": (PLAIN, b"#!/bin/sh\necho 1\n"),
        "link": (LINK, b"kept.txt"),
        "becomes a link": (LINK, b"kept.txt"),
        "becomes a file": (PLAIN, b"kept.txt"),
        "file or folder": None,
        "file or folder/a.txt": (PLAIN, b"a\n"),
        "folder or file/a.txt": None,
        "folder or file": (PLAIN, b"a file\n"),
        "vendor/lib": (MODULE, b"3" * 40),
        "vendor/gone": None,
        "vendor/new": (MODULE, b"4" * 40),
        "tests/vendor": (MODULE, b"5" * 40),
        ".gitattributes": (PLAIN, b"*.txt -diff\n*.bin diff\n"),
        "tests/case": None,
        "tests/case/one.txt": (PLAIN, b"one\n"),
        "tests/cases/one.txt": None,
        "tests/cases": (PLAIN, b"a file\n"),
        "tests/link": (LINK, b"../kept.txt"),
    },
)
OTHERS: Final[Mapping[str, tuple[str, bytes] | None]] = {"elsewhere.txt": (PLAIN, b"theirs\n")}


def changed(files: Files, *parts: Mapping[str, tuple[str, bytes] | None]) -> Files:
    """The tree after these changes."""
    found: dict[str, tuple[str, bytes] | None] = {**files}
    for part in parts:
        found |= part
    return {path: entry for path, entry in found.items() if entry is not None}
