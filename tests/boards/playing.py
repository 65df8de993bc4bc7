"""Plays both nights of a generated organisation through the whole scan, and counts per rule what was missed and what was extra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from auditor.app.commands.demo import at_night
from auditor.app.nightly import run_scan
from auditor.app.reporting import report_data
from auditor.config.load import load
from auditor.model.decision import FindingDecision, Step
from auditor.model.finding import Finding
from auditor.store import Store
from tests.boards.generate import DAYS, generate
from tests.boards.truth import Expected, compare_with_truth

ENDS_SOON = date(2026, 12, 4)


def play(folder: Path, night: int, accounts: int, seed: int, rate: float) -> tuple[list[Finding], list[Expected]]:
    """Given a folder, the night, a size, a seed and a rate, write the organisation, scan it, and return what was found and what must be.

    Between the nights a share of the orphans, `rate` of them and at least one, is waived for ten days: the second night warns of each.
    """
    truth = generate(folder, accounts, seed, rate, night)
    workspace = load(folder / "auditor.toml")
    outcome = run_scan(workspace, DAYS[night], now=at_night(DAYS[night]), kind="nightly")
    assert outcome.coverage.not_ok == ()
    with Store(workspace.path(workspace.config.folders.database)) as store:
        found = list(report_data(workspace, store, "nl", outcome.scan).findings)
        waived = _stay(truth, rate)
        if night == 1:
            store.decide_findings([
                FindingDecision(one.key, Step.WAIVE, "Wordt uitgezocht", "proef", datetime(2026, 11, 23, 12, tzinfo=UTC), ENDS_SOON, "ICT")
                for one in found if one.rule == "orphan-account" and one.username in waived])
        else:
            truth += [Expected(night, "waiver-expiring", why="waived until 4 December") for _ in waived]
    return found, truth


def _stay(truth: Iterable[Expected], rate: float) -> list[str]:
    """Usernames of the orphans that are waived: the last ones of the first night, which are not repaired."""
    orphans = sorted(row.username for row in truth if row.rule == "orphan-account" and (row.night == 1 or row.change == "persisting"))
    return orphans[len(orphans) - max(1, round(rate * int(orphans[-1][1:]))):] if orphans else []


@dataclass
class Tally:
    """Per rule how much was planted, missed and extra."""

    planted: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    def add(self, found: Iterable[object], truth: Iterable[Expected]) -> None:
        """Given one night's findings and truth, count."""
        rows = list(truth)
        missed, extra = compare_with_truth(found, rows)
        self.planted += Counter(row.rule for row in rows)
        self.missed += Counter(row.rule for row in missed)
        self.extra += Counter(row["rule"] for row in extra)

    def lines(self, tests: Mapping[str, int], rules: Iterable[str]) -> list[str]:
        """Given the number of tests per rule and the rules in order, return the rows of a table."""
        return [f"| {rule} | {tests.get(rule, 0)} | {self.planted[rule]} | {self.missed[rule]} | {self.extra[rule]} |" for rule in rules]
