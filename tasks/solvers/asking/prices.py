"""What answers cost, by the prices that genai-prices publishes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import genai_prices


class Prices:
    """The prices of one model. `known` is whether there are any: an unknown price is never zero.

    They are looked up by the endpoint's address first, then by the provider's name: a model that
    is asked through a gateway is priced as its provider prices it.
    """

    def __init__(self, provider: str, model: str, base_url: str | None) -> None:
        self._provider = provider
        self._model = model
        self._base_url = base_url
        self.snapshot = f"genai-prices {genai_prices.__version__}"

    def known(self, at: datetime) -> bool:
        return self.most(1, 1, at) is not None

    def cents(self, usage: Any, at: datetime) -> Decimal | None:
        """The price of what an answer used, in cents; None where it is unknown."""
        places: list[dict[str, Any]] = [{"provider_id": self._provider}]
        if self._base_url is not None:
            places.insert(0, {"provider_api_url": self._base_url})
        for place in places:
            try:
                found = genai_prices.calc_price(
                    usage, self._model, genai_request_timestamp=at, **place
                )
            except (LookupError, ValueError):
                continue
            return Decimal(found.total_price) * 100
        return None

    def most(self, tokens_in: int, tokens_out: int, at: datetime) -> Decimal | None:
        """The price of so many tokens, none of them cached."""
        usage = genai_prices.Usage(input_tokens=tokens_in, output_tokens=tokens_out)
        return self.cents(usage, at)

    def affordable(self, tokens_in: int, left_cents: Decimal, at: datetime) -> int | None:
        """How many tokens may come out where so many go in at most; None for any number.

        Negative where not even the question can be paid. The price must be known.
        """
        asked = self.most(tokens_in, 0, at)
        thousand = self.most(tokens_in, 1000, at)
        if asked is None or thousand is None:
            raise ValueError(f"the price of {self._model} is unknown")
        each = (thousand - asked) / 1000
        if not each:
            return None if asked <= left_cents else -1
        return int((left_cents - asked) // each)
