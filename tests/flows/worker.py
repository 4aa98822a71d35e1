"""Flow runs without a new process each: what a worker of a deployment would do."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_FLOWS = {
    "refresh": "flows.refresh:refresh",
    "import": "flows.refresh:import_files",
    "import-results": "flows.importing:import_results",
    "build": "flows.build:build",
    "validate": "flows.validate:validate",
    "nightly": "flows.nightly:nightly",
}


class FlowFailedError(Exception):
    """The error that a flow raised: its type's name, its sentence, its exit code."""

    def __init__(self, error: str, message: str, exit_code: int | None) -> None:
        super().__init__(message)
        self.error = error
        self.exit_code = exit_code


@dataclass
class Worker:
    """A process that runs flows on request; see worker_process."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, environment: Mapping[str, str], log: Path) -> "Worker":
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.flows.worker_process"],
                env={**environment, "PYTHONPATH": str(ROOT)},
                cwd=log.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
        return cls(process)

    def run(
        self, flow: str, home: Path | str, constants: Mapping[str, str] | None = None, **given: Any
    ) -> Any:
        """The result of a flow as JSON. Raises FlowFailedError where the flow raises."""
        request = {
            "flow": _FLOWS.get(flow, f"flows.evaluate:{flow}"),
            "arguments": {**given, "home": str(home)},
            "constants": dict(constants or {}),
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answered = json.loads(self.process.stdout.readline())
        if "error" in answered:
            raise FlowFailedError(answered["error"], answered["message"], answered["exit_code"])
        return answered["result"]

    def evaluate(self, home: Path, dataset: str, solver: str, **given: Any) -> dict[str, Any]:
        summary: dict[str, Any] = self.run(
            "evaluate", home, dataset=dataset, solver=solver, **given
        )
        return summary

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()
