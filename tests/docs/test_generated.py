"""The handbook says what the code does, and its links lead somewhere."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from auditor.config.schema import Configuration
from auditor.rules.registry import SLUGS
from connectors.files.shelf import load_layouts
from docs.generate import ROOT, drifted, main
from docs.pages.layouts import OWN
from docs.pages.markdown import anchor

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|``.+?``|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HAND = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def dead_links(page: Path) -> list[str]:
    """Relative links of a page whose file or heading is not there."""
    dead = []
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path) if path else page
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE) if file.suffix == ".md" and file.is_file() else []
        if not file.exists() or (fragment and fragment not in map(anchor, headings)):
            dead.append(target)
    return dead


def test_no_generated_page_differs_from_the_code() -> None:
    assert list(drifted()) == []


def test_a_page_that_was_edited_or_removed_is_named_and_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "docs/rules.md").write_bytes((tmp_path / "docs/rules.md").read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "docs/commands.md").unlink()
    capsys.readouterr()
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    assert "docs/rules.md" in told and "docs/commands.md" in told and "docs/layouts.md" not in told
    assert not (tmp_path / "docs/commands.md").exists()
    assert main([], tmp_path) == 0
    assert drifted(tmp_path) == {}


@pytest.mark.parametrize("page", HAND, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_relative_link_is_dead(page: Path) -> None:
    assert dead_links(page) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    links = "[a](page.md) [b](#here-it-is) [c](gone.md) [d](#gone) [e](https://example.org/x) `[f](code.md)`"
    page.write_text(f"# Here it is\n{links}\n", encoding="utf-8")
    assert dead_links(page) == ["gone.md", "#gone"]


def test_every_rule_and_layout_has_its_section() -> None:
    rules, layouts = ((ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in ("rules", "layouts"))
    assert set(SLUGS) <= set(re.findall(r"^## (.+)$", rules, re.MULTILINE))
    sections = set(re.findall(r"^###? (.+)$", layouts, re.MULTILINE))
    assert {name.removeprefix("register-") for name in load_layouts()} <= sections


def test_the_example_of_an_own_layout_loads(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    headers = load_layouts(tmp_path)["own"].headers
    assert "Werkmail" in headers["E-mailadres"].aliases
    assert "Naam rol" in headers["Rol"].aliases


def test_the_schema_for_editors_allows_what_the_configuration_allows_and_no_other_keys() -> None:
    shipped = json.loads((ROOT / "auditor/config/auditor.schema.json").read_text(encoding="utf-8"))
    assert set(shipped["properties"]) == set(Configuration.model_fields)
    tables = [shipped, *shipped["$defs"].values()]
    assert all(table["additionalProperties"] is False for table in tables)


def test_the_examples_of_the_configuration_page_are_toml_the_configuration_takes() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    Configuration.model_validate(tomllib.loads("".join(examples)))
