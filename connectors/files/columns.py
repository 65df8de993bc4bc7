"""Works on columns of texts: change the words, join columns, split cells, find equal rows. No loop over rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import coded, text_array
from connectors.files.raw import Codes, Column

Rows = npt.NDArray[np.intp]
_SIZE_LIMIT = 1 << 62
_SPARSE = 4
"""Up to this many possible combinations a row, an array over all of them costs less than a hash table."""


def constant(text: str, rows: int) -> Column:
    """Given a text and a number of rows, return a column that holds it everywhere."""
    return Column(np.zeros(rows, dtype=np.int32), pa.array([text], pa.string()))


def reworded(column: Column, words: Any) -> Column:
    """Given a column and new texts for those it holds (strings without nulls, in the same order), return the column with equal words merged."""
    if column.is_plain:
        return Column(None, words if isinstance(words, pa.Array) else words.combine_chunks())
    merged = words.dictionary_encode()
    if isinstance(merged, pa.ChunkedArray):
        merged = merged.combine_chunks()
    if len(merged.dictionary) == len(words):
        return Column(column.codes, words if isinstance(words, pa.Array) else words.combine_chunks())
    return Column(merged.indices.to_numpy().astype(np.int32, copy=False)[column.codes], merged.dictionary)


def changed(column: Column, change: Callable[[str], str]) -> Column:
    """Given a column and a function of one text, return the column with every distinct text changed."""
    return reworded(column.distinct(), pa.array([change(word) for word in column.words.to_pylist()], pa.string()))


def trimmed(column: Column) -> Column:
    """Given a column, return it without white space around its texts."""
    texts = pc.utf8_trim_whitespace(column.held)
    return column if texts.equals(column.held) else reworded(column, texts)


def extracts(pattern: str) -> bool:
    """Given a pattern, return whether it is one of RE2 with a group named `value`. RE2 takes linear time whatever the pattern, so that a
    pattern from a configuration can hang nothing."""
    try:
        pc.struct_field(pc.extract_regex(pa.array([""], pa.string()), pattern), "value")
    except (pa.ArrowInvalid, pa.ArrowKeyError, KeyError):
        return False
    return True


def extracted(column: Column, pattern: str) -> Column:
    """Given a column and a pattern that extracts, return what its group `value` holds, empty where it does not fit."""
    return reworded(column, pc.fill_null(pc.struct_field(pc.extract_regex(column.held, pattern), "value"), ""))


def casefolded(column: Column) -> Column:
    """Given a column, return it case-folded."""
    if pc.all(pc.string_is_ascii(column.held)).as_py():
        return reworded(column, pc.ascii_lower(column.held))
    return changed(column, str.casefold)


def joined(columns: Sequence[Column], sep: str) -> Column:
    """Given columns of equal length, return their texts joined by `sep`; empty where all of them are.

    White space joins only what is there (a name without tussenvoegsel has one space); any other sign keeps every part in its place.
    """
    if len(columns) == 1:
        return columns[0]
    is_plain = any(column.is_plain for column in columns)
    if is_plain:  # rows hardly repeat: to number them costs more than to join them all
        parts = [column.held if column.is_plain else column.held.take(pa.array(column.codes)) for column in columns]
    else:
        codes, first = grouped(columns)
        parts = [column.words.take(pa.array(column.codes[first])) for column in columns]
    words = parts[0]
    if sep.isspace():
        # pyarrow's own way to skip what is absent loses rows (24.0), so that the parts are joined one by one.
        for part in parts[1:]:
            both = pc.binary_join_element_wise(words, part, sep)
            words = pc.if_else(pc.equal(words, ""), part, pc.if_else(pc.equal(part, ""), words, both))
    else:
        nothing = pc.equal(pc.binary_join_element_wise(*parts, ""), "")
        words = pc.if_else(nothing, "", pc.binary_join_element_wise(*parts, sep))
    if is_plain:
        return Column(None, words)
    return reworded(Column(codes, words), words)


def first_filled(columns: Sequence[Column]) -> Column:
    """Given columns of equal length, return for each row the first text that is not empty."""
    found = columns[0]
    for column in columns[1:]:
        words = pa.concat_arrays([found.words, column.words])
        codes = np.where(is_empty(found), column.codes + np.int32(len(found.words)), found.codes).astype(np.int32)
        found = reworded(Column(codes, words), words)
    return found


def is_empty(column: Column) -> npt.NDArray[np.bool_]:
    """Given a column, return for each row whether its text is empty."""
    code = _empty_code(column)
    if code < 0:
        return np.zeros(len(column), dtype=bool)
    found: npt.NDArray[np.bool_] = _empties(column) if column.is_plain else column.codes == code
    return found


def _empty_code(column: Column) -> int:
    """The place of the empty text among those held (the first of them in a plain column), -1 if no row can hold it."""
    return int(pc.index(column.held, "").as_py())


def _empties(column: Column) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.equal(column.held, "").to_numpy(zero_copy_only=False)
    return found


def grouped(columns: Sequence[Column]) -> tuple[Codes, Rows]:
    """Given columns of equal length, number the distinct combinations: return for each row its number, and for each number its first row."""
    key: npt.NDArray[np.int64] = columns[0].codes.astype(np.int64)
    size = len(columns[0].words)
    for column in columns[1:]:
        words = max(len(column.words), 1)
        if size * words > _SIZE_LIMIT:
            key, found = pd.factorize(key)
            size = len(found)
        key = key * words + column.codes
        size *= words
    if size > _SPARSE * len(key):
        key, found = pd.factorize(key)
        size = len(found)
    # The last assignment to a place stays: going backwards leaves the first row.
    first_of = np.full(size, -1, dtype=np.intp)
    first_of[key[::-1]] = np.arange(len(key) - 1, -1, -1, dtype=np.intp)
    first = np.sort(first_of[first_of >= 0])
    numbers = np.empty(size, dtype=np.int32)
    numbers[key[first]] = np.arange(len(first), dtype=np.int32)
    return numbers[key], first


def differ(column: Column, rows: Rows, others: Rows) -> npt.NDArray[np.bool_]:
    """Given a column, positions and as many others, return for each pair whether the texts there are not equal."""
    if not column.is_plain:
        unlike: npt.NDArray[np.bool_] = column.codes[rows] != column.codes[others]
        return unlike
    found: npt.NDArray[np.bool_] = pc.not_equal(column.held.take(pa.array(rows)), column.held.take(pa.array(others))).to_numpy(zero_copy_only=False)
    return found


def split(column: Column, sep: str) -> tuple[Rows, Column]:
    """Given a column whose cells hold several texts with `sep` between them, return for each text its row, and the texts.

    A cell without any text gives one empty text, so that its row is kept.
    """
    parts = [[part for piece in word.split(sep) if (part := piece.strip())] or [""] for word in column.words.to_pylist()]
    flat = pa.array([part for cell in parts for part in cell], pa.string()).dictionary_encode()
    counts = np.array([len(cell) for cell in parts], dtype=np.intp)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp) if len(counts) else counts
    per_row = counts[column.codes]
    rows = np.repeat(np.arange(len(column), dtype=np.intp), per_row)
    within = np.arange(len(rows), dtype=np.intp) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    places = np.repeat(starts[column.codes], per_row) + within
    return rows, Column(flat.indices.to_numpy().astype(np.int32, copy=False)[places], flat.dictionary)


def text_of(column: Column) -> Any:
    """Given a column, return it as pandas' array of text, empty as absent."""
    empty = _empty_code(column)
    if column.is_plain:
        return text_array(column.held if empty < 0 else pc.if_else(_empties(column), None, column.held))
    codes = pa.array(column.codes) if empty < 0 else pa.array(column.codes, mask=column.codes == empty)
    return text_array(column.words.take(codes))


def category_of(column: Column) -> pd.Categorical:
    """Given a column, return it as categories, empty as absent. Only texts that occur are categories."""
    column = column.distinct()
    used = np.zeros(len(column.words), dtype=bool)
    used[column.codes] = True
    if (empty := _empty_code(column)) >= 0:
        used[empty] = False
    words, codes = column.words, column.codes
    if not used.all():
        places = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
        words, codes = words.filter(pa.array(used)), places[codes]
    return coded(codes, words)


def emptied(column: Column, rows: npt.NDArray[np.bool_]) -> Column:
    """Given a column and which rows to empty, return it with those rows empty."""
    if column.is_plain:
        return Column(None, pc.if_else(rows, "", column.held))
    words = pa.concat_arrays([column.words, pa.array([""], pa.string())])
    return reworded(Column(np.where(rows, np.int32(len(column.words)), column.codes).astype(np.int32), words), words)
