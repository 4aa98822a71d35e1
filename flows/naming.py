"""What flow runs are called, so that a list of them can be read: `evaluate sample@3f2a gold`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from prefect import runtime

from tasks.domain.errors import PaydagError
from tasks.runs import find_run, find_version
from tasks.settings import flow_home
from tasks.warehouse import FileName, Warehouse

_DIGITS: Final = 4
_RUN_DIGITS: Final = 6
# A name is worth no wait for whoever writes the file.
_LOCK_WAIT_S: Final = 3


Words = Callable[[dict[str, Any]], str]


def named(flow: str, *words: Words) -> Callable[[], str]:
    """A namer that Prefect calls: the flow's name, then what each of `words` makes of the run's
    parameters."""

    def name() -> str:
        parameters = dict(runtime.flow_run.parameters)
        return " ".join([flow, *(found for each in words if (found := each(parameters)))])

    return name


def given(parameter: str) -> Words:
    """The parameter's value; the values of a list."""

    def words(parameters: dict[str, Any]) -> str:
        value = parameters.get(parameter) or ""
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)

    return words


def marked(parameter: str) -> Words:
    """The parameter's name where it is true."""
    return lambda parameters: parameter if parameters.get(parameter) else ""


def version_words(parameters: dict[str, Any]) -> str:
    """`sample@3f2a`, the version that a reference means now; the reference where none is there."""
    reference = str(parameters["dataset"])
    home = _home_with(parameters, "core")
    if home is None:
        return reference
    try:
        with home.read("core") as session:
            found = find_version(session, reference)
    except Exception:  # noqa: BLE001 - whatever it is, the flow itself will say it better
        return reference
    return _versioned(found.dataset, found.dataset_version)


def run_words(parameters: dict[str, Any]) -> str:
    """`sample@3f2a gold 70bc56`, the run that an id means; the id where there is none."""
    reference = str(parameters["run_id"])
    home = _home_with(parameters, "eval")
    if home is None:
        return reference
    try:
        with home.read("eval") as session:
            run = find_run(session, reference)
    except Exception:  # noqa: BLE001 - as above
        return reference
    versioned = _versioned(run.dataset, run.dataset_version)
    return f"{versioned} {run.solver} {run.run_id[:_RUN_DIGITS]}"


def _versioned(dataset: str, version: str) -> str:
    return f"{dataset}@{version[:_DIGITS]}"


def _home_with(parameters: dict[str, Any], name: FileName) -> Warehouse | None:
    """The warehouse of the run's home if it has that file: a name must not make a home."""
    try:
        home = flow_home(parameters.get("home"))
    except PaydagError:
        return None
    warehouse = Warehouse(Path(home), lock_wait_s=_LOCK_WAIT_S)
    return warehouse if warehouse.path(name).is_file() else None
