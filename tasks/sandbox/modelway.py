"""The way from a box to its model: a second container shares the box's loopback and nothing else.

The box keeps the network `none`, so that there is no route, no gateway and no name server to
attack; the second container has none either, and speaks to this process over its standard input
and output. Hence it works the same with an engine on another machine.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tasks.domain.boxes import ModelAccess
from tasks.domain.errors import SystemFault
from tasks.sandbox.faults import as_faults
from tasks.sandbox.hijack import Hijacked
from tasks.sandbox.modelproxy import ModelProxy
from tasks.sandbox.owners import labels
from tasks.sandbox.tunnel import Tunnel

PORT: Final = 8087
RELAY_IMAGE: Final = "paydag/base:1"
_STREAMS: Final = "stream=1&stdin=1&stdout=1"
_START_S: Final = 30.0
_MEMORY: Final = "64m"


@contextmanager
def model_way(
    api: Any, container: str, access: ModelAccess, label: str, image: str = RELAY_IMAGE
) -> Iterator[tuple[str, ModelProxy]]:
    """(address of the model inside the box, the proxy with its calls), while the block lasts.

    `image` needs a python3. Raises SystemFault where the engine or the image fails.
    """
    proxy = ModelProxy(access)
    doing = f"open the way to the model with the image {image}"
    with _relay(api, container, label, image, doing) as relay, ExitStack() as way:
        with as_faults(doing):
            # Before it is started, so that nothing has been said yet.
            attached = way.enter_context(Hijacked(api, f"/containers/{relay}/attach?{_STREAMS}"))
            tunnel = Tunnel(attached.connection, proxy.serve)
            way.callback(tunnel.close)
            api.start(relay)
        tunnel.start(_START_S)
        yield f"http://127.0.0.1:{PORT}", proxy


@contextmanager
def _relay(api: Any, container: str, label: str, image: str, doing: str) -> Iterator[str]:
    """The relay's container, not started yet."""
    with as_faults(doing):
        relay = str(_create(api, container, label, image)["Id"])
    try:
        yield relay
    finally:
        with suppress(SystemFault), as_faults("remove a relay"):
            api.remove_container(relay, force=True, v=True)


def _create(api: Any, container: str, label: str, image: str) -> Any:
    text = (Path(__file__).parent / "inside" / "relay.py").read_text(encoding="utf-8")
    return api.create_container(
        image,
        entrypoint=["python3", "-ISBc", f"{text}\nmain({PORT})"],
        command=[],
        user="65534:65534",
        working_dir="/",
        stdin_open=True,
        healthcheck={"test": ["NONE"]},
        labels=labels(label),
        host_config=api.create_host_config(
            network_mode=f"container:{container}",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            mem_limit=_MEMORY,
            memswap_limit=_MEMORY,
            pids_limit=256,
            log_config={"Type": "none"},
            auto_remove=True,
        ),
    )
