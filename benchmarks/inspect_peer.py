"""inspect_ai, the usual harness of evaluations, with a mock model: what a sample costs there.

It lives in a virtual environment of its own, made anew in the folder that is given.
"""

import json
import subprocess
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REQUIREMENT: Final = "inspect-ai>=0.3.285,<0.4"
_PATIENCE_S: Final = 1800
# The model answers at once, and says itself how many tokens that took: otherwise they would be
# counted, with a table that is fetched from the network. What follows a run live is switched off,
# and as many samples run at once as go fastest: both are in its favour.
_SCRIPT: Final = """
import json, sys, tempfile, time
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match
from inspect_ai.solver import generate

def answer(*_, **__):
    output = ModelOutput.from_content("mockllm/model", "nothing")
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output

def seconds(samples):
    rows = [Sample(id=f"sample-{i}", input=f"Question {i}", target="x") for i in range(samples)]
    model = get_model("mockllm/model", custom_outputs=answer)
    with tempfile.TemporaryDirectory() as logs:
        task = Task(dataset=MemoryDataset(rows), solver=generate(), scorer=match())
        began = time.perf_counter()
        log = eval(task, model=model, log_dir=logs, display="none", log_realtime=False,
                   max_samples=AT_ONCE, max_connections=AT_ONCE)[0]
        took = time.perf_counter() - began
    assert log.status == "success" and log.results.completed_samples == samples, log.error
    return took

AT_ONCE = 100
seconds(10)
print(json.dumps(seconds(int(sys.argv[1]))))
"""


@dataclass(frozen=True, slots=True)
class Inspect:
    """The peer in its environment; `version` is what was installed."""

    python: Path
    version: str

    @classmethod
    def installed(cls, folder: Path) -> "Inspect":
        venv.create(folder, with_pip=True)
        python = folder / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, REQUIREMENT], check=True)
        asked = "from importlib.metadata import version; print(version('inspect-ai'))"
        said = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
        return cls(python, said.stdout.strip())

    def seconds(self, samples: int) -> float:
        """Seconds to evaluate so many samples, from the call to the finished log."""
        done = subprocess.run(
            [self.python, "-c", _SCRIPT, str(samples)],
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        return float(json.loads(done.stdout.splitlines()[-1]))
