"""Which schools of a source were read, for sources of which every school delivers its own file."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from auditor.collect.delivery import Delivery, keep
from auditor.collect.freshness import is_stale, stale_reason
from auditor.collect.schools import Schools
from auditor.model.coverage import SourceState
from auditor.model.errors import Reason
from auditor.model.joining import rows_of
from auditor.model.policy import Policy
from auditor.model.reading import Receipt

OF_ACCOUNTS = ("grants", "group_links")


def judge_schools(delivery: Delivery, schools: Schools, as_of: date, policy: Policy) -> None:
    """Given a source that is read per school, its tables with school codes mapped, give each expected school its state.

    Expected are the schools the settings name, else every school of the register that is open (the office delivers nothing). Missing: no
    file came; refused; partial: one of the kinds of file that other schools delivered is missing; stale. The source stays ok, unless no
    school is.
    """
    expected = frozenset(found for code in delivery.settings.expected_schools if (found := schools.of(code))) or frozenset(
        found for school in schools.teaching if (found := schools.of(school)))
    if not expected and not schools.is_known:
        delivery.warnings.append(Reason("schools_expected_unknown"))
    files = files_by_school(delivery, schools)
    general = [receipt.as_of for receipt in delivery.receipts if not any(receipt in receipts for receipts in files.values())]
    if general and is_stale(min(general), as_of, delivery.settings, policy):
        delivery.stop(SourceState.STALE, stale_reason(min(general), delivery.settings))
    refused = {schools.of(code) or code for code in delivery.refused_schools}
    parts = {receipt.part for receipts in files.values() for receipt in receipts}
    for school in sorted(expected | set(files) | refused):
        receipts = files.get(school, [])
        if receipts:
            delivery.school_days[school] = min(receipt.as_of for receipt in receipts)
        if school in refused:
            delivery.leave_out(school, SourceState.REFUSED, Reason("school_refused", {"school": school}))
        elif not receipts:
            delivery.leave_out(school, SourceState.PARTIAL, Reason("school_missing", {"school": school}))
        elif {receipt.part for receipt in receipts} != parts:
            missing = ", ".join(sorted(parts - {receipt.part for receipt in receipts}))
            delivery.leave_out(school, SourceState.PARTIAL, Reason("school_part_missing", {"school": school, "part": missing}))
        elif is_stale(delivery.school_days[school], as_of, delivery.settings, policy):
            reason = stale_reason(delivery.school_days[school], delivery.settings)
            delivery.leave_out(school, SourceState.STALE, Reason(reason.code.replace("source", "school", 1), {"school": school, **reason.facts}))
        else:
            delivery.schools[school] = SourceState.OK
    states = set(delivery.schools.values())
    if states and SourceState.OK not in states:
        delivery.stop(states.pop() if len(states) == 1 else SourceState.PARTIAL, Reason("no_school_ok"))


def files_by_school(delivery: Delivery, schools: Schools) -> dict[str, list[Receipt]]:
    """Given a source, return the receipts of each school's files: the school the receipt names, else the only one in its rows."""
    found: dict[str, list[Receipt]] = {}
    for receipt in delivery.receipts:
        school = schools.of(receipt.school) if receipt.school else _only_school(delivery, receipt.name, schools)
        if school is not None:
            found.setdefault(school, []).append(receipt)
    return found


def without_left_out(delivery: Delivery, schools: Schools) -> None:
    """Given a source, leave out the rows of its schools that are not ok: of their files, with their school code, and what hangs under
    an account that goes with them."""
    left_out = delivery.not_ok_schools
    if not left_out:
        return
    by_school = files_by_school(delivery, schools) if delivery.settings.per_school else {}
    good = {receipt.name for school, receipts in by_school.items() if school not in left_out for receipt in receipts}
    bad = {receipt.name for school, receipts in by_school.items() if school in left_out for receipt in receipts} - good
    before = delivery.frames.get("accounts")
    for name, frame in delivery.frames.items():
        chosen = ~frame["file"].isin(bad).to_numpy()
        if "school" in frame.columns and name not in OF_ACCOUNTS:
            chosen &= ~frame["school"].isin(left_out).to_numpy()
        delivery.frames[name] = keep(frame, chosen)
    if before is None or len(delivery.frames["accounts"]) == len(before):
        return
    for name in OF_ACCOUNTS:
        if name in delivery.frames:
            frame = delivery.frames[name]
            was, stays = (rows_of(frame, _once(accounts), ("system", "account")) >= 0 for accounts in (before, delivery.frames["accounts"]))
            delivery.frames[name] = keep(frame, np.asarray(stays | ~was))


def _only_school(delivery: Delivery, file: str, schools: Schools) -> str | None:
    found: set[str] = set()
    for name, frame in delivery.frames.items():
        if "school" in frame.columns and name != "grants":
            found.update(schools.of(str(school)) or str(school) for school in frame.loc[frame["file"] == file, "school"].dropna().unique())
    return found.pop() if len(found) == 1 else None


def _once(accounts: pd.DataFrame) -> pd.DataFrame:
    return accounts[["system", "account"]].drop_duplicates(ignore_index=True)
