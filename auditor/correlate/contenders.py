"""Who a person may choose from when no tier decides: those who fit equally well, or whose name is likely."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.correlate.candidates import Candidate, as_text
from auditor.correlate.evidence import Evidence
from auditor.correlate.lookalikes import ADDRESS, ALIAS, NAME
from auditor.correlate.lookup import SEVERAL, texts
from auditor.correlate.name_index import NameIndex
from auditor.correlate.outcome import UNMATCHED, Outcome, who_share_number
from auditor.correlate.proposals import propose
from auditor.correlate.registry import Registry, folded
from auditor.model.people import People

SHARED_NUMBER, SHARED_ADDRESS, THE_LEAVER = "shared_number", "shared_address", "left_before"
"""Why someone is a candidate of a disputed account; codes under `reason.`."""
_CONFIDENCE = {ALIAS: 60, ADDRESS: 60, NAME: 50}


def find_candidates(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Given the outcome, return by row of the account who a person may choose from: those who fit equally, else likely names."""
    disputants = _disputants(accounts, people, registry, evidence, outcome)
    return disputants | _proposals(accounts, people, registry, evidence, outcome)


def _disputants(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Candidates of the disputed accounts, side by side."""
    shown = people.persons["display_name"].array
    found: dict[int, str | None] = {}

    def candidate(owner: int, confidence: int, why: str) -> Candidate:
        name = shown[owner] if owner < registry.size else None
        return Candidate(registry.number_of(owner), name if isinstance(name, str) else "", confidence, why)

    disputed = np.flatnonzero(outcome.is_disputed)
    by_address = [row for row in disputed.tolist() if row not in outcome.rivals and evidence.number[row] != SEVERAL]
    sharing = who_share_addresses(accounts, registry, by_address)
    for row in disputed.tolist():
        if row in outcome.rivals:
            leaver, alike = outcome.rivals[row]
            people_found = [candidate(leaver, 60, THE_LEAVER), *(candidate(other, _CONFIDENCE[why], why) for other, why in alike.items())]
        elif evidence.number[row] == SEVERAL:
            people_found = [candidate(owner, 50, SHARED_NUMBER) for owner in who_share_number(accounts, registry, row)]
        else:
            people_found = [candidate(owner, 50, SHARED_ADDRESS) for owner in sharing[row]]
        found[row] = as_text(people_found)
    return found


def who_share_addresses(accounts: pd.DataFrame, registry: Registry, rows: list[int]) -> dict[int, list[int]]:
    """Given rows of accounts, return for each everyone who has one of its addresses, in order; each directory is looked through once."""
    found: dict[int, set[int]] = {row: set() for row in rows}
    for directory in (registry.addresses, registry.other_addresses):
        left = [row for row in rows if not found[row]]
        for name in ("mail", "upn", "username") if left else ():
            for row, owners in zip(left, directory.all_of(folded(texts(accounts[name].iloc[left]))), strict=True):
                found[row].update(owners)
    return {row: sorted(owners) for row, owners in found.items()}


def _proposals(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Candidates by name, for accounts that nobody owns and that are not known to be closed; once per distinct name and school."""
    is_closed = np.asarray(accounts["status"].isin(["disabled", "deleted"]))
    is_open = (outcome.situation == UNMATCHED) & evidence.is_person & ~is_closed & accounts["display_name"].notna().to_numpy()
    rows = np.flatnonzero(is_open)
    if not len(rows):
        return {}
    shown = accounts["display_name"].iloc[rows].tolist()
    schools = accounts["school"].iloc[rows].astype(object).where(accounts["school"].iloc[rows].notna(), None).tolist()
    distinct: dict[tuple[str, str | None], int] = {}
    place = [distinct.setdefault(pair, len(distinct)) for pair in zip(shown, schools, strict=True)]
    index = NameIndex(people)
    numbers = registry.own.to_pylist()
    written = [
        as_text(Candidate(numbers[like.row], index.shown[like.row] or "", like.confidence, like.evidence) for like in likes)
        for likes in propose(index, list(distinct))
    ]
    return {row: written[at] for row, at in zip(rows.tolist(), place, strict=True) if written[at] is not None}
