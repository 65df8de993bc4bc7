"""`auditor findings ack|waive|false-positive|withdraw`: what a person decides about findings, signed and with a reason."""

from __future__ import annotations

import calendar
import json
import sys
from datetime import date

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.commands.findings import normal_key
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.decision import FindingDecision, Step
from auditor.model.errors import UsageError
from auditor.model.finding import Finding, State
from reports.visible import visible

LONGEST_WAIVER_MONTHS = 12
FILTERS = ("school", "system", "rule", "severity")


def acknowledge(call: Call) -> Exit:
    """Someone is on it, until a date."""
    return _decide(call, Step.ACKNOWLEDGE)


def waive(call: Call) -> Exit:
    """The board accepts it: with an owner, a reason and an end of at most 12 months ahead (rules 1, States)."""
    return _decide(call, Step.WAIVE)


def false_positive(call: Call) -> Exit:
    """It is not so; it comes back when its evidence changes."""
    return _decide(call, Step.FALSE_POSITIVE)


def withdraw(call: Call) -> Exit:
    """Take a decision back, in sight: the decision and its withdrawal both stay in the finding's history."""
    return _decide(call, Step.WITHDRAW)


def last_day_of_waiver(on: date) -> date:
    """Given the day of the decision, return the last day a waiver may hold: the same day 12 months later."""
    year = on.year + LONGEST_WAIVER_MONTHS // 12
    return date(year, on.month, min(on.day, calendar.monthrange(year, on.month)[1]))


def _decide(call: Call, step: Step) -> Exit:
    from auditor.app.reporting import stored_findings
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    until: date | None = getattr(wanted, "until", None)
    _refuse_day(step, until)
    by = signed_by(wanted.by)
    keys = [normal_key(key) for key in wanted.keys]
    filters = [name for name in FILTERS if getattr(wanted, name)]
    if bool(keys) == bool(filters):
        raise UsageError("decide_keys_or_filter")
    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        found = {one.key: one for one in stored_findings(workspace, store, call.words.language, with_resolved=True)}
        chosen = [key for key, one in found.items() if _is_meant(one, call, step)] if filters else keys
        if not chosen:
            raise UsageError("decide_nothing")
        is_sure = not filters or wanted.yes or _confirmed(call, [found[key] for key in chosen])
        if is_sure:
            decided = [FindingDecision(key, step, wanted.reason, by, now(), until, getattr(wanted, "owner", None)) for key in dict.fromkeys(chosen)]
            store.decide_findings(decided)
    _tell(call, step, chosen, until, by, is_sure)
    return Exit.OK if is_sure else Exit.USAGE


def _refuse_day(step: Step, until: date | None) -> None:
    if until is None:
        return
    if until < today():
        raise UsageError("decide_until_past", until=until.isoformat())
    if step is Step.WAIVE and until > last_day_of_waiver(today()):
        raise UsageError("decide_until_far", until=until.isoformat(), last=last_day_of_waiver(today()).isoformat())


def _is_meant(finding: Finding, call: Call, step: Step) -> bool:
    """Whether a filter means this finding: not solved, and (a withdrawal) with something to take back."""
    if finding.state is State.RESOLVED or (step is Step.WITHDRAW and finding.state is State.OPEN):
        return False
    return all(not getattr(call.arguments, name) or str(getattr(finding, name)) == getattr(call.arguments, name) for name in FILTERS)


def _confirmed(call: Call, found: list[Finding]) -> bool:
    """Show what a filter means and ask; without a terminal nothing is asked and nothing is done."""
    words = call.words
    if not call.is_json:
        heads = [words.text(f"report.column.{name}") for name in ("school", "system", "account")]
        rows = [[one.key, *(visible(value or "-") for value in (one.school, one.system, one.username or one.account)), one.title] for one in found]
        print(aligned([words.text("decide.key"), *heads, words.text("decide.title")], rows))
        print(words.plural("decide.found", len(found)))
    if call.is_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return input(words.text("decide.sure") + " ").strip().lower() in ("j", "ja", "y", "yes")


def _tell(call: Call, step: Step, keys: list[str], until: date | None, by: str, is_recorded: bool) -> None:
    wanted = call.arguments
    if call.is_json:
        print(json.dumps({
            "step": str(step), "keys": keys, "until": until.isoformat() if until else None, "owner": getattr(wanted, "owner", None),
            "reason": wanted.reason, "by": by, "is_recorded": is_recorded,
        }, ensure_ascii=False, indent=2))
    elif is_recorded:
        print(call.words.plural(f"decide.{step}", len(keys), by=by))
        if until:
            print(call.words.text("decide.until", until=until))
    else:
        print(call.words.text("decide.not_recorded"), file=sys.stderr)
