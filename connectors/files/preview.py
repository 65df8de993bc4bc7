"""Shows what a file holds and what would be made of it, before it is a source: for `source preview FILE`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from auditor.model.errors import Fault, InputError, Reason
from auditor.model.tables import TABLES
from connectors.files.build import Origin, build
from connectors.files.children import Limits
from connectors.files.convert import shape
from connectors.files.csv_reader import GIB, Dialect, read_csv
from connectors.files.directory import ATTRIBUTES, build_directory
from connectors.files.encodings import ENCODINGS
from connectors.files.folder import read_bytes
from connectors.files.headings import faults_of, match, score
from connectors.files.layout import Layout, Value
from connectors.files.ldif_table import SEPARATOR, read_ldif
from connectors.files.opened import CSV_SEPARATOR
from connectors.files.private import is_private
from connectors.files.raw import RawTable
from connectors.files.shelf import load_layouts, unknown_layout
from connectors.files.structured import look_into
from connectors.files.xlsx_reader import read_xlsx

SAMPLES = 3
_OF_QUOTES = frozenset({"csv_quote_open", "csv_after_quote"})
PROPOSED_FROM = 0.3
"""Below this share of matched headers no layout is proposed: a wrong guess costs more time than none."""


@dataclass(frozen=True)
class PreviewColumn:
    """One column of the file. state: mapped, dropped, or private (dropped by nature, samples not shown); targets: "table.column" names it
    fills; conversions: how, e.g. date, lower, words, split; samples: some values with letters and digits masked."""

    header: str
    state: str
    targets: tuple[str, ...] = ()
    conversions: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What is known of a file. format: csv, xlsx, ldif, json or xml; encoding, delimiter: as read, None where there is none; layout: proposed or
    asked for, None when none fits; scores: the best layouts with how well each fits (0 to 1); rows: data rows; tables: rows per canonical
    table it would fill; faults: why it would be refused; notes: what is odd."""

    file: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    rows: int = 0
    layout: str | None = None
    scores: tuple[tuple[str, float], ...] = ()
    columns: tuple[PreviewColumn, ...] = ()
    tables: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    notes: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def preview(path: Path, layout: str | None = None, layouts: Mapping[str, Layout] | None = None) -> Preview:
    """Given a file, the name of a layout or None to have one proposed, and the layouts known (the shipped ones when not given), return what
    the file holds. Nothing is kept, and values are shown masked.

    Faults of the file are in the answer. Raise InputError only if the file cannot be opened, or the layout is not there.
    """
    known = load_layouts() if layouts is None else layouts
    if layout is not None and layout not in known:
        raise InputError([unknown_layout(path.name, None, layout, known)])
    data = read_bytes(path, GIB)
    kind = _format(data, path.name)
    try:
        if kind in ("json", "xml"):
            raw, scores = look_into(data, path.name, kind, {layout: known[layout]} if layout else known)
        else:
            raw = _raw(data, path.name, kind, known)
            scores = _scores(raw, kind, known)
    except InputError as refused:
        return Preview(path.name, kind, faults=refused.faults)
    roster = () if layout else _roster(path.name, raw)
    name = layout or (scores[0][0] if scores and scores[0][1] >= PROPOSED_FROM and not roster else None)
    chosen = known[name] if name else None
    columns = tuple(_column(raw, header, chosen) for header in raw.headers)
    faults, notes, tables = _outcome(data, raw, chosen) if chosen else ((), raw.notes, {})
    return Preview(path.name, kind, raw.encoding, raw.delimiter, len(raw), name, scores, columns, tables, faults, (*notes, *roster))


def _roster(file: str, raw: RawTable) -> tuple[Reason, ...]:
    """A file of a roster fits no layout: the set it belongs to has a connector of its own."""
    from connectors.oneroster.reading import SHEETS  # both read files by way of this package
    from connectors.sds.reading import NEW, OLD

    kind = file.casefold().removesuffix(".csv")
    here = {header.casefold() for header in raw.headers}
    for code, sheets in (("roster_file_oneroster", SHEETS), ("roster_file_sds", NEW), ("roster_file_sds", OLD)):
        if kind in sheets and all(name.casefold() in here for name in sheets[kind].required):
            return (Reason(code),)
    return ()


def _format(data: bytes, name: str) -> str:
    if data.startswith(b"PK"):
        return "xlsx"
    head = data[:4096].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    if head.startswith((b"{", b"[{", b"[\n", b"[\r", b"[ ")) or (name.lower().endswith(".json") and head.startswith(b"[")):
        return "json"
    if head.startswith(b"<") and not head.startswith((b"<!doctype html", b"<html", b"<head")):
        return "xml"
    return "ldif" if head.startswith((b"dn:", b"version:")) or name.lower().endswith((".ldf", ".ldif")) else "csv"


def _raw(data: bytes, file: str, kind: str, known: Mapping[str, Layout]) -> RawTable:
    if kind == "xlsx":
        return read_xlsx(data, file, Limits(minimum_rows=0))
    if kind == "ldif":
        directory = next((layout for layout in known.values() if "ldif" in layout.formats), None)
        if directory is None:
            raise InputError([unknown_layout(file, None, "ldif", known)])
        return read_ldif(data, file, directory)
    dialect = Dialect(encodings=ENCODINGS, minimum_rows=0)
    try:
        return read_csv(data, file, dialect)
    except InputError as refused:
        if _OF_QUOTES.isdisjoint(fault.code for fault in refused.faults):
            raise
        raw = read_csv(data, file, replace(dialect, quotes=False))
        if not any(score(raw.headers, layout) for layout in known.values() if not layout.quotes):
            raise
        return raw


def _scores(raw: RawTable, kind: str, known: Mapping[str, Layout]) -> tuple[tuple[str, float], ...]:
    found = [(layout.name, round(score(raw.headers, layout), 2)) for layout in known.values() if kind in layout.formats]
    return tuple(sorted((one for one in found if one[1] > 0), key=lambda one: (-one[1], one[0]))[:3])


def _column(raw: RawTable, header: str, layout: Layout | None) -> PreviewColumn:
    if is_private(header) and not (layout and header in match(raw.headers, layout).found.values()):
        return PreviewColumn(header, "private")
    words = [word for word in raw.columns[header].words[:200].to_pylist() if word.strip()] if header in raw.columns else []
    samples = tuple(dict.fromkeys(shape(word.strip(), with_days=False) for word in words))[:SAMPLES]
    own = {name for name, here in match(raw.headers, layout).found.items() if here == header} if layout else set()
    if layout is None or not own:
        return PreviewColumn(header, "dropped", samples=samples)
    if layout.reader == "directory":
        targets = tuple(sorted(target for target, source in ATTRIBUTES.items() if source in own))
        return PreviewColumn(header, "mapped" if targets else "dropped", targets, (), samples)
    uses = [(f"{rule.table}.{name}", value) for rule in layout.tables for name, value in rule.columns.items() if own & set(value.sources)]
    conversions = tuple(dict.fromkeys(word for target, value in uses for word in _conversions(target, value)))
    return PreviewColumn(header, "mapped", tuple(dict.fromkeys(target for target, _ in uses)), conversions, samples)


def _conversions(target: str, value: Value) -> list[str]:
    table, _, name = target.partition(".")
    kind = TABLES[table].column(name).kind if name != "source" else "text"
    told: list[str] = [] if kind in ("text", "category") else [kind]
    told += [value.kind] if value.kind != "text" else []
    told += [word for word, is_so in (("words", value.values), ("split", value.split), ("joined", len(value.header) > 1)) if is_so]
    return told


def _outcome(data: bytes, raw: RawTable, layout: Layout) -> tuple[tuple[Fault, ...], tuple[Reason, ...], dict[str, int]]:
    headings = match(raw.headers, layout)
    faults = faults_of(raw.headers, layout, headings, raw.file, raw.header_line)
    if raw.encoding and raw.encoding not in layout.encodings and not data.isascii():
        faults.append(Fault(raw.file, "text_undecodable", facts={"offset": 0, "encodings": ", ".join(layout.encodings)}))
    if len(raw) < layout.minimum_rows:
        faults.append(Fault(raw.file, "csv_no_rows" if not len(raw) else "csv_few_rows", facts={"rows": len(raw), "minimum": layout.minimum_rows}))
    if faults:
        return tuple(faults), raw.notes, {}
    origin = Origin("preview")
    if layout.reader == "directory":
        built = build_directory(raw, layout, headings.found, origin, SEPARATOR if raw.delimiter is None else CSV_SEPARATOR)
    else:
        built = build(raw, layout, headings.found, origin)
    return built.faults, built.notes, {name: len(frame) for name, frame in built.tables.items()}
