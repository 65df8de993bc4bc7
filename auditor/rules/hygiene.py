"""How a rule about the state of accounts says what it found: per account, or once where a whole system lacks it.

A lack that most accounts of a system share is a setting of that system, and one finding (flood control: one line, never thousands). An
account about whose owner another finding speaks says nothing here, and what it had keeps standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_hits, accounts_as_rows, chosen, together, unsure_accounts
from auditor.rules.settled import is_spoken_for
from auditor.rules.view import AuditView

Flags = npt.NDArray[np.bool_]
Facts = Callable[[Rows], Mapping[str, Any]]
NO_REASON = None


def hygiene_hits(
    view: AuditView, bad: Flags, judged: Flags, facts: Facts, use: Facts = lambda rows: {}, unsure: Mapping[str, Flags] | None = None,
) -> Hits:
    """Given per account whether it is bad and whether it was looked at, and how to tell the facts of positions, return the hits.

    facts, use: evidence, and facts about use kept out of the fingerprint; unsure: reason -> accounts that could not be judged. Beside
    the facts of an account there is `number`: how many accounts share the lack, where that is most of the system (`systemic_share` of
    those judged, and `systemic_from` at least, both parameters), absent otherwise.
    """
    spoken = is_spoken_for(view)
    single = bad & ~spoken
    codes, names_of = view.account_arrays["system"].codes, view.account_arrays["system"].categories
    size = len(names_of)
    found, looked_at = (np.bincount(codes[which & ~spoken], minlength=size) for which in (bad, judged))
    is_systemic = (found >= view.parameters["systemic_from"]) & (found > looked_at * view.parameters["systemic_share"])
    whole = single & is_systemic[codes] if size else single
    rows = chosen(single & ~whole)
    told, about_use = facts(rows), use(rows)
    names = (*told, *about_use, "number")
    doubts = together(*_doubts(view, (bad & spoken) | whole, spoken, unsure or {}))
    if not is_systemic.any():
        hits = account_hits(view, rows, told, {**about_use, "number": np.full(len(rows), np.nan)}).rows
        return Hits(hits, names, doubts, (*about_use, "number"))
    systems = np.flatnonzero(is_systemic)
    lines = Columns({
        "system": names_of[systems].to_numpy(dtype=object), "number": found[systems].astype("float64")})
    single_ones = accounts_as_rows(view, rows).assign(**told, **about_use) if len(rows) else Columns()
    hits = together(single_ones, lines)
    return Hits(hits.assign(**{name: np.nan for name in names if name not in hits}), names, doubts, (*about_use, "number"))


def _doubts(view: AuditView, silent: Flags, spoken: Flags, unsure: Mapping[str, Flags]) -> list[Columns]:
    parts = [(chosen(silent), NO_REASON), *((chosen(which & ~spoken), reason) for reason, which in unsure.items())]
    return [unsure_accounts(view, rows, reason) for rows, reason in parts]
