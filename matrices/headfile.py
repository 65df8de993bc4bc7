"""Reads matrix.toml: whose system, what its native names mean, how levels are ordered; every fault at once, with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from auditor.model.errors import Fault
from auditor.model.matrix import SCOPES, NativeRight
from auditor.model.toml import toml_fault
from matrices.words import facts_of_unknown

TEXTS = ("system", "name", "edition", "owner", "adopted_by")
REGISTER: dict[str, type] = {
    "data": str, "issued_by": str, "issued_how": str, "requested_by": str, "supervised_by": str, "review_period_days": int,
    "login_means": str, "password_rule": str, "password_max_days": int,
}
"""The facts a system register states (KERO 13), who may ask for a right (KIND) and who supervises (PROC)."""
KEYS = (*TEXTS, "adopted_on", "privacy_class", "functions", "levels", "natives", "modules", "register")
NATIVE_KEYS = ("right", "level", "scope", "scope_from", "is_privileged")
SCOPE_SOURCES = ("group_links",)
PRIVACY_CLASSES = range(1, 5)


@dataclass(frozen=True)
class Head:
    """What matrix.toml says; see auditor.model.matrix.Matrix for the meaning of each."""

    system: str = ""
    name: str = ""
    edition: str = ""
    owner: str | None = None
    adopted_on: date | None = None
    adopted_by: str | None = None
    privacy_class: int = 3
    functions: frozenset[str] = frozenset()
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    natives: Mapping[str, NativeRight] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    register: Mapping[str, str | int] = field(default_factory=dict)


def read_head(content: bytes, file: str) -> tuple[Head, tuple[Fault, ...]]:
    """Given the bytes of matrix.toml and its name as users know it, return what it says and every fault in it."""
    try:
        text = content.decode("utf-8-sig")
        given = tomllib.loads(text)
    except UnicodeDecodeError as error:
        return Head(), (Fault(file, "matrix_head_not_utf8", line=content[: error.start].count(b"\n") + 1),)
    except tomllib.TOMLDecodeError as error:
        return Head(), (toml_fault(file, text, error),)
    check = _Check(file, _line_of(text), [])
    head = check.head(given)
    return head, tuple(check.faults)


@dataclass
class _Check:
    file: str
    lines: Mapping[tuple[str, ...], int]
    faults: list[Fault]

    def head(self, given: Mapping[str, Any]) -> Head:
        self.known_keys(given, KEYS, ())
        text = {key: self.text(given.get(key), (key,)) for key in TEXTS}
        for key in ("system", "name", "edition"):
            if not text[key]:
                self.fault("matrix_key_missing", (key,), key=key)
        adopted_on = given.get("adopted_on")
        if adopted_on == "":
            adopted_on = None
        if adopted_on is not None and (not isinstance(adopted_on, date) or isinstance(adopted_on, datetime)):
            self.fault("matrix_value_wrong", ("adopted_on",), key="adopted_on", allowed="2026-08-01")
            adopted_on = None
        privacy_class = given.get("privacy_class", 3)
        if not _is_whole(privacy_class) or privacy_class not in PRIVACY_CLASSES:
            self.fault("matrix_value_wrong", ("privacy_class",), key="privacy_class", allowed="1, 2, 3, 4")
            privacy_class = 3
        levels = {right: self.texts(order, ("levels", right)) for right, order in self.table(given, "levels").items()}
        return Head(
            system=text["system"] or "", name=text["name"] or "", edition=text["edition"] or "", owner=text["owner"],
            adopted_on=adopted_on, adopted_by=text["adopted_by"], privacy_class=privacy_class,
            functions=frozenset(self.texts(given.get("functions", []), ("functions",))), levels=levels,
            natives=self.natives(self.table(given, "natives"), levels), modules=self.modules(self.table(given, "modules")),
            register=self.register(self.table(given, "register")),
        )

    def natives(self, given: Mapping[str, Any], levels: Mapping[str, tuple[str, ...]]) -> dict[str, NativeRight]:
        natives: dict[str, NativeRight] = {}
        seen: dict[str, str] = {}
        for name, meaning in given.items():
            at = ("natives", name)
            if name.casefold() in seen:
                self.fault("matrix_native_double", at, value=name, other=seen[name.casefold()])
            seen[name.casefold()] = name
            if not isinstance(meaning, dict):
                self.fault("matrix_value_wrong", at, key=name, allowed='{ right = "..." }')
                continue
            self.known_keys(meaning, NATIVE_KEYS, at)
            right = self.text(meaning.get("right"), (*at, "right"))
            if not right:
                self.fault("matrix_key_missing", at, key="right")
            level = self.text(meaning.get("level"), (*at, "level"))
            if right and level and level not in levels.get(right, ()):
                self.fault("matrix_level_unknown", at, **facts_of_unknown(level, levels.get(right, ())), right=right)
            is_privileged = meaning.get("is_privileged")
            if is_privileged is not None and not isinstance(is_privileged, bool):
                self.fault("matrix_value_wrong", at, key="is_privileged", allowed="true, false")
                is_privileged = None
            natives[name] = NativeRight(
                right or name, level, self.word(meaning.get("scope"), SCOPES, (*at, "scope")),
                self.word(meaning.get("scope_from"), SCOPE_SOURCES, (*at, "scope_from")), is_privileged,
            )
        return natives

    def modules(self, given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        modules: dict[str, dict[str, str]] = {}
        for right, can in given.items():
            if not isinstance(can, dict):
                self.fault("matrix_value_wrong", ("modules", right), key=right, allowed='{ "module" = "..." }')
                continue
            modules[right] = {module: self.text(what, ("modules", right, module)) or "" for module, what in can.items()}
        return modules

    def register(self, given: Mapping[str, Any]) -> dict[str, str | int]:
        self.known_keys(given, tuple(REGISTER), ("register",))
        facts: dict[str, str | int] = {}
        for key, value in given.items():
            wanted = REGISTER.get(key)
            if wanted is None:
                continue
            if (wanted is int and not _is_whole(value)) or (wanted is str and not isinstance(value, str)):
                self.fault("matrix_value_wrong", ("register", key), key=key, allowed="90" if wanted is int else '"..."')
                continue
            facts[key] = value
        return facts

    def table(self, given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = given.get(key, {})
        if isinstance(value, dict):
            return value
        self.fault("matrix_value_wrong", (key,), key=key, allowed=f"[{key}]")
        return {}

    def text(self, value: object, at: tuple[str, ...]) -> str | None:
        """An empty text is an absent one: templates ship with `owner = ""`."""
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        self.fault("matrix_value_wrong", at, key=at[-1], allowed='"..."')
        return None

    def texts(self, value: object, at: tuple[str, ...]) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value) and len(set(value)) == len(value):
            return tuple(value)
        self.fault("matrix_value_wrong", at, key=at[-1], allowed='["...", "..."]')
        return ()

    def word(self, value: object, allowed: tuple[str, ...], at: tuple[str, ...]) -> str | None:
        text = self.text(value, at)
        if text is not None and text not in allowed:
            self.fault("matrix_word_unknown", at, **facts_of_unknown(text, allowed))
            return None
        return text

    def known_keys(self, given: Mapping[str, Any], known: tuple[str, ...], at: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.fault("matrix_key_unknown", (*at, key), **facts_of_unknown(key, known))

    def fault(self, code: str, at: tuple[str, ...], **facts: str) -> None:
        line = next((self.lines[at[:depth]] for depth in range(len(at), 0, -1) if at[:depth] in self.lines), None)
        self.faults.append(Fault(self.file, code, line=line, column=".".join(at), facts=facts))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _line_of(text: str) -> dict[tuple[str, ...], int]:
    """Given TOML that parses, return the line of each key and table: tomllib does not tell."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _keys_of(stripped) or table
            lines.setdefault(table, number)
        elif keys := _keys_of(f"{stripped.split('=', 1)[0]} = 0"):
            lines.setdefault((*table, *keys), number)
    return lines


def _keys_of(line: str) -> tuple[str, ...]:
    try:
        inner: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    keys: tuple[str, ...] = ()
    while isinstance(inner, dict) and inner:
        key = next(iter(inner))
        keys = (*keys, key)
        inner = inner[key]
    return keys
