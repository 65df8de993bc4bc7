"""Accounts that more than one person uses.

What: a usable account of kind shared that nobody declared; an account with a generic name (vervanger, invaller, groep 5, stagiair, test); an
account linked to more groups than one person teaches; or a shared account whose password was not changed after the last substitute left.
Why: lending and sharing of accounts is forbidden everywhere; nobody can tell afterwards who did what, and whoever left still knows the
password. Where a shared "vervanger" exists, it sees the current group only and its password changes right after the replacement (KIND).
Known false positives: somebody whose name begins with one of the words; a remedial teacher whom HR calls a teacher; a password that was changed
on the substitute's last day, in the evening.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.calendar import next_working_days
from auditor.model.finding import Hits
from auditor.rules.declared import register_rows
from auditor.rules.hits import Rows, account_facts, account_hits, cells, chosen, marked, status_note, taken, unsure_accounts, weight_of_rights
from auditor.rules.settled import is_kind, is_spoken_for, is_staff
from auditor.rules.shared_account.groups import groups_beyond
from auditor.rules.shared_account.names import is_generic
from auditor.rules.view import AuditView

NO_DAY = np.datetime64("NaT", "D")
Flags = npt.NDArray[np.bool_]


def check(view: AuditView) -> Hits:
    """Shared accounts without declaration, accounts with a generic name, with too many groups, or with a password a substitute still knows.

    Too many is, for a shared account, more than the most that one person teaches at that school; for somebody's own account
    `groups_beyond` more, and only of people whose every function is a teaching one. One finding an account, with the first reason that fits. An
    account that is nobody's and has a generic name is this, and no orphan; whose owner left, or who is disputed, says only that.
    """
    accounts = view.accounts
    shared = accounts["is_live"].to_numpy() & is_kind(view, "kind", "shared") & ~accounts["has_left"].to_numpy()
    rows = chosen(shared)
    undeclared = np.zeros(len(accounts), dtype=bool)
    undeclared[rows[register_rows(view, rows) < 0]] = True
    own = is_staff(view, "person")
    loose = is_kind(view, "situation", "unmatched")
    named = chosen(own & (loose | ~is_spoken_for(view)))
    generic = np.zeros(len(accounts), dtype=bool)
    generic[named[is_generic(view, named, view.parameters["names"])]] = True
    beyond = groups_beyond(view)
    crowded = (shared & (beyond > 0)) | (own & ~loose & _teaches(view) & (beyond >= view.parameters["groups_beyond"]))
    kept, left_on, unproven = _password_kept(view, shared | generic)
    spoken = own & ~generic & crowded & is_spoken_for(view)
    rows = chosen((undeclared | generic | crowded | kept) & ~spoken)
    reason = np.select([undeclared[rows], generic[rows], crowded[rows]], ["undeclared", "generic_name", "many_groups"], "password_kept")
    doubtful = chosen(unproven & ~undeclared & ~generic & ~crowded & ~kept)
    facts = {
        "reason": reason.astype(object), "many_groups": marked(crowded[rows] & (reason != "many_groups"), "many_groups"),
        "substitute_left_on": np.where(kept[rows], left_on[rows], NO_DAY).astype("datetime64[s]"), "status_note": status_note(view, rows),
    }
    return account_hits(view, rows, facts=facts, use={**account_facts(view, rows, "password_set_on"), **weight_of_rights(view, rows)},
                        unsure=unsure_accounts(view, doubtful, "source_older_than_due"))


def _teaches(view: AuditView) -> Flags:
    """For each account whether its owner has teaching functions only; who does other work too may see every group."""
    engagements = view.engagement_arrays
    running = engagements["counts"] & (engagements["function"].codes >= 0)
    teaching = engagements["function"].isin(view.policy.teaching_functions)
    owner = engagements["person_row"]
    found = np.zeros(len(view.people.persons), dtype=bool)
    found[owner[running & teaching]] = True
    found[owner[running & ~teaching]] = False
    across = view.snapshot.table("schools")
    crossing = across.loc[across["works_across_groups"].fillna(False).to_numpy(dtype=bool), "school"]
    found[owner[running & engagements["school"].isin(crossing.astype("str"))]] = False
    return np.asarray(taken(found, view.account_arrays["person_row"], False), dtype=bool)


def _password_kept(view: AuditView, shared: Flags) -> tuple[Flags, Any, Flags]:
    """Shared accounts whose password is from before the last substitute of that school left, when that was, and those of which the source is
    too old to tell."""
    accounts = view.accounts
    rows = chosen(shared & accounts["password_set_on"].notna().to_numpy())
    left_on = np.full(len(accounts), NO_DAY, dtype="datetime64[D]")
    left_on[rows] = _last_substitutes(view, rows)
    changed_by = next_working_days(left_on, view.policy.holidays).astype("datetime64[s]")
    old = ~np.isnat(left_on) & (accounts["password_set_on"].to_numpy() <= left_on) & (changed_by < view.day)
    proven = accounts["source_day"].to_numpy() > changed_by
    return old & proven, left_on, old & ~proven


def _last_substitutes(view: AuditView, rows: Rows) -> npt.NDArray[Any]:
    """For each account the day on which the last substitute of its school left, absent when nobody did."""
    if not len(rows):
        return np.zeros(0, dtype="datetime64[D]")
    engagements, into = view.engagement_arrays, view.successors
    of_work = chosen(engagements["origin"] == "employment")
    work = {name: cells(engagements[name], of_work) for name in ("kind", "function", "school", "person_row", "is_past", "counts", "ends_on")}
    is_substitute = (work["kind"] == "replacement") | work["function"].isin(view.parameters["substitutes"])
    schools = work["school"]
    continued = [into.get(str(word), str(word)) for word in schools.categories]
    home = {school: place for place, school in enumerate(dict.fromkeys(continued))}
    place = np.array([*(home[school] for school in continued), -1], dtype=np.int64)[schools.codes]
    stay = np.where(place < 0, -1, work["person_row"].astype(np.int64) * max(len(home), 1) + place)
    has_left = chosen(work["is_past"] & is_substitute & (place >= 0))
    has_left = has_left[~np.isin(stay[has_left], stay[work["counts"]])]
    ends = work["ends_on"].astype("datetime64[D]")[has_left]
    has_left, ends = has_left[~np.isnat(ends)], ends[~np.isnat(ends)]
    last = np.full(len(home) + 1, np.iinfo(np.int64).min, dtype=np.int64)  # NaT as a number, below every day
    np.maximum.at(last, place[has_left], ends.view(np.int64))
    where = view.accounts["where"].array
    seat = np.array([*(home.get(str(word), -1) for word in where.categories), -1], dtype=np.int64)
    found: npt.NDArray[Any] = last[seat[where.codes[rows]]].view("datetime64[D]")
    return found
