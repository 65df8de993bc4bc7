"""The core's steps in their order, from what was read to what changed. Pure: the same input gives the same answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from auditor.assess import AuditView, assess
from auditor.changes import compare
from auditor.collect import Collected, Read, collect
from auditor.correlate import known_people, link
from auditor.expect import judge
from auditor.model.assessment import Assessment, Changes
from auditor.model.judged import Judged
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Night:
    """Everything one scan concluded, in the order it was concluded."""

    collected: Collected
    people: People
    links: pd.DataFrame
    judged: Judged
    view: AuditView
    assessment: Assessment
    changes: Changes


def conclude(
    as_of: date, reads: Sequence[Read], matrices: tuple[Matrix, ...], policy: Policy, past: Past, progress: Progress = lambda stage: None,
) -> Night:
    """Given what was read and what is known of earlier scans, return what the night concludes.

    progress is told the stage that starts: collect, correlate, judge, assess, compare.
    """
    progress("collect")
    collected = collect(policy.board, as_of, reads, policy, past)
    del reads
    progress("correlate")
    people = known_people(collected.snapshot, policy, past)
    links = link(collected.snapshot, people, policy, past)
    progress("judge")
    judged = judge(collected.snapshot, people, links, matrices, policy, past)
    progress("assess")
    view = AuditView.build(as_of, policy, collected.snapshot, people, links, judged, matrices, past)
    assessment = assess(view)
    progress("compare")
    changes = compare(past, assessment, as_of)
    return Night(collected, people, links, judged, view, assessment, changes)
