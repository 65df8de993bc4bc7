"""Accounts that may belong to more than one person.

What: a usable account that fits two or more people equally well, or a leaver and a running person who share a number, address or login name.
Why: as long as the owner is unknown, nobody can say whether the rights are right. A person decides once; the decision is kept.
Known false positives: a shared mailbox address entered for two colleagues; one person with two numbers that no alias joins yet.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_hits, chosen, status_note, weight_of_rights
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts whose situation is disputed, with the candidates side by side."""
    rows = chosen((view.accounts["situation"] == "disputed").to_numpy() & view.accounts["is_live"].to_numpy())
    return account_hits(view, rows, facts={"people": _people(view, rows), "status_note": status_note(view, rows)},
                        use=weight_of_rights(view, rows))


def _people(view: AuditView, rows: Rows) -> npt.NDArray[Any]:
    told = np.full(len(rows), None, dtype=object)
    for place, text in enumerate(view.accounts["candidates"].take(rows)):
        if isinstance(text, str):
            found = sorted({f"{one.get('name') or '?'} ({one.get('person')})" for one in json.loads(text)})
            told[place] = ", ".join(found) or None
    return told
