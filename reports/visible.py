"""Makes characters visible that could hide or reorder text: one door for every format that people read."""

from __future__ import annotations

import re

REORDERING = (
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"  # zero-width, direction marks, embeddings, isolates
    "\U000e0000-\U000e007f\ud800-\udfff"  # tag characters, lone surrogates
)
"""Characters, as the inside of a regular expression's class, that show as nothing or move what stands next to them."""

_HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f{REORDERING}]")  # with C0 and C1: terminal escapes, line breaks inside a name


def visible(text: str) -> str:
    r"""Given text from a source, return it with control, zero-width and bidi characters written as `\u{202e}` (promises T4)."""
    if text.isprintable():  # nothing hidden is, and nearly every text is
        return text
    return _HIDDEN.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text)
