"""How statements are filled."""

from tasks.variants.freelance_code.writing import wrapped


def test_paragraphs_and_items_are_filled_and_code_is_not_broken() -> None:
    text = "\nOne two three\nfour.\n\n- an item that\n  goes on\n- `a b c d e f`, and more\n"
    assert wrapped(text, 16) == (
        "\nOne two three\nfour.\n\n- an item that\n  goes on\n- `a b c d e f`,\n  and more\n"
    )
    assert wrapped(text, 10) == (
        "\nOne two\nthree\nfour.\n\n- an item\n  that\n  goes on\n- `a b c d e f`,\n  and more\n"
    )


def test_what_is_filled_stays_as_it_is() -> None:
    text = "\nPrint `- | -` twice.\n\n- once\n- twice\n"
    assert wrapped(wrapped(text, 12), 12) == wrapped(text, 12)
