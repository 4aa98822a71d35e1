"""Whether a Docker engine answers."""

import docker
from docker.errors import DockerException

from tasks.sandbox.client import knock
from tasks.sandbox.faults import address


def engine_version() -> tuple[str | None, str]:
    """(version, "") of the engine that answers, else (None, why none does)."""
    try:
        knock(address())
        client = docker.from_env(timeout=3)
    except OSError as error:
        return None, f"{address()}: {error.strerror or error}"
    except DockerException as error:
        return None, str(error).splitlines()[0]
    try:
        return str(client.version()["Version"]), ""
    except (DockerException, OSError) as error:
        return None, str(error).splitlines()[0]
    finally:
        client.close()
