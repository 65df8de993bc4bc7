"""Says what is wrong with TOML that does not parse, so that the catalogue can: tomllib tells it in English only."""

from __future__ import annotations

import re
import tomllib

from auditor.model.errors import Fault

_SAID = (
    (r"twice|overwrite|Duplicate|immutable", "toml_twice"),
    (r"Unescaped|hex value", "toml_backslash"),
    (r"Unterminated|Illegal character|Expected [\"']['\"]", "toml_text_open"),
    (r"Expected '='", "toml_no_equals"),
    (r"Expected '\]'|Unclosed", "toml_bracket_open"),
    (r"Invalid initial character", "toml_inline"),
    (r"Invalid value|Invalid date", "toml_value"),
    (r"Expected newline", "toml_after_value"),
)
"""What tomllib says -> the code of the fault; anything else is a line that is no setting."""


def toml_fault(file: str, text: str, error: tomllib.TOMLDecodeError) -> Fault:
    """Given a file's name, its text and why it is no TOML, return the fault, with the line where reading stopped."""
    said = str(error)
    place = re.search(r"\(at line (\d+)", said)
    line = int(place[1]) if place else max(1, len(text.splitlines()))
    said = said.rpartition(" (at ")[0] or said
    return Fault(file, next((code for pattern, code in _SAID if re.search(pattern, said)), "toml_line"), line)
