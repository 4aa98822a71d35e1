"""What became of each instance, by the lists of a run's report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tasks.domain.errors import DataError
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import Outcome

Fate = tuple[Outcome, str, str]
"""Outcome, reason, detail."""

_RESOLVED: Final[Fate] = ("resolved", "reported_resolved", "")
_UNRESOLVED: Final[Fate] = ("unresolved", "reported_unresolved", "")
_EMPTY: Final[Fate] = ("unresolved", "empty_patch", "")
_NOTHING: Final[Fate] = ("unresolved", "no_submission", "")
_ERROR: Final[Fate] = ("invalid", "reported_error", "")
_NO_REPORT: Final[Fate] = ("invalid", "no_report", "answered, and no report was written")
_INFRA: Final = "infra_failure"
# Lists of the harness's first version (before containers) that are no answer's doing.
_BROKEN: Final = ("install_fail", "reset_failed")


@dataclass(frozen=True)
class Fates:
    """Instance id → fate; those without an answer; those that were answered and not evaluated."""

    outcomes: Mapping[str, Fate]
    unanswered: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()


def fates_of(file: str, report: Any, answers: Mapping[str, Submission]) -> Fates:
    """By a run's report, of whichever version. Raises DataError that names the file."""
    if not isinstance(report, dict):
        raise DataError(f"{file} is no report")
    if "resolved_ids" in report:
        return _by_ids(file, report)
    return _by_words(file, report, answers)


def fates_without_report(
    reports: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Submission]
) -> Fates:
    """By the reports of the instances alone. The harness writes none where it fails itself."""
    found: dict[str, Fate] = {}
    for name, answer in answers.items():
        found[name] = _EMPTY if not (answer.model_patch or "").strip() else _NO_REPORT
    for name, report in reports.items():
        if report.get(_INFRA) is True:
            found[name] = ("invalid", _INFRA, str(report.get("infra_failure_reason", "")))
        elif report["resolved"]:
            found[name] = _RESOLVED
        else:
            found[name] = _EMPTY if report.get("patch_is_None") else _UNRESOLVED
    return Fates(found)


def _by_ids(file: str, report: Mapping[str, Any]) -> Fates:
    def ids(key: str) -> set[str]:
        return _ids(file, report, f"{key}_ids")

    resolved, errors, empty = ids("resolved"), ids("error"), ids("empty_patch")
    if "unresolved_ids" not in report and "completed_ids" not in report:
        raise DataError(
            f"{file} lists what was resolved and not what was not: without unresolved_ids or "
            "completed_ids nothing tells how many were tried"
        )
    unresolved = ids("unresolved") | (ids("completed") - resolved - errors)
    both = resolved & (unresolved | errors | empty)
    if both:
        raise DataError(f"{file}: {min(both)} is resolved and is not")
    why = report.get("failure_reasons")
    reasons = why if isinstance(why, dict) else {}
    found: dict[str, Fate] = dict.fromkeys(errors, _ERROR)
    found |= dict.fromkeys(unresolved, _UNRESOLVED) | dict.fromkeys(empty, _EMPTY)
    for name in ids(_INFRA) & found.keys():
        found[name] = ("invalid", _INFRA, str(reasons.get(name, "")))
    for name in ids("ambiguous_failure") & found.keys():
        found[name] = (*found[name][:2], f"ambiguous: {reasons.get(name, '')}")
    found |= dict.fromkeys(resolved, _RESOLVED)
    incomplete = ids("incomplete") - found.keys()
    stray = ids("submitted") - found.keys() - incomplete
    return Fates(found, tuple(sorted(incomplete)), tuple(sorted(stray)))


def _by_words(file: str, report: Mapping[str, Any], answers: Mapping[str, Submission]) -> Fates:
    """The lists that were published before: `resolved` beside what went wrong, and why."""
    resolved = _ids(file, report, "resolved")
    answered = _ids(file, report, "generated") | set(answers)
    if not answered - resolved:
        raise DataError(
            f"{file} lists what was resolved and not what was not: import its folder together with "
            "the predictions, which name all that was tried"
        )
    found: dict[str, Fate] = dict.fromkeys(answered, _UNRESOLVED)
    found |= {n: _EMPTY for n, a in answers.items() if not (a.model_patch or "").strip()}
    found |= dict.fromkeys(_ids(file, report, "no_generation"), _NOTHING)
    for key in ("no_logs", *_BROKEN):
        found |= dict.fromkeys(_ids(file, report, key), ("invalid", key, ""))
    if "with_logs" in report:
        silent = _ids(file, report, "generated") - _ids(file, report, "with_logs")
        found |= dict.fromkeys(silent, ("invalid", "no_logs", ""))
    found |= dict.fromkeys(resolved, _RESOLVED)
    return Fates(found)


def _ids(file: str, report: Mapping[str, Any], key: str) -> set[str]:
    listed = report.get(key, [])
    if not isinstance(listed, list) or not _are_texts(listed):
        raise DataError(f"{file}: {key} is no list of ids")
    return set(listed)


def _are_texts(listed: Iterable[Any]) -> bool:
    return all(isinstance(one, str) and one for one in listed)
