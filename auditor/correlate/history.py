"""Which employments are known, tonight's and earlier ones, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.correlate.lookup import Positions, positions_in, texts
from auditor.correlate.numbers import Numbers
from auditor.correlate.spans import FOREVER, Days, day_numbers
from auditor.model.coverage import SourceState
from auditor.model.past import Past
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES, combine

CURRENT, UNREAD, DROPPED, REPLACED = 0, 1, 2, 3
"""Fates of a row. CURRENT: stands in tonight's HR. UNREAD: stood in the last accepted read of a source or school that was not read
tonight, so it still holds. DROPPED: gone from a complete read. REPLACED: an earlier version with another function or school."""


@dataclass(frozen=True)
class Employments:
    """frame: rows of `employments`; owner: row in People.persons; fate: see above; last_seen: day number of the last scan that had
    exactly this row."""

    frame: pd.DataFrame
    owner: Positions
    fate: npt.NDArray[np.int8]
    last_seen: Days


def known_employments(snapshot: Snapshot, past: Past, numbers: Numbers) -> Employments:
    """Given tonight, the past and the numbers, return every employment that is known, each version that matters once."""
    tonight, earlier = snapshot.table("employments"), past.employments
    today = int(np.datetime64(snapshot.as_of, "D").astype(np.int64))
    owner = numbers.rows(tonight["person"])
    if not len(earlier):
        return Employments(tonight, owner, np.full(len(tonight), CURRENT, dtype=np.int8), np.full(len(tonight), today, dtype=np.int64))
    last_scan = today if past.as_of is None else int(np.datetime64(past.as_of, "D").astype(np.int64))
    versions = _Versions(tonight, earlier, owner, numbers.rows(earlier["person"]))
    is_unread = versions.seen >= FOREVER
    is_unread &= _was_not_read(earlier, snapshot)
    fate = np.where(versions.is_head, np.where(is_unread, UNREAD, DROPPED), REPLACED).astype(np.int8)
    kept = np.flatnonzero(versions.matters)
    frame = combine(TABLES["employments"], [tonight, earlier.iloc[kept].drop(columns=["seen_from", "seen_until"])])
    seen = np.where(versions.seen >= FOREVER, last_scan, versions.seen)
    return Employments(
        frame,
        np.concatenate([owner, versions.owner[kept]]),
        np.concatenate([np.full(len(tonight), CURRENT, dtype=np.int8), fate[kept]]),
        np.concatenate([np.full(len(tonight), today, dtype=np.int64), seen[kept]]),
    )


class _Versions:
    """Earlier rows as versions of one employment each: which is the newest, and which say something the newest does not."""

    def __init__(self, tonight: pd.DataFrame, earlier: pd.DataFrame, owner: Positions, earlier_owner: Positions) -> None:
        self.owner = earlier_owner
        self.seen = day_numbers(earlier["seen_until"], FOREVER)
        names = texts(pd.concat([tonight["employment"], earlier["employment"]], ignore_index=True)).dictionary_encode()
        code = np.asarray(names.indices.to_numpy(zero_copy_only=False)).astype(np.int64)
        size = len(names.dictionary) + 1
        now_key, key = owner * size + code[: len(tonight)], earlier_owner * size + code[len(tonight):]
        now = pd.Series(np.arange(len(tonight)), index=now_key)
        now = now[~now.index.duplicated()]
        self.row_now = now.index.get_indexer(key)
        in_tonight = self.row_now >= 0
        place = np.asarray(self._place(tonight, earlier))
        order = np.lexsort((self.seen, key))
        newest = np.zeros(len(key), dtype=np.bool_)
        newest[order[np.flatnonzero(np.append(key[order][1:] != key[order][:-1], True))]] = True
        self.is_head = newest & ~in_tonight
        head_of = pd.Series(np.flatnonzero(newest), index=key[newest])
        newest_place = place[len(tonight) + head_of.reindex(key).to_numpy(dtype=np.int64)]
        place_now = np.where(in_tonight, place[np.where(in_tonight, now.to_numpy()[self.row_now] if len(now) else 0, 0)], newest_place)
        changed = ~self.is_head & (place[len(tonight):] != place_now)
        again = pd.DataFrame({"key": key, "place": place[len(tonight):], "seen": self.seen})[changed].sort_values("seen")
        double = again.index[again.duplicated(["key", "place"], keep="last")].to_numpy(dtype=np.int64)
        changed[double] = False
        self.matters = (self.is_head | changed) & (earlier_owner >= 0)

    @staticmethod
    def _place(tonight: pd.DataFrame, earlier: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Function and school of every row as one number, tonight's rows first."""
        codes = []
        for name in ("function", "school"):
            words = pd.unique(np.concatenate([np.asarray(frame[name].cat.categories, dtype=object) for frame in (tonight, earlier)]))
            known = texts([str(word) for word in words])
            codes.append(np.concatenate([positions_in(known, tonight[name]), positions_in(known, earlier[name])]) + 1)
        place: npt.NDArray[np.int64] = codes[0] * (int(codes[1].max(initial=0)) + 1) + codes[1]
        return place


def _was_not_read(earlier: pd.DataFrame, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """For each earlier row whether HR could not say tonight what became of it: its source or its school was not read."""
    reports = snapshot.coverage.of_role("hr")
    failed = [report.source for report in reports if report.state is not SourceState.OK]
    if len(failed) == len(reports):
        return np.ones(len(earlier), dtype=np.bool_)
    missing = snapshot.coverage.missing_schools_of_role("hr")
    unread = earlier["source"].isin(failed)
    if missing:
        # A contract without a school may well stand in the file that is missing.
        unread = unread | earlier["school"].isin(list(missing)) | earlier["school"].isna()
    return np.asarray(unread)
