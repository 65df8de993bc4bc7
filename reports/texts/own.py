"""A board's own words for its mail: sentences of the catalogue under `mail.` that it says otherwise, with the same blanks."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from auditor.model.errors import ConfigError, Fault
from reports.texts.catalogue import Words

ADAPTABLE = "mail."
FIXED = ("mail.command.", "mail.state.")
"""What the command line says stays as it is: manuals and scripts know it."""


def own_words(folder: Path, language: str) -> Mapping[str, str]:
    """Given the workspace's folder of texts and a language, return the board's own sentences by key; none if it has no file `<language>.toml`.
    Raise ConfigError with every fault: an unknown key, a key of anything but mail, or other blanks than ours."""
    file = folder / f"{language}.toml"
    if not file.is_file():
        return {}
    try:
        given = dict(_leaves(tomllib.loads(file.read_text(encoding="utf-8-sig"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Fault(file.name, "own_words_unreadable", facts={"detail": type(error).__name__})]) from error
    words = Words(language)
    faults = [fault for key, text in given.items() if (fault := _fault(file.name, key, text, words))]
    if faults:
        raise ConfigError(faults)
    return given


def _leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _fault(file: str, key: str, text: object, words: Words) -> Fault | None:
    if not key.startswith(ADAPTABLE) or key.startswith(FIXED) or not words.has(key):
        return Fault(file, "own_words_key", column=key)
    wanted = _blanks(words.template(key))
    try:
        found = _blanks(text) if isinstance(text, str) and text.strip() else None
    except ValueError:
        found = None
    if found != wanted:
        return Fault(file, "own_words_blanks", column=key, facts={"blanks": ", ".join(sorted(f"{{{name}}}" for name in wanted)) or "-"})
    return None


def _blanks(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
