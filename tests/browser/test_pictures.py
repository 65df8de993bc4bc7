"""The pictures of the handbook: made from the sample night by the browser that tests it. AUDITOR_UPDATE_PICTURES=1 makes them anew."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reports.render.paper import render as paper
from tests.reports.sample import report
from tests.reports.test_paper import with_quarter

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PICTURES = {
    "report": ("nl", 1200, 1000, "light", ""), "report-en": ("en", 1200, 1000, "light", ""), "finding": ("nl", 1440, 820, "dark", "#list"),
    "schools": ("nl", 1000, 620, "light", "#schools"), "phone": ("nl", 400, 800, "light", "#findings"),
    "quarter": ("quarter", 900, 1150, "light", ""),
}
"""By name: page, width, height, colours, and what to scroll to."""
MOST = 150_000
"""Bytes of one picture at most."""


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_can_be_made(browser: Any, pages: dict[str, str], name: str, tmp_path: Path) -> None:
    page, width, height, scheme, place = PICTURES[name]
    if page == "quarter":
        (tmp_path / "quarter.html").write_text(paper(with_quarter(report(), 7), "quarter"), encoding="utf-8")
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})
    browser.get(pages[page] if page in pages else (tmp_path / "quarter.html").as_uri())
    if place:
        browser.execute_script("const e = document.querySelector(arguments[0]); const d = e.querySelector('summary'); "
                               "if (arguments[0] === '#list' && d) d.click(); scrollTo(0, e.getBoundingClientRect().top + scrollY - 60)", place)
    shot = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    assert shot.size == (width, height)
    out = io.BytesIO()
    shot.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) < MOST
    if os.environ.get("AUDITOR_UPDATE_PICTURES"):
        (ROOT / "docs" / "pictures").mkdir(exist_ok=True)
        (ROOT / "docs" / "pictures" / f"{name}.png").write_bytes(out.getvalue())


def test_every_picture_that_a_page_shows_is_there_and_each_is_shown() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = {page: re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8")) for page in pages}
    shown = {(page.parent / link).resolve() for page, found in links.items() for link in found}
    assert shown == set((ROOT / "docs" / "pictures").glob("*.png"))
