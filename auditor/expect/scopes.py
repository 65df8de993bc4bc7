"""Where the grant's scope lies against the scope a row allows one engagement: inside it, around it, or elsewhere."""

from __future__ import annotations

from typing import Literal

from auditor.model.matrix import SCOPES

RELATIONS = (
    "own_group", "other_group", "group_unknown", "same_school", "other_school", "board", "own", "folder", "unknown",
)
"""See auditor.model.judged.Engaged.relation; a grant's place seen from one engagement."""

Answer = Literal["fits", "inside", "elsewhere"]
"""fits: the allowed scope contains the held one; inside: the allowed scope lies strictly inside it; elsewhere: they do not overlap."""

_CONTAINING: dict[str, frozenset[str]] = {
    "own": frozenset(SCOPES),
    "folder": frozenset({"folder", "group", "school", "board"}),
    "own_group": frozenset({"group", "school", "board"}),
    "group_unknown": frozenset({"group", "school", "board"}),
    "other_group": frozenset({"school", "board"}),
    "same_school": frozenset({"school", "board"}),
    "other_school": frozenset({"board"}),
    "board": frozenset({"board"}),
    "unknown": frozenset(SCOPES),
}
"""Per relation the allowed scopes that contain it. Unknown fits everything: right and level are judged, the scope question is not."""

_AROUND = frozenset({"folder", "own_group", "group_unknown", "same_school", "board"})
"""Relations that hold the engagement's own place within them; another group or school does not."""


def compare_scope(allowed: str | None, relation: str, works_across_groups: bool) -> Answer:
    """Given the widest scope a row allows (None for any), the grant's relation to the engagement, and whether its school works across
    groups (OPOR **: group then counts as school), return how they lie."""
    if allowed is None:
        return "fits"
    widest = "school" if allowed == "group" and works_across_groups else allowed
    if widest in _CONTAINING[relation]:
        return "fits"
    return "inside" if relation in _AROUND else "elsewhere"


def open_question(allowed: str | None, relation: str, works_across_groups: bool) -> str:
    """Given the same, return the code of the question this fit leaves open: "" when it is sure."""
    if relation == "unknown" and allowed not in (None, "board"):
        return "scope_unknown"
    if relation == "group_unknown" and allowed == "group" and not works_across_groups:
        return "group_unknown"
    return ""
