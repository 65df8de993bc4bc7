"""Whatever stands in the cells of an export: it is read or refused with a fault, and nothing else happens."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.errors import InputError
from auditor.model.tables import TABLES
from connectors.files.build import Origin, build
from connectors.files.directory import build_directory
from connectors.files.opened import read_raw
from connectors.files.shelf import load_layouts

LAYOUTS = load_layouts()
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "1", "00017", "J", "31-02-2026", "1-1-2026", "2026-01-01T00:00:00Z", "9" * 30, "x@y.nl", "-1", "X'00'", "CN=a,DC=b",
                     "CN=a;CN=b\\;c,DC=d", "user", "group", "512", "20240812073011.0Z", "00000000-0000-0000-0000-000000000001", " ", "é"]),
)


@settings(deadline=None, max_examples=20)
@pytest.mark.parametrize("name", sorted(name for name in LAYOUTS if "csv" in LAYOUTS[name].formats))
@given(data=st.data())
def test_any_cells_give_conforming_tables_or_faults(name: str, data: st.DataObject) -> None:
    layout = LAYOUTS[name]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(layout.headers), max_size=len(layout.headers)), min_size=1, max_size=4))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=layout.delimiters[0], quoting=csv.QUOTE_ALL)
    writer.writerow(layout.headers)
    writer.writerows(rows)
    try:
        raw, headings = read_raw(out.getvalue().encode(errors="replace"), "export.csv", layout, 1)
    except InputError as refused:
        assert refused.faults
        return
    origin = Origin("bron", {"system": "systeem"})
    built = build_directory(raw, layout, headings.found, origin, ";") if layout.reader == "directory" else build(raw, layout, headings.found, origin)
    assert bool(built.tables) != bool(built.faults)
    for table, frame in built.tables.items():
        TABLES[table].check(frame)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for name in ("pupils-generic", "ad-ldifde"):
        try:
            read_raw(data, "export" + (".ldf" if name == "ad-ldifde" else ".csv"), LAYOUTS[name], 1)
        except InputError as refused:
            assert refused.faults
