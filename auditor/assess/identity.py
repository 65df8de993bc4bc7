"""What is the same finding tomorrow: the key over the fields of its cluster (rules 1, "Identity")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from auditor.assess.distinct import texts
from auditor.model.columns import Columns
from auditor.model.finding import finding_key
from auditor.rules.spec import RuleSpec

NOTHING_TOLD: Mapping[str, npt.NDArray[np.object_]] = {}
OWNER = ("system", "account")
GRANT = ("system", "account", "right", "scope", "school", "group")
"""Not the level and not the path by which it is held: those change without it becoming another finding."""


def fields_of(spec: RuleSpec) -> tuple[str, ...]:
    """Given a rule, return the fields that identify its findings."""
    return {"owner": OWNER, "grant": GRANT}.get(spec.cluster, spec.identity)


def stamp_keys(
    rows: Columns, spec: RuleSpec, successor_of: Mapping[str, str], told: Mapping[str, npt.NDArray[np.object_]] = NOTHING_TOLD,
) -> list[str]:
    """Given the rows of one rule (SUBJECT columns and facts), return the key of each, schools taken after merged_into.

    Of a grant the school is the one it reaches (`held_school` where rows have it), not the one that must see it. told: columns that were
    read already, as objects, absent as None and schools after merged_into.
    """
    columns = [_words(rows, name, spec, successor_of, told) for name in fields_of(spec)]
    lead = spec.cluster if spec.cluster != "rule" else spec.slug
    return keys_of(spec.cluster, lead, columns)


def keys_of(cluster: str, lead: str, columns: Sequence[Sequence[str]]) -> list[str]:
    """Given a cluster, what leads its fields (the slug outside the clusters) and the fields' columns, return a key for each row."""
    first = () if lead == cluster else (lead,)
    return [finding_key(cluster, (*first, *fields)) for fields in zip(*columns, strict=True)]


def _words(
    rows: Columns, name: str, spec: RuleSpec, successor_of: Mapping[str, str], told: Mapping[str, npt.NDArray[np.object_]],
) -> list[str]:
    if name == "school" and spec.cluster == "grant" and "held_school" in rows:
        name = "held_school"
    if name in told:
        return [word or "" for word in told[name].tolist()]
    if name not in rows:
        return [""] * len(rows)
    words: list[str] = texts(rows[name], "").tolist()
    return [successor_of.get(word, word) for word in words] if successor_of and name in ("school", "held_school") else words
