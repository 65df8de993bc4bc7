"""Accounts that can be used and belong to nobody.

What: an account that is not known to be disabled, meant for a person, whose number, login name and address match nobody in HR, among the
pupils or in the externals register.
Why: nobody will ever report such an account as no longer needed, and nobody answers for what is done with it (OPOR, KERO 14.9).
Known false positives: an employee whose HR export lacks the number and the address; an external nobody declared yet; a test account.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_facts, account_hits, cells, chosen, status_note, together, unsure_accounts, weight_of_rights
from auditor.rules.settled import is_kind
from auditor.rules.shared_account.names import seems_shared
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of kind person, pupil or unknown that correlate with nobody; one with a generic name is a shared-account.

    Not configured is not failed (rules 1): without a source of pupils the accounts of kind pupil or unknown are not judged, in a
    system that may hold pupils; without an externals register nobody is a declared external, and each orphan says so.
    """
    loose = is_kind(view, "situation", "unmatched") & view.account_arrays["is_live"]
    pupil, unknown = is_kind(view, "kind", "pupil"), is_kind(view, "kind", "unknown")
    loose &= is_kind(view, "kind", "person") | pupil | unknown
    doubtful = chosen(loose & ~pupil)
    loose[doubtful[seems_shared(view, doubtful)]] = False
    coverage = view.snapshot.coverage
    has_pupils = coverage.state_of_role("pupils") is not SourceState.NOT_CONFIGURED
    perhaps_pupil = pupil | (unknown & _may_hold_pupils(view))
    unlisted = loose & perhaps_pupil & (not has_pupils)
    nameless = loose & pupil & has_pupils & pd.isna(view.account_arrays["number"])
    rows = chosen(loose & ~unlisted & ~nameless)
    has_externals = any(report.source == "register.externals" for report in coverage.sources)
    return account_hits(
        view, rows,
        facts={**account_facts(view, rows, "kind"), "status_note": status_note(view, rows),
               "externals_note": np.full(len(rows), None if has_externals else "not_configured", dtype=object)},
        use={**weight_of_rights(view, rows), "proposal": _proposals(view, rows)},
        unsure=together(unsure_accounts(view, chosen(unlisted), "pupils_not_configured"),
                        unsure_accounts(view, chosen(nameless), "pupil_without_number")),
    )


def _may_hold_pupils(view: AuditView) -> npt.NDArray[Any]:
    if not view.policy.pupil_systems:
        return np.ones(len(view.accounts), dtype=bool)
    return is_kind(view, "system", *view.policy.pupil_systems)


def _proposals(view: AuditView, rows: Rows) -> npt.NDArray[Any]:
    """The best candidate by name, only ever a proposal (rules 3)."""
    told = np.full(len(rows), None, dtype=object)
    candidates = np.asarray(cells(view.account_arrays["candidates"], rows), dtype=object)
    for place in chosen(pd.notna(candidates)):
        found = json.loads(candidates[place])
        if found:
            told[place] = f"{found[0].get('name') or '?'} ({found[0].get('person')})"
    return told
