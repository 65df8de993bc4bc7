"""The words boards write in a spreadsheet of rights, and what they mean here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from matrices.words import nearest

FUNCTION_HEADINGS = ("functie", "functies", "functie/rol", "functie / rol", "functionaris", "function", "medewerker")
RIGHT_HEADINGS = ("rol", "rollen", "recht", "rechten", "role", "right", "autorisatie", "toegang", "access level", "toegangsniveau")
SCOPE_HEADINGS = ("niveau", "reikwijdte", "bereik", "scope")
CONDITION_HEADINGS = ("voorwaarde", "voorwaarden", "condition", "conditions")
NOTE_HEADINGS = ("opmerking", "opmerkingen", "toelichting", "bron", "note", "notes", "remark")
MARKS = frozenset({"x", "ja", "j", "v", "✓", "✔", "●", "•", "1", "yes", "y", "true", "waar", "+"})
BLANKS = frozenset({"", "-", "–", "nee", "n", "geen", "0", "no", "none", "false", "onwaar", "nvt", "n.v.t."})
SCOPES = {
    "stichting": "board", "bestuur": "board", "bovenschools": "board", "alle scholen": "board", "board": "board",
    "school": "school", "eigen school": "school", "alle groepen": "school", "subgroep": "school",
    "groep": "group", "eigen groep": "group", "eigen groepen": "group", "group": "group",
    "map": "folder", "folder": "folder", "eigen gegevens": "own", "eigen": "own", "own": "own",
}
"""subgroep counts as school until subgroups are exported."""
LEVELS = (
    "inkijk", "inzien", "lezen", "read", "beperkt", "schrijven", "bewerken", "write", "wijzigen", "volledig", "verwijderen", "beheren", "beheer",
    "full", "owner",
)
"""From low to high: a proposal, which the board checks."""
_STARS = re.compile(r"\*+")
_BETWEEN = re.compile(r"\s*(?:[/,;()\n+]|\ben\b)\s*")
_WEEKS = re.compile(
    r"[\s,(]*(?P<way>langer dan|meer dan|vanaf|minimaal|korter dan|minder dan|more than|less than|>=|<=|>|<)\s*(?P<number>\d+)\s*"
    r"(?:weken|weeks|wk)\)?", re.IGNORECASE)
_LONGER = frozenset({"langer dan", "meer dan", "vanaf", "minimaal", "more than", ">", ">="})
_TASK = re.compile(r"^\(?(?:extra taak|extra task|taak)\)?\s*:?\s*(?P<task>.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Meant:
    """What a cell says. gives: the right is given; level, scope: None when it does not say; stars: number of asterisks; unknown: the parts
    nobody knows, each with the word that is most like it."""

    gives: bool
    level: str | None = None
    scope: str | None = None
    stars: int = 0
    unknown: tuple[tuple[str, str], ...] = ()


def read_cell(text: str) -> Meant:
    """Given the text of a cell, return what it says; a cell of which nothing is understood gives nothing."""
    stars = max((len(found) for found in _STARS.findall(text)), default=0)
    bare = _STARS.sub("", text).strip()
    if bare.casefold() in BLANKS:
        return Meant(False, stars=stars)
    level = scope = None
    known = False
    unknown: list[tuple[str, str]] = []
    for part in filter(None, _BETWEEN.split(bare)):
        word = part.casefold()
        if word in MARKS:
            known = True
        elif word in SCOPES:
            scope, known = SCOPES[word], True
        elif word in LEVELS:
            level, known = word, True
        elif word not in BLANKS:
            unknown.append((part, nearest(part, (*LEVELS, *SCOPES))))
    return Meant(known, level, scope, stars, tuple(unknown))


@dataclass(frozen=True)
class Holder:
    """Whom a line of the spreadsheet is about. functions: the board's words, `*` for an extra task; conditions: as rows.csv has them."""

    functions: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    stars: int = 0


def read_function(text: str) -> Holder:
    """Given the cell that names a function, return whom it means: `a / b` is two functions, a length in weeks is a condition."""
    stars = max((len(found) for found in _STARS.findall(text)), default=0)
    bare, conditions = _STARS.sub("", text).strip(), []
    if found := _WEEKS.search(bare):
        conditions.append(_weeks(found))
        bare = (bare[: found.start()] + bare[found.end():]).strip(" ,()")
    if task := _TASK.match(bare):
        name = " ".join(re.sub(r"[<>=!&]", " ", task["task"]).split())
        return Holder(("*",) if name else (), (f"task={name}", *conditions), stars)
    return Holder(tuple(part.strip() for part in re.split(r"\s*[/\n]\s*", bare) if part.strip()), tuple(conditions), stars)


def read_remark(text: str) -> tuple[tuple[str, ...], str | None]:
    """Given what an asterisk or a condition column says, return the conditions and the widest scope it means, none when it means neither."""
    folded = text.casefold()
    conditions: list[str] = []
    if "geheimhoud" in folded or "confidential" in folded:
        conditions.append("declaration=confidentiality")
    if "gedragscode" in folded or "code of conduct" in folded:
        conditions.append("declaration=conduct")
    if found := _WEEKS.search(text):
        conditions.append(_weeks(found))
    return tuple(conditions), "group" if "eigen groep" in folded or "own group" in folded else None


def heading_kind(text: str) -> Literal["function", "right", "scope", "condition", "note", ""]:
    """Given the heading of a column, return what kind of column it is, "" for a right of its own."""
    folded = " ".join(text.casefold().split())
    if folded in FUNCTION_HEADINGS:
        return "function"
    if folded in RIGHT_HEADINGS or folded.endswith((" rol", "-rol")):
        return "right"
    if folded in SCOPE_HEADINGS:
        return "scope"
    if folded in CONDITION_HEADINGS:
        return "condition"
    return "note" if folded in NOTE_HEADINGS else ""


def _weeks(found: re.Match[str]) -> str:
    return f"weeks{'>=' if found['way'].casefold() in _LONGER else '<'}{int(found['number'])}"
