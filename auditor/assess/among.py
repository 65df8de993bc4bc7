"""Which texts are among others: a million accounts against a few thousand names, without a look at each in Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.columns import plain_array


def is_among(column: Any, words: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Given a column of text, or its array, and words (a column's, or any), return for each row whether it is one of them; an absent value is none.

    `Series.isin` would make one object per word and take a hundred times as long.
    """
    held = plain_array(column)
    if isinstance(held, pd.Categorical):
        is_word = np.append(is_among(held.categories, words), False)
        return np.asarray(is_word[held.codes], dtype=bool)
    held = pa.array(held, type=pa.large_string(), from_pandas=True)
    if isinstance(words, pd.Series):
        known = words.dropna().unique() if isinstance(words.dtype, pd.CategoricalDtype) else words
        wanted = pa.array(known, type=pa.large_string(), from_pandas=True).drop_null()
    else:
        wanted = pa.array([word for word in words if isinstance(word, str)], type=pa.large_string())
    if len(held) * 4 < len(wanted):  # what is looked for is hashed for each word: of a million words only those that are asked about
        wanted = wanted.filter(pc.is_in(wanted, value_set=held.drop_null()))
    return np.asarray(pc.is_in(held, value_set=wanted), dtype=bool)
