"""Guests and externals whom nobody declared.

What: a usable account of kind external that correlates with nobody in the externals register, nor in HR.
Why: an external is let in only when the board declared who it is, for whom, and until when (UNIEK, OPOR); nothing else tells when the
account must go.
An external whose deployment ended is a leaver, and one whose deployment lies far ahead is too early: those are other findings.
Known false positives: an external who is declared under another address than the account has; a guest of a team that shares no files.
"""

from __future__ import annotations

import numpy as np

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, chosen, status_note, taken, weight_of_rights
from auditor.rules.settled import is_kind
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled external accounts that correlate with nobody. A member from another domain of the forest is none when that domain is read:
    the account there says whose it is, or is a finding itself.

    Without an externals register nobody is a declared external: then one finding a system says how many accounts wait for it.
    """
    loose = is_kind(view, "kind", "external") & is_kind(view, "situation", "unmatched") & view.accounts["is_live"].to_numpy()
    original = view.accounts["copy_of"].to_numpy()
    loose &= ~(taken(view.accounts["is_live"], original, False) | (taken(view.accounts["person_row"], original, -1) >= 0))
    rows = chosen(loose)
    has_register = any(report.source == "register.externals" for report in view.snapshot.coverage.sources)
    if has_register or not len(rows):
        found = accounts_as_rows(view, rows).assign(number=np.nan, status_note=status_note(view, rows), **weight_of_rights(view, rows))
        return Hits(found if len(rows) else Columns(), ("number", "status_note", "rights", "weight"), use_facts=("number", "rights", "weight"))
    counts = view.accounts["system"].take(rows).value_counts()
    counts = counts[counts > 0].sort_index()
    found = Columns({"system": counts.index.to_numpy(dtype=object), "number": counts.to_numpy(dtype="float64")})
    return Hits(found.assign(status_note=None, rights=np.nan, weight=np.nan), ("number", "status_note", "rights", "weight"),
                use_facts=("number", "rights", "weight"))
