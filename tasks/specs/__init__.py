"""dataset.yaml and overrides.yaml: the models, the readers, and the digest."""

from tasks.specs.model import DatasetSpec, canonical, limited, spec_digest
from tasks.specs.overrides import OVERRIDES, line_of_override, load_overrides
from tasks.specs.reader import known_datasets, load_spec
from tasks.specs.splits import holdout_ids, load_split

__all__ = [
    "OVERRIDES",
    "DatasetSpec",
    "canonical",
    "holdout_ids",
    "known_datasets",
    "limited",
    "line_of_override",
    "load_overrides",
    "load_spec",
    "load_split",
    "spec_digest",
]
