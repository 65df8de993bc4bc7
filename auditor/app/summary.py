"""The few lines a person reads after a scan: not assessed first, then what changed, then where the report lies."""

from __future__ import annotations

from auditor.app.nightly import ScanOutcome
from auditor.app.nights import skipped_nights
from auditor.model.coverage import SourceState
from auditor.model.errors import Reason
from reports.texts import Words

CHANGES = ("new", "reopened", "reason_changed", "resolved", "persisting")


def print_summary(outcome: ScanOutcome, words: Words) -> None:
    """Given what a scan concluded, print its summary on standard output."""
    print(words.text("cli.summary.head", board=outcome.board_name, day=words.day(outcome.as_of), kind=words.text(f"cli.kind.{outcome.kind_name}")))
    for report in outcome.coverage.not_ok:
        state = report.state if report.state is not SourceState.OK else SourceState.PARTIAL
        reason = " ".join(words.say(reason) for reason in report.reasons)
        schools = ", ".join(sorted(report.missing_schools))
        key = "cli.summary.not_assessed_schools" if report.state is SourceState.OK else "cli.summary.not_assessed"
        print("  " + words.text(key, source=report.source, state=words.text(f"cli.state.{state.value}"), reason=reason, schools=schools))
        for fault in report.faults[:5]:
            print("      " + words.fault(fault))
    for fault in outcome.matrix_faults:
        print("  " + words.text("cli.summary.not_assessed_matrix"))
        print("      " + words.fault(fault))
    if outcome.is_before:
        print("  " + words.text("cli.summary.is_before", day=words.day(outcome.is_before)))
    if outcome.is_ahead:
        print("  " + words.text("cli.summary.is_ahead"))
    if outcome.skipped:
        print("  " + words.say(skipped_nights(outcome.skipped)))
    counts = outcome.counts
    print("  " + ", ".join(words.text(f"cli.change.{name}", n=counts[name]) for name in CHANGES if counts[name] or name in ("new", "resolved")))
    if counts["not_assessed"]:
        print("  " + words.plural("cli.summary.flagged", counts["not_assessed"]))
    if counts["renamed"]:
        print("  " + words.say(Reason("limit_renamed", {"n": counts["renamed"]})))
    print("  " + words.text("cli.summary.open", n=outcome.open_count, seconds=f"{outcome.seconds:.1f}"))
    if outcome.report is not None:
        print("  " + words.text("cli.summary.report", path=str(outcome.report)))
    elif outcome.is_dry_run:
        print("  " + words.text("cli.summary.dry_run"))
