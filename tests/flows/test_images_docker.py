"""Images that are missing, cannot be made or have served, as the command line has it."""

from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.planting import in_environment, plant
from tests.flows.tables import assert_sound
from tests.sample_home import SampleHome

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

NUMBERS = (11, 15)
NAMES = [f"tally-works__tally-{number}-ic_swe" for number in NUMBERS]
ONLY = [word for name in NAMES for word in ("--instance", name)]
EVALUATE = ("evaluate", "sample", "--solver", "gold", "--sandbox", "docker", *ONLY)


def made_with(sample: SampleHome, number: int, *setup: str) -> Any:
    """The instance in an image that is made by this setup on the sample's."""
    instance = sample.instance(number, "ic_swe")
    return in_environment(instance, image=None, base="paydag/sample:1", setup=setup)


def test_an_image_that_is_missing_is_a_fault_that_names_it_and_the_rest_goes_on(
    own_sample: SampleHome, paydag: Paydag, sample_engine: str
) -> None:
    lost = in_environment(own_sample.instance(NUMBERS[0], "ic_swe"), image="paydag/none:7")
    home = plant(own_sample.home, lost)
    finished = paydag(*EVALUATE, "--json", home=home, DOCKER_HOST=sample_engine)
    assert (finished.code, finished.err.count("\n")) == (1, 1)
    said = "the image paydag/none:7 is missing; make it first"
    assert finished.answer["faults"] == {NAMES[0]: said}
    assert f"prepare: 1 of 2 ended in a fault; the first: {said}" in finished.err
    counts = ("attempted", "resolved", "unresolved", "invalid")
    assert [finished.answer[key] for key in counts] == [2, 1, 0, 1]
    assert_sound(home)


@pytest.mark.exhaustive
def test_a_setup_that_fails_is_a_fault_that_says_where_and_the_rest_goes_on(
    own_sample: SampleHome, paydag: Paydag, sample_engine: str
) -> None:
    home = plant(own_sample.home, made_with(own_sample, NUMBERS[0], "echo all is well", "exit 3"))
    answer = paydag(*EVALUATE, "--json", home=home, DOCKER_HOST=sample_engine).answer
    assert list(answer["faults"]) == [NAMES[0]]
    said = answer["faults"][NAMES[0]]
    assert said.startswith(
        "the setup on the image paydag/sample:1 failed: line 2 (exit 3) ended with the exit code 3"
    )
    assert "all is well" in said
    assert (answer["resolved"], answer["invalid"]) == (1, 1)


@pytest.mark.exhaustive
def test_an_image_that_several_share_goes_when_all_have_been_served(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str
) -> None:
    setup = f"echo {own_sample.home} >/made"  # an image of this test's own
    home = plant(own_sample.home, *(made_with(own_sample, number, setup) for number in NUMBERS))
    before = {image.id for image in engine.images.list()}
    answer = paydag.json(*EVALUATE, "--prune", home=home, DOCKER_HOST=sample_engine)
    assert (answer["resolved"], answer["faults"]) == (2, {})
    assert {image.id for image in engine.images.list()} - before == set()
    assert any("paydag/sample:1" in image.tags for image in engine.images.list())
