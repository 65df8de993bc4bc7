"""Texts as Arrow arrays: pandas makes a Python object of every text when it looks one up or unites categories, Arrow does not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

STRINGS = pd.StringDtype("pyarrow", na_value=np.nan)
"""What "str" means to pandas where pyarrow is installed; naming it spares pandas finding that out each time."""
FEW = 4
"""Texts are few among words when there are this many times as many words."""


def arrow(values: Any) -> pa.Array:
    """Given a text column or index, return it as one Arrow array of large strings, absent values as null."""
    plain = values.array if isinstance(values, pd.Series | pd.Index) else values
    found = pa.array(plain, type=pa.large_string(), from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def text_array(texts: Any) -> Any:
    """Given an Arrow array of strings, return it as pandas' array of text, null as absent; nothing is copied."""
    return pd.arrays.ArrowStringArray(texts, dtype=STRINGS)


def text_index(texts: Any) -> pd.Index[Any]:
    """Given an Arrow array of strings, return it as an index."""
    return pd.Index(text_array(texts), copy=False)


def coded(codes: npt.NDArray[np.signedinteger[Any]], words: Any) -> pd.Categorical:
    """Given codes (-1 where absent) and an Arrow array of the words they stand for, return the categories.

    The words must be distinct and not null, as a dictionary's are: pandas would make an object of each to see that for itself.
    """
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype._from_fastpath(text_index(words), False), validate=False)


def repeated(word: str, length: int) -> pd.Categorical:
    """Given a word and a number of rows, return categories that hold it in every row."""
    return pd.Categorical.from_codes(np.zeros(length, dtype=np.int8), dtype=of_words(word), validate=False)


@lru_cache(maxsize=1024)
def of_words(*words: str) -> pd.CategoricalDtype:
    """Given a few distinct words, return the dtype of categories of them; made once."""
    return pd.CategoricalDtype(text_index(pa.array(words, pa.large_string())))


def positions(texts: Any, words: Any) -> npt.NDArray[np.int64]:
    """Given texts and distinct words (columns or indexes of text), return for each text the position of its word, -1 where it is none."""
    return places_in(arrow(texts), arrow(words))


def places_in(texts: Any, words: Any) -> npt.NDArray[np.int64]:
    """As positions, for Arrow arrays. Where texts are few the words are looked up among them: of the two, the one that is hashed is the dear one."""
    if not len(texts) or not len(words):
        return np.full(len(texts), -1, dtype=np.int64)
    if len(texts) * FEW > len(words):
        return _index_in(texts, words)
    told = texts.dictionary_encode()
    among = _index_in(words, told.dictionary)
    hits = np.flatnonzero(among >= 0)[::-1]  # backwards, so that of a word that stands twice the first stays
    place = np.full(len(told.dictionary) + 1, -1, dtype=np.int64)
    place[among[hits]] = hits
    found: npt.NDArray[np.int64] = place[pc.fill_null(told.indices, -1).to_numpy(zero_copy_only=False)]
    return found


def _index_in(texts: Any, words: Any) -> npt.NDArray[np.int64]:
    found = pc.index_in(texts, value_set=words, skip_nulls=True)
    places: npt.NDArray[np.int64] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def united(parts: Sequence[Any]) -> pd.Categorical:
    """Given category columns or categoricals, return one categorical with all their values in order; three times as fast as pandas' own."""
    held = [part.array if isinstance(part, pd.Series) else part for part in parts]
    first = held[0].categories
    if all(part.categories is first for part in held[1:]) or all(arrow(part.categories).equals(arrow(first)) for part in held[1:]):
        return pd.Categorical.from_codes(np.concatenate([part.codes for part in held]), dtype=held[0].dtype, validate=False)
    words = pa.concat_arrays([arrow(part.categories) for part in held]).dictionary_encode()
    places = words.indices.to_numpy()
    codes, begin = [], 0
    for part in held:
        end = begin + len(part.categories)
        codes.append(np.append(places[begin:end], np.int32(-1))[part.codes])
        begin = end
    return coded(np.concatenate(codes), words.dictionary)


def occurring(held: pd.Categorical) -> pd.Categorical:
    """Given categories, return them with only those words that occur, in the same order."""
    used = np.zeros(len(held.categories) + 1, dtype=np.bool_)
    used[held.codes] = True
    used = used[:-1]
    places = np.append(np.where(used, np.cumsum(used) - 1, -1), -1).astype(np.int32)
    return coded(places[held.codes], arrow(held.categories).filter(pa.array(used)))


def spelled(held: pd.Categorical) -> Any:
    """Given categories of text, return the text of every row, absent as absent."""
    return text_array(arrow(held.categories).take(pa.array(held.codes, mask=held.codes < 0)))


def categorised(texts: Any) -> pd.Categorical:
    """Given a text column, return it as categories in alphabetical order, absent as absent."""
    found = arrow(texts).dictionary_encode()
    order = pc.array_sort_indices(found.dictionary)
    place = np.empty(len(order) + 1, dtype=np.int32)
    place[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    place[-1] = -1
    codes = place[pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)]
    return coded(codes, found.dictionary.take(order))
