"""Puts the frames of pages and sources under each other: categories are united as Arrow dictionaries, three times as fast as by pandas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from auditor.collect.words import arrow
from auditor.model.tables import Table


def stacked(table: Table, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Given conforming frames of one table, return one conforming frame with all rows in their order."""
    kept = [frame for frame in frames if len(frame)]
    if not kept:
        return table.empty()
    if len(kept) == 1:
        return kept[0].reset_index(drop=True)
    data: dict[str, object] = {}
    for name in kept[0].columns:
        parts = [frame[name] for frame in kept]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            data[name] = united(parts)
        else:
            data[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(data)


def united(parts: Sequence[pd.Series[Any]]) -> pd.Categorical:
    """Given category columns, return one categorical with all their values in order."""
    first = parts[0].cat.categories
    if all(part.cat.categories is first or part.cat.categories.equals(first) for part in parts[1:]):
        return pd.Categorical.from_codes(np.concatenate([part.cat.codes.to_numpy() for part in parts]), categories=first, validate=False)
    words = pa.chunked_array([_dictionary(part) for part in parts]).unify_dictionaries().combine_chunks()
    codes = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=pd.Index(pd.array(words.dictionary, dtype="str")), validate=False)


def _dictionary(part: pd.Series[Any]) -> pa.DictionaryArray:
    codes = part.cat.codes.to_numpy().astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), arrow(part.cat.categories))
