"""Why an attempt did not resolve its task, in six classes; every reason of a verdict has one."""

from typing import Final, Literal

FailureClass = Literal["wrong", "crash", "timeout", "no_answer", "tampering", "declined"]

_CLASSES: Final[dict[str, FailureClass]] = {
    "crashed": "crash",
    "no_report": "crash",
    "contract_exit": "crash",
    "memory": "crash",
    "disk": "crash",
    "output": "crash",
    "worker": "crash",
    "timeout": "timeout",
    "cpu": "timeout",
    "wall": "timeout",
    "no_submission": "no_answer",
    "empty_patch": "no_answer",
    "empty_program": "no_answer",
    "tampering": "tampering",
    "declined": "declined",
}
# What a program's case ended with stands in the evidence, not in the verdict's reason.
_STOPPED: Final = "stopped: "


def failure_class(
    reason: str, failure: str | None = None, finish_reason: str | None = None
) -> FailureClass:
    """The class of an unresolved verdict.

    `reason` is the verdict's, `failure` the evidence's, `finish_reason` says why the solver
    stopped (rollouts.Solution). Where nothing was handed in, an offer turned down and a
    refusal are declined, and a deadline is a timeout. Whatever else was graded is wrong.
    """
    if reason == "case_stopped" and failure:
        reason = failure.removeprefix(_STOPPED)
    found = _CLASSES.get(reason, "wrong")
    if found != "no_answer":
        return found
    if finish_reason in ("declined", "refusal"):
        return "declined"
    return "timeout" if finish_reason == "deadline" else "no_answer"
