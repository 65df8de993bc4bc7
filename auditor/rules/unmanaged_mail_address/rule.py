"""Accounts of people at an address the board does not manage.

What: a usable person account whose address lies outside the board's managed domains.
Why: login details go only to an address that the board manages (OPOR, UNIEK): whoever holds a private mailbox can renew the password, also
after leaving.
A declared external logs in with the address that was declared and is left alone.
Known false positives: a domain of the board that is missing from its list; a shared domain of schools that work together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.expect.codes import intern
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, cells, chosen, status_note, taken, together, unsure_accounts
from auditor.rules.settled import is_spoken_for, is_staff
from auditor.rules.username import domains_of, outside
from auditor.rules.view import AuditView

FACTS = ("domain", "number", "status_note")


def check(view: AuditView) -> Hits:
    """Not-disabled person accounts with an address in no managed domain; only the domain is told, never the address.

    One domain that `together_from` accounts of a system share is probably missing from the board's list, and one finding. Without any
    managed domain nothing can be judged. An account with a finding about its owner says only that.
    """
    accounts = view.accounts
    asked = is_staff(view, "person") & accounts["mail"].notna().to_numpy()
    external = (view.people.persons["kind"] == "external").to_numpy(dtype=bool)
    rows = chosen(asked & ~taken(external, accounts["person_row"].to_numpy(), False))
    if not view.policy.managed_domains:
        return Hits(Columns(), FACTS, unsure_accounts(view, rows, "managed_domains_unknown"), ("number", "status_note"))
    rows = rows[outside(accounts["mail"].take(rows), view.policy.managed_domains)]
    domain = domains_of(accounts["mail"].take(rows))
    spoken = is_spoken_for(view)[rows]
    systems = cells(view.account_arrays["system"], rows)
    numbers, words = pd.factorize(domain)
    pair, first = intern([(systems.codes, len(systems.categories)), (numbers, len(words))])
    many = ~spoken & (np.bincount(pair[~spoken], minlength=len(first)) >= view.parameters["together_from"])[pair]
    single = ~spoken & ~many
    found = accounts_as_rows(view, rows[single]).assign(domain=domain[single], number=np.nan, status_note=status_note(view, rows[single]))
    shared, number = np.unique(pair[many], return_counts=True)
    whole = Columns({
        "system": np.asarray(systems[first[shared]], dtype=object), "domain": domain[first[shared]], "number": number.astype("float64")})
    held = accounts_as_rows(view, rows[~single]).assign(domain=domain[~single], reason=None)
    hits = together(found, whole)
    hits = hits.assign(status_note=None) if len(hits) and "status_note" not in hits else hits
    return Hits(hits, FACTS, together(held), ("number", "status_note"))

