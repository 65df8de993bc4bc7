"""What people decide about findings between scans: who, when, why, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from auditor.model.finding import State


class Step(StrEnum):
    """What a person may do with a finding. Resolved and reopened are set by scans only (rules 1, States)."""

    ACKNOWLEDGE = "acknowledge"
    WAIVE = "waive"
    FALSE_POSITIVE = "false_positive"
    WITHDRAW = "withdraw"


STATE_AFTER = {
    Step.ACKNOWLEDGE: State.ACKNOWLEDGED, Step.WAIVE: State.WAIVED, Step.FALSE_POSITIVE: State.FALSE_POSITIVE, Step.WITHDRAW: State.OPEN,
}
"""The state a finding is in after each step."""


@dataclass(frozen=True)
class FindingDecision:
    """One decision about one finding.

    key: of the finding; until: the last day on which it holds (an acknowledgement and a waiver have one); owner: who answers for a waiver;
    at: the instant, with its zone; by: who decided.
    """

    key: str
    step: Step
    reason: str
    by: str
    at: datetime
    until: date | None = None
    owner: str | None = None
