"""Measures the reports: `python -m tests.benchmarks.bench_reports [100 5000 50000]`.

For each number of findings: bytes, seconds of CPU and files of every kind and format; and how long the morning report takes to open in a
headless Chromium, where there is one.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from reports.render import DOCUMENTS
from tests.reports.sample import many
from tests.reports.test_paper import with_quarter

SIZES = (100, 5_000, 50_000)
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


def main(sizes: Sequence[int]) -> int:
    """Print the table; return 0."""
    print(f"{'findings':>9}  {'kind':<16} {'CPU s':>7} {'files':>6} {'KB first':>9} {'KB all':>9}  {'opens in ms':>11}")
    for size in sizes:
        data = with_quarter(many(size))
        for (kind, form), document in DOCUMENTS.items():
            started = time.process_time()
            made = {name: content.encode() if isinstance(content, str) else content for name, content in document.render(data, "report")}
            took = time.process_time() - started
            first = made["report" + document.suffix]
            opened = f"{_opens(made):>11.0f}" if (kind, form) == ("daily", "html") and shutil.which("chromedriver") else ""
            print(f"{size:>9,}  {kind + ' ' + form:<16} {took:>7.2f} {len(made):>6} {len(first) / 1000:>9.0f} "
                  f"{sum(map(len, made.values())) / 1000:>9.0f}  {opened}", flush=True)
    return 0


def _opens(made: dict[str, bytes]) -> float:
    """Milliseconds from asking for the largest file to its being loaded, the fastest of three."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for option in OPTIONS:
        options.add_argument(option)
    with tempfile.TemporaryDirectory() as folder:
        largest = max(made, key=lambda name: len(made[name]))
        path = Path(folder) / largest
        path.write_bytes(made[largest])
        browser = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
        try:
            found = []
            for _ in range(3):
                browser.get(path.as_uri())
                found.append(browser.execute_script("const n = performance.getEntriesByType('navigation')[0]; return n.loadEventEnd - n.startTime"))
        finally:
            browser.quit()
    return float(min(found))


if __name__ == "__main__":
    raise SystemExit(main([int(size) for size in sys.argv[1:]] or SIZES))
