"""The two items of the yearly list that this tool can answer (OPOR): yes or no, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.model.evidence import Answer, ItemAnswer, ScanLine
from auditor.model.finding import State
from auditor.model.report import MatrixEdition
from auditor.rules.registry import spec_of
from reports.texts import Words

SETTLED = (State.RESOLVED, State.WAIVED, State.FALSE_POSITIVE)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One item: its number, the families and the rules whose findings contradict it, and whether it needs adopted matrices."""

    number: str
    families: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    needs_matrices: bool = False

    def is_about(self, row: Row) -> bool:
        """Whether a finding contradicts this item; mere information never does."""
        return row["score"] > 0 and (row["rule"] in self.rules or spec_of(row["rule"]).family in self.families)


ITEMS = (
    Item("6", families=("C", "D"), needs_matrices=True),
    Item("9", rules=("leaver-active", "used-after-leaving", "vanished-from-hr", "pupil-account-left")),
)
"""6: access is granted as the matrices say; 9: on leaving, all accounts are withdrawn."""


def answered(
    item: Item, rows: Sequence[Row], last: ScanLine, editions: Sequence[MatrixEdition], schools: Mapping[str, str], words: Words,
) -> ItemAnswer:
    """Given the findings of the period, its last scan, the editions that counted and the schools, answer an item.

    yes: nothing contradicts it at the last scan, and everything was read; no: something does; unknown: nothing does, as far as was read.
    """
    about = [row for row in rows if item.is_about(row)]
    standing = [row for row in about if row["state"] not in SETTLED]
    doubtful = [row for row in standing if row["not_assessed_since"]]
    norms = [one for one in editions if one.is_norm and one.until is None]
    is_whole = not last.not_ok and bool(norms or not item.needs_matrices)
    by_school = {school: _answer([row for row in standing if row["school"] in (school, None)], is_whole) for school in sorted(schools)}
    settled = [row for row in about if row["state"] in (State.WAIVED, State.FALSE_POSITIVE)]
    shown = [
        words.text("evidence_package.shows.scan", number=last.number, day=last.as_of, sources=last.sources, not_ok=len(last.not_ok)),
        words.plural("evidence_package.shows.standing", len(standing)), words.plural("evidence_package.shows.settled", len(settled)),
        words.plural("evidence_package.shows.repaired", sum(row["state"] == State.RESOLVED for row in about)),
    ]
    if item.needs_matrices:
        shown.insert(1, words.plural("evidence_package.shows.matrices", len(norms)))
    if doubtful:
        shown.append(words.plural("evidence_package.shows.not_assessed", len(doubtful)))
    return ItemAnswer(item.number, _answer(standing, is_whole), shown, by_school)


def _answer(standing: Sequence[Row], is_whole: bool) -> Answer:
    return "no" if standing else "yes" if is_whole else "unknown"
