"""Registering deployments and automations with a Prefect server."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate, WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from pydantic import BaseModel, ValidationError

from tasks.domain.errors import SystemFault, UsageError, unknown
from tasks.processes import run_logged
from tasks.specs.deployments import AutomationSpec, deployed_entrypoints

POOL: Final = "paydag"
_PAGE: Final = 200


class Registered(BaseModel, frozen=True, extra="forbid"):
    """A deployment as the server now has it. `schedules` are crons with their time zones."""

    name: str
    work_pool: str | None
    schedules: tuple[str, ...]
    paused: bool
    tags: tuple[str, ...]


async def register(
    home: Path, file: Path, automations: Sequence[AutomationSpec]
) -> tuple[list[Registered], list[str]]:
    """Register every deployment of `file`, with `home` as theirs, and create these automations.

    (deployments, names of automations). Deployments that other files registered are left alone.
    Raises UsageError or SystemFault where the server cannot be used.
    """
    declared = deployed_entrypoints(file)
    async with get_client() as client:
        await _check_answers(client)
        await _make_pool(client)
        _deploy(home, file)
        known = await _deployments(client)
        ours = {n: one for n, one in known.items() if declared.get(one.name) == one.entrypoint}
        for one in ours.values():
            await _close_schema(client, one)
        for spec in automations:
            await _put_automation(client, spec, known)
    return [_registered(name, one) for name, one in ours.items()], [s.name for s in automations]


async def _check_answers(client: PrefectClient) -> None:
    url = PREFECT_API_URL.value()
    if await client.api_healthcheck() is not None:
        raise SystemFault(
            f"no Prefect server answers at {url}; start it, or unset PREFECT_API_URL to use this "
            "home's own"
        )
    try:
        await client.read_work_pools(limit=1)
    except PrefectHTTPStatusError as error:
        raise UsageError(
            f"the Prefect server at {url} refuses with {error.response.status_code}; set "
            "PREFECT_API_AUTH_STRING to its user:password"
        ) from error


async def _make_pool(client: PrefectClient) -> None:
    """The pool of processes that `prefect.yaml` names; other pools belong to who made them."""
    try:
        await client.read_work_pool(POOL)
    except ObjectNotFound:
        try:
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        except ObjectAlreadyExists:
            return  # by someone who was faster


def _deploy(home: Path, file: Path) -> None:
    command = [sys.executable, "-P", "-m", "prefect", "--no-prompt"]
    command += ["deploy", "--all", "--prefect-file", str(file)]
    log = home / "prefect" / "deploy.log"
    # In the home, where no .env or prefect.toml of a user's own project changes the settings.
    code = run_logged(command, log, folder=home, added={"PAYDAG_HOME": str(home)})
    if code:
        raise SystemFault(
            f"the deployments of {file} could not be registered: Prefect ends with {code}; what it "
            f"says is in {log}"
        )


async def _deployments(client: PrefectClient) -> dict[str, DeploymentResponse]:
    """`flow/deployment` → all that the server has, by name."""
    found: list[DeploymentResponse] = []
    while page := await client.read_deployments(offset=len(found), limit=_PAGE):
        found += page
    flows: dict[UUID, str] = {}
    while more := await client.read_flows(offset=len(flows), limit=_PAGE):
        flows |= {flow.id: flow.name for flow in more}
    return dict(sorted((f"{flows[one.flow_id]}/{one.name}", one) for one in found))


async def _close_schema(client: PrefectClient, one: DeploymentResponse) -> None:
    """Have the server refuse, at submission, parameters that the flow does not have."""
    schema = dict(one.parameter_openapi_schema or {})
    if schema.get("additionalProperties") is False:
        return
    closed = DeploymentUpdate(parameter_openapi_schema=schema | {"additionalProperties": False})
    await client.update_deployment(one.id, closed)


async def _put_automation(
    client: PrefectClient, spec: AutomationSpec, known: Mapping[str, DeploymentResponse]
) -> None:
    """Create it, or bring the one of that name up to date; whether it is on stays as it is."""
    core = _automation(spec, known)
    there = await client.read_automations_by_name(spec.name)
    if not there:
        await client.create_automation(core)
        return
    core = core.model_copy(update={"enabled": there[0].enabled})
    await client.update_automation(there[0].id, core)


def _automation(spec: AutomationSpec, known: Mapping[str, DeploymentResponse]) -> AutomationCore:
    data: dict[str, Any] = spec.model_dump()
    for action in data["actions"]:
        name = action.pop("deployment")
        if name is None:
            continue
        if name not in known:
            raise unknown(f"deployment in the automation {spec.name!r}:", name, sorted(known))
        action |= {"source": "selected", "deployment_id": str(known[name].id)}
    try:
        return AutomationCore.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"the automation {spec.name!r}: {where}: {first['msg']}") from error


def _registered(name: str, one: DeploymentResponse) -> Registered:
    return Registered(
        name=name,
        work_pool=one.work_pool_name,
        schedules=tuple(_words(each.schedule) for each in one.schedules if each.active),
        paused=one.paused,
        tags=tuple(one.tags),
    )


def _words(schedule: Any) -> str:
    """`15 3 * * * Etc/UTC`, or `every 1:00:00`."""
    if (cron := getattr(schedule, "cron", None)) is not None:
        return f"{cron} {schedule.timezone or 'UTC'}"
    interval = getattr(schedule, "interval", None)
    return f"every {interval}" if interval is not None else str(getattr(schedule, "rrule", ""))
