"""Pages are read against one Prefect server a session, as the tests of flows are run."""

from tests.flows.conftest import flow_environment

__all__ = ["flow_environment"]
