"""Write a report of many runs, and open it: 1,500 tasks, 10 runs and 3 attempts.

The generated home (scored_market.py) is scored first. Printed are the seconds for the whole report,
those for its index alone, the size of the index, and how long chromium takes from a page's address
to a list of tasks that answers: once as it opens, once for a search.

    python -m benchmarks.report_many [--tasks N] [--runs N] [--attempts N]
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.score_many import score_all
from benchmarks.scored_market import Size, make_home
from tasks.publishing import Wanted, publish
from tasks.reporting.drawing import Drawing, draw

_READY = "() => document.documentElement.dataset.ready === 'yes'"


def opened(index: Path, chromium: str) -> tuple[float, float]:
    """Seconds until the page is interactive, and those of a search; the best of three."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(3):
            page = browser.new_page()
            started = time.perf_counter()
            page.goto(index.as_uri(), wait_until="domcontentloaded")
            page.wait_for_function(_READY)
            ready = time.perf_counter()
            page.fill("#filter-search", "7-ic_swe")
            page.evaluate("() => document.getElementById('tasks').offsetHeight")
            found.append((ready - started, time.perf_counter() - ready))
            page.close()
        browser.close()
    return min(one for one, _ in found), min(one for _, one in found)


def timed(home: Path, wanted: Wanted) -> tuple[float, float, Path]:
    """(seconds, seconds of CPU, the page)."""
    started, busy = time.perf_counter(), time.process_time()
    published = publish(home, wanted)
    assert published.index is not None
    return time.perf_counter() - started, time.process_time() - busy, published.index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("tasks", 1_500), ("runs", 10), ("attempts", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    size = Size(given.tasks, given.runs, given.attempts)
    started = time.perf_counter()
    draw("warm", Drawing(lambda axes: axes.plot([1], [1])))
    warm = time.perf_counter() - started
    with tempfile.TemporaryDirectory(prefix="paydag-report-") as folder:
        home = Path(folder)
        made = make_home(home, size)
        score_all(made)
        whole, busy, index = timed(home, Wanted(runs=made.run_ids, name="many"))
        again, _, _ = timed(home, Wanted(runs=made.run_ids, name="many"))
        kept = sum(file.stat().st_size for file in index.parent.rglob("*") if file.is_file())
        print(f"{size.tasks} tasks x {size.runs} runs x {size.attempts} attempts")
        print(f"written in {whole:.1f} s ({busy:.1f} s of CPU), unchanged in {again:.1f} s")
        print(f"importing the chart library and the first chart {warm:.1f} s of its own")
        print(f"index {index.stat().st_size / 1e6:.2f} MB, everything {kept / 1e6:.0f} MB")
        chromium = shutil.which("chromium")
        if chromium is None:
            print("there is no chromium here to open it with")
            return
        ready, searched = opened(index, chromium)
        print(f"interactive in {ready:.2f} s, a search in {searched:.2f} s")


if __name__ == "__main__":
    main()
