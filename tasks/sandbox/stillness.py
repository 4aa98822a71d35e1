"""Ending whatever runs in a container but its keeper, however it forks, hides or resists.

One kill(-1) ends every process of a user in one step: the kernel lets none of them fork meanwhile,
so that bombs and daemons are no matter. It is done from a process of the same user inside. Where
that cannot start because the process limit is used up, or is killed first by code that does the
same in a loop, a helper does it: a container in the same process-id space with limits of its own,
another user and the one capability that it takes. What decides is the keeper's count.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from docker.errors import APIError
from requests.exceptions import Timeout

from tasks.domain.errors import SystemFault
from tasks.sandbox import keeper
from tasks.sandbox.place import Place

_SWEEP_S: Final = 60.0
_SETTLE_S: Final = 0.5
_HELPER_SETTLE_S: Final = 20.0
# The engine reports the end of a command a little before the kernel has forgotten its process.
_GLANCES_S: Final = (0.0, 0.002, 0.01, 0.03)
_PAUSE_S: Final = 0.01
# All are stopped first, in one step; a fork under way may still come out of it, so that the walk is
# repeated until it meets nobody. The owner of a folder in /proc is no witness, a process can have
# it be root; its status is.
_HELPER: Final = """
turn=0
while [ $turn -lt 100 ]; do
  turn=$((turn + 1)) met=
  kill -STOP -1
  for found in /proc/[0-9]*; do
    [ "$found" = "/proc/$$" ] && continue
    while read -r key value rest; do
      case "$key $value" in
        "State: Z" | "State: X") break ;;
        {users}) kill -KILL "${{found#/proc/}}"; met=yes; break ;;
        "Uid: "*) kill -CONT "${{found#/proc/}}"; break ;;
      esac
    done <"$found/status"
  done
  [ "$met" ] || break
done 2>/dev/null
"""


def end_all(place: Place) -> None:
    """End whatever runs but the keeper. Raises SystemFault where something survives, and the
    SDK's exceptions."""
    if any(_is_still(place, pause) for pause in _GLANCES_S):
        return
    _end(place, sorted(set(place.users.values())), lambda: _is_still(place, _PAUSE_S))


def end_user(place: Place, user: str) -> None:
    """End what a user runs, and leave the others'. Raises as `end_all`."""
    _end(place, [user], lambda: not _has_processes(place, user))


def _end(place: Place, users: Sequence[str], is_done: Callable[[], bool]) -> None:
    # Among hundreds that want the processor, a process takes long to begin; the helper has its own.
    if processes(place) < place.limits.pids // 2:
        for user in users:
            _sweep(place, user)
            if _settles(is_done, _SETTLE_S):
                return
    _helped(place, users)
    if not _settles(is_done, _HELPER_SETTLE_S):
        raise SystemFault(f"processes in the box of {place.label} cannot be ended")


def processes(place: Place) -> int:
    """How many processes and threads there are, the keeper's among them; none where the container
    has ended."""
    found = place.keeper.count()
    if found is None:
        if place.client.api.inspect_container(place.container)["State"]["Running"]:
            raise SystemFault(f"the connection to the box of {place.label} is lost")
        return 0
    # An engine may have no control group that counts: its list, which a process that is replaced
    # all the time can slip through, is the next best.
    return len(_users(place)) if found.processes is None else found.processes


def _is_still(place: Place, pause_s: float) -> bool:
    time.sleep(pause_s)
    return processes(place) <= keeper.PROCESSES


def _has_processes(place: Place, user: str) -> bool:
    time.sleep(_PAUSE_S)
    return user.partition(":")[0] in _users(place)


def _users(place: Place) -> list[str]:
    """Whose processes there are, one entry a process; none where the container has ended."""
    try:
        told = place.client.api.top(place.container, ps_args="-eo pid,uid")
    except APIError as error:
        if error.status_code == 409:  # it is not running
            return []
        raise
    return [str(row[1]) for row in told["Processes"] or ()]


def _settles(is_done: Callable[[], bool], within_s: float) -> bool:
    """The dying take a moment: their memory is given back first."""
    until = time.monotonic() + within_s
    while not is_done():
        if time.monotonic() > until:
            return False
    return True


def _sweep(place: Place, user: str) -> None:
    """That it could not begin, or not in time, shows in the count."""
    api = place.client.api
    made = api.exec_create(place.container, ["/bin/sh", "-c", "kill -9 -1"], user=user)["Id"]
    url = f"{api.base_url}/v{api.api_version}/exec/{made}/start"
    with suppress(Timeout), api.post(url, json={"Detach": True}, timeout=_SWEEP_S):
        pass


def _helped(place: Place, users: Sequence[str]) -> None:
    helper = place.client.containers.create(
        place.image,
        entrypoint=[
            "/bin/sh",
            "-c",
            _HELPER.format(users=" | ".join(f'"Uid: {user.partition(":")[0]}"' for user in users)),
        ],
        command=[],
        user="0:0",
        pid_mode=f"container:{place.container}",
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        cap_add=["KILL"],
        security_opt=["no-new-privileges"],
        mem_limit="64m",
        pids_limit=16,
        log_config={"Type": "none"},
        labels=place.labels,
    )
    try:
        helper.start()
        helper.wait(timeout=60)
    finally:
        helper.remove(force=True, v=True)
