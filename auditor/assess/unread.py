"""Rights that a source could not read, or not all holders of: that they are not there today proves nothing (rules 1, "Not assessed").

So it is with rights that the settings leave out: who leaves out a group has repaired nothing. Those are not told again every night."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.distinct import distinct_rows
from auditor.expect.meanings import Words, matrix_of
from auditor.model.columns import Columns
from auditor.model.errors import Reason
from auditor.model.finding import NotAssessed
from auditor.rules.view import AuditView


class UnreadRights:
    """Answers, for one night, whether a right of a system could have been seen wherever it is held."""

    def __init__(self, view: AuditView) -> None:
        """Given the view of one day."""
        self._view = view
        self._coverage = view.snapshot.coverage
        rights = {
            system: self._coverage.partial_rights_of_system(system) | self._coverage.left_out_rights_of_system(system)
            for system in self._coverage.systems}
        self.systems = tuple(system for system in self._coverage.systems if self._coverage.missing_kinds_of_system(system) or rights[system])
        self._read = {system: self._words(system, self._natives(system)) for system in self.systems}
        self._partial = {system: self._words(system, rights[system]) for system in self.systems}

    def are_unread(self, rows: Columns | pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Given rows with system and right (native or the matrix's word), return which name a right that may be held unseen."""
        if not self.systems or not len(rows):
            return np.zeros(len(rows), dtype=bool)
        distinct, places = distinct_rows(rows["system"], rows["right"])
        told = np.array([self._is_unread(system, right) for system, right in distinct], dtype=bool)
        return np.asarray(told[places], dtype=bool)

    def said(self) -> Iterator[NotAssessed]:
        """Per system, what could not be read: rights are judged as far as they were seen, and none of these is called gone."""
        for system in self.systems:
            sources = (report.source for report in self._coverage.of_system(system) if report.missing_kinds or report.partial_rights)
            source = next(sources, None)
            if kinds := self._coverage.missing_kinds_of_system(system):
                yield NotAssessed("right-outside-matrix", Reason("rights_not_read", {"kinds": ", ".join(sorted(kinds))}), system, source)
            if partial := self._coverage.partial_rights_of_system(system):
                reason = Reason("rights_partly_read", {"rights": ", ".join(sorted(partial))})
                yield NotAssessed("right-outside-matrix", reason, system, source, frozenset(), len(partial))

    def _is_unread(self, system: str | None, right: str | None) -> bool:
        if system not in self._read or right is None:
            return False
        word = right.casefold()
        is_missing = bool(self._coverage.missing_kinds_of_system(system)) and word not in self._read[system]
        return is_missing or word in self._partial[system]

    def _natives(self, system: str) -> frozenset[str]:
        rights = self._view.snapshot.table("rights")
        return frozenset(rights.loc[(rights["system"] == system).to_numpy(), "right"].astype("str"))

    def _words(self, system: str, natives: frozenset[str]) -> frozenset[str]:
        """The names, and what the system's matrix calls them, case folded."""
        place = matrix_of(system, self._view.matrices)
        known = {name.casefold() for name in natives}
        if place >= 0:
            words = Words(self._view.matrices[place]).natives
            known |= {words[name].right.casefold() for name in known if name in words}
        return frozenset(known)
