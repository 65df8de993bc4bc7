"""Accounts of people at an address the board does not manage.

What: a usable person account whose address lies outside the board's managed domains.
Why: login details go only to an address that the board manages (OPOR, UNIEK): whoever holds a private mailbox can renew the password, also
after leaving.
A declared external logs in with the address that was declared and is left alone.
Known false positives: a domain of the board that is missing from its list; a shared domain of schools that work together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, chosen, status_note, taken, together, unsure_accounts
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
    many = _is_shared(view, rows, domain, spoken)
    single = ~spoken & ~many
    found = accounts_as_rows(view, rows[single]).assign(domain=domain[single], number=np.nan, status_note=status_note(view, rows[single]))
    shared = pd.DataFrame({"system": accounts["system"].take(rows[many]).to_numpy(dtype=object), "domain": domain[many]})
    whole = Columns(shared.groupby(["system", "domain"]).size().reset_index(name="number").astype({"number": "float64"}))
    held = accounts_as_rows(view, rows[~single]).assign(domain=domain[~single], reason=None)
    hits = together(found, whole)
    hits = hits.assign(status_note=None) if len(hits) and "status_note" not in hits else hits
    return Hits(hits, FACTS, together(held), ("number", "status_note"))


def _is_shared(
    view: AuditView, rows: npt.NDArray[np.intp], domain: npt.NDArray[Any], spoken: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Of addresses about which nothing else speaks, whether at least `together_from` in the same system have the same domain."""
    frame = pd.DataFrame({"system": view.accounts["system"].take(rows).to_numpy(dtype=object), "domain": domain, "counts": (~spoken).astype(int)})
    total = frame.groupby(["system", "domain"])["counts"].transform("sum").to_numpy() if len(frame) else np.zeros(0)
    return np.asarray(~spoken & (total >= view.parameters["together_from"]), dtype=bool)
