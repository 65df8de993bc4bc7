"""The words: complete in both languages, and every code in the source tree has a sentence."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.model.errors import Fault, Reason
from reports.texts import LANGUAGES, Words
from reports.texts.catalogue import areas

ROOT = Path(__file__).parents[2]
RAISERS = {"AuditorError", "ConnectorError", "StoreError", "ScanRunning", "UsageError"}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def blanks(value: Any) -> Any:
    if isinstance(value, list):
        return len(value)
    return frozenset(name for _, name, _, _ in string.Formatter().parse(value) if name is not None)


def catalogue(language: str) -> dict[str, Any]:
    return {key: value for tables in areas(language).values() for key, value in leaves(tables)}


def codes_in(path: Path) -> Iterator[str]:
    """Codes written as literals: Fault(file, "code"), Reason("code"), and errors raised with one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        at = {"Fault": 1, "Reason": 0}.get(name, 0 if name in RAISERS else None)
        given = [node.args[at]] if at is not None and len(node.args) > at else []
        given += [word.value for word in node.keywords if word.arg == "code" and at is not None]
        for code in given:
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value


def test_both_languages_have_the_same_keys_with_the_same_blanks() -> None:
    dutch, english = ({key: blanks(value) for key, value in catalogue(language).items()} for language in LANGUAGES)
    assert dutch == english


def test_no_key_stands_in_two_areas() -> None:
    for language in LANGUAGES:
        keys = [key for tables in areas(language).values() for key, _ in leaves(tables)]
        assert sorted(keys) == sorted(set(keys))


def test_every_fault_says_what_is_wrong_and_what_to_do() -> None:
    for language in LANGUAGES:
        keys = catalogue(language)
        for code in {key.split(".")[1] for key in keys if key.startswith("fault.")}:
            assert {f"fault.{code}.what", f"fault.{code}.remedy"} <= keys.keys(), f"{language}: {code}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_in_the_source_tree_has_a_sentence(language: str) -> None:
    words = Words(language)
    sources = [path for folder in ("auditor", "connectors", "matrices", "reports") for path in (ROOT / folder).rglob("*.py")]
    missing = {
        f"{path.relative_to(ROOT)}: {code}" for path in sources for code in codes_in(path)
        if not words.has(f"reason.{code}") and not words.has(f"fault.{code}.what")
    }
    assert not missing


def test_codes_are_found_in_calls_of_every_spelling(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text(
        'Fault(name, "a")\nerrors.Reason("b", {})\nFault(file=f, code="c")\nraise StoreError("d", n=1)\nReason(code)\n',
        encoding="utf-8")
    assert sorted(codes_in(source)) == ["a", "b", "c", "d"]


def test_dates_and_numbers_are_written_as_the_language_writes_them() -> None:
    nl, en = Words("nl"), Words("en")
    on = date(2026, 11, 4)
    assert (nl.day(on), nl.long_day(on), nl.short_day(on)) == ("4 november 2026", "woensdag 4 november 2026", "04-11-2026")
    assert (en.day(on), en.long_day(on), en.short_day(on)) == ("4 November 2026", "Wednesday 4 November 2026", "4 Nov 2026")
    assert (nl.number(1234567), en.number(1234567), nl.number(999)) == ("1.234.567", "1,234,567", "999")


def test_a_fault_says_where_in_which_file() -> None:
    said = Words("nl").fault(Fault("medewerkers.csv", "no_such_code", 12, "Roepnaam", {"found": 3}))
    assert said == "medewerkers.csv, regel 12, kolom Roepnaam: no_such_code (found=3)"


def test_facts_cannot_hide_or_reorder_text() -> None:
    assert Words("nl").say(Reason("no_such_code", {"name": "a\u202eb\x1b[31m\n"})) == r"no_such_code (name=a\u{202e}b\u{1b}[31m\u{a})"


def test_a_missing_key_shows_itself_in_production_and_raises_when_strict() -> None:
    assert Words("nl").text("no.such.key") == "no.such.key"
    with pytest.raises(KeyError):
        Words("nl", strict=True).text("no.such.key")
    with pytest.raises(KeyError):
        Words("nl", strict=True).say(Reason("no_such_code"))
    with pytest.raises(KeyError):
        Words("nl", strict=True).text("place.line")
    with pytest.raises(ValueError, match="de"):
        Words("de")


def test_a_blank_without_a_fact_stays_visible_instead_of_losing_the_sentence() -> None:
    assert Words("nl").text("place.line") == "regel {line}"


def test_dates_in_facts_are_written_out_and_names_of_lines_are_not_grouped() -> None:
    assert Words("nl").text("place.column", column="2026-11-24") == "kolom 24 november 2026"
    assert Words("nl").text("place.line", line=12345) == "regel 12345"
    assert Words("nl").text("place.column", column=12345) == "kolom 12.345"
    assert Words("nl").text("place.column", column="2026-99-99") == "kolom 2026-99-99"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_said(language: str) -> None:
    words = Words(language, strict=True)
    for key, value in catalogue(language).items():
        for line in value if isinstance(value, list) else [value]:
            assert line.format_map(dict.fromkeys(blanks(line), "x")).strip(), key
        if isinstance(value, str):
            assert words.text(key, **dict.fromkeys(blanks(value), 2))
