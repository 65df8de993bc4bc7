"""What the store tells the core of earlier scans: declared data, and nothing else (design law 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.links import LINK_DECISIONS, LINKS
from auditor.model.tables import TABLES

FINDINGS_PAST = pd.DataFrame({
    "key": pd.Series(dtype="str"),
    "rule": pd.Series(dtype="category"),
    "cluster": pd.Series(dtype="category"),
    "system": pd.Series(dtype="category"),
    "account": pd.Series(dtype="str"),
    "person": pd.Series(dtype="category"),
    "right": pd.Series(dtype="category"),
    "level": pd.Series(dtype="category"),
    "scope": pd.Series(dtype="category"),
    "school": pd.Series(dtype="category"),
    "group": pd.Series(dtype="category"),
    "score": pd.Series(dtype="int8"),
    "state": pd.Series(dtype="category"),
    "fingerprint": pd.Series(dtype="uint64"),
    "state_score": pd.Series(dtype="int8"),
    "state_until": pd.Series(dtype="datetime64[s]"),
    "not_assessed_since": pd.Series(dtype="datetime64[s]"),
    "reopened": pd.Series(dtype="int32"),
})
"""Columns of Past.findings. fingerprint: of the evidence at the last confirmation; state_score: score when it was acknowledged or
waived (it lapses only when the new score is higher); state_until: end of the acknowledgement or waiver."""


@dataclass(frozen=True)
class Reference:
    """The largest accepted read of one source among its last seven: what the volume guards compare with.

    ids: 64-bit hashes of the ids (see collect.ids), sorted; schools: for each id the position of its school in `school_names`, -1 for
    none; reads: how many accepted reads there are; rows: rows of the reference read.
    """

    ids: npt.NDArray[np.uint64]
    schools: npt.NDArray[np.int32]
    school_names: tuple[str, ...]
    rows: int
    reads: int
    as_of: date | None = None


@dataclass(frozen=True)
class FileMemory:
    """sha256 of the last file set of a source, and on how many working days in a row it was the same (0: seen once)."""

    sha256: str
    repeats: int
    last_as_of: date | None = None


@dataclass(frozen=True)
class Past:
    """Everything the core may know of earlier scans.

    scan: number of the last committed scan, None before the first; as_of: its day; links: its links (LINKS); decisions: LINK_DECISIONS;
    employments, persons: the last accepted rows of those tables, also of people no longer in the export: employments gets
    two more columns, `seen_from` and `seen_until` (dates of the first and last scan that had exactly this row; seen_until NaT: still
    there at the last accepted read); findings: every finding not purged (see FINDINGS_PAST); references, files: by source;
    blocked_on: by source, the days of the unbroken run of scans, up to the last one, in which a guard held back it or a school of it;
    matrix_digests: digest of the last edition of each matrix that a scan ever judged by, by Matrix.system: tells "norm changed" from
    "repaired", and a matrix that is gone from one that never was.
    """

    scan: int | None = None
    as_of: date | None = None
    links: pd.DataFrame = field(default_factory=LINKS.empty)
    decisions: pd.DataFrame = field(default_factory=LINK_DECISIONS.empty)
    persons: pd.DataFrame = field(default_factory=lambda: TABLES["persons"].empty())
    employments: pd.DataFrame = field(default_factory=lambda: TABLES["employments"].empty().assign(
        seen_from=pd.Series(dtype="datetime64[s]"), seen_until=pd.Series(dtype="datetime64[s]")))
    findings: pd.DataFrame = field(default_factory=lambda: FINDINGS_PAST.copy())
    references: Mapping[str, Reference] = field(default_factory=dict)
    files: Mapping[str, FileMemory] = field(default_factory=dict)
    blocked_on: Mapping[str, frozenset[date]] = field(default_factory=dict)
    matrix_digests: Mapping[str, str] = field(default_factory=dict)
