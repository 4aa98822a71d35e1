"""What the numbers mean is told of the rules, metrics and kinds of work that there are."""

import re
from typing import Final

from tasks.domain.bounties import PRICE_RULES
from tasks.domain.metrics import METRICS
from tasks.variants import variants
from tests.docs.pages import ROOT

TEXT: Final = (ROOT / "docs" / "meaning.md").read_text(encoding="utf-8")
_SPAN: Final = re.compile(r"`([a-z][a-z0-9_]*)`")


def test_every_price_rule_has_its_line() -> None:
    section = TEXT.partition("## Price rules\n")[2].partition("\n## ")[0]
    lines = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(_SPAN.findall(" ".join(lines))) == sorted(PRICE_RULES)


def test_every_name_with_an_underscore_is_a_metric_a_rule_or_a_kind_of_work() -> None:
    named = {name for name in _SPAN.findall(TEXT) if "_" in name}
    assert len(named) > len(PRICE_RULES)
    metrics = {name.replace("{k}", "k") for name in METRICS}
    assert sorted(named - {*metrics, *PRICE_RULES, *variants()}) == []
