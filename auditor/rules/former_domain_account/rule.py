"""Accounts left behind in the network of a former school.

What: somebody moved to a school in another domain of Active Directory; the account in the old domain is not disabled.
Why: at a change of school the account moves along; in another technical domain the old one is blocked or deleted (KIND 4), for nobody there
looks after it any more.
Known false positives: a school whose domain is missing or wrong in the register of schools; work at the old school that HR does not know.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.calendar import next_working_days
from auditor.model.finding import Hits
from auditor.rules.days import overdue
from auditor.rules.hits import account_hits, chosen, status_note, unsure_accounts, weight_of_rights
from auditor.rules.settled import is_staff
from auditor.rules.view import AuditView

NO_DAY = np.datetime64("NaT", "D")


def check(view: AuditView) -> Hits:
    """Not-disabled accounts in a domain where the owner worked before and does not work now, past the first working day after the move.

    Only where the domain of every school the owner works at is known; a merged school has the domain of its successor when it names none.
    """
    accounts = view.accounts
    persons = accounts["person_row"].to_numpy(dtype=np.int64)
    domains, places = _engaged_domains(view)
    engagements = view.people.engagements
    owner = engagements["person_row"].to_numpy(dtype=np.int64)
    is_work = (engagements["origin"] != "task").to_numpy()
    now = engagements["counts"].to_numpy() & is_work
    size, width = len(view.people.persons), len(domains)
    works, worked = np.zeros((size + 1, width + 1), dtype=bool), np.full((size + 1, width + 1), NO_DAY, dtype="datetime64[D]")
    works[owner[now], places[now]] = True
    past = engagements["is_past"].to_numpy() & is_work & engagements["ends_on"].notna().to_numpy()
    np.fmax.at(worked, (owner[past], places[past]), engagements["ends_on"].to_numpy()[past].astype("datetime64[D]"))
    is_known = works.any(axis=1) & ~works[:, width]
    system = np.array([*(domains.index(str(name)) if str(name) in domains else width for name in accounts["system"].cat.categories), width])[
        accounts["system"].cat.codes.to_numpy()]
    stays = ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy()
    able = is_staff(view, "person") & (persons >= 0) & (system < width) & stays
    moved_on = np.where(able & is_known[persons] & ~works[persons, system], worked[persons, system], NO_DAY)
    deadline = next_working_days(moved_on, view.policy.holidays)
    late, unproven = overdue(view, deadline, ~np.isnat(moved_on))
    rows = chosen(late)
    schools = view.people.persons["schools"].take(persons[rows]).to_numpy(dtype=object)
    return account_hits(
        view, rows,
        facts={"moved_on": moved_on[rows].astype("datetime64[s]"), "deadline_on": deadline[rows].astype("datetime64[s]"),
               "works_at": schools, "status_note": status_note(view, rows)},
        use=weight_of_rights(view, rows), unsure=unsure_accounts(view, chosen(unproven), "source_older_than_deadline"))


def _engaged_domains(view: AuditView) -> tuple[list[str], npt.NDArray[Any]]:
    """The domains there are, and for each engagement the place of its school's domain among them, their number where it is not known."""
    schools = view.snapshot.table("schools")
    own = {str(school): str(domain) for school, domain in zip(schools["school"], schools["domain"], strict=True) if isinstance(domain, str)}
    into = view.successors
    domains = sorted(set(own.values()))
    words = view.people.engagements["school"].cat
    known = [own.get(str(word)) or own.get(into.get(str(word), "")) for word in words.categories]
    at = [domains.index(domain) if domain else len(domains) for domain in known]
    return domains, np.array([*at, len(domains)])[words.codes.to_numpy()]
