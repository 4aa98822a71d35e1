"""The way through the user's steps comes from the specification and changes no recipe."""

from pathlib import Path

from tasks.choosing import recipe_digest
from tasks.inputs import Inputs
from tasks.judging import Judging, context_of
from tasks.specs.model import DatasetSpec, canonical
from tests.sample_home import SampleHome, sample_spec

STEPS = ("python", "steps.py")


def test_a_specification_gives_it_to_its_instances_and_without_it_stays_what_it_was(
    tmp_path: Path,
) -> None:
    plain = sample_spec()
    assert "user_tool" not in canonical(plain)["environment"]
    section = canonical(plain)["environment"] | {"user_tool": list(STEPS)}
    spec = DatasetSpec.model_validate(canonical(plain) | {"environment": section})
    found = [
        context_of(
            tmp_path, Judging(spec=one, inputs=Inputs(general="any")), {}, {}, {}
        ).environment.user_tool
        for one in (plain, spec)
    ]
    assert found == [(), STEPS]


def test_it_is_part_of_the_task_and_not_of_how_its_environment_is_made(
    built_sample: SampleHome,
) -> None:
    plain = built_sample.instance(18, "ic_swe")
    environment = plain.environment.model_copy(update={"user_tool": STEPS})
    # Digests are kept: validated anew, as it is when it is read.
    given = type(plain).model_validate(plain.model_dump() | {"environment": environment})
    assert given.instance_digest != plain.instance_digest
    assert recipe_digest(given, "docker") == recipe_digest(plain, "docker")
