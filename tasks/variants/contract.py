"""Evidence by the published image contract: one image a task, with its own way to run the tests.

The repository lies in the image, at the state with the bug; a playbook runs the published test and
leaves an exit code in a file: 0 passed, 1 failed, anything else broke before it came to that. All
of it happens in the image, as root without capabilities: what that cannot rule out is told in
docs/decisions/0005-grading.md.
"""

from collections.abc import Mapping
from typing import Final

from tasks.domain.errors import SystemFault
from tasks.domain.instances import Environment, TaskInstance
from tasks.domain.protocols import Bench, Box
from tasks.domain.sentinels import FAILED, PASSED
from tasks.domain.verdicts import Evidence
from tasks.variants.testing import LOG_CAP

REPOSITORY: Final = "/app/expensify"
READY: Final = "/setup_done.txt"
EXIT_CODE: Final = "/app/tests/logs/{issue}/pytest_exit_code"
# What the published image runs as its own command: it prepares the repository and starts a
# display, proxies and the like, then says that it is done.
_START: Final = ("/bin/bash", "-l", "-c", "/app/tests/run.sh")
_PLAYBOOK: Final = (
    "ansible-playbook",
    "-i",
    "localhost,",
    "--connection=local",
    "/app/tests/run_tests.yml",
)
_READY_S: Final = 1800.0
_APPLY_S: Final = 120.0
_CHORE_S: Final = 60.0
_WAIT: Final = f'until [ "$(cat {READY} 2>/dev/null)" = done ]; do sleep 0.2; done'
# The image's files may belong to another user, which git does not like by itself.
_GIT: Final = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
}
# Three-way wants an index that is like the files, which the image may not have.
_WAYS: Final = (("--3way",), ())


def run_contract(
    instance: TaskInstance, patch: str | None, bench: Bench, *, reverse: bool = False
) -> Evidence:
    """One trial. The exit code is the contract's, None where it left none; the one test there is
    goes by the task's id. Raises SystemFault where the image does not get ready."""
    environment, own = instance.environment, _variables(instance.key)
    with bench.sandbox.start(environment, instance.instance_id) as box:
        box.serve(environment.service or _START, env=own)
        _await_ready(box, environment, instance.instance_id)
        if patch is not None:
            refused = _apply(box, patch, reverse=reverse)
            if refused is not None:
                return Evidence(failure="patch_conflict", log=refused, image=box.image)
        return _trial(box, environment, instance.key)


def _variables(issue: str) -> Mapping[str, str]:
    return {"ISSUE_ID": issue, "EVAL_VARIANT": "ic_swe", "LC_ALL": "C.UTF-8"}


def _await_ready(box: Box, environment: Environment, label: str) -> None:
    waited = box.run(["/bin/sh", "-c", _WAIT], min(_READY_S, environment.timeout_s))
    if waited.exit_code != 0 or waited.timed_out:
        raise SystemFault(
            f"the image {environment.image} of {label} did not get ready in time: {READY} does not "
            "say that it is done; look into its /app/tests/run.sh, or raise environment.timeout_s"
        )


def _apply(box: Box, patch: str, *, reverse: bool) -> str | None:
    """Why the patch does not apply; None where it did."""
    raw = (patch if patch.endswith("\n") else patch + "\n").encode(errors="replace")
    said = ""
    for way in _WAYS:
        command = ["git", "-C", REPOSITORY, "apply", "--binary", "--whitespace=nowarn", *way]
        command += ["-R", "-"] if reverse else ["-"]
        result = box.run(command, _APPLY_S, stdin=raw, env=_GIT)
        if result.exit_code == 0:
            return None
        said = result.output
    return said[-LOG_CAP:] or "git refuses the patch"


def _trial(box: Box, environment: Environment, issue: str) -> Evidence:
    path = EXIT_CODE.format(issue=issue)
    emptied = box.run(["/bin/sh", "-c", 'rm -rf -- "$1" && [ ! -e "$1" ]', "sh", path], _CHORE_S)
    if emptied.exit_code != 0:
        raise SystemFault(f"{path} cannot be removed before the tests: {emptied.output[-300:]}")
    result = box.run(_PLAYBOOK, environment.timeout_s, env=_variables(issue))
    box.still()
    said = "" if result.killed else _content(box, path)
    code = int(said) if said.isdecimal() and len(said) <= 3 else None
    outcome = {0: PASSED, 1: FAILED}.get(-1 if code is None else code)
    return Evidence(
        exit_code=code,
        report=None if outcome is None else {issue: outcome},
        log=result.output[-LOG_CAP:],
        failure="timeout" if result.timed_out else None,
        killed=result.killed,
        image=box.image,
    )


def _content(box: Box, path: str) -> str:
    """What the file says, "" where it says nothing."""
    found = box.run(["head", "-c", "64", "--", path], _CHORE_S)
    return found.output.strip() if found.exit_code == 0 else ""
