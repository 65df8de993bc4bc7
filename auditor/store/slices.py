"""Which part of which source a row belongs to, and whether its absence means anything tonight (design law 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.coverage import Coverage, SourceState
from auditor.store.encoding import categorical_codes
from auditor.store.open_rows import Slice

Codes = npt.NDArray[np.uint16]
WHOLE: Slice = ("", None)
"""The one slice of a table that no source delivers (findings, matrices)."""


def slice_codes(frame: pd.DataFrame, known: Sequence[Slice]) -> tuple[Codes, tuple[Slice, ...]]:
    """Given a frame with `source` (and `school`), return the slice of each row as a position in the slices known so far with the new
    ones added after them."""
    source_codes, sources = categorical_codes(frame["source"])
    if "school" in frame.columns:
        school_codes, schools = categorical_codes(frame["school"])
    else:
        school_codes, schools = np.full(len(frame), -1, dtype=np.int8), sources[:0]
    width = len(schools) + 1
    pairs = source_codes.astype(np.int64)
    pairs += 1
    pairs *= width
    pairs += school_codes
    pairs += 1
    places = {part: place for place, part in enumerate(known)}
    table = np.zeros((len(sources) + 1) * width, dtype=np.uint16)
    source_names, school_names = ["", *sources.to_pylist()], [None, *schools.to_pylist()]
    for pair in np.flatnonzero(np.bincount(pairs, minlength=len(table))).tolist():
        source, school = divmod(pair, width)
        table[pair] = places.setdefault((source_names[source], school_names[school]), len(places))
    return table[pairs], tuple(places)


def may_close(coverage: Coverage, slices: Sequence[Slice]) -> npt.NDArray[np.bool_]:
    """Given tonight's coverage, return for each slice whether a row that is absent tonight is gone: its source was read completely, or
    else its school was. A source that is no longer configured says nothing."""
    whole = {report.source for report in coverage.sources if report.state is SourceState.OK and not report.missing_schools}
    partial = partial_sources(coverage)
    schools: dict[str, set[str | None]] = {
        report.source: {school for school, state in report.schools.items() if state is SourceState.OK}
        for report in coverage.sources if report.source in partial
    }
    return np.array(
        [part == WHOLE or part[0] in whole or part[1] in schools.get(part[0], ()) for part in slices], dtype=np.bool_,
    )


def partial_sources(coverage: Coverage) -> frozenset[str]:
    """Sources that are ok and miss a school."""
    return frozenset(report.source for report in coverage.sources if report.state is SourceState.OK and report.missing_schools)
