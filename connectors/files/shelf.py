"""Finds layouts: those shipped, one for every register, and a board's own, which may extend a shipped one."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.model.errors import Fault, InputError
from auditor.model.invalid import fault_of
from auditor.model.lines import line_numbers, line_of
from auditor.model.tables import REGISTERS
from auditor.model.toml import toml_fault
from connectors.files.layout import Layout
from connectors.files.registers import REGISTER_PREFIX, register_layout

_FOLDER = files("connectors.files") / "layouts"


def load_layouts(own: Path | None = None) -> Mapping[str, Layout]:
    """Given the folder of a board's own layouts (it need not exist), return every layout by name; an own one of a shipped name replaces it.
    A shipped one is read when it is asked for: a scan needs a few of them.

    An own layout is whole, or says `extends = "<name>"` with what differs: `[aliases]` lists further names of headers, and every other
    key replaces or adds to what it extends. Raise InputError with every fault in every file, each with its key.
    """
    faults: list[Fault] = []
    found: dict[str, Layout | None] = {}
    if own is not None and own.is_dir():
        for path in sorted(own.glob("*.toml")):
            found[path.stem], wrong = _own(path.name, path.read_bytes())
            faults.extend(wrong)
    if faults:
        raise InputError(faults)
    return _Shelf({name: layout for name, layout in found.items() if layout is not None})


class _Shelf(Mapping[str, Layout]):
    """The shipped layouts, those of the registers included, with a board's own in front of them."""

    def __init__(self, own: Mapping[str, Layout]) -> None:
        self._own = own
        self._names = dict.fromkeys((*_shipped_names(), *(REGISTER_PREFIX + table for table in REGISTERS), *own))

    def __getitem__(self, name: str) -> Layout:
        if name in self._own:
            return self._own[name]
        if name not in self._names:
            raise KeyError(name)
        return _shipped(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def unknown_layout(file: str, key: str | None, name: str, known: Collection[str]) -> Fault:
    """Given where a layout is named and the names there are, return the fault that says it is none of them, with the one meant if one is near.

    Those of registers are not listed: nobody has to name them.
    """
    public = sorted(one for one in known if not one.startswith(REGISTER_PREFIX))
    near = difflib.get_close_matches(name.casefold(), public, 1)
    facts = {"name": name, "meant": "".join(near), "known": ", ".join(public)}
    return Fault(file, "layout_unknown_meant" if near else "layout_unknown", column=key, facts=facts)


@lru_cache(maxsize=64)
def _own(file: str, content: bytes) -> tuple[Layout | None, tuple[Fault, ...]]:
    """A board's own layout by the name of its file, and what is wrong with it; each source of a night asks for the same few."""
    faults: list[Fault] = []
    tables = _extended(file, _parsed(file, content, faults), faults)
    layout = _validated(Path(file).stem, file, tables, faults, content.decode("utf-8-sig", errors="replace"))
    return layout, tuple(faults)


@cache
def _shipped_names() -> tuple[str, ...]:
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")))


@cache
def _raw(name: str) -> dict[str, Any]:
    """A shipped layout as written. Raise InputError if it is no TOML."""
    faults: list[Fault] = []
    tables = _parsed(f"{name}.toml", (_FOLDER / f"{name}.toml").read_bytes(), faults)
    if faults:
        raise InputError(faults)
    return tables


@cache
def _shipped(name: str) -> Layout:
    """A shipped layout, or one of a register, as understood; once a process. Raise InputError with every fault in it."""
    if name.startswith(REGISTER_PREFIX):
        return register_layout(name.removeprefix(REGISTER_PREFIX))
    faults: list[Fault] = []
    layout = _validated(name, f"{name}.toml", _raw(name), faults)
    if layout is None:
        raise InputError(faults)
    return layout


def _parsed(file: str, text: bytes, faults: list[Fault]) -> dict[str, Any]:
    try:
        decoded = text.decode("utf-8-sig")
        return tomllib.loads(decoded)
    except UnicodeDecodeError as error:
        faults.append(Fault(file, "config_not_utf8", text[: error.start].count(b"\n") + 1))
    except tomllib.TOMLDecodeError as error:
        faults.append(toml_fault(file, decoded, error))
    return {}


def _validated(name: str, file: str, tables: dict[str, Any], faults: list[Fault], text: str = "") -> Layout | None:
    if not tables:
        return None
    try:
        return Layout.model_validate({**tables, "name": name})
    except ValidationError as invalid:
        errors = invalid.errors()
        # A list whose items are all wrong is also called too short: only the items are worth telling.
        places = {error["loc"] for error in errors}
        lines = line_numbers(text)
        for error in errors:
            if any(place != error["loc"] and place[: len(error["loc"])] == error["loc"] for place in places):
                continue
            place = tuple(error["loc"])
            fault = fault_of(file, line_of(place, lines, text), error, Layout)
            faults.append(fault if place else replace(fault, column=None))
        return None


def _extended(file: str, tables: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Given an own layout, return it merged into the one it extends."""
    if "extends" not in tables:
        return tables
    name = tables["extends"]
    base = _raw(name) if name in _shipped_names() else None
    if base is None:
        faults.append(Fault(file, "layout_extends_unknown", column="extends", facts={"name": str(name), "known": ", ".join(_shipped_names())}))
        return {}
    merged = _merged(base, {key: value for key, value in tables.items() if key not in ("extends", "aliases")})
    for header, more in tables.get("aliases", {}).items():
        if header not in merged["headers"]:
            faults.append(Fault(file, "layout_alias_unknown", column=f"aliases.{header}", facts={"known": ", ".join(merged["headers"])}))
            continue
        entry = merged["headers"][header]
        names = [more] if isinstance(more, str) else list(more)
        merged["headers"] = {**merged["headers"], header: {**entry, "aliases": [*entry.get("aliases", []), *names]}}
    return merged


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in more.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
