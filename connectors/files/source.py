"""A configured source that consists of files: chooses them, reads each once, and hands over pages with receipts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from auditor.model.errors import AuditorError, ConnectorError, Fault, InputError, Reason
from auditor.model.reading import Page, Permission, Permissions
from auditor.model.tables import TABLES, combine
from connectors.files.build import Origin
from connectors.files.contracts import hang, missing_contracts, with_own_ids, without_position
from connectors.files.folder import Candidate, NoFile, candidates, located, newest
from connectors.files.layout import ACCOUNT_KINDS, Layout
from connectors.files.lookups import resolved
from connectors.files.opened import ATTRIBUTE_OPTIONS, OpenedFile, open_file
from connectors.files.persons import renamed
from connectors.files.shelf import load_layouts, unknown_layout

BY_HEADER = "newest_per_school"
CONFIGURATION = "auditor.toml"
_OF_EVERY_PART = ("minimum_rows", BY_HEADER)


class PartSettings(BaseModel):
    """One kind of file of a source. path: file or folder, seen from the root; pattern: which files of a folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: str
    path: str
    pattern: str = "*"
    options: dict[str, Any] = Field(default_factory=dict)


class FilesSettings(BaseModel):
    """What the connector needs to know of a source. system: whose accounts it delivers, None when it delivers none; layouts: folder of the
    board's own layouts, seen from the root; folders: further folders that may be read, also outside the root; settle_seconds: a file younger
    than this may still be being written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: list[PartSettings] = Field(min_length=1)
    system: str | None = None
    layouts: str | None = None
    folders: tuple[str, ...] = ()
    settle_seconds: int = Field(60, ge=0)


@dataclass(frozen=True)
class _Part:
    settings: PartSettings
    layout: Layout
    origin: Origin


class FilesConnector:
    """Reads one source that consists of files. Never writes, moves or deletes one."""

    def __init__(self, name: str, settings: FilesSettings, root: Path, now: datetime) -> None:
        """Given the source's name, its settings, the folder its paths are seen from, and this instant (with its zone)."""
        self.name = name
        self.settings = settings
        self.root = root
        self.now = now

    def check(self) -> Permissions:
        """Read everything once and tell, for every file, whether it is fine."""
        try:
            pages = list(self.pages())
        except InputError as refused:
            return Permissions(tuple(Permission(Reason(fault.code, {"file": fault.file, **fault.facts}), False) for fault in refused.faults))
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        receipts = [receipt for page in pages for receipt in page.receipts]
        return Permissions(tuple(
            Permission(Reason("file_read", {"file": receipt.name, "rows": receipt.rows, "on": receipt.as_of.isoformat()}), True)
            for receipt in receipts))

    def pages(self) -> Iterator[Page]:
        """Yield one page per file; every file is read and checked before the first.

        Raise InputError with the faults of all files, ConnectorError if a file is not there and no other is refused. When every refused
        file is one school's (its faults say so as fact `school`), the pages of the other files come first.
        """
        parts = self._parts()
        faults: list[Fault] = []
        missing: list[NoFile] = []
        files: list[OpenedFile] = []
        for part in parts:
            try:
                files.extend(self._files(part, faults))
            except InputError as refused:
                faults.extend(refused.faults)
            except NoFile as nothing:
                missing.append(nothing)
        if faults and not (files and not missing and all(fault.facts.get("school") for fault in faults)):
            raise InputError(faults)
        if missing:
            first = missing[0]
            code = "source_no_file" if first.pattern is None else "source_no_match"
            raise ConnectorError(code, path=_shown(first.path, self.root), **({"pattern": first.pattern} if first.pattern else {}))
        delivers = frozenset(name for file in files for name in file.built.delivers)
        joined = _joined(files)
        for place, file in enumerate(joined, 1):
            yield Page(file.built.tables, (file.receipt,), delivers, is_last=place == len(joined) and not faults)
        if faults:
            raise InputError(faults)

    def _parts(self) -> list[_Part]:
        """Every part with its layout. Raise InputError if a layout is not there, or an option means nothing to it."""
        own = self.root / self.settings.layouts if self.settings.layouts else None
        layouts = load_layouts(own)
        parts, faults = [], []
        for part in self.settings.parts:
            layout = layouts.get(part.layout)
            if layout is None:
                faults.append(unknown_layout(CONFIGURATION, self._key("layout"), part.layout, layouts))
                continue
            faults.extend(
                Fault(CONFIGURATION, "option_unknown", column=self._key("options"), facts={"option": option, "layout": layout.name})
                for option in part.options if option not in (*layout.options, *_OF_EVERY_PART))
            options = {name: str(value) for name, value in part.options.items()}
            faults.extend(self._choice_faults(layout, options))
            if self.settings.system:
                options["system"] = self.settings.system
            parts.append(_Part(part, layout, Origin(self.name, options)))
        if faults:
            raise InputError(faults)
        return parts

    def _choice_faults(self, layout: Layout, options: Mapping[str, str]) -> Iterator[Fault]:
        """An option that is one of a few words: another word would be taken silently, and a rule for persons never sees a `persoon`."""
        attributes = dict.fromkeys(ATTRIBUTE_OPTIONS, tuple(layout.headers)) if layout.reader == "directory" else {}
        for option, known in {"kind": ACCOUNT_KINDS, **attributes}.items():
            given = options.get(option)
            if given is not None and option in layout.options and given not in known:
                near = difflib.get_close_matches(given, known, 1) or [one for one in known if one.casefold() == given.casefold()]
                facts = {"option": option, "given": given, "known": ", ".join(known), "meant": "".join(near[:1])}
                yield Fault(CONFIGURATION, "option_choice_meant" if near else "option_choice", column=self._key("options"), facts=facts)

    def _files(self, part: _Part, faults: list[Fault]) -> list[OpenedFile]:
        """The files of one part that can be read; the faults of the others are added to `faults`. Raise InputError if the part cannot be
        read at all, NoFile if there is none."""
        place = located(self.root, part.settings.path, [self.root / folder for folder in self.settings.folders])
        try:
            found, irregular = candidates(place, part.settings.pattern)
        except InputError as refused:
            # A pattern is a setting: it is named by its key, and the pattern itself goes into the sentence.
            raise InputError(
                replace(fault, file=CONFIGURATION, column=self._key("pattern"), facts={**fault.facts, "pattern": part.settings.pattern})
                if fault.code.startswith("pattern_") else fault for fault in refused.faults) from None
        faults.extend(irregular)
        if part.origin.options.get(BY_HEADER) and part.layout.file_school:
            return self._newest_by_header(part, found, faults)
        chosen, passed, unsettled = newest(found, self.now, self.settings.settle_seconds)
        faults.extend(unsettled)
        notes = tuple(Reason("newer_file_settling", {"file": one.name}) for one in passed)
        return self._opened(part, chosen, notes, faults)

    def _key(self, name: str) -> str:
        return f"sources.{self.name}.parts.{name}"

    def _newest_by_header(self, part: _Part, found: list[Candidate], faults: list[Fault]) -> list[OpenedFile]:
        """For exports whose names say nothing: the school stands in the file, and the newest file of each school counts."""
        settled = [one for one in found if self.settings.settle_seconds <= 0 or self.now.timestamp() - one.modified >= self.settings.settle_seconds]
        if not settled:
            raise InputError([Fault(found[0].name, "file_settling", facts={"seconds": self.settings.settle_seconds})])
        kept: dict[str, OpenedFile] = {}
        for file in self._opened(part, settled, (), faults):
            if file.built.school is None:
                raise InputError([Fault(file.candidate.name, "file_of_many_schools", column=part.layout.file_school)])
            kept.setdefault(file.built.school, file)
        return list(kept.values())

    def _opened(self, part: _Part, chosen: list[Candidate], notes: tuple[Reason, ...], faults: list[Fault]) -> list[OpenedFile]:
        files: list[OpenedFile] = []
        for candidate in chosen:
            try:
                files.append(open_file(candidate, part.layout, part.origin, notes))
            except InputError as refused:
                school = {"school": candidate.school} if candidate.school else {}
                faults.extend(replace(fault, facts={**fault.facts, **school}) for fault in refused.faults)
        return files


def _joined(files: list[OpenedFile]) -> list[OpenedFile]:
    """Given all files of a source, return them with what needs the others done: positions under contracts, one number a person, logins
    resolved to account ids, ids of employments unique."""
    aliases = {alias: number for file in files for alias, number in file.built.aliases.items()}
    files = [_with_aliases(file, aliases) for file in files] if aliases else files
    files = _with_positions(files)
    files = [_with_lookups(file, files) for file in files]
    return [_with_tables(file, employments=with_own_ids(file.built.tables["employments"])) if "employments" in file.built.tables else file
            for file in files]


def _with_aliases(file: OpenedFile, aliases: Mapping[str, str]) -> OpenedFile:
    changed = {
        name: frame.assign(person=renamed(frame["person"], aliases))
        for name, frame in file.built.tables.items() if name != "persons" and "person" in TABLES[name].names
    }
    return _with_tables(file, **changed)


def _with_positions(files: list[OpenedFile]) -> list[OpenedFile]:
    """Positions hang under contracts when the source has both; the notes go with the positions."""
    contracts = [file for file in files if file.layout.position == "contracts"]
    positions = [file for file in files if file.layout.position == "positions"]
    if not contracts or not positions:
        return files
    every = combine(TABLES["employments"], [file.built.tables["employments"] for file in contracts])
    held = pd.concat([file.built.tables["employments"]["employment"] for file in positions], ignore_index=True)
    changed = []
    for file in files:
        if file.layout.position == "contracts":
            file = _with_tables(file, employments=without_position(file.built.tables["employments"], held))
        elif file.layout.position == "positions":
            if cut := missing_contracts(every, file.built.tables["employments"]):
                raise InputError([Fault(contracts[0].candidate.name, "contracts_missing", facts={**cut, "positions": file.candidate.name})])
            hung, notes = hang(every, file.built.tables["employments"])
            file = replace(_with_tables(file, employments=hung), receipt=replace(file.receipt, notes=(*file.receipt.notes, *notes)))
        changed.append(file)
    return changed


def _with_lookups(file: OpenedFile, files: list[OpenedFile]) -> OpenedFile:
    for name, (column, place) in file.built.lookups.items():
        table, _, by = place.partition(".")
        frames = [other.built.tables[table] for other in files if table in other.built.tables]
        if frames:
            frame, notes = resolved(file.built.tables[name], column, combine(TABLES[table], frames), by)
            file = replace(_with_tables(file, **{name: frame}), receipt=replace(file.receipt, notes=(*file.receipt.notes, *notes)))
    return file


def _with_tables(file: OpenedFile, **tables: pd.DataFrame) -> OpenedFile:
    return replace(file, built=replace(file.built, tables={**file.built.tables, **tables}))


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
