"""Whoever begins at README finds every page, and no link leads nowhere."""

from pathlib import Path

from tests.docs.pages import README, anchors_of, links_of, pages


def target(page: Path, link: str) -> tuple[Path, str]:
    """(the file or folder, the heading's name) that a page's link leads to."""
    path, _, heading = link.partition("#")
    return (page.parent / path).resolve() if path else page, heading


def test_every_link_leads_to_a_file_and_a_heading_that_are_there() -> None:
    lost = [
        f"{page.name}: {link}"
        for page in pages()
        for link in links_of(page)
        for file, heading in [target(page, link)]
        if not file.exists() or (heading and heading not in anchors_of(file))
    ]
    assert lost == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    left = [README]
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in links_of(page):
            file, _ = target(page, link)
            left += sorted(file.glob("*.md")) if file.is_dir() else [file]
        left = [file for file in left if file.suffix == ".md"]
    assert sorted(set(pages()) - reached) == []
