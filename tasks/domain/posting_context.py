"""What a variant may ask while it turns postings into instances."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from tasks.domain.authored import Authored
from tasks.domain.instances import Environment


class PostingContext(Protocol):
    """`rates` is currency code → US dollars a unit, `predicted` posting id → cents that a model
    expects of its tags. At most `limit` postings become instances, drawn by `seed`; all where it
    is None. `price_rule` is the dataset's. `authored` is posting id → what a model wrote from it,
    where tasks are made of that; None where they are made by families.
    """

    @property
    def rates(self) -> Mapping[str, Decimal]: ...

    @property
    def predicted(self) -> Mapping[str, int]: ...

    @property
    def limit(self) -> int | None: ...

    @property
    def seed(self) -> int: ...

    @property
    def price_rule(self) -> str: ...

    @property
    def environment(self) -> Environment: ...

    @property
    def authored(self) -> Mapping[str, Authored] | None: ...
