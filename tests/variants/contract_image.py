"""An image that keeps the published contract, with a shell script in the place of the playbook.

The task is to write 42 into answer.txt; what solution.sh in the repository says is then done
by the tests, as the real ones run the application.
"""

import io
import tarfile
from collections.abc import Mapping
from typing import Any, Final

TAG: Final = "paydag-test/contract:1"
ISSUE: Final = "77_1"
BUG: Final = """diff --git a/answer.txt b/answer.txt
--- a/answer.txt
+++ b/answer.txt
@@ -1,3 +1,3 @@
 The answer is
-42
+41
 and nothing else.
"""
FIX: Final = BUG.replace("-42\n+41", "-41\n+42")
_SETUP: Final = """#!/bin/sh
set -e
[ "$EVAL_VARIANT" = ic_swe ] && [ -n "$ISSUE_ID" ]
cd /app/expensify
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
git init -q && git add . && git commit -qm start
sed -i s/42/41/ answer.txt
sleep 0.5
echo served > /tmp/service
echo done > /setup_done.txt
exec sleep 1000
"""
_PLAYBOOK: Final = """#!/bin/sh
[ "$*" = "-i localhost, --connection=local /app/tests/run_tests.yml" ] || exit 9
[ -n "$ISSUE_ID" ] && [ -s /tmp/service ] || exit 9
mkdir -p "/app/tests/logs/$ISSUE_ID"
cd /app/expensify
[ ! -e solution.sh ] || sh ./solution.sh
code=1
grep -qx 42 answer.txt && code=0
[ ! -e code.txt ] || code=$(cat code.txt)
echo "$code" > "/app/tests/logs/$ISSUE_ID/pytest_exit_code"
echo "tests ended with $code"
"""
_FILES: Final[Mapping[str, tuple[int, str]]] = {
    "app/expensify/answer.txt": (0o644, "The answer is\n42\nand nothing else.\n"),
    "app/tests/run.sh": (0o755, _SETUP),
    "app/tests/run_tests.yml": (0o644, "# for the script that stands for the playbook\n"),
    "usr/local/bin/ansible-playbook": (0o755, _PLAYBOOK),
}


def make_image(client: Any, base: str) -> str:
    """The image's tag; made out of a container that is never started."""
    container = client.containers.create(
        base, ["/bin/sh"], labels={"paydag.test": "contract"}, network_mode="none"
    )
    try:
        container.put_archive("/", _tar())
        container.commit(*TAG.split(":"))
    finally:
        container.remove(force=True)
    return TAG


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in ("app", "app/expensify", "app/tests"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for path, (mode, text) in _FILES.items():
            entry = tarfile.TarInfo(path)
            entry.mode, entry.size = mode, len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()
