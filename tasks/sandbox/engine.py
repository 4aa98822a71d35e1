"""Whether a Docker engine answers."""

import docker
from docker.errors import DockerException

from tasks.sandbox.client import knock
from tasks.sandbox.faults import address


def engine_version() -> tuple[str | None, str]:
    """(version, "") of the engine that answers, else (None, why none does). Raises UsageError
    where DOCKER_HOST is no address: nobody meant to be without an engine."""
    where = address()
    try:
        knock(where)
        client = docker.from_env(timeout=3)
    except OSError as error:
        return None, f"{where}: {error.strerror or error}"
    except DockerException as error:
        return None, str(error).splitlines()[0]
    try:
        return str(client.version()["Version"]), ""
    except (DockerException, OSError) as error:
        return None, str(error).splitlines()[0]
    finally:
        client.close()


def check_address() -> None:
    """Raises UsageError where DOCKER_HOST is no address of an engine."""
    address()
