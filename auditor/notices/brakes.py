"""When all mail waits for a person: too much news at once is more often a mistake of ours than of a school (promise P12)."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from auditor.model.coverage import Coverage
from auditor.model.errors import Reason

USUAL_LEAST = 10
TIMES_USUAL = 5
SCHOOLS_LEAST = 5
SCHOOLS_PART = 0.2


def why_held(new: int, usual: Sequence[int], schools_mailed: int, schools: int, coverage: Coverage) -> Reason | None:
    """Given how many findings are new tonight and were on each of the last 30 nights, how many schools would be mailed and how many there
    are, and how the sources stand, return why all mail to schools waits; None when it may go."""
    limit = TIMES_USUAL * max(median(usual) if usual else 0, USUAL_LEAST)
    if new > limit:
        return Reason("mail_held_news", {"new": new, "limit": int(limit)})
    most = max(SCHOOLS_LEAST, SCHOOLS_PART * schools)
    if schools_mailed > most:
        return Reason("mail_held_schools", {"schools": schools_mailed, "limit": int(most)})
    grown = [report.source for report in coverage.sources if report.holds_mail]
    if grown:
        return Reason("mail_held_growth", {"sources": ", ".join(grown)})
    return None
