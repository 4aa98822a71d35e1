"""Running a program of a task on its cases, and what came of each."""

from typing import Final

from tasks.domain.coding import STDIN, CodingCase, CodingTask
from tasks.domain.comparing import Comparison
from tasks.domain.programs import (
    Answer,
    Case,
    CaseResult,
    Program,
    ProgramLimits,
    difference,
)
from tasks.domain.protocols import ProgramRunner
from tasks.domain.verdicts import Evidence

FILE: Final = "solution.py"
# Isolated: nothing that lies in the folder, a case's files included, is imported by accident.
COMMAND: Final = ("python3", "-I", "-B", FILE)
LIMITS: Final = ProgramLimits(cpu_s=10, wall_s=20, memory_mb=256)
_SHOWN: Final = 800


def case_name(number: int) -> str:
    """`case 01` for number 0: names sort as numbers do."""
    return f"case {number + 1:02d}"


def run_program(
    text: str,
    task: CodingTask,
    cases: tuple[CodingCase, ...],
    comparison: Comparison,
    runner: ProgramRunner,
    *,
    to_first_failure: bool = False,
    first: int = 0,
) -> Evidence:
    """The program on every case, one after the other: passed, failed, error (it ended badly or a
    limit ended it) or skipped.

    What follows a case that a limit ended is skipped: it would only take as long again. The log
    says how the first case that did not pass went wrong. The case with the number `first` is run
    before the others.
    """
    program = Program(command=COMMAND, files={FILE: text.encode(errors="replace")}, limits=LIMITS)
    report: dict[str, str] = {}
    log, killed, over = "", None, False
    for number in sorted(range(len(cases)), key=lambda n: n != first):
        name, case = case_name(number), cases[number]
        if over:
            report[name] = "skipped"
            continue
        (result,) = runner.run(program, [_given(case, task)])
        wrong = difference(_wanted(case, task, comparison), result)
        report[name] = _outcome(wrong, result)
        if wrong and not log:
            log, killed = f"{name}: {wrong}\n{_shown(result)}", result.stopped
        over = result.stopped is not None or (bool(wrong) and to_first_failure)
    report = dict(sorted(report.items()))
    return Evidence(report=report, log=log, failure=f"stopped: {killed}" if killed else None)


def _given(case: CodingCase, task: CodingTask) -> Case:
    files = {name: text.encode() for name, text in case.inputs.items() if name != STDIN}
    return Case(
        stdin=case.inputs.get(STDIN, "").encode(),
        files_in=files,
        files_out=(task.writes,) if task.writes else (),
    )


def _wanted(case: CodingCase, task: CodingTask, comparison: Comparison) -> Answer:
    output = case.output.encode()
    if task.writes:
        return Answer(files={task.writes: output}, comparison=comparison)
    return Answer(stdout=output, comparison=comparison)


def _outcome(wrong: str, result: CaseResult) -> str:
    if not wrong:
        return "passed"
    return "error" if result.stopped is not None or result.exit_code != 0 else "failed"


def _shown(result: CaseResult) -> str:
    said = result.stderr or result.stdout
    text = said[-_SHOWN:].decode(errors="replace")
    return text if len(said) <= _SHOWN else f"[...]{text}"
