"""Which ids a guard missed: only hashes are kept for the guards, the words come from what was last known of people and accounts."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.collect.ids import PUPIL, account_hashes, person_hashes
from auditor.collect.words import Hashes
from auditor.model.arrows import positions
from auditor.model.past import Past
from auditor.model.policy import SourceSettings

MOST = 10
_EVER = np.datetime64("9999-12-31", "s")


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
    person, runs = known["person"].array, ~(known["ends_on"].to_numpy() < np.datetime64(as_of, "s"))
    latest = _last_read(known)
    is_known, is_running = np.zeros(len(person.categories), dtype=np.bool_), np.zeros(len(person.categories), dtype=np.bool_)
    is_known[person.codes[latest]] = True
    is_running[person.codes[latest & runs]] = True
    return np.unique(person_hashes(person.categories[is_known & ~is_running].to_series()))


def _last_read(known: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows are the last version of an employment: those that still stand, and the newest of each that no longer does."""
    seen = known["seen_until"].to_numpy()
    stands: npt.NDArray[np.bool_] = np.isnat(seen)
    if stands.all():
        return stands
    ended = known["employment"].array[~stands]
    several = np.flatnonzero(positions(known["employment"], ended.unique()) >= 0)
    order = several[np.argsort(np.where(stands, _EVER, seen)[several], kind="stable")]
    last = order[~known[["person", "employment"]].iloc[order].duplicated(keep="last").to_numpy()]
    stands[several] = False
    stands[last] = True
    return stands
