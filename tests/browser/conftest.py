"""A headless Chromium for tests that open the report as its readers do; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.render.html import render
from tests.reports.sample import many, report

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=nl",
)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the sample night in both languages, of 700 findings and of 5,000."""
    folder = tmp_path_factory.mktemp("pages")
    data = {"nl": report(), "en": report("en"), "700": many(700), "5000": many(5000)}
    for name, night in data.items():
        (folder / f"{name}.html").write_text(render(night), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in data}


@pytest.fixture(scope="session")
def browser_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Any]]:
    """A browser with or without JavaScript, started once each with a fresh profile."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("no Chromium here")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    started: dict[bool, Any] = {}

    def start(has_script: bool) -> Any:
        if has_script not in started:
            options = webdriver.ChromeOptions()
            options.binary_location = str(CHROMIUM)
            downloads = tmp_path_factory.mktemp("downloads")
            for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
                options.add_argument(option)
            options.add_experimental_option("prefs", {
                "download.default_directory": str(downloads), "profile.managed_default_content_settings.javascript": 1 if has_script else 2})
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            started[has_script] = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
            started[has_script].downloads = Path(downloads)
        return started[has_script]

    yield lambda has_script: _calm(start(has_script))
    for browser in started.values():
        browser.quit()


def _calm(browser: Any) -> Any:
    """Bring a browser back to 1440 x 1000, light colours and no motion, whatever the test before it asked for."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1440, "height": 1000, "deviceScaleFactor": 1, "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    return browser


@pytest.fixture
def browser(browser_of: Callable[[bool], Any]) -> Iterator[Any]:
    """A browser with JavaScript, at 1440 x 1000, in light colours; it must not have complained when the test is done."""
    one = browser_of(True)
    yield one
    assert one.get_log("browser") == []
