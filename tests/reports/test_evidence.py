"""Evidence of any shape becomes lines and tables: ordered, worded, and without what the page says elsewhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reports.render.evidence import blocks, origins, seen
from reports.render.labels import Labels
from reports.texts import Words
from tests.reports.sample import AS_OF, SCHOOLS, report

LABELS = Labels(Words("nl"), SCHOOLS, {"parnassys": "ParnasSys"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=12)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_evidence_of_any_shape_can_be_told(evidence: dict[str, object]) -> None:
    for block in blocks(evidence, LABELS):
        assert all(len(row) == len(block.headers) for row in block.rows)
        assert all(isinstance(line, str) for line in block.lines)


def test_dates_codes_schools_and_flags_are_words() -> None:
    told = blocks({"left_on": "2026-10-31", "status": "unknown", "held_school": "99AB00", "system": "parnassys", "has_reason": False, "share": 0.6,
                   "reason": {"code": "no_such_code", "facts": {"n": 1}}}, LABELS)
    assert {block.text for block in told} == {
        "31-10-2026", "staat niet in deze export", "Het Zevende Zeepaard", "ParnasSys", "nee", "0,6", "no_such_code (n=1)"}


def test_what_the_row_or_the_matrix_says_is_not_said_again() -> None:
    evidence = {"facts": {"login": "a", "left_on": "2026-10-31", "row_function": "x", "lacks": "y", "weight": 3}, "account": {"status": "enabled"},
                "matrix": {"name": "M", "lacks": [{"what": "level", "wanted": "laag", "held": "hoog"}]}}
    told = [(block.label, block.lines) for block in blocks(evidence, LABELS)]
    assert told == [("Laatste dag", ["31-10-2026"]), ("Account", ["Stand: actief"]), ("Dichtstbijzijnde matrixregel", ["Naam: M"]),
                    ("Wat niet past", ["niveau · laag · hoog"])]


def test_where_each_row_stands_is_one_last_column() -> None:
    work = {"row": 31, "file": "a.csv", "source": "hr", "function": "leerkracht", "origin": "employment", "counts": True}
    [block] = blocks({"employments": [work]}, LABELS)
    assert (list(block.headers), block.rows) == (["Functie", "Waar dit staat"], [["leerkracht", "a.csv, regel 31"]])


def test_a_source_that_is_not_fine_is_named_even_where_there_is_little_room() -> None:
    one = replace(report().findings[0], sources=(
        {"source": "ad", "file": "ad.csv", "row": 3, "as_of": "2026-11-23"}, {"source": "hr", "state": "ok", "as_of": "2026-11-24", "rows": 3},
        {"source": "esis", "state": "stale", "as_of": "2026-10-14", "missing_schools": ["99AB00"]}))
    assert origins(one, LABELS, is_short=True) == [
        "ad.csv, regel 3", "esis · gegevens van 14 oktober 2026 · verouderd · Ontbreekt: Het Zevende Zeepaard"]
    assert origins(one, LABELS)[:2] == ["ad.csv, regel 3 · ad · gegevens van 23 november 2026", "hr · gegevens van 24 november 2026 · gelezen"]


def test_seen_tells_only_what_is_out_of_the_ordinary() -> None:
    findings = report().findings
    assert seen(findings[0], AS_OF, LABELS) == []
    unread = next(one for one in findings if one.not_assessed_since)
    assert seen(unread, AS_OF, LABELS) == ["laatst bevestigd op 19 november 2026", "niet beoordeeld sinds 20 november 2026"]
    back = next(one for one in findings if one.reopened)
    assert seen(back, AS_OF, LABELS) == ["1 keer heropend"]
