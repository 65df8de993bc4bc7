"""One stored scan as the mail sees it: its findings, its names, its usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from auditor.app.reporting import school_names, system_titles
from auditor.app.wording import findings_in_words
from auditor.config.load import Workspace
from auditor.model.coverage import Coverage
from auditor.model.finding import Change, Finding, State
from auditor.model.mail import Line
from auditor.notices.ladder import TOLD_TO_SCHOOLS, Standing
from auditor.store import Store

LEAVERS = ("leaver-active", "vanished-from-hr", "used-after-leaving")


class NightView:
    """Given a workspace, an open store and a scan, what is told of it; what is asked twice is read once. day: that it judged; previous: day of the
    scan before, None on the first; absent: people who left, so that nothing is mailed to them."""

    def __init__(self, workspace: Workspace, store: Store, scan: int) -> None:
        self._workspace, self._store, self.scan = workspace, store, scan
        scans = store.scans()
        stored = next(one for one in scans if one.number == scan)
        before = max((one for one in scans if one.number < scan), key=lambda one: one.number, default=None)
        self.previous: date | None = before.as_of if before else None
        self.previous_at: datetime | None = before.started_at if before else None
        self.first_on = scans[0].as_of
        self.day, self.started_at, self.counts = stored.as_of, stored.started_at, stored.counts
        self.board = workspace.config.board.name
        self.rows: dict[str, dict[str, Any]] = {row["key"]: row for row in store.findings(scan, has_evidence=False)}
        self.coverage: Coverage = store.coverage_at(scan)
        self._schools, self._systems = school_names(store, scan), system_titles(workspace)
        self.schools = tuple(self._schools)
        self.open_schools = len(self._schools)
        self.usual = [night.new for night in store.trend(30, scan) if night.as_of < self.day]
        self.absent = frozenset(row["person"] for row in self.rows.values() if row["rule"] in LEAVERS and row["person"])

    def standing(self) -> list[Standing]:
        """What the ladder may know of each finding."""
        return [
            Standing(key, row["rule"], State(row["state"]), row["school"], bool(row["mails"]), row["not_assessed_since"] is None)
            for key, row in self.rows.items() if row["rule"] in TOLD_TO_SCHOOLS and row["school"] is not None
        ]

    @property
    def begins_week(self) -> bool:
        """Whether this is the first scan of its week: what was escalated is told once more then (promise P13)."""
        return self.previous is None or self.previous.isocalendar()[:2] != self.day.isocalendar()[:2]

    def is_asked(self, key: str) -> bool:
        """Whether somebody is still asked to do something about a finding: nobody acknowledged or waived it, and it could be assessed."""
        row = self.rows.get(key)
        return row is not None and row["state"] == State.OPEN and row["not_assessed_since"] is None

    def was_open_on(self, key: str, day: date | None) -> bool:
        """Whether a finding was there already on a day (None: no day) and did not come back since."""
        row = self.rows[key]
        return day is not None and row["first_seen_on"] <= day and not row["reopened"]

    def changed(self, change: Change) -> list[str]:
        """Keys of the findings that took this step tonight."""
        return [key for key, row in self.rows.items() if row["change"] == change]

    def heaviest(self, keys: Sequence[str]) -> list[str]:
        """These keys, the findings with the highest score first."""
        return sorted(keys, key=lambda key: (-self.rows[key]["score"], key))

    def findings(self, keys: Sequence[str]) -> list[Finding]:
        """These findings in words, in this order."""
        if not keys:
            return []
        place = {key: number for number, key in enumerate(keys)}
        found = findings_in_words(
            self._store.findings(self.scan, keys=keys), board=self.board, language=self._workspace.config.board.language, as_of=self.day,
            started_at=self.started_at, systems=self._systems, schools=self._schools)
        return sorted(found, key=lambda one: place[one.key])

    def rights_of(self, one: Finding) -> list[str]:
        """The rights that the account of a finding holds."""
        if not one.system or not one.account:
            return []
        held = self._store.table_at("grants", self.scan, {"system": one.system, "account": one.account})
        return sorted(held["right"].astype(str).unique())

    def line(self, one: Finding) -> Line:
        """A finding as one line."""
        account = one.username or one.account or one.right or ""
        return Line(one.key, one.title, self.school(one.school) if one.school else "", self.system(one.system), account, one.deadline_on)

    def school(self, code: str | None) -> str:
        """Name of a school."""
        return self._schools.get(code, code) if code else "-"

    def system(self, code: str | None) -> str:
        """Name of a system."""
        return self._systems.get(code, code) if code else ""
