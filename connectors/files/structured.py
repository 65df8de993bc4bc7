"""Looks into a JSON or XML file with the eyes of every layout that could be its own; what no layout asks for stays in the child process."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.model.errors import InputError
from connectors.files.headings import names_of, score
from connectors.files.layout import Layout, Records
from connectors.files.raw import RawTable
from connectors.files.records_reader import read_records

Scores = tuple[tuple[str, float], ...]


def look_into(data: bytes, file: str, kind: str, known: Mapping[str, Layout]) -> tuple[RawTable, Scores]:
    """Given the bytes of a JSON or XML file, its name, which of the two it is and the layouts, return the records as the best fitting layout
    sees them, and the three best with how well each fits (0 to 1). Of records that fit none the names come back, and no values.

    Raise InputError if the file is refused by every layout: with the faults of the last.
    """
    found: dict[str, tuple[float, RawTable]] = {}
    refused: InputError | None = None
    for (path, each), layouts in _by_place(kind, known).items():
        try:
            # The names come first, without one value: which of them may be looked at is for a layout to say.
            bare = read_records(data, file, kind, Records(path=path, each=list(each)), 0, frozenset())
        except InputError as error:
            if {fault.code for fault in error.faults} - {"records_missing", "records_no_object"}:
                raise
            refused = error
            continue
        found.update({layout.name: (score(bare.headers, layout), bare) for layout in layouts})
    ranked = sorted(((name, round(fit, 2)) for name, (fit, _) in found.items()), key=lambda one: (-one[1], one[0]))
    if not ranked:
        if kind == "json":
            return read_records(data, file, kind, Records(path="*"), 0, frozenset()), ()
        raise refused or InputError([])
    best = known[ranked[0][0]]
    if ranked[0][1] <= 0 or best.records is None:
        return found[best.name][1], ()
    return read_records(data, file, kind, best.records, 0, names_of(best)), tuple(one for one in ranked if one[1] > 0)[:3]


def _by_place(kind: str, known: Mapping[str, Layout]) -> dict[tuple[str, tuple[str, ...]], list[Layout]]:
    """The layouts of this format by where they look for records: the file is parsed once for each place."""
    grouped: dict[tuple[str, tuple[str, ...]], list[Layout]] = {}
    for name in known:
        layout = known[name]
        if kind in layout.formats and layout.records is not None:
            grouped.setdefault((layout.records.path, tuple(layout.records.each)), []).append(layout)
    return grouped
