"""The words for codes as a reader sees them: schools, systems, severities, steps, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from auditor.model.finding import Change, Finding, Severity, State
from auditor.model.report import ReportData
from reports.texts import Words

ORDER = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)
CHANGED = (Change.NEW, Change.REOPENED, Change.REASON_CHANGED)
STEPS = ("new", "reopened", "reason_changed", "persisting", "waived", "not_assessed", "resolved")
"""The fixed words of the diff, in the order they are shown."""
_RANK = {name: rank for rank, name in enumerate(STEPS)}
ABSENT = "–"
ZONE = ZoneInfo("Europe/Amsterdam")
"""Where every reader of a report is: an hour by which a breach must be told is an hour on their clock."""


class Labels:
    """Names for codes, as one reader sees them. A code without a name is shown as it is."""

    def __init__(
        self, words: Words, schools: Mapping[str, str] | None = None, systems: Mapping[str, str] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Given the words of a language and the names of schools, systems and rules, by code."""
        self.words = words
        self._schools = schools or {}
        self._systems = systems or {}
        self._titles = titles or {}
        self._named: dict[str, Mapping[str, str]] = {}
        self._told: dict[tuple[tuple[str, ...], str], Sequence[tuple[str, str, Mapping[str, str]]]] = {}
        self._days: dict[str, str] = {}
        self._readings: dict[tuple[str, str, str], str] = {}

    @classmethod
    def of(cls, data: ReportData, words: Words) -> Labels:
        """Given a report's data, return the names that go with it."""
        return cls(words, data.schools, data.systems, {slug: rule.title for slug, rule in data.rules.items()})

    def code(self, group: str, code: str | None) -> str:
        """Given a group of the report's words and a code, return its name; the code itself when there is none, a dash without code."""
        if not code:
            return ABSENT
        key = f"report.{group}.{code}"
        return self.words.text(key) if self.words.has(key) else code

    def school(self, code: str | None) -> str:
        """Given a school code, return its name; board-wide without one."""
        return self._schools.get(code, code) if code else self.words.text("report.board_wide")

    def system(self, code: str | None) -> str:
        """Given a system, return its name; a dash without one."""
        return self._systems.get(code, code) if code else ABSENT

    def rule(self, rule: str) -> str:
        """Given a rule's slug, return its title."""
        return self._titles.get(rule, rule)

    def title(self, finding: Finding) -> str:
        """Given a finding, return the title of its rule."""
        return finding.title or self.rule(finding.rule)

    def severity(self, severity: Severity) -> str:
        """Given a severity, return its word."""
        return self.code("severity", severity.value)

    def state(self, state: State) -> str:
        """Given a state, return its word."""
        return self.code("state", state.value)

    def person(self, finding: Finding) -> str:
        """Given a finding, return whom it is about: the name, else the number, else a dash."""
        return finding.display_name or finding.person or ABSENT

    def has_person(self, finding: Finding) -> bool:
        """Given a finding, return whether anybody is known whom it is about."""
        return bool(finding.display_name or finding.person)

    def account(self, finding: Finding) -> str:
        """Given a finding, return the account: the username, else the native id, else a dash."""
        return finding.username or finding.account or ABSENT

    def right(self, finding: Finding) -> str:
        """Given a finding, return the right it is about with its level, scope and group."""
        scope = f"value.scope.{finding.scope}"
        worded = self.words.text(scope) if self.words.has(scope) else finding.scope
        return " · ".join(part for part in (finding.right, finding.level, worded, finding.group) if part)

    def deadline(self, finding: Finding) -> str:
        """Given a finding, return the day by which something must be done; a dash when there is none."""
        at = instant(finding)
        return self.day(at.date() if at else finding.deadline_on)

    def deadline_time(self, finding: Finding) -> str:
        """Given a finding, return the time of its deadline when it has one to the minute (a breach has), else ""."""
        at = instant(finding)
        return f"{at:%H:%M}" if at else ""

    def fact(self, name: str, within: str = "") -> str:
        """Given the name of a fact, and of the one it is part of, return what a reader calls it; the name itself when there is no word."""
        key = next((key for key in (f"evidence.{within}_{name}", f"evidence.{name}") if self.words.has(key)), None)
        return self.words.text(key) if key else name.replace("_", " ").capitalize()

    def named(self, fact: str) -> Mapping[str, str]:
        """Given the name of a fact, return what its values are called, by value; a value that is not among them is shown as it is."""
        known = self._named.get(fact)
        if known is None:
            known = self._named[fact] = self._names(fact)
        return known

    def _names(self, fact: str) -> Mapping[str, str]:
        if fact == "schools" or fact.endswith("school"):
            return {**self._schools, "": self.school("")}
        if fact in ("system", "other_system"):
            return {**self._systems, "": self.system("")}
        table = f"value.{fact}"
        return {code: self.words.text(f"{table}.{code}") for code in self.words.names(table)}

    def told(self, names: tuple[str, ...], within: str = "") -> Sequence[tuple[str, str, Mapping[str, str]]]:
        """Given names of facts, and of the one they are part of, return each with what a reader calls it, and what its values are called."""
        known = self._told.get((names, within))
        if known is None:
            known = self._told[names, within] = [(name, self.fact(name, within), self.named(name)) for name in names]
        return known

    def reading(self, source: str, day: str, state: str) -> str:
        """Given a source, the day of its data (ISO) and its state, each "" when unknown, return them as one line."""
        known = self._readings.get((source, day, state))
        if known is None:
            parts = [source, self.words.text("report.findings.as_of", day=day) if day else "", self.code("source_state", state) if state else ""]
            known = self._readings[source, day, state] = " · ".join(filter(None, parts))
        return known

    def short_day(self, text: str) -> str:
        """Given a date as ISO text, return it short; the text itself where there is no such day."""
        known = self._days.get(text)
        if known is None:
            try:
                known = self.words.short_day(date.fromisoformat(text))
            except ValueError:
                known = text
            self._days[text] = known
        return known

    def day(self, on: date | None) -> str:
        """Given a date, return it short; a dash without one."""
        return self.words.short_day(on) if on else ABSENT


def instant(finding: Finding) -> datetime | None:
    """Given a finding, return its deadline as an instant, on the clock of its readers; None when it has no such deadline."""
    return on_clock(datetime.fromisoformat(finding.deadline_at)) if finding.deadline_at else None


def on_clock(at: datetime) -> datetime:
    """Given an instant (UTC when it has no zone), return it on the clock that the readers look at."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZONE)


def is_late(finding: Finding, as_of: date, now: datetime) -> bool:
    """Given a finding, the day and the instant of the scan, return whether its deadline had passed then."""
    at = instant(finding)
    if at:
        return at < on_clock(now)
    return finding.deadline_on is not None and finding.deadline_on < as_of


def step(finding: Finding) -> str:
    """Given a finding, return which of STEPS it shows: waived and not assessed go before what else changed."""
    if finding.state is State.RESOLVED or finding.change is Change.RESOLVED:
        return "resolved"
    if finding.state is State.WAIVED:
        return "waived"
    if finding.not_assessed_since or finding.change is Change.NOT_ASSESSED:
        return "not_assessed"
    return str(finding.change) if finding.change else "persisting"


def worst_first(finding: Finding) -> tuple[int, int, int, str]:
    """Sort key: score, then what changed, then the longest open, then the key (so that the order is the same every night)."""
    return (-finding.score, _RANK[step(finding)], -finding.days_open, finding.key)
