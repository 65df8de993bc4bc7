"""Every table holds each of its keys once: of rows with the same key the first one stays, and a difference between them is noted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.collect.delivery import keep
from auditor.collect.quality import Quality, places
from auditor.collect.words import Hashes, combined, hashes_of
from auditor.model.tables import TABLES

PER_SOURCE = frozenset({"employments", "functions"})
"""Tables whose key is unique within a source only."""


def without_doubles(frames: Mapping[str, pd.DataFrame], order: Mapping[str, int], quality: Quality) -> dict[str, pd.DataFrame]:
    """Given all tables and the order of the sources, return them with each key once.

    First is: first source, then file name, then line, so that the order in which pages came does not matter. Rows that say the same
    (two files of one export list the same group) are one row; where they differ, each row left out is noted beside the one kept.
    """
    return {name: _once(name, frame, order, quality) for name, frame in frames.items()}


def _once(name: str, frame: pd.DataFrame, order: Mapping[str, int], quality: Quality) -> pd.DataFrame:
    key = [*TABLES[name].key, *(["source"] if name in PER_SOURCE and "source" not in TABLES[name].key else [])]
    if len(frame) < 2:
        return frame
    hashes = _key(frame, key)
    ordered = np.sort(hashes)
    if (ordered[1:] != ordered[:-1]).all():
        return frame
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    suspects = np.flatnonzero(np.isin(hashes, repeated))
    few = _sorted(frame.iloc[suspects].assign(position=suspects), order)
    plain = few.astype({column: "object" for column in few.columns if column != "position"})
    plain = plain.where(plain.notna(), None)
    first = few["position"].groupby([plain[column] for column in key], sort=False, dropna=False).transform("first").to_numpy()
    later = first != few["position"].to_numpy()
    _note(name, frame, plain[later], first[later], quality)
    chosen = np.ones(len(frame), dtype=np.bool_)
    chosen[few["position"].to_numpy()[later]] = False
    return keep(frame, chosen)


def _key(frame: pd.DataFrame, key: list[str]) -> Hashes:
    """One number a row, the same for the same key: the codes of category columns packed together, other columns as hashes."""
    packed = np.zeros(len(frame), dtype=np.uint64)
    parts, room = [packed], 1
    for name in key:
        column = frame[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            parts.append(hashes_of(column))
            continue
        codes = column.array.codes
        low, size = int(codes.min()), int(codes.max()) - int(codes.min()) + 1
        if size == 1:
            continue
        if room * size > 1 << 62:
            packed = np.zeros(len(frame), dtype=np.uint64)
            parts.append(packed)
            room = 1
        packed *= np.uint64(size)
        packed += (codes.astype(np.int64) - low).view(np.uint64)
        room *= size
    return combined(parts)


def _sorted(few: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    ranks = few["source"].astype("str").map(order).fillna(len(order))
    files = few["file"].astype("str")
    by = pd.DataFrame({"rank": ranks, "file": files, "row": few["row"]})
    return few.loc[by.sort_values(["rank", "file", "row"], kind="stable").index]


def _note(name: str, frame: pd.DataFrame, later: pd.DataFrame, first: npt.NDArray[np.intp], quality: Quality) -> None:
    kept = frame.iloc[first].astype("object")
    kept = kept.where(kept.notna(), None)
    differing = np.zeros(len(later), dtype=np.bool_)
    columns = np.full(len(later), "", dtype=object)
    for column in TABLES[name].names:
        unlike = later[column].to_numpy() != kept[column].to_numpy()
        differing |= unlike
        columns[unlike] = [f"{told} {column}".strip() for told in columns[unlike]]
    rows = later["position"].to_numpy(dtype=np.intp)[differing]
    against = places(frame, first[differing])
    quality.add("duplicate_key", name, frame, rows, [f"{told}: {place}" for told, place in zip(columns[differing], against, strict=True)])
