"""What the app hands over at the end of a scan: everything that is stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.assessment import Assessment, Changes
from auditor.model.matrix import Matrix
from auditor.model.past import FileMemory, Past
from auditor.model.snapshot import Snapshot


class AcceptedRead(Protocol):
    """The ids of one accepted read of one source (auditor.model.past.Reference fits)."""

    @property
    def ids(self) -> npt.NDArray[np.uint64]:
        """64-bit hashes of the ids."""

    @property
    def schools(self) -> npt.NDArray[np.int32]:
        """For each id the position of its school in school_names, -1 for none."""

    @property
    def school_names(self) -> tuple[str, ...]:
        """Schools of the ids."""

    @property
    def rows(self) -> int:
        """Rows read."""


@dataclass(frozen=True)
class ScanRecord:
    """One scan that is finished and not yet stored.

    kind: nightly (once per date) or manual (the store numbers them); started_at: with its zone; past: what the scan was compared with:
    it must still be the last scan when this one is stored; evidence: per key of a finding whose evidence must be frozen anew, what can
    stand as JSON; accepted: ids of each accepted read, by source; files: file memory by source; new_references: sources whose read
    becomes the reference although it is smaller (an announced window); a released one always does.
    """

    kind: Literal["nightly", "manual"]
    as_of: date
    started_at: datetime
    seconds: float
    version: str
    snapshot: Snapshot
    links: pd.DataFrame
    past: Past
    assessment: Assessment
    changes: Changes
    evidence: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    accepted: Mapping[str, AcceptedRead] = field(default_factory=dict)
    files: Mapping[str, FileMemory] = field(default_factory=dict)
    matrices: Sequence[Matrix] = ()
    new_references: frozenset[str] = frozenset()

    @property
    def board(self) -> str:
        """Short name of the board."""
        return self.snapshot.board
