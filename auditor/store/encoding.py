"""A frame's columns as arrays that can be hashed, digested and written without a loop over rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.arrows import STRINGS, arrow
from auditor.store.layouts import Layout, Stored

Ints = npt.NDArray[np.int64]
ABSENT = np.iinfo(np.int64).min
"""An absent value in a column of whole numbers; what pandas uses for an absent date as well."""


@dataclass(frozen=True)
class TextColumn:
    """Texts: row i holds texts[codes[i]], absent when the code is -1; without codes row i holds texts[i]. texts: a pyarrow array; codes: in as
    few bytes as the frame keeps them."""

    stored: Stored
    texts: Any
    codes: npt.NDArray[np.signedinteger[Any]] | None


@dataclass(frozen=True)
class WholeColumn:
    """Whole numbers (days, flags, integers, bits): ABSENT where there is none."""

    stored: Stored
    values: Ints


@dataclass(frozen=True)
class RealColumn:
    """Numbers: NaN where there is none."""

    stored: Stored
    values: npt.NDArray[np.float64]


EncodedColumn = TextColumn | WholeColumn | RealColumn


def encode(frame: pd.DataFrame, columns: Sequence[Stored]) -> list[EncodedColumn]:
    """Given a frame and the columns wanted, return them as arrays. Raise KeyError if the frame lacks one."""
    return [_encode(frame[stored.name], stored) for stored in columns]


def encode_days(series: pd.Series[Any]) -> Ints:
    """Given a column of dates, return days since 1970-01-01, ABSENT where there is none."""
    days: Ints = series.to_numpy().astype("datetime64[D]").view(np.int64)
    return days


def strings(values: Any) -> Any:
    """Given a pandas index, array or series of texts, return a pyarrow array of large strings in one piece."""
    held = values.array if isinstance(values, (pd.Index, pd.Series)) else values
    return arrow(held if held.dtype == STRINGS else np.asarray(held, dtype=object))


def categorical_codes(series: pd.Series[Any]) -> tuple[npt.NDArray[np.signedinteger[Any]], Any]:
    """Given a categorical column, return its codes (-1: absent), in as few bytes as it keeps them, and its categories as a pyarrow array."""
    held = series.array
    return held.codes, strings(held.categories)


def _encode(series: pd.Series[Any], stored: Stored) -> EncodedColumn:
    if stored.encoding in ("word", "text"):
        if isinstance(series.dtype, pd.CategoricalDtype):
            codes, texts = categorical_codes(series)
            return TextColumn(stored, texts, codes)
        texts = strings(series)
        if stored.encoding == "text":
            return TextColumn(stored, texts, None)
        coded = texts.dictionary_encode()
        return TextColumn(stored, coded.dictionary, coded.indices.fill_null(-1).to_numpy(zero_copy_only=False))
    if stored.encoding == "day":
        return WholeColumn(stored, encode_days(series))
    if stored.encoding == "number":
        return RealColumn(stored, series.to_numpy(dtype=np.float64) + 0.0)  # + 0.0 makes -0.0 the 0.0 it is
    if stored.encoding == "bits":
        return WholeColumn(stored, series.to_numpy(dtype=np.uint64).view(np.int64))
    return WholeColumn(stored, series.astype("Int64").to_numpy(dtype=np.int64, na_value=ABSENT))


def source_column(frame: pd.DataFrame) -> TextColumn:
    """Given a frame of a canonical table, return its provenance column `source`."""
    codes, texts = categorical_codes(frame["source"])
    return TextColumn(Stored("source", "word", True), texts, codes)


def compared_columns(frame: pd.DataFrame, layout: Layout) -> Iterator[EncodedColumn]:
    """Given a frame, return what makes two of its rows the same row of history: one column at a time, for all of them together are as
    large as the frame."""
    for stored in layout.columns:
        yield _encode(frame[stored.name], stored)
    if layout.compares_source:
        yield source_column(frame)
