"""Writes a layout to start from: what a file's headers most likely are, by the words of the shipped layouts, and the rest to fill in by hand."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.files.headings import match, plain
from connectors.files.layout import Layout
from connectors.files.preview import Preview
from connectors.files.private import is_private
from connectors.files.registers import REGISTER_PREFIX

NEAR = 0.84
GENERIC = "accounts-generic"
_OF_ROLES = {"grants": 'scope = { constant = "unknown" }', "rights": 'kind = { constant = "role" }'}


@dataclass(frozen=True)
class Draft:
    """text: the layout as TOML; is_extension: whether it extends a shipped layout (then it is ready), else somebody has to finish it."""

    text: str
    is_extension: bool


def draft(seen: Preview, layouts: Mapping[str, Layout]) -> Draft:
    """Given a preview and the layouts, return a layout to start from. Where a shipped layout fits, an extension of it with an alias for every
    header that is near one of its own; else a whole layout for accounts and roles, each header placed where its words suggest."""
    headers = tuple(column.header for column in seen.columns)
    if seen.layout is not None and seen.layout in layouts:
        return Draft(_extension(headers, layouts[seen.layout], seen.file), True)
    near = _nearest(headers, layouts)
    return Draft(_extension(headers, layouts[near], seen.file) if near else _whole(headers, seen, layouts[GENERIC]), near is not None)


def _extension(headers: tuple[str, ...], layout: Layout, file: str) -> str:
    aliases = _aliases(headers, layout)
    known = match(headers, layout).known
    missing = [name for name, declared in layout.headers.items() if declared.required and name not in known and name not in aliases]
    lines = [f"# Made from {_words(file)}: what differs from layout {layout.name}.", f"extends = {_quoted(layout.name)}", ""]
    lines += [f"# Still to be found among the headers: {', '.join(missing)}", ""] if missing else []
    lines += ["[aliases]", *(f"{_quoted(name)} = {_quoted(header)}" for name, header in aliases.items()), ""]
    rest = [header for header in headers if header not in known.values() and header not in aliases.values()]
    open_to = [header for header in rest if not is_private(header)]
    lines += ["# Left out until something is taken from them:", *(f"#   {_words(header)}" for header in open_to), ""] if open_to else []
    hidden = len(rest) - len(open_to)
    return "\n".join([*lines, *([f"# Private by nature, never taken in: {hidden} column(s)."] if hidden else [])]).rstrip() + "\n"


def _whole(headers: tuple[str, ...], seen: Preview, generic: Layout) -> str:
    aliases = _aliases(headers, generic)
    known = {**match(headers, generic).known, **aliases}
    formats = "csv" if seen.format not in ("csv", "xlsx") else seen.format
    here = {name: _quoted(header) for name, header in known.items()}
    login = here.get("Gebruikersnaam") or '"?"'
    columns = {
        "system": '{ option = "system", constant = "systeem" }', "account": f'{{ header = {login}, kind = "lower" }}',
        "id_is_stable": '{ constant = "nee" }', "username": login, "kind": '{ constant = "person" }', "display_name": here.get("Naam"),
        "mail": f'{{ header = {here["E-mailadres"]}, kind = "mail" }}' if "E-mailadres" in here else None,
        "number": here.get("Personeelsnummer"), "school": here.get("BRIN6"), "status": '{ constant = "unknown" }',
    }
    role = here.get("Rol")
    lines = [
        f"# Made from {_words(seen.file)}. A question mark is for you to fill in; a header that is not used is only known by name.",
        'product = "?"', 'title = { nl = "?", en = "?" }', 'role = "system"', f'formats = ["{formats}"]',
        f"encodings = [{_quoted(seen.encoding or 'utf-8')}]", f"delimiters = [{_quoted(seen.delimiter or ';')}]", "", "[headers]",
        *(f"{_quoted(header)} = {{{' required = true, filled = true ' if _quoted(header) == login else ''}}}"
          for header in headers if not is_private(header)),
        *(['"?" = { required = true, filled = true }'] if login == '"?"' else []), "",
        "[[tables]]", 'table = "accounts"', 'key = ["account"]', "", "[tables.columns]",
        *(f"{name} = {value}" for name, value in columns.items() if value),
    ]
    for table, more in _OF_ROLES.items() if role else ():
        key = '"account", "right"' if table == "grants" else '"right"'
        lines += [
            "", "[[tables]]", f'table = "{table}"', f"key = [{key}]", 'require = ["right"]', "", "[tables.columns]",
            f"system = {columns['system']}", f"right = {role}", more,
            f"account = {columns['account']}" if table == "grants" else f"name = {role}"]
    return "\n".join(lines) + "\n"


def _aliases(headers: tuple[str, ...], layout: Layout) -> dict[str, str]:
    """Header of the layout -> header of the file that is near its name or one of its other names, each used once; private ones never."""
    known = match(headers, layout).known
    free = {plain(header): header for header in headers if header not in known.values() and not is_private(header)}
    found: dict[str, str] = {}
    for name, declared in layout.headers.items():
        if name in known:
            continue
        for word in (name, *declared.aliases):
            near = difflib.get_close_matches(plain(word), list(free), n=1, cutoff=NEAR)
            if near:
                found[name] = free.pop(near[0])
                break
    return found


def _nearest(headers: tuple[str, ...], layouts: Mapping[str, Layout]) -> str | None:
    """The layout whose required headers are all there or near, and of which most is."""
    best = (0.0, False, "")
    for name in layouts:
        layout = layouts[name]
        if name.startswith(REGISTER_PREFIX) or layout.reader != "table":
            continue
        met = {**match(headers, layout).known, **_aliases(headers, layout)}
        if all(one in met for one, declared in layout.headers.items() if declared.required) and any(d.required for d in layout.headers.values()):
            share = (len(met) / len(headers) + len(met) / len(layout.headers)) / 2
            best = max(best, (share, name == GENERIC, name))
    return best[2] or None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _words(text: str) -> str:
    """A text for a comment: one line, without control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
