"""The page that the board gets once a quarter: composed at the first nightly scan of a quarter, about the quarter that ended."""

from __future__ import annotations

from datetime import timedelta

from auditor.app.night_view import NightView
from auditor.app.quarters import first_day, quarter
from auditor.model.finding import State
from auditor.model.mail import QuarterNotice
from auditor.store import Store
from reports.render import mail as bodies
from reports.texts import Words


def quarter_mail_body(night: NightView, store: Store, words: Words) -> bodies.Body | None:
    """Given the night, an open store and the words, return the mail about the quarter before this one; None if this is not the first scan of
    its quarter, or if there was none in the quarter before."""
    starts_on = first_day(night.day)
    if night.previous is None or night.previous >= starts_on:
        return None
    last = starts_on - timedelta(days=1)
    rows = store.findings(night.scan, resolved="all", has_evidence=False)
    nights = [one for one in store.trend(100, night.scan) if one.as_of <= last]
    told = quarter(rows, nights, last, night.first_on, night.schools)
    open_rows = [row for row in rows if row["state"] != State.RESOLVED]
    return bodies.quarter(QuarterNotice(
        night.board, f"{(last.month + 2) // 3}", told.starts_on, last, told.total.new, told.total.resolved, told.total.open, told.total.overdue,
        told.total.days_to_repair, sum(row["not_assessed_since"] is not None for row in open_rows),
        tuple((night.school(code), figures.open, figures.overdue) for code, figures in told.schools.items() if code and figures.open)), words)
