"""dataset.yaml and overrides.yaml: the models, the readers, and the digest."""

from tasks.specs.folders import bases_of, found_in, place_in
from tasks.specs.model import DatasetSpec, canonical, judged, limited, spec_digest
from tasks.specs.overrides import OVERRIDES, line_of_override, load_overrides
from tasks.specs.reader import known_datasets, load_spec
from tasks.specs.splits import holdout_ids, load_split

__all__ = [
    "OVERRIDES",
    "DatasetSpec",
    "bases_of",
    "canonical",
    "found_in",
    "holdout_ids",
    "judged",
    "known_datasets",
    "limited",
    "line_of_override",
    "load_overrides",
    "load_spec",
    "load_split",
    "place_in",
    "spec_digest",
]
