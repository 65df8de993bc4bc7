"""Runs one rule over the whole view, and keeps apart what it may say tonight and what it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.distinct import coded, counted, distinct_rows
from auditor.assess.needs import Needs
from auditor.assess.scoring import setting_of
from auditor.model.columns import Columns
from auditor.model.coverage import SourceState
from auditor.model.errors import Reason
from auditor.model.finding import SUBJECT, Hits, NotAssessed
from auditor.rules.enriched import CLOUD, DIRECTORY
from auditor.rules.hits import POSITIONS, nothing, taken, together
from auditor.rules.registry import check_of
from auditor.rules.spec import RuleSpec
from auditor.rules.view import AuditView

OFF = "rule_off"
NOT_ASSESSABLE = "person_not_wholly_known"
"""Part-complete HR, or a register of externals that was not read: absence may not be held against this person (rules 1)."""


ORIGINAL_NOT_READ = "original_not_read"
SAID = (NOT_ASSESSABLE, ORIGINAL_NOT_READ, "right_not_read")
ABSENT_RIGHT = "missing-right"
"""The one rule that fires because a right is not there."""


@dataclass(frozen=True)
class Outcome:
    """What one rule says tonight.

    rows: hits that count, with SUBJECT columns, positions and facts; facts, use_facts: names of fact columns; doubtful: SUBJECT columns
    (and what identity needs) of what fired or might and may not be said, so that its absence proves nothing; not_assessed: why.
    """

    spec: RuleSpec
    rows: Columns
    facts: tuple[str, ...]
    use_facts: tuple[str, ...]
    doubtful: Columns
    not_assessed: tuple[NotAssessed, ...]


def run_rule(view: AuditView, spec: RuleSpec, needs: Needs) -> Outcome:
    """Given the view of a day, a rule and what it needs, return what it may say."""
    if is_off_everywhere(view, spec.slug):
        return Outcome(spec, Columns(), (), (), Columns(), ())
    hits = _checked(view, spec)
    unsure = Columns() if hits.unsure is None else hits.unsure
    rows = _without_copies(view, _complete(hits.rows)) if len(hits.rows) else Columns()
    why = _doubts(view, spec, needs, rows)
    is_doubted = why != None  # noqa: E711 - cell by cell
    some = bool(is_doubted.any())
    doubtful = together(rows.take(is_doubted), unsure) if some else unsure
    return Outcome(
        spec, rows.take(~is_doubted) if some else rows, hits.facts, hits.use_facts, _complete(doubtful) if len(doubtful) else Columns(),
        (*_gaps_said(spec, needs), *_unsure_said(spec, unsure), *(_doubts_said(spec, rows, why) if some else ())),
    )


def _doubts_said(spec: RuleSpec, rows: Columns, why: npt.NDArray[np.object_]) -> Iterator[NotAssessed]:
    is_said = np.isin(why.astype(str), SAID)
    if is_said.any():
        yield from _unsure_said(spec, rows.take(is_said).assign(reason=why[is_said]))


def is_off_everywhere(view: AuditView, rule: str) -> bool:
    """Whether the board switched the rule off for every system and school."""
    settings = [setting for setting in view.policy.settings if setting.rule == rule]
    return bool(settings) and not settings[-1].is_on and settings[-1].system == settings[-1].school == "*"


def _checked(view: AuditView, spec: RuleSpec) -> Hits:
    """The rule's hits; with parameters that differ by system or school it runs once per set and keeps the rows that set is for."""
    check = check_of(spec.slug)
    changed = [setting.parameters for setting in view.policy.settings if setting.rule == spec.slug and setting.parameters]
    sets: list[Mapping[str, Any]] = [spec.parameters]
    for parameters in changed:
        merged = {**spec.parameters, **parameters}
        if merged not in sets:
            sets.append(merged)
    if len(sets) == 1:
        return check(replace(view, parameters=spec.parameters))
    parts = []
    for parameters in sets:
        hits = check(replace(view, parameters=parameters))
        parts.append(replace(hits, rows=_meant_for(view, spec, _complete(hits.rows), parameters),
                             unsure=None if hits.unsure is None else _meant_for(view, spec, _complete(hits.unsure), parameters)))
    unsure = [part.unsure for part in parts if part.unsure is not None]
    return replace(parts[0], rows=together(*(part.rows for part in parts)), unsure=together(*unsure) if unsure else None)


def _without_copies(view: AuditView, rows: Columns) -> Columns:
    """Of an account in Entra synchronised from Active Directory one finding, at AD: its evidence names the copy (rules 1)."""
    copy_of = view.account_arrays["copy_of"]
    if not (copy_of >= 0).any():
        return rows
    account = rows["account_row"]
    original = taken(copy_of, account, -1)
    of_account = rows["grant_row"] < 0
    is_double = of_account & (original >= 0) & np.isin(original, account[of_account])
    return rows.take(~is_double) if is_double.any() else rows


def _meant_for(view: AuditView, spec: RuleSpec, rows: Columns, parameters: Mapping[str, Any]) -> Columns:
    def is_meant(system: str | None, school: str | None) -> bool:
        setting = setting_of(view, spec.slug, system, school)
        return {**spec.parameters, **(setting.parameters if setting else {})} == parameters

    return rows.take(_per_place(rows, is_meant, bool))


def _doubts(view: AuditView, spec: RuleSpec, needs: Needs, rows: Columns) -> npt.NDArray[np.object_]:
    """For each hit the code of why it may not be said, None where it may."""
    if not len(rows):
        return np.zeros(0, dtype=object)

    def reason(system: str | None, school: str | None) -> str | None:
        setting = setting_of(view, spec.slug, system, school)
        if setting is not None and not setting.is_on:
            return OFF
        gaps = needs.gaps(spec, system)
        if gaps:
            return gaps[0].reason.code
        return "schools_missing" if school in needs.missing_schools(spec, system) else None

    is_same_everywhere = not view.policy.settings and not any(needs.missing_schools(spec, system) for system in needs.systems)
    why = _per_system(rows, lambda system: reason(system, None)) if is_same_everywhere else _per_place(rows, reason, object)
    account = rows["account_row"]
    is_free = (why == None) & (account >= 0)  # noqa: E711 - cell by cell
    if "hr" in spec.needs:
        why[is_free & ~taken(view.account_arrays["is_assessable"], account, True)] = NOT_ASSESSABLE
    if needs.needs_whole_hr(spec):
        why[is_free & (rows["person_row"] < 0)] = "hr_schools_missing"
    why[is_free & _lost_its_original(view, account)] = ORIGINAL_NOT_READ
    if spec.slug == ABSENT_RIGHT:
        why[(why == None) & needs.unread.are_unread(rows)] = "right_not_read"  # noqa: E711 - cell by cell
    return why


def _lost_its_original(view: AuditView, account: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Copies in the cloud of accounts in a directory that was not read tonight: what is wrong with them is said there, when it is read."""
    originals = (DIRECTORY, CLOUD)
    directories = [report for report in view.snapshot.coverage.sources if report.system and report.system.startswith(originals)]
    if all(report.state is SourceState.OK and not report.missing_schools for report in directories):
        return np.zeros(len(account), dtype=bool)
    is_loose = view.accounts["synced_from"].notna().to_numpy() & (view.account_arrays["copy_of"] < 0)
    return np.asarray(taken(is_loose, account, False), dtype=bool)


def _per_place(rows: Columns, answer: Callable[[str | None, str | None], Any], dtype: type) -> npt.NDArray[Any]:
    """Given rows and a question about a system and a school, return the answer for each row, asked once per distinct place."""
    distinct, places = distinct_rows(rows["system"], rows["school"])
    told: npt.NDArray[Any] = np.empty(len(distinct), dtype=dtype)
    told[:] = [answer(system, school) for system, school in distinct]
    found: npt.NDArray[Any] = told[places]
    return found


def _per_system(rows: Columns, answer: Callable[[str | None], Any]) -> npt.NDArray[Any]:
    """Given rows and a question about a system, return the answer for each row as objects, asked once per distinct system."""
    codes, systems = coded(rows["system"])
    told: npt.NDArray[Any] = np.array([*(answer(_text(system)) for system in systems), None], dtype=object)
    if (codes < 0).any():
        told[-1] = answer(None)
    found: npt.NDArray[Any] = told[codes]
    return found


def _complete(rows: Columns) -> Columns:
    """Rows with every SUBJECT column and position, absent where the rule gives none."""
    more: dict[str, Any] = {name: nothing(len(rows)) for name in SUBJECT if name not in rows}
    for name in POSITIONS:
        if name not in rows:
            more[name] = np.full(len(rows), -1, dtype=np.int32)
        elif rows[name].dtype != np.int32:
            more[name] = np.where(pd.isna(rows[name]), -1, rows[name]).astype(np.int32)
    return rows.assign(**more) if more else rows


def _gaps_said(spec: RuleSpec, needs: Needs) -> Iterator[NotAssessed]:
    if spec.says_columns == "any" and spec.columns:
        yield from _said_once_if_nobody_delivers(spec, needs)
    systems = (None,) if "system" not in spec.needs and "sources" not in spec.needs else needs.systems
    said: set[tuple[str, str | None]] = set()
    for system in systems:
        if not _is_asked(spec, needs, system):
            continue
        for gap in needs.gaps(spec, system):
            if spec.says_columns == "any" and gap.reason.code == "needs_column":
                continue
            at = (gap.reason.code, gap.source)
            if gap.is_everywhere and at in said:
                continue
            said.add(at)
            yield NotAssessed(spec.slug, gap.reason, None if gap.is_everywhere else system, gap.source)
        missing = needs.missing_schools(spec, system)
        if missing:
            yield NotAssessed(spec.slug, Reason("schools_missing", {"schools": ", ".join(sorted(missing))}), system, None, missing)
    if needs.needs_whole_hr(spec):
        schools = ", ".join(sorted(needs.hr_schools))
        yield NotAssessed(spec.slug, Reason("hr_schools_missing", {"schools": schools}), None, None, needs.hr_schools)


def _is_asked(spec: RuleSpec, needs: Needs, system: str | None) -> bool:
    """Whether a rule is about this system: one that says its columns once is about systems that have them."""
    if system is not None and not spec.is_about(system):
        return False
    if system is None or spec.says_columns == "each":
        return True
    delivers = [report.delivers for report in needs.coverage.of_system(system)]
    return not any(delivers) or all(any(column in known for known in delivers) for column in spec.columns)


def _said_once_if_nobody_delivers(spec: RuleSpec, needs: Needs) -> Iterator[NotAssessed]:
    for column in spec.columns:
        if not any(needs.coverage.delivers(system, column) for system in needs.systems):
            yield NotAssessed(spec.slug, Reason("needs_column_anywhere", {"column": column}))


def _unsure_said(spec: RuleSpec, unsure: Columns) -> Iterator[NotAssessed]:
    if not len(unsure) or not (is_told := pd.notna(unsure["reason"])).any():
        return
    told = unsure.only("system", "reason").take(is_told)
    for (system, reason), count in counted(told["system"], told["reason"]):
        yield NotAssessed(spec.slug, Reason(str(reason), {"count": count}), system, None, frozenset(), count)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
