"""People listed more than once, joined by hand."""

from typing import Any

import pytest

from tasks.variants.freelance_code.families.deduplication import FAMILY

SETTINGS: dict[str, Any] = {
    "person": "patient",
    "match": "either",
    "keep": "first",
    "tags": False,
    "digits": 7,
}
HEADER = "id,patient,email,phone,city,merged\n"
# 1 and 4 have nothing in common but 5; 2 is alone; 3 and 6 share a name and too few digits.
PATIENTS = (
    "id,patient,email,phone,city,updated\n"
    'P1,Ana Núñez,ana@x.example,,"Porto, PT",2024-01-01\n'
    "P2,Bo Lind,bo@x.example,020 1234567,,2024-01-01\n"
    "P3,Al Fox,,123456,,2024-01-01\n"
    "P4,ana nunez,,+44 20 555-1234,,2024-03-01\n"
    'P5,"NUNEZ, Ana", ANA@X.example ,0 20 5551234,Leeds,2024-02-01\n'
    "P6,Al Fox,,123-456,,2024-01-01\n"
)


def test_chains_are_joined_and_gaps_filled() -> None:
    assert FAMILY.solve({"stdin": PATIENTS}, SETTINGS) == (
        HEADER
        + 'P1,Ana Núñez,ana@x.example,+44 20 555-1234,"Porto, PT",P4;P5\n'
        + "P2,Bo Lind,bo@x.example,020 1234567,,\n"
        + "P3,Al Fox,,123456,,\n"
        + "P6,Al Fox,,123-456,,\n"
    )


@pytest.mark.parametrize(
    ("keep", "row"),
    [
        ("latest", 'P4,ana nunez,ana@x.example,+44 20 555-1234,"Porto, PT",P1;P5'),
        ("fullest", 'P5,"NUNEZ, Ana",ANA@X.example,0 20 5551234,Leeds,P1;P4'),
    ],
)
def test_what_is_kept_stands_where_its_first_row_stood(keep: str, row: str) -> None:
    answer = FAMILY.solve({"stdin": PATIENTS}, SETTINGS | {"keep": keep})
    assert answer.splitlines()[1] == row


@pytest.mark.parametrize(
    ("match", "merged"),
    [("either", "a;b;c;d"), ("name too", "a;d"), ("email", "a;b;d")],
)
def test_what_makes_two_rows_one_person(match: str, merged: str) -> None:
    text = (
        "id,patient,email,phone,city,updated\n"
        "x,Ana Roy,a@x.example,5551234,,2024-01-01\n"
        "a,roy ana,A@X.example,,,2024-01-01\n"  # name and e-mail
        "b,Other,a@x.example,,,2024-01-01\n"  # e-mail alone
        "c,Other One,,5551234,,2024-01-01\n"  # phone alone
        "d,ROY-Ana,,(555) 1234,,2024-01-01\n"  # name and phone
        "e,Ana Roy,,,,2024-01-01\n"  # name alone
    )
    answer = FAMILY.solve({"stdin": text}, SETTINGS | {"match": match})
    assert answer.splitlines()[1] == f"x,Ana Roy,a@x.example,5551234,,{merged}"


@pytest.mark.parametrize(("tags", "rows"), [(True, 1), (False, 2)])
def test_tags_of_e_mails_count_where_they_should(tags: bool, rows: int) -> None:
    text = (
        "id,patient,email,phone,city,updated\n"
        "a,A,ana+shop@x.example,,,2024-01-01\nb,B,ana@x.example,,,2024-01-01\n"
    )
    answer = FAMILY.solve({"stdin": text}, SETTINGS | {"tags": tags})
    assert len(answer.splitlines()) == 1 + rows
