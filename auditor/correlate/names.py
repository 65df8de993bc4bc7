"""Dutch names as exports write them, taken apart far enough to compare: initials, first name, surnames without tussenvoegsel.

Names never identify anyone (rules 3, tier 4); what is found here only feeds proposals and doubts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

PREFIXES = frozenset((
    "aan", "af", "al", "ben", "bij", "bin", "da", "dal", "de", "degli", "dei", "del", "della", "den", "der", "des", "di", "do", "don",
    "dos", "du", "el", "en", "het", "in", "la", "las", "le", "les", "lo", "los", "onder", "op", "over", "te", "ten", "ter", "tot", "uit",
    "uyt", "van", "vanden", "vander", "vd", "vom", "von", "voor", "zu", "zum", "zur",
))
"""Tussenvoegsels and their foreign kin, folded. Single letters (v., d., 't, 's) are judged by where they stand."""
_SHORT = frozenset("vdts")
_TITLES = frozenset((
    "dhr", "mw", "mevr", "mevrouw", "meneer", "juf", "juffrouw", "meester", "drs", "dr", "ir", "ing", "mr", "prof", "bc",
    "msc", "bsc", "med", "phd",
))
_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = "'’‘`´"
_DROPPED = str.maketrans(dict.fromkeys(_APOSTROPHES + "."))
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[|/].*$")
_DASH = re.compile(r"\s+[-–—]\s+")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+(?:[^\W\d_])?")

Word = tuple[str, str]
"""A word as written, and folded."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as found. given: first name, folded, "" when only initials are known; initials: folded, at least that of `given`; prefix:
    tussenvoegsel of the first surname, folded and glued; keys: folded surnames, each bare and with its tussenvoegsel glued to it, the
    first surname first."""

    given: str
    initials: str
    prefix: str
    keys: tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Given a text, return it without diacritics, apostrophes, dots and case; ij and y are one letter."""
    plain = text.casefold().translate(_DROPPED)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_UNFOLDED))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.replace("ij", "y").split())


def parse(text: str) -> Name | None:
    """Given a display name ("Jan de Vries", "Vries-Bos, J.A. de", "Jansen, van der"), return its parts, None without a surname.

    What stands between brackets or after a bar is left out; what follows a loose dash may be a second surname, or the name of a school.
    """
    if text.isascii() and text.replace(" ", "").isalpha() and (simple := _simple(text)) is not None:
        return simple
    plain = _ASIDE.sub(" ", text) if any(mark in text for mark in "([|/") else text
    main, *loose = _DASH.split(plain, maxsplit=1) if "-" in plain or "–" in plain or "—" in plain else (plain,)
    left, comma, right = main.partition(",")
    if comma:
        first, last = _after_comma(_words(left), _words(right.replace(",", " ")))
    else:
        first, last = _in_order(_words(main))
    keys = _keys(last)
    if not keys:
        return None
    if loose:
        keys = tuple(dict.fromkeys(keys + _keys(_words(loose[0].partition(",")[0]))))
    given, initials = _first_names(first, shouting=all(word.isupper() for word, _ in last))
    return Name(given, initials, "".join(folded for _, folded in last[: _prefix_length(last)]), keys)


def _simple(text: str) -> Name | None:
    """The parts of a name of plain words, as most are ("Jan van der Berg"): a short cut that gives what the long way gives.

    None when a word may be more than a word: initials, titles, capitals.
    """
    words = text.lower().replace("ij", "y").split()
    if len(words) < 2 or text.isupper() or min(map(len, words)) < 2 or not _TITLES.isdisjoint(words):
        return None
    if any(word.isupper() for word in text.split()):
        return None
    last = len(words) - 1
    cut = next((place for place in range(1, last) if words[place] in PREFIXES), last)
    start = cut
    while start < last and words[start] in PREFIXES:
        start += 1
    prefix, bare = "".join(words[cut:start]), "".join(words[start:])
    initials = "".join(word[0] for word in words[:cut])
    return Name(words[0], initials, prefix, (bare, prefix + bare) if prefix else (bare,))


def surname_keys(surname: str, prefix: str = "") -> tuple[str, ...]:
    """Given a surname (double names allowed) and its tussenvoegsel, return the keys it is found under, the bare one first."""
    return _keys(_words(f"{prefix} {surname}"))


def _words(text: str) -> list[Word]:
    return [(word, folded) for word in text.split() if (folded := fold(word).replace(" ", "")) and folded not in _TITLES]


def _after_comma(surname: list[Word], rest: list[Word]) -> tuple[list[Word], list[Word]]:
    """First names and surname of "Vries, Jan de", "Vries de, Jan" and "Jansen, van der"."""
    first = [word for word in rest if word[1] not in PREFIXES]
    # "Berg, J. v. d.": after the first name, single letters that can be a tussenvoegsel are one, unless they are only initials.
    if len(first) > 1 and _can_end_in_prefix(first, len(first) < len(rest)):
        first = [first[0], *(word for word in first[1:] if word[1] not in _SHORT)]
    prefix = [word for word in rest if word not in first]
    while len(surname) > 1 and surname[-1][1] in PREFIXES:
        prefix = [surname.pop(), *prefix]
    return first, [*prefix, *surname]


def _can_end_in_prefix(first: list[Word], has_prefix: bool) -> bool:
    """Whether single letters after the first name may be a tussenvoegsel: "J. v. d." and "Jan v" are, "S. V." is not."""
    is_name = len(first) > 2 or len(first[0][1]) > 1
    return has_prefix or (is_name and all(folded in _SHORT for _, folded in first[1:]))


def _in_order(words: list[Word]) -> tuple[list[Word], list[Word]]:
    """First names and surname of "Jan de Vries" and of "Vries J."; no surname when there is only one word."""
    if len(words) < 2:
        return words, []
    last = words[-1][0]
    if (len(last) == 1 or (last[-1] == "." and _DOTTED.fullmatch(last))) and len(words[0][1]) > 1:
        return words[-1:], words[:-1]
    for place in range(1, len(words)):
        folded = words[place][1]
        if (place < len(words) - 1 and folded in PREFIXES) or _ends_in_prefix(folded):
            return words[:place], words[place:]
        if folded in _SHORT and place < len(words) - 1:
            following, before = words[place + 1][1], words[place - 1]
            if following in PREFIXES or (following in _SHORT and place + 2 < len(words)):
                return words[:place], words[place:]
            if words[place][0][0] in _APOSTROPHES or (len(before[1]) > 1 and "." not in before[0]):
                return words[:place], words[place:]
    return words[:-1], words[-1:]


def _ends_in_prefix(folded: str) -> bool:
    """"Bos-de" of "Bos-de Wit": a double surname whose second half has a tussenvoegsel."""
    return "-" in folded and folded.rpartition("-")[2] in PREFIXES


def _first_names(words: list[Word], shouting: bool) -> tuple[str, str]:
    given, initials = "", ""
    for word, folded in words:
        if "." in word and _DOTTED.fullmatch(word):
            initials += "".join(fold(part)[:1] for part in word.split("."))
        elif len(folded) == 1 or (word.isupper() and len(folded) <= 4 and not shouting and not given):
            initials += folded
        else:
            given = given or folded.replace("-", "")
            initials += folded[0]
    return given, initials


def _prefix_length(words: list[Word]) -> int:
    count = 0
    for _, folded in words[:-1]:
        if folded not in PREFIXES and folded not in _SHORT:
            break
        count += 1
    return count


def _keys(words: list[Word]) -> tuple[str, ...]:
    """Folded surnames of words that may hold a double name, each bare, then with its tussenvoegsel glued to it."""
    if len(words) == 1 and "-" not in words[0][1] and "–" not in words[0][1]:
        return (words[0][1],) if len(words[0][1]) > 1 else ()
    found: dict[str, None] = {}
    for part in " ".join(folded for _, folded in words).replace("–", "-").split("-"):
        pieces = [(piece, piece) for piece in part.split()]
        length = _prefix_length(pieces)
        bare = "".join(piece for piece, _ in pieces[length:])
        if len(bare) > 1:
            found[bare] = None
            if length:
                found["".join(piece for piece, _ in pieces)] = None
    return tuple(found)
