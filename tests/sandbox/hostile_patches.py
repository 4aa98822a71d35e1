"""Patches as no honest git writes them."""

from typing import Final

_HEAD: Final = "diff --git a/app.py b/app.py\n"


def adding(path: str, text: str = "x = 1", mode: str = "100644") -> str:
    return (
        f"diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1 @@\n+{text}\n"
    )


# Patches that no honest git writes.
PATCHES: Final = {
    "a path above the tree": adding("../../../tmp/paydag-attack"),
    "an absolute path": adding("/tmp/paydag-attack").replace("a//", "/").replace("b//", "/"),
    "a hook of git": adding(".git/hooks/post-checkout", "#!/bin/sh", "100755"),
    "git's configuration in capitals": adding(".GIT/config", "[core]"),
    "a link out of the tree": adding("app2.py", "/etc/passwd", "120000"),
    "a link up and out": adding("deep/link", "../../../../etc/shadow", "120000"),
    "a file through a link": adding("way", "/tmp", "120000") + adding("way/paydag-attack"),
    "a link in place of the tests": "diff --git a/tests/test_app.py b/tests/test_app.py\n"
    "deleted file mode 100644\n" + adding("tests", "/tmp", "120000"),
    "a submodule": adding("module", "Subproject commit " + "1" * 40, "160000"),
    "a name that is no text": adding('"b\\377\\376.py"')
    .replace('a/"', '"a/')
    .replace('b/"', '"b/'),
    "a name with a line break": adding('"new\\nline.py"')
    .replace('a/"', '"a/')
    .replace('b/"', '"b/'),
    "no patch at all": "this is my answer: I fixed it\n",
    "a conflict": f"{_HEAD}--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n-nothing like it\n+x\n y\n",
    "half a patch": f"{_HEAD}--- a/app.py\n+++ b/app.py\n@@ -1,200 +1,2 @@\n-def total",
    "a binary patch that lies about its size": f"{_HEAD}index 1..2 100644\nGIT binary patch\n"
    "literal 99999999\nzcmZ?wbhEHb\n\n",
    "control characters": adding("x.py", "\x1b[2J\x00\x07"),
}
