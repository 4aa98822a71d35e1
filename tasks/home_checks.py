"""The doctor's lines about a home: its warehouse, its server, and what was left behind."""

import os
import socket
from pathlib import Path

from tasks.checks import Check, broken, missing, ok, untidy
from tasks.domain.errors import PaydagError, SystemFault
from tasks.processes import is_alive
from tasks.sandbox.reaper import left_behind as left_in_engine
from tasks.server import answers_at, read_record, running_server
from tasks.settings import Settings
from tasks.upkeep import left_by_up
from tasks.warehouse import FILES, Warehouse
from tasks.warehouse.making import is_whole

_SHOWN = 3


def warehouse(home: Path) -> Check:
    opened = Warehouse(home, lock_wait_s=2)
    present = [name for name in FILES if is_whole(opened.path(name))]
    if not present:
        place = next(p for p in [home, *home.parents] if p.exists())
        if not place.is_dir() or not os.access(place, os.W_OK):
            advice = "choose another --home"
            return missing("warehouse", f"{place} takes no folder", advice, required=True)
        return ok("warehouse", f"none yet; the first command makes it in {home}", required=True)
    try:
        with opened.read(*present):
            pass
    except PaydagError as error:
        # The sentence says what to do: end who holds it, upgrade, or name another home.
        return broken("warehouse", str(error), "do what the line says")
    if not os.access(opened.folder, os.W_OK):
        return broken("warehouse", f"{opened.folder} cannot be written to", "give it to this user")
    return ok("warehouse", f"{', '.join(present)} in {opened.folder}", required=True)


def server(home: Path) -> Check:
    chosen = Settings().prefect_api_url
    if chosen:
        if answers_at(chosen):
            return ok("prefect server", f"PREFECT_API_URL is {chosen}")
        return broken(
            "prefect server",
            f"nothing answers at PREFECT_API_URL, {chosen}",
            "start that server, or unset PREFECT_API_URL to use the home's own",
        )
    running = running_server(home)
    if running:
        return ok("prefect server", f"{running.ui_url}; password in {home}/prefect/server.json")
    record = read_record(home)
    if record is None:
        return missing(
            "prefect server", "not running", "nothing to do: the next flow command starts it"
        )
    if _is_taken(record.port):
        return broken(
            "prefect server",
            f"port {record.port}, where this home's server was, is taken by another program",
            "run `paydag down`; the next flow command then takes another port",
        )
    state = "does not answer" if is_alive(record.pid) else "has died"
    return untidy(
        "prefect server",
        f"the server of this home (process {record.pid}, port {record.port}) {state}",
        "nothing to do: the next flow command starts another; `paydag down` ends what is left",
    )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def up(home: Path) -> Check:
    left = left_by_up(home)
    if left is None:
        return ok("paydag up", "not running, or running as it should")
    return untidy(
        "paydag up",
        f"process {left.pid} was killed and left its record"
        + (f" and its worker {left.worker}" if left.worker and is_alive(left.worker) else ""),
        "run `paydag down`, or `paydag up` again: both put it away",
    )


def left_behind(*, with_engine: bool) -> Check:
    """Containers, networks, volumes and folders of commands that are gone."""
    try:
        # Not above: it needs git, and without git everything else is to be told all the same.
        from tasks.tidying import abandoned
    except ImportError:
        return missing("left behind", "unknown without git", "install git")
    found = list(abandoned())
    if with_engine:
        try:
            found += left_in_engine()
        except SystemFault as fault:
            return untidy("left behind", str(fault), "see to the Docker engine")
    if not found:
        return ok("left behind", "nothing")
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return untidy(
        "left behind",
        f"{', '.join(found[:_SHOWN])}{more}, of commands that were killed",
        "run `paydag doctor --clean`",
    )
