"""What each consumer of an export runs, in an environment that has its libraries and not ours.

Every script gets the folder of an export as its first argument and prints one JSON object.
"""

from typing import Final

SWEBENCH: Final = """
import json, sys
from importlib.metadata import version
from swebench.harness.utils import get_predictions_from_file, load_swebench_dataset
from swebench.types import SWEbenchInstance

file = sys.argv[1] + "/instances.jsonl"
loaded = load_swebench_dataset(file, "test")
one = load_swebench_dataset(file, "test", [loaded[0]["instance_id"]])
asked = set(SWEbenchInstance.__annotations__)
assert len(one) == 1
assert all(asked <= set(row) for row in loaded)
assert all(isinstance(row[name], str) for row in loaded for name in asked)
tests = sum(len(json.loads(row["FAIL_TO_PASS"])) for row in loaded)
gold = get_predictions_from_file("gold", file, "test")
assert all(one["model_patch"].startswith("diff ") for one in gold)
print(json.dumps({"swebench": version("swebench"), "instances": len(loaded),
                  "fields": len(asked), "fail_to_pass": tests, "gold patches": len(gold)}))
"""

HUB: Final = """
import json, sys
from importlib.metadata import version
from datasets import load_dataset

loaded = load_dataset(sys.argv[1], split="test")
print(json.dumps({"datasets": version("datasets"), "instances": len(loaded),
                  "columns": len(loaded.column_names),
                  "cents": sum(row["price_cents"] or 0 for row in loaded)}))
"""

TABLES: Final = """
import json, sys
from importlib.metadata import version
import pandas, polars, pyarrow.parquet

file = sys.argv[1] + "/data/test-00000-of-00001.parquet"
arrow = pyarrow.parquet.read_table(file)
by_arrow = arrow["price_cents"].to_pylist()
frame, lazy = pandas.read_parquet(file), polars.scan_parquet(file).collect()
by_polars = lazy["price_cents"].to_list()
exploded = lazy.select("instance_id", "prices").explode("prices").unnest("prices")
assert by_arrow == by_polars == [None if pandas.isna(v) else int(v) for v in frame["price_cents"]]
assert len(arrow) == len(frame) == len(lazy)
assert (frame["as_of"].dt.tz is not None) or frame["as_of"].isna().all()
print(json.dumps({"pyarrow": version("pyarrow"), "pandas": version("pandas"),
                  "polars": version("polars"), "instances": len(frame),
                  "cents": sum(v or 0 for v in by_arrow), "prices": len(exploded),
                  "canary": arrow.schema.metadata[b"paydag.canary"].decode()}))
"""

# What the published evaluation does with each cell, in the order in which it does it.
SWELANCER: Final = """
import ast, json, sys
from importlib.metadata import version
import pandas

table = pandas.read_csv(sys.argv[1] + "/all_swelancer_tasks.csv")
table["proposals"] = table["proposals"].fillna("")
seen = {"ic_swe": 0, "swe_manager": 0}
dollars = 0.0
def text(cell):
    return cell.encode("utf-8").decode("unicode_escape")
for task in table.to_dict(orient="records"):
    assert text(task["title"]).strip() and text(task["description"]).strip()
    folders = ast.literal_eval(task["acceptable_folders"])
    assert isinstance(folders, list)
    if task["variant"] == "swe_manager":
        game = ast.literal_eval(task["manager_data"])["game"]
        right = int(game["correct_proposal"]["id"])
        assert right in [int(one["id"]) for one in game["all_formal_proposals"]]
        assert all(one["content"] in text(task["proposals"])
                   for one in game["all_formal_proposals"])
    else:
        assert str(task["manager_data"]) == "nan"
    assert isinstance(task["cwd"], str)
    seen[task["variant"]] += 1
    dollars += float(task["price"])
print(json.dumps({"pandas": version("pandas"), "instances": len(table), **seen,
                  "dollars": dollars}))
"""

INSPECT: Final = """
import json, os, subprocess, sys, tempfile
from importlib.metadata import version
from pathlib import Path
from inspect_ai import eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model

folder = Path(sys.argv[1])
os.chdir(folder)  # as people call it: Inspect looks for task files below the working directory
samples = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
right = {}
for sample in samples:
    facts = sample["metadata"]
    numbers = {str(own): number for number, own in facts["shown"].items()}
    right[sample["input"]] = (
        f'{{"selected_proposal_id": {numbers[sample["target"]]}}}'
        if facts["variant"] == "swe_manager" else "```python\\nprint(1)\\n```"
    )

def said(text):
    output = ModelOutput.from_content("mockllm/model", text)
    # Else the mock counts tokens with a vocabulary that it would have to fetch first.
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output

def nonsense(messages, tools, choice, config):
    return said("I would rather not.")

def rightly(messages, tools, choice, config):
    return said(right[messages[-1].text])

def run(outputs, name):
    model = get_model("mockllm/model", custom_outputs=outputs)
    logs = tempfile.mkdtemp()
    (log,) = eval("task.py", model=model, display="none", log_dir=logs)
    assert log.status == "success", log.error
    metrics = {m: v.value for s in log.results.scores for m, v in s.metrics.items()}
    lines = subprocess.run([sys.executable, str(folder / "task.py"), log.location],
                           capture_output=True, text=True, check=True).stdout
    if len(sys.argv) > 2 and name == "right":
        Path(sys.argv[2]).write_text(lines)
    return {"samples": len(log.samples), **metrics, "predictions": len(lines.splitlines())}

print(json.dumps({
    "inspect_ai": version("inspect_ai"), "instances": len(samples),
    "nonsense": run(nonsense, "nonsense"),
    "right": run(rightly, "right"),
}))
"""
