"""Reports of the SWE-bench harness: of a whole run, and of each instance.

What the harness calls an error is `invalid` here: it puts patches that do not apply and failures
of the machine into one list. Since its fifth version it names those of unresolved and errors that
the environment broke (infra_failure_ids): they are invalid, too.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from tasks.domain.errors import DataError
from tasks.domain.results import Reported, ReportedRun
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import Outcome
from tasks.sources.results.kinds import INSTANCE_REPORT, PATCH, PREDICTIONS, RUN_REPORT
from tasks.sources.results.predictions import load, read_answers, submission_of
from tasks.sources.results.reports import fates_of, fates_without_report

_STRAY: Final = (
    "{count} answers are of tasks that the evaluated dataset did not have, and no result"
)


def read_reports(results_id: str, texts: Mapping[str, Mapping[str, str]]) -> ReportedRun:
    """What the files of one run say together. Raises DataError that names the file."""
    answers, models = read_answers(texts.get(PREDICTIONS, {}))
    instances = _instances(texts.get(INSTANCE_REPORT, {}))
    patches = {
        PurePosixPath(file).parent.name: submission_of(text)
        for file, text in texts.get(PATCH, {}).items()
    }
    reports = texts.get(RUN_REPORT, {})
    if len(reports) > 1:
        raise DataError(f"several reports of runs ({', '.join(sorted(reports))}); import one")
    if reports:
        ((file, text),) = reports.items()
        fates = fates_of(file, load(file, text), answers)
        models = models or [_model_in(file)]
    else:
        fates = fates_without_report(instances, {**patches, **answers})
        models = models or sorted(
            {name for file in texts[INSTANCE_REPORT] if (name := _model_above(file))}
        )
    reported = tuple(
        _reported(name, fate, instances.get(name, {}), {**patches, **answers}.get(name))
        for name, fate in sorted(fates.outcomes.items())
    )
    if not reported:
        raise DataError("the results name no task that was answered")
    stray = (_STRAY.format(count=len(fates.stray)),) if fates.stray else ()
    return ReportedRun(
        results_id=results_id,
        form="swebench",
        model="+".join(models) or "unknown",
        reported=reported,
        unanswered=fates.unanswered,
        notes=stray,
    )


def _reported(
    name: str, fate: tuple[Outcome, str, str], report: Mapping[str, Any], answer: Submission | None
) -> Reported:
    outcome, reason, detail = fate
    return Reported(
        name=name,
        outcome=outcome,
        reason=reason,
        detail=detail,
        submission=answer or submission_of(None),
        tests=_tests(report),
    )


def _instances(files: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Instance id → its own report, whatever file it stands in."""
    found: dict[str, dict[str, Any]] = {}
    for file, text in sorted(files.items()):
        data = load(file, text)
        for name, report in data.items() if isinstance(data, dict) else ():
            if not isinstance(report, dict) or not isinstance(report.get("resolved"), bool):
                raise DataError(f"{file}: the report of {name} does not say whether it is resolved")
            if name in found:
                raise DataError(f"{file}: {name} has another report already")
            found[name] = report
    return found


def _tests(report: Mapping[str, Any]) -> dict[str, str] | None:
    """Test → passed or failed, from the four lists of a report."""
    status = report.get("tests_status")
    if not isinstance(status, dict):
        return None
    found: dict[str, str] = {}
    for group in status.values():
        for word, ours in (("success", "passed"), ("failure", "failed")):
            listed = group.get(word, []) if isinstance(group, dict) else []
            found |= {name: ours for name in listed if isinstance(name, str)}
    return found


def _model_in(file: str) -> str:
    """`<model>.<run id>.json`, where a model's `/` is written as `__`."""
    stem = PurePosixPath(file).name.removesuffix(".json")
    model, dot, _ = stem.rpartition(".")
    return model.replace("__", "/") if dot else "unknown"


def _model_above(file: str) -> str:
    """`<run id>/<model>/<instance id>/report.json`."""
    parts = PurePosixPath(file).parts
    return parts[-3].replace("__", "/") if len(parts) > 2 else ""
