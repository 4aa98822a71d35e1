"""A posting's family depends on its tags, its words and its id, and on no other posting."""

from tasks.variants.freelance_code.families import families
from tasks.variants.freelance_code.matching import family_of, fits
from tests.variants.freelance_code.offers import posting

KNOWN = {name: families()[name] for name in ("group_totals", "lookup_join")}


def test_tags_and_words_count_and_the_title_counts_twice() -> None:
    plain = {"tags": (), "title": "Help", "description": "Help me."}
    assert fits(posting(1, **plain), KNOWN) == {}
    tagged = posting(1, **(plain | {"tags": (" Excel ", "Pivot")}))
    assert fits(tagged, KNOWN)["group_totals"] == 5
    told = {"description": "Some VLOOKUP between sheets"}
    assert fits(posting(1, **(plain | told)), KNOWN) == {}
    both = posting(1, **(plain | told | {"tags": ("excel",)}))
    assert fits(both, KNOWN) == {"lookup_join": 5}
    titled = posting(1, **(plain | {"title": "Vlookup", "description": "vlookup"}))
    assert fits(titled, KNOWN) == {"lookup_join": 8}


def test_what_fits_far_less_is_never_drawn_and_what_fits_alike_is() -> None:
    far = [posting(n, title="VLOOKUP and merging", tags=(), description="") for n in range(40)]
    assert {family_of(one, KNOWN) for one in far} == {"lookup_join"}
    near = [posting(n, title="Match, summary", tags=("excel",), description="") for n in range(80)]
    assert {family_of(one, KNOWN) for one in near} == {"lookup_join", "group_totals"}


def test_no_family_is_drawn_for_what_none_fits() -> None:
    assert family_of(posting(1, tags=("art",), title="Paint", description="A cat."), KNOWN) is None
