"""automations.yaml and prefect.yaml are read, and what is wrong in them is told with its line."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs.deployments import deployed_entrypoints, load_automations

_GOOD = """
- name: landed
  trigger: {type: event}
  actions:
    - {type: run-deployment, deployment: build/build, parameters: {dataset: a}}
"""


def test_what_a_server_checks_itself_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(_GOOD)
    (found,) = load_automations(tmp_path / "a.yaml")
    assert found.actions[0].model_dump() == {
        "type": "run-deployment",
        "deployment": "build/build",
        "parameters": {"dataset": "a"},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", ":1: expected a list of automations"),
        ("- [", ":1: not YAML: "),
        (_GOOD.replace("name: landed", "nme: landed"), ":2: 0."),
        (_GOOD.replace("trigger: {type: event}", "trigger: event"), ":3: 0.trigger: "),
        (_GOOD.replace("type: run-deployment, ", ""), "0.actions.0.type: "),
        (_GOOD.replace("trigger:", "name: again\n  trigger:"), ":3: name: stands twice"),
    ],
)
def test_an_automation_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_automations(file)
    assert str(refused.value).startswith(str(file))
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["- a", "deployments: x", "deployments: [{name: a}]"])
def test_a_file_without_deployments_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"p\.yaml:1: "):
        deployed_entrypoints(tmp_path / "p.yaml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.yaml cannot be read: No such file"):
        load_automations(tmp_path / "a.yaml")
