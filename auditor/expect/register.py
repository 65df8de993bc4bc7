"""What the board's registers say of each grant: a temporary right that runs, one that ended, a declared member of a folder, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import Codes, runs_on, spread
from auditor.expect.effective import SCOPE_WORDS, UNKNOWN, Reach
from auditor.expect.meanings import Meaning
from auditor.expect.places import Places
from auditor.model.matrix import Matrix
from auditor.model.snapshot import Snapshot

OUTCOMES = ("none", "running", "ended", "declared")
ENDLESS = np.datetime64("9999-12-31", "s")


def register_outcomes(
    snapshot: Snapshot, holder: Codes, places: Places, reach: Reach, person: Codes, meaning: Codes, meanings: Sequence[Meaning],
    matrices: Sequence[Matrix],
) -> Codes:
    """Given the person of each entry of the register (-1: unknown), and the rows to judge with their persons and meanings, return per row the
    place in OUTCOMES.

    running: an entry for this person, system and right (the matrix's word or the native one) holds the day, and its level, scope, school and
    group contain the grant's; what the entry leaves empty is any, what the grant does not tell is not held against it. ended: otherwise, and
    the latest entry for this right at this place that has begun, ended.
    """
    outcome = np.zeros(len(person), dtype=np.int64)
    register = snapshot.table("temporary_rights")
    begun = np.flatnonzero((holder >= 0) & runs_on(register["starts_on"], None, snapshot.as_of))
    if not len(begun) or not len(person):
        return outcome
    begun = begun[np.argsort(holder[begun], kind="stable")]
    counts = np.bincount(holder[begun], minlength=int(person.max()) + 1)
    asking = np.flatnonzero(counts[person] > 0)
    pair, within = spread(counts[person[asking]])
    pair = asking[pair]
    entry = begun[(np.cumsum(counts) - counts)[person[pair]] + within]
    about = _is_about(snapshot, register, reach.grant[pair], entry, meaning[pair], meanings)
    pair, entry = pair[about], entry[about]
    is_here, contains = _places(register, places, reach, pair, entry)
    pair, entry, contains = pair[is_here], entry[is_here], contains[is_here]
    contains &= _levels_fit(register, entry, meaning[pair], meanings, matrices)
    ends = register["ends_on"].to_numpy()[entry]
    ends = np.where(np.isnat(ends), ENDLESS, ends)
    runs = ends >= np.datetime64(snapshot.as_of, "s")
    latest_runs = np.zeros(len(person), dtype=bool)
    latest_runs[pair[runs]] = True
    outcome[pair[~latest_runs[pair]]] = OUTCOMES.index("ended")
    outcome[pair[runs & contains]] = OUTCOMES.index("running")
    return outcome


def _is_about(
    snapshot: Snapshot, register: pd.DataFrame, grant: Codes, entry: Codes, meaning: Codes, meanings: Sequence[Meaning],
) -> npt.NDArray[np.bool_]:
    """Same system, and the same right in either's words, whatever the case."""
    grants = snapshot.table("grants")
    systems = {str(word): place for place, word in enumerate(grants["system"].cat.categories)}
    entry_system = np.array([*(systems.get(str(word), -2) for word in register["system"].cat.categories), -2])
    same_system = entry_system[register["system"].cat.codes.to_numpy()[entry]] == grants["system"].cat.codes.to_numpy()[grant]
    folded: dict[str, int] = {}

    def folds(words: Sequence[str]) -> Codes:
        return np.array([*(folded.setdefault(word.casefold(), len(folded)) for word in words), -1], dtype=np.int64)

    wanted = folds([str(word) for word in register["right"].cat.categories])[register["right"].cat.codes.to_numpy()[entry]]
    native = folds([str(word) for word in grants["right"].cat.categories])[grants["right"].cat.codes.to_numpy()[grant]]
    meant = folds([item.right for item in meanings])[meaning]
    return np.asarray(same_system & ((wanted == native) | (wanted == meant)))


def _places(
    register: pd.DataFrame, places: Places, reach: Reach, rows: Codes, entry: Codes,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether the entry's place overlaps the grant's, and whether it contains it."""
    held, school, group = reach.scope[rows], places.root[reach.school[rows]], reach.group[rows]
    at_school = places.root[places.register_school[entry]]
    at_group = places.register_group[entry]
    scopes = [*map(str, register["scope"].cat.categories), ""]
    widest = np.array([SCOPE_WORDS.index(word) if word in SCOPE_WORDS else UNKNOWN for word in scopes])[
        register["scope"].cat.codes.to_numpy()[entry]]
    unknown = held == UNKNOWN
    board = SCOPE_WORDS.index("board")
    other_school = (at_school >= 0) & (school >= 0) & (at_school != school) & (held != board)
    other_group = (at_group >= 0) & (group >= 0) & (at_group != group)
    is_here = ~other_school & ~other_group
    within_school = (at_school < 0) | (held != board)
    within_group = (at_group < 0) | (held < SCOPE_WORDS.index("school"))
    return is_here, is_here & (unknown | ((held <= widest) & within_school & within_group))


def _levels_fit(
    register: pd.DataFrame, entry: Codes, meaning: Codes, meanings: Sequence[Meaning], matrices: Sequence[Matrix],
) -> npt.NDArray[np.bool_]:
    """Whether the entry's level is at least the held one, decided once per distinct pair of meaning and entry level."""
    words = [*map(str, register["level"].cat.categories), None]
    level = register["level"].cat.codes.to_numpy()[entry].astype(np.int64) % len(words)
    pairs, number = np.unique(meaning * len(words) + level, return_inverse=True)
    fits = [_level_fits(meanings[pair // len(words)], words[pair % len(words)], matrices) for pair in pairs.tolist()]
    return np.array(fits, dtype=bool)[number]


def _level_fits(meaning: Meaning, allowed: str | None, matrices: Sequence[Matrix]) -> bool:
    if allowed is None or meaning.level is None or allowed.casefold() == meaning.level.casefold():
        return True
    orders = matrices[meaning.matrix].levels if meaning.matrix >= 0 else {}
    order = next((order for right, order in orders.items() if right.casefold() == meaning.right.casefold()), ())
    ranks = {level.casefold(): rank for rank, level in enumerate(order)}
    held, wanted = ranks.get(meaning.level.casefold()), ranks.get(allowed.casefold())
    return held is not None and wanted is not None and held <= wanted
