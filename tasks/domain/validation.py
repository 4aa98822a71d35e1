"""Validation: what runs without and with the reference say about an environment and its tests."""

from collections.abc import Iterable, Sequence
from typing import Final

from tasks.domain.grading import FAILURES, doubts, first_few, missing_names, own_tests
from tasks.domain.sentinels import PASSED
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation

_NOTHING: Final = Expectation()


def compare(null_runs: Sequence[Evidence], gold_runs: Sequence[Evidence]) -> EnvironmentCheck:
    """Whether submissions can be graded here, by at least one run of each side.

    `reason` begins with its code: gold_fails (the reference does not pass, or does not run),
    gold_doubtful and null_doubtful (an honest run would be taken for tampering), null_passes (no
    test fails without the reference), flaky (those that tell come out differently every time),
    no_fail_to_pass (no test tells them apart). The evidence of all runs is kept either way.
    """
    if not null_runs or not gold_runs:
        raise ValueError("validation needs a run without the reference and one with it")
    expectation = _expectation(null_runs, gold_runs)
    reason = (
        _gold_stopped(gold_runs)
        or _doubtful("gold_doubtful", "with the gold patch", gold_runs, expectation)
        or _doubtful("null_doubtful", "without the gold patch", null_runs, expectation)
        or _nothing_tells(null_runs, gold_runs, expectation)
    )
    return EnvironmentCheck(
        gradable=not reason,
        reason=reason,
        expectation=expectation,
        gold=tuple(gold_runs),
        null=tuple(null_runs),
        image=next((run.image for run in gold_runs if run.image), None),
    )


def _expectation(null_runs: Sequence[Evidence], gold_runs: Sequence[Evidence]) -> Expectation:
    """Each name of any report in one of the lists."""
    null, gold = _outcomes(null_runs), _outcomes(gold_runs)
    lists: dict[str, list[str]] = {field: [] for field in Expectation.model_fields}
    for name in sorted({*null, *gold}):
        lists[_list_of(null.get(name), gold.get(name))].append(name)
    return Expectation(**{field: tuple(names) for field, names in lists.items()})


def _outcomes(runs: Sequence[Evidence]) -> dict[str, list[str | None]]:
    """Test → what each run said of it, None where it said nothing. Names that a report doubles
    count as flaky: they are said to have come out in more than one way."""
    reports = [own_tests(run.report or {}, run.sentinels) for run in runs]
    found = {
        name: [report.get(name) for report in reports] for report in reports for name in report
    }
    for run in runs:
        found |= {name: [PASSED, None] for name in run.doubled if name in found}
    return found


def _list_of(null: Sequence[str | None] | None, gold: Sequence[str | None] | None) -> str:
    if gold is None:
        return "gone"
    if _differs(gold) or None in gold or (null is not None and _differs(null)):
        return "flaky"
    if gold[0] != PASSED:
        return "others"
    return "pass_to_pass" if null is not None and null[0] == PASSED else "fail_to_pass"


def _differs(said: Sequence[str | None]) -> bool:
    """Whether a test passed in some repetitions only: failed and not run are alike."""
    return len({one == PASSED for one in said}) > 1


def _gold_stopped(runs: Sequence[Evidence]) -> str:
    """Why the reference did not get to a report, in the first run where it did not."""
    for number, run in enumerate(runs, start=1):
        why = run.failure or run.killed
        if why is None and run.report is None:
            why = f"exit {run.exit_code}, no readable report"
        if why is not None:
            told = f" in run {number} of {len(runs)}" if len(runs) > 1 else ""
            return f"gold_fails: the gold patch does not pass ({why}){told}"
    return ""


def _doubtful(code: str, side: str, runs: Sequence[Evidence], expectation: Expectation) -> str:
    """Why an honest run would be doubted, where one is."""
    for run in runs:
        if run.failure or run.killed or run.report is None:
            continue
        why = doubts(run.model_copy(update={"doubled": _hard(run.doubled, expectation)}))
        unseen = missing_names(run.report, run.sentinels, _NOTHING)
        failed = any(said in FAILURES for said in own_tests(run.report, run.sentinels).values())
        # Without the gold patch an import may break and end all tests; with it, nothing does.
        if not why and unseen and (code == "gold_doubtful" or not failed):
            why = f"tests placed at grading are not reported: {first_few(unseen)}"
        if why:
            return f"{code}: {side}, {why}"
    return ""


def _hard(doubled: Iterable[str], expectation: Expectation) -> tuple[str, ...]:
    return tuple(name for name in doubled if name not in (*expectation.flaky, *expectation.gone))


def _nothing_tells(
    null_runs: Sequence[Evidence], gold_runs: Sequence[Evidence], expectation: Expectation
) -> str:
    if expectation.fail_to_pass:
        return ""
    null, gold = _outcomes(null_runs), _outcomes(gold_runs)
    unsteady = [name for name in expectation.flaky if not _always(null.get(name))]
    if unsteady and any(PASSED in gold.get(name, ()) for name in unsteady):
        return f"flaky: the tests that tell come out differently every time: {first_few(unsteady)}"
    if expectation.others:
        shown = first_few(expectation.others)
        return (
            f"gold_fails: the gold patch does not pass ({len(expectation.others)} tests: {shown})"
        )
    if gold and all(_always(null.get(name)) for name in gold):
        return f"null_passes: all {len(gold)} tests pass without the gold patch"
    return "no_fail_to_pass: no test fails without the gold patch and passes with it"


def _always(said: Sequence[str | None] | None) -> bool:
    return said is not None and all(one == PASSED for one in said)
