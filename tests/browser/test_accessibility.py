"""axe-core finds nothing in any page, light or dark, narrow or wide; and everything can be reached and worked by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from auditor.app.cli import main
from reports.render.paper import render as paper
from tests.reports.sample import report
from tests.reports.test_paper import with_quarter

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RUN = """const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]}).then(
  found => done(found.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160), v.nodes[0].failureSummary.slice(0, 300)])));"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker, as `sh tests/system-packages` brings it by its hash."""
    if not AXE.is_file():
        pytest.skip("no axe-core here: sh tests/system-packages brings it")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the page on a quarter and of the list of a morning."""
    folder = tmp_path_factory.mktemp("papers")
    data = with_quarter(report(findings=report().findings[:20]))
    for kind in ("quarter", "daily"):
        (folder / f"{kind}.html").write_text(paper(data, kind), encoding="utf-8")
    return {kind: (folder / f"{kind}.html").as_uri() for kind in ("quarter", "daily")}


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the evidence of the bundled board."""
    folder = tmp_path_factory.mktemp("proof")
    main(["demo", "--out", str(folder / "board")])
    main(["evidence", "--from", "2026-11-23", "--until", "2026-11-24", "--out", str(folder), "--config", str(folder / "board" / "auditor.toml")])
    (page,) = folder.glob("*.html")
    return page.as_uri()


def violations(browser: Any, axe: str) -> list[Any]:
    browser.set_script_timeout(120)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})  # the page's own policy lets no other script in
    found: list[Any] = browser.execute_async_script(RUN)
    return found


def show(browser: Any, width: int, scheme: str) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})


@pytest.mark.parametrize(("name", "width", "scheme"), [
    ("nl", 320, "light"), ("nl", 320, "dark"), ("nl", 1440, "light"), ("nl", 1440, "dark"), ("en", 1440, "light")])
def test_axe_finds_nothing_in_the_morning_report(browser: Any, pages: dict[str, str], axe: str, name: str, width: int, scheme: str) -> None:
    show(browser, width, scheme)
    browser.get(pages[name])
    browser.execute_script("document.querySelectorAll('details').forEach((d, n) => { d.open = n < 16; })")
    assert violations(browser, axe) == []


@pytest.mark.parametrize(("kind", "width"), [("quarter", 320), ("quarter", 1440), ("daily", 320), ("daily", 1440)])
def test_axe_finds_nothing_on_paper(browser: Any, papers: dict[str, str], axe: str, kind: str, width: int) -> None:
    show(browser, width, "light")
    browser.get(papers[kind])
    assert violations(browser, axe) == []


@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_in_the_proof_for_an_auditor(browser: Any, proof: str, axe: str, width: int) -> None:
    show(browser, width, "light")
    browser.get(proof)
    assert violations(browser, axe) == []


def test_axe_finds_nothing_in_a_long_list(browser: Any, pages: dict[str, str], axe: str) -> None:
    show(browser, 1440, "light")
    browser.get(pages["700"])
    browser.execute_script("""[...document.querySelectorAll('#list > tbody')].slice(60).forEach(b => b.remove());
      [...document.querySelectorAll('#rest tr')].slice(60).forEach(r => r.remove());
      document.getElementById('rest-box').open = true""")  # a minute a thousand rows says the same
    assert violations(browser, axe) == []


def test_a_fault_would_be_found(browser: Any, pages: dict[str, str], axe: str) -> None:
    browser.get(pages["nl"])
    browser.execute_script("document.querySelector('h1').insertAdjacentHTML('afterend', '<img><button></button>')")
    assert {"image-alt", "button-name"} <= {found[0] for found in violations(browser, axe)}


def test_everything_is_reached_and_worked_by_keyboard(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["nl"])
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    walked, seen = [], set()
    for _ in range(400):
        here = browser.switch_to.active_element
        if here.id in seen or here.tag_name == "body":
            break
        seen.add(here.id)
        walked.append((here.tag_name, here.get_attribute("id") or here.get_attribute("class")))
        assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle !== 'none' || arguments[0].matches('.skip')", here)
        here.send_keys(Keys.TAB)
    assert {("input", "f-text"), ("select", "f-severity"), ("button", "f-save")} <= set(walked)
    summary = browser.find_element(By.CSS_SELECTOR, "#list summary")
    summary.send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "#list .more").is_displayed()
    copy = browser.find_element(By.CSS_SELECTOR, "#list .copy")
    assert copy.text == "Kopieer"
    copy.send_keys(Keys.SPACE)
    browser.execute_async_script("setTimeout(arguments[0], 300)")
    assert copy.text == "Gekopieerd"
    assert browser.find_element(By.CSS_SELECTOR, "#list .key, #list td a").get_attribute("href").endswith(
        browser.find_element(By.CSS_SELECTOR, "#list tbody").get_attribute("id"))
