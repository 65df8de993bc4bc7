"""Which ids a guard missed: only hashes are kept for the guards, the words come from what was last known of people and accounts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from auditor.collect.ids import PUPIL, account_hashes, person_hashes
from auditor.collect.words import Hashes
from auditor.model.past import Past
from auditor.model.policy import SourceSettings

MOST = 10


def lost_names(lost: Hashes, settings: SourceSettings, past: Past) -> tuple[str, ...]:
    """Given hashes of lost ids, return up to MOST of the ids themselves: account ids of a system, personnel numbers of HR.

    Ids of pupils have no words here: the past keeps none.
    """
    if settings.role == "system":
        known = past.links[past.links["system"] == settings.system] if settings.system else past.links
        hashes, words = account_hashes(known), known["account"]
    else:
        hashes, words = person_hashes(past.persons["person"]), past.persons["person"]
    found = words[np.isin(hashes, lost & ~PUPIL)].astype("str")
    return tuple(sorted(found))[:MOST]


def ended_people(past: Past, as_of: date) -> Hashes:
    """Given the past, return the hashes of people whose every known employment, as last read, had ended before the day judged."""
    known = past.employments
    if not len(known):
        return np.empty(0, dtype=np.uint64)
    seen = known["seen_until"].fillna(pd.Timestamp.max.floor("s")).to_numpy()
    latest = known.iloc[np.argsort(seen, kind="stable")].drop_duplicates(["person", "employment"], keep="last")
    runs = (latest["ends_on"].isna() | (latest["ends_on"] >= pd.Timestamp(as_of))).to_numpy()
    hashes = person_hashes(latest["person"])
    return np.setdiff1d(hashes[~runs], hashes[runs])
