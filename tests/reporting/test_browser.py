"""Reports in a real browser: nothing is loaded, nothing of others runs, and everything works."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tasks.publishing import Published

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.slow


@dataclass
class Opened:
    """A page, and what it did that it should not."""

    page: "Page"
    address: str
    wrongs: list[str] = field(default_factory=list)

    def refuse(self, dialog: "Dialog") -> None:
        self.wrongs.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def goto(self, part: str = "") -> "Page":
        self.page.goto("about:blank")
        self.page.goto(self.address + part)
        return self.page


@pytest.fixture
def opened(browser: "Browser", written: Published) -> Iterator[Opened]:
    with_page = open_page(browser, written)
    yield with_page
    assert with_page.wrongs == []
    with_page.page.context.close()


def open_page(browser: "Browser", published: Published, **options: Any) -> Opened:
    """The index of a report from disk; noted are console errors, dialogs and requests."""
    assert published.index is not None
    page = browser.new_context(**options).new_page()
    made = Opened(page, published.index.as_uri())
    page.on("console", lambda said: made.wrongs.append(f"console {said.type}: {said.text}"))
    page.on("pageerror", lambda error: made.wrongs.append(f"error: {error}"))
    page.on("dialog", made.refuse)
    page.on("popup", lambda _: made.wrongs.append("popup"))
    page.on("request", lambda asked: made.wrongs.extend(_loads(asked.url)))
    return made


def _loads(address: str) -> list[str]:
    return [] if address.startswith(("file:", "about:")) else [f"request: {address}"]


def titles(page: "Page") -> list[str]:
    return page.locator("#tasks-body .open").all_inner_texts()


def prices(page: "Page") -> list[str]:
    return page.locator("#tasks-body tr > td:nth-child(3)").all_inner_texts()


def test_the_list_of_tasks_is_sorted_filtered_and_searched(opened: Opened) -> None:
    page = opened.goto()
    every = titles(page)
    assert len(every) == 100  # the first of more
    page.click("#tasks-more")
    assert len(titles(page)) > 100

    page.click('th[data-sort="price"] button')
    cents = [float(text.strip("$").replace(",", "")) for text in prices(page)]
    assert cents == sorted(cents, reverse=True)
    assert page.get_attribute('th[data-sort="price"]', "aria-sort") == "descending"
    page.click('th[data-sort="price"] button')
    cents = [float(text.strip("$").replace(",", "")) for text in prices(page)]
    assert cents == sorted(cents)

    page.select_option("#filter-variant", "swe_manager")
    kinds = page.locator("#tasks-body tr > td:nth-child(2)").all_inner_texts()
    assert set(kinds) == {"swe_manager"}
    page.select_option("#filter-price", "2000-4000")
    assert set(prices(page)) == {"$2,000"}
    assert "variant=swe_manager" in page.url
    page.click("#tasks-reset")
    page.fill("#filter-search", "ours__app-2-")
    assert page.locator("#tasks-body .id").all_inner_texts() == [
        "ours__app-2-ic_swe",
        "ours__app-2-swe_manager",
    ]
    assert page.inner_text("#tasks-count").startswith("2 of ")
    page.click("#tasks-reset")
    page.select_option("#filter-outcome", "none")
    assert set(page.locator("#tasks-body tr > td:last-child").all_inner_texts()) == {"0"}
    page.select_option("#filter-outcome", "by:0")
    firsts = page.locator("#tasks-body tr > td:nth-child(5)").all_inner_texts()
    assert set(firsts) <= {"1/2", "2/2"}


def test_an_address_opens_its_task_and_leads_to_its_page(opened: Opened) -> None:
    page = opened.goto("#task=ours__site-3-ic_swe")
    assert page.locator("tr.hit .id").all_inner_texts() == ["ours__site-3-ic_swe"]
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert page.locator("tr.more li").count() == 4 * 2
    page.keyboard.press("Enter")
    assert page.locator("tr.more").count() == 0
    page.keyboard.press("Enter")
    page.click("tr.more a")
    assert page.title().startswith("Paydag: ")
    assert page.locator("#statement").count() == 1
    page.click('a[href="#attempt-0"]')
    assert page.locator("#attempt-0").get_attribute("open") is not None
    page.click("text=All tasks")
    assert page.url.endswith("index.html")


def test_filters_in_an_address_are_set(opened: Opened) -> None:
    page = opened.goto("#variant=ic_swe&sort=-price&search=ours__app")
    assert page.input_value("#filter-variant") == "ic_swe"
    assert all("ours__app" in one for one in page.locator("#tasks-body .id").all_inner_texts())
    assert page.get_attribute('th[data-sort="price"]', "aria-sort") == "descending"
    page = opened.goto("#sort=constructor")  # no column, though every object has it
    page.reload()
    assert len(titles(page)) == 100


def test_the_theme_follows_the_system_until_the_button_says_otherwise(
    browser: "Browser", written: Published
) -> None:
    made = open_page(browser, written, color_scheme="dark")
    page = made.goto()
    color = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(color)
    page.click("#theme")
    assert page.evaluate(color) == "rgb(255, 255, 255)" != dark
    assert page.inner_text("#theme") == "Dark"
    page.reload()
    assert page.evaluate(color) == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('svg.chart text')).fill")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.querySelector('svg.chart text')).fill") != ink
    assert made.wrongs == []
    page.context.close()


def test_hostile_text_is_text(browser: "Browser", hostile: Published) -> None:
    made = open_page(browser, hostile)
    page = made.goto()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for place in (0, 20):
        page.locator("#tasks-body .open").nth(place).click()
    page.fill("#filter-search", "<script>")
    assert page.locator("#tasks-body .open").count() > 5
    assert page.evaluate("window.pwned") is None
    links = page.evaluate("[...document.links].map(one => one.protocol)")
    assert set(links) <= {"file:", "http:", "https:"}

    assert hostile.index is not None
    pages = sorted((hostile.index.parent / "tasks").glob("*.html"))
    for task in (pages[0], pages[31], pages[40]):  # ic_swe and swe_manager, the long title first
        page.goto(task.as_uri())
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.mouse.move(300, 300)
        for control in page.locator("main [onfocus], main [onload], main [onerror]").all():
            made.wrongs.append(f"kept: {control}")
        assert page.evaluate("window.pwned") is None
        assert (
            page.evaluate(
                "document.querySelectorAll('main script, main iframe, main img, "
                "main form, main style, main base, main object').length"
            )
            == 0
        )
        links = page.evaluate("[...document.links].map(one => [one.protocol, one.rel])")
        assert {link[0] for link in links} <= {"file:", "http:", "https:"}
        assert all("noopener" in rel for protocol, rel in links if protocol != "file:")
        assert "\u202e" not in page.content()
    assert made.wrongs == []
    page.context.close()


@pytest.mark.parametrize(("name", "width", "height"), [("desktop", 1280, 900), ("phone", 390, 844)])
def test_pages_fit_the_width_of_a_desk_and_of_a_phone(
    browser: "Browser", written: Published, tmp_path: Path, name: str, width: int, height: int
) -> None:
    made = open_page(browser, written, viewport={"width": width, "height": height})
    page = made.goto()
    assert written.index is not None
    task = sorted((written.index.parent / "tasks").glob("*.html"))[0]
    for address in (made.address, task.as_uri()):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        file = tmp_path / f"{name}-{Path(address).stem[:20]}.png"
        page.screenshot(path=file, full_page=True)
        assert file.stat().st_size > 20_000
    assert made.wrongs == []
    page.context.close()


def test_paper_shows_every_task_and_what_is_folded_and_nothing_to_press(opened: Opened) -> None:
    page = opened.goto()
    folded = page.locator("details:not([open])").count()
    assert folded > 0
    page.evaluate(
        """addEventListener("beforeprint", () => {
            document.title = [
                document.querySelectorAll("details:not([open])").length,
                document.querySelectorAll("#tasks-body tr").length,
                [...document.querySelectorAll("nav, .filters, #theme")].filter(
                    (one) => getComputedStyle(one).display !== "none").length,
            ].join(" ");
        })"""
    )
    page.emulate_media(media="print")
    paper = page.pdf()
    assert paper.startswith(b"%PDF")
    assert page.title() == "0 104 0"
    assert page.locator("details:not([open])").count() == folded
    assert len(titles(page)) == 100


def test_whoever_cannot_see_is_told_the_same(opened: Opened) -> None:
    page = opened.goto()
    charts = page.locator("svg.chart")
    assert charts.count() >= 8
    for chart in charts.all():
        names = (chart.get_attribute("aria-labelledby") or "").split()
        assert all(page.locator(f"[id='{name}']").text_content() for name in names)
    assert page.evaluate(
        "[...document.querySelectorAll('input, select')].every(one => one.labels.length)"
    )
    assert page.evaluate("[...document.querySelectorAll('th')].every(one => one.scope)")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
