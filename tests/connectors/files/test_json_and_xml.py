"""JSON and XML come in as columns of text through a limited child process, or are refused with their line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.errors import Fault, InputError
from connectors.files import records_reader
from connectors.files.children import Limits
from connectors.files.layout import Records
from connectors.files.records_reader import read_records

STAFF = Records(path="leerkrachten/leerkracht")
WORKERS = Records(path="data.workers", each=["jobs", "jobs.units"], count="data.total")


def columns(data: bytes, kind: str, records: Records, keep: frozenset[str] | None = None) -> dict[str, list[str]]:
    """The columns of a file by name."""
    return {name: column.texts() for name, column in read_records(data, f"export.{kind}", kind, records, 0, keep).columns.items()}


def fault_of(data: bytes, kind: str, records: Records = WORKERS) -> Fault:
    """Why a file is refused."""
    with pytest.raises(InputError) as refused:
        read_records(data, f"export.{kind}", kind, records)
    assert len(refused.value.faults) == 1
    return refused.value.faults[0]


def workers(*rows: Any, **beside: Any) -> bytes:
    """A JSON file with these rows, one a line."""
    listed = ",\n".join(json.dumps(row) for row in rows)
    return (json.dumps({"meta": {"school": "99AA", "pages": [1, 2]},
        **beside})[:-1] + f', "data": {{"workers": [\n{listed}\n], "total": 1}}}}').encode()


def test_every_item_of_a_list_gives_a_row_and_what_stands_around_goes_along() -> None:
    data = workers(
        {"id": "007", "mails": ["a@x.nl", "b@x.nl"], "jobs": [{"fte": 0.80, "units": [{"code": "A"}, {"code": "B"}]}, {"fte": None}]},
        {"id": 8, "is_on": True, "jobs": []})
    assert columns(data, "json", WORKERS) == {
        "id": ["007", "007", "007", "8"], "mails": ["a@x.nl\nb@x.nl", "a@x.nl\nb@x.nl", "a@x.nl\nb@x.nl", ""], "jobs.fte": ["0.8", "0.8", "", ""],
        "jobs.units.code": ["A", "B", "", ""], "is_on": ["", "", "", "true"], "meta.school": ["99AA"] * 4, "data.total": ["1"] * 4}
    assert read_records(data, "x.json", "json", WORKERS).lines.tolist() == [2, 2, 2, 3]


def test_numbers_stay_as_they_are_written() -> None:
    data = b'[{"a": 1.50, "b": 123456789012345678901, "c": 1E5, "d": -0}]'
    assert columns(data, "json", Records(path="")) == {"a": ["1.50"], "b": ["123456789012345678901"], "c": ["1E5"], "d": ["-0"]}


def test_what_nobody_asked_for_is_known_by_name_only() -> None:
    raw = read_records(workers({"id": "1", "person": {"birthDate": "1980-01-01"}}), "x.json", "json", WORKERS, 0, frozenset({"id"}))
    assert "person.birthDate" in raw.headers and set(raw.columns) == {"id"}


@pytest.mark.parametrize(("data", "code", "line"), [
    (b'{"data": {"workers": [\n{"id": 1, "id": 2}]}}', "json_twice", 2),
    (b'{"data": {"workers": [\n{"id": NaN}]}}', "json_damaged", 2),
    (b'{"data": {"workers": [\n{"id": 1},\n]}}', "json_damaged", 3),
    (b'{"data": {"workers": [\n{"id": 1}', "json_damaged", 2),
    (b'{"data": {"workers": [\n{"id": 1}]}} {}', "json_damaged", 2),
    (b'{"data": {"workers": [\n{"id": "a\\u0000b"}]}}', "records_nul", 2),
    (b'{"data": {"workers": [\n7]}}', "records_no_object", 2),
    (b'{"data": {"people": []}}', "records_missing", None),
    (b'{"data": {"total": 3, "workers": [{"id": 1}]}}', "records_not_all", None),
    (b'{"data": {"workers": [\n' + b'{"a":' * 70 + b"1" + b"}" * 70 + b"]}}", "records_too_deep", 2),
    (b'{"data": {"workers": ' + b"[" * 100_000, "records_too_deep", 1),
    (b'{"data": {"workers": [\n{"id": "' + b"x" * 70_000 + b'"}]}}', "records_cell_too_large", 2),
    (b'{"data": {"workers": [{"id": "\xff"}]}}', "text_undecodable", 1),
    (b"<html><body>Log in</body></html>", "csv_is_web_page", None),
    (b"id;naam\n1;a\n", "json_is_other", None),
    (b"", "csv_empty", None),
    (b'{"data": {"workers": []}}', "csv_no_rows", None),
])
def test_json_that_is_not_as_it_should_be_is_refused(data: bytes, code: str, line: int | None) -> None:
    fault = fault_of(data, "json")
    assert (fault.code, fault.line) == (code, line)


@pytest.mark.parametrize(("data", "code"), [
    (b'<!DOCTYPE a [<!ENTITY l "lol">]><EDEX>&l;</EDEX>', "xml_doctype"),
    (b'<!DOCTYPE a SYSTEM "http://evil.example/a.dtd"><EDEX/>', "xml_doctype"),
    ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname">]><a/>'.encode("utf-16"), "xml_doctype"),
    (b"<EDEX><leerkrachten><leerkracht>", "xml_damaged"),
    (b"<EDEX><leerlingen/></EDEX>", "records_missing"),
    (b"<EDEX><leerkrachten/></EDEX>", "csv_no_rows"),
    (b"<a>" * 200_000, "records_too_deep"),
    (b"<a " + b" ".join(b'x%d=""' % n for n in range(200_000)) + b"/>", "xml_many_attributes"),
    (b"<a>" + b"x" * 1_000_000 + b"</a>", "records_cell_too_large"),
    (b"id;naam\n", "xml_is_other"),
])
def test_xml_that_is_not_as_it_should_be_is_refused(data: bytes, code: str) -> None:
    assert fault_of(data, "xml", STAFF).code == code


def test_a_file_above_the_limit_is_not_parsed_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_reader, "SIZE_LIMITS", {"xml": 10})
    assert fault_of(b"<EDEX>" + b" " * 20 + b"</EDEX>", "xml", STAFF).code == "file_too_large"


def test_a_child_that_dies_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_reader, "Limits", lambda **_: Limits(seconds=0))
    assert fault_of(workers({"id": "1"}), "json").code == "records_too_costly"


def test_namespaces_and_the_place_in_the_file_do_not_matter_to_xml() -> None:
    soap = (b'<s:Envelope xmlns:s="urn:s" xmlns:u="urn:u"><s:Body><u:antwoord><u:school><u:brincode>99ZZ</u:brincode></u:school>\n<u:leerkrachten>'
            b'\n<u:leerkracht key="LK1"><u:achternaam>Fuut</u:achternaam></u:leerkracht></u:leerkrachten></u:antwoord></s:Body></s:Envelope>')
    raw = read_records(soap, "x.xml", "xml", STAFF)
    assert {name: column.texts() for name, column in raw.columns.items()} == {
        "school/brincode": ["99ZZ"], ".": ["leerkracht"], "@key": ["LK1"], "achternaam": ["Fuut"]}
    assert raw.lines.tolist() == [3]


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x00"), max_size=20).map(str.strip)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.fixed_dictionaries({"a": TEXT, "b": TEXT}), min_size=1, max_size=5))
def test_whatever_a_json_writer_writes_reads_back_the_same(rows: list[dict[str, str]]) -> None:
    found = columns(json.dumps(rows).encode(), "json", Records(path=""))
    assert found == {"a": [row["a"] for row in rows], "b": [row["b"] for row in rows]}


def test_one_wide_record_among_many_narrow_ones_makes_no_grid() -> None:
    data = json.dumps([*({"a": "1"} for _ in range(20_000)), {f"n{place}": "x" for place in range(900)}]).encode()
    raw = read_records(data, "x.json", "json", Records(path=""), 0, frozenset({"a"}))
    assert (len(raw), len(raw.headers), set(raw.columns)) == (20_001, 901, {"a"})
    fault = fault_of(json.dumps([{f"n{place}": "x" for place in range(2_000)}]).encode(), "json", Records(path=""))
    assert fault.code == "records_many_names"
