"""`auditor explain`: why a finding is there, or what an account may hold and why. Runs the same functions that judged."""

from __future__ import annotations

import json
import re
from typing import Any

from auditor.app.cli import Call
from auditor.app.clock import now
from auditor.app.commands.findings import normal_key
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, Reason
from reports.texts import Words
from reports.visible import visible

_KEY = re.compile(r"^[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}$")


def run(call: Call) -> Exit:
    """Print the chain. Raise AuditorError if neither a finding nor an account answers to the subject, or more accounts do."""
    from auditor.app.chains import chain_of_account, chain_of_finding
    from auditor.app.origins import origins_of
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    subject: str = call.arguments.subject
    language = call.words.language
    with open_store(workspace) as store:
        chain = chain_of_finding(workspace, store, normal_key(subject), language) if _KEY.match(subject) else None
        if chain is None:
            chain = chain_of_account(workspace, store, subject, call.arguments.system, language)
        if chain is None:
            raise AuditorError("nothing_to_explain", subject=subject)
        if "account" in chain:
            chain["origins"] = origins_of(workspace, store, chain["chain"]["account"], now(), with_lines=call.arguments.lines)
    if call.is_json:
        print(json.dumps(chain, ensure_ascii=False, indent=2, default=str))
    else:
        print("\n".join(visible(line) for line in _lines(chain, call.words)))
    return Exit.OK


def _lines(chain: dict[str, Any], words: Words) -> list[str]:
    lines: list[str] = []
    finding = chain.get("finding")
    if finding:
        lines += [f"{finding['key']}  {finding['title']}", f"  {finding['summary']}"]
        lines += [f"  {words.plural('cli.explain.since', finding['days_open'], day=finding['first_seen_on'])}"]
        lines += ["", words.text("cli.explain.rests_on")]
        lines += [f"  {_origin(origin, words)}" for origin in finding["sources"]]
        matrix = finding["evidence"].get("matrix")
        if matrix:
            lines += ["", words.text("cli.explain.matrix")]
            if matrix.get("line"):
                lines.append("  " + words.text("cli.explain.row", matrix=matrix["name"], line=matrix["line"], note=matrix.get("note") or "-"))
            lines += [f"  {words.say(Reason('lack_' + lack['what'], {'wanted': lack['wanted'] or '-', 'held': lack['held'] or '-'}))}"
                      for lack in matrix["lacks"]]
        lines += ["", words.text("cli.explain.steps")]
        lines += [f"  {number}. {step}" for number, step in enumerate(finding["advice"], 1)]
        lines += ["", words.text("cli.explain.history")]
        lines += [f"  {_event(event, words)}" for event in finding["history"]]
    account = chain.get("account")
    if account:
        lines += [""] if lines else []
        shown = account.get("username") or account["account"]
        status = words.text(f"cli.account.{account['status']}")
        lines.append(words.text("cli.explain.account", account=shown, system=account["system"], status=status))
        lines += [f"  {line}" for line in chain["whose"]]
        lines += ["", words.text("cli.explain.read_from")]
        lines += [f"  {_origin(origin, words)}" for origin in chain["origins"]] or [f"  {words.text('cli.explain.read_nowhere')}"]
        lines += ["", words.text("cli.explain.work")]
        lines += [f"  {line}" for line in chain["work"]] or [f"  {words.text('cli.explain.no_work')}"]
        lines += ["", words.text("cli.explain.rights")]
        for right in chain["rights"]:
            lines.append(f"  {right['title']}: {right['verdict']}")
            lines += [f"      {reason}" for reason in right["because"]]
        if not chain["rights"]:
            lines.append(f"  {words.text('cli.explain.no_rights')}")
        if chain["findings"]:
            lines += ["", words.text("cli.explain.findings", keys=", ".join(chain["findings"]))]
    return lines


def _origin(origin: dict[str, Any], words: Words) -> str:
    day = f" ({words.short_day(_day(origin['as_of']))})" if origin.get("as_of") else ""
    if origin.get("file"):
        if origin.get("row") is not None:
            return words.text("cli.explain.file", file=origin["file"], row=origin["row"], source=origin["source"]) + day
        shown = words.text("cli.explain.whole_file", file=origin["file"], source=origin["source"]) + day
        if origin.get("state", "ok") == "ok":
            return shown
        return words.text("cli.explain.earlier", shown=shown, state=words.text(f"cli.state.{origin['state']}"))
    state = words.text(f"cli.state.{origin['state']}") if origin.get("state") else ""
    return f"{origin['source']}: {state}{day}"


def _event(event: dict[str, Any], words: Words) -> str:
    line = f"{words.short_day(event['on'])}  {words.text('report.change.' + event['change'])}"
    return f"{line} ({visible(event['by'])}): {visible(event['reason'])}" if event.get("by") else line


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
