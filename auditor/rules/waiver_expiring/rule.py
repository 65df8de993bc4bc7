"""Waivers that end soon.

What: a finding was waived, and the last day of the waiver lies within `notice_days`. After that day the finding is open again.
Why: a waiver has an end so that somebody decides again; a decision that comes too late is none.
Known false positives: a right that will be taken away before the waiver ends.
"""

from __future__ import annotations

import numpy as np

from auditor.model.columns import Columns
from auditor.model.finding import SUBJECT, Hits, State
from auditor.rules.hits import chosen
from auditor.rules.view import AuditView

FACTS = ("finding", "waived_rule", "ends_on", "until")


def check(view: AuditView) -> Hits:
    """One hit per waived finding whose waiver ends within the notice."""
    past = view.past.findings
    ends = past["state_until"].to_numpy(dtype="datetime64[s]")
    horizon = view.day + np.timedelta64(int(view.parameters["notice_days"]), "D")
    rows = chosen((past["state"] == State.WAIVED.value).to_numpy() & (ends >= view.day) & (ends <= horizon))
    if not len(rows):
        return Hits(Columns(), FACTS)
    found = past.take(rows).reset_index(drop=True)
    subject = {name: found[name].astype("object") for name in SUBJECT}
    about = {
        "finding": found["key"], "waived_rule": found["rule"].astype("object"), "ends_on": ends[rows],
        "until": np.datetime_as_string(ends[rows].astype("datetime64[D]")),
    }
    return Hits(Columns(subject | about), FACTS)
