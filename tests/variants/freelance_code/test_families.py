"""What every family promises, whatever it is about."""

import subprocess
import sys
from pathlib import Path

import pytest

from tasks.domain.coding import STDIN
from tasks.domain.comparing import same
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.families import families
from tasks.variants.freelance_code.family import Family, Inputs, Settings
from tasks.variants.freelance_code.subjects import Subject, subjects

SEEDS = range(12)
CASES = 8


@pytest.fixture(params=sorted(families()))
def family(request: pytest.FixtureRequest) -> Family:
    return families()[request.param]


def drawn(family: Family, seed: int) -> tuple[Subject, Settings, list[Inputs]]:
    subject = subjects()[seed % len(subjects())]
    settings = family.draw(Draws(family.name, seed), subject)
    listed = [
        family.inputs(Draws(family.name, seed, number), subject, settings, number)
        for number in range(CASES)
    ]
    return subject, settings, listed


def in_process(source: str, inputs: Inputs, settings: Settings) -> str | None:
    """What the program's solve answers; None where it raises."""
    space: dict[str, object] = {"__name__": "program"}
    exec(compile(source, "program", "exec"), space)
    try:
        answer = space["solve"](dict(inputs), settings)  # type: ignore[operator]
    except Exception:  # noqa: BLE001 - a mutant may fail in any way
        return None
    return str(answer)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_wrong_solution_fails_a_case_and_no_two_cases_share_an_answer(
    family: Family, seed: int
) -> None:
    _, settings, listed = drawn(family, seed)
    answers = [family.solve(dict(inputs), settings) for inputs in listed]
    assert len(set(answers)) >= CASES - 2, "a constant answer passes several cases"
    programs = family.mutant_programs(settings) | {"stub": family.stub(settings)}
    assert len(programs) >= 4
    survivors = [
        name
        for name, source in programs.items()
        if all(
            (given := in_process(source, inputs, settings)) is not None
            and same(answer.encode(), given.encode(), family.comparison)
            for inputs, answer in zip(listed, answers, strict=True)
        )
    ]
    assert survivors == []


def test_the_statement_names_every_parameter(family: Family) -> None:
    """No two drawings that are solved differently may read the same."""
    read: dict[str, Settings] = {}
    for seed in range(40):
        subject = subjects()[0]
        settings = family.draw(Draws(family.name, seed), subject)
        text = family.statement(settings, subject)
        assert read.setdefault(text, settings) == settings
    assert len(read) > 1


def test_the_program_written_out_answers_as_the_reference(family: Family, tmp_path: Path) -> None:
    _, settings, listed = drawn(family, 3)
    program = tmp_path / "solution.py"
    program.write_text(family.program(settings), encoding="utf-8")
    for inputs in listed[:2]:
        for name, text in inputs.items():
            if name != STDIN:
                (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        finished = subprocess.run(
            [sys.executable, "-I", str(program)],
            input=inputs.get(STDIN, "").encode(),
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        written = (tmp_path / family.writes).read_bytes() if family.writes else finished.stdout
        assert written.decode() == family.solve(dict(inputs), settings)
