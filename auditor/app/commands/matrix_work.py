"""`auditor matrix import|diff|backtest|propose`: making and changing matrices, and seeing what a change would do before it counts."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, ConfigError, ConnectorError, Fault, InputError
from reports.texts import Words

LEAST = 2
"""One person is no custom."""


def import_sheet(call: Call) -> Exit:
    """Make a draft matrix of a spreadsheet; exit 1 if no table was found in it."""
    from connectors.files.xlsx_reader import read_grid
    from matrices.draft import write_draft
    from matrices.importing import import_grid
    from matrices.sheet import read_csv

    file: Path = call.arguments.file
    system: str = call.arguments.system
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError([Fault(str(file), "matrix_import_not_a_sheet")])
    data = file.read_bytes()
    grid = read_grid(data, str(file)) if file.suffix.lower() == ".xlsx" else read_csv(data)
    found = import_grid(grid, file.name, system, call.arguments.name or system, call.words.text("matrix_work.edition"), known_functions(call))
    folder: Path = call.arguments.out or Path("drafts") / _plain_name(system)
    made: list[str] = []
    if found.draft is not None:
        from dataclasses import replace

        made = write_draft(replace(found.draft, remark=call.words.text("matrix_work.import.remark", file=file.name)), folder)
    rows = len(found.draft.rows) if found.draft else 0
    if call.is_json:
        unclear = [_fault(call.words, fault) for fault in found.faults]
        _print({"folder": str(folder) if made else None, "made": made, "rows": rows, "unclear": unclear})
    else:
        if found.draft is not None:
            print(call.words.text("matrix_work.import.made", name=found.draft.name, system=system, folder=str(folder), count=rows))
        if found.faults:
            print(call.words.text("matrix_work.import.unclear", count=len(found.faults)))
            for fault in found.faults:
                print(f"  {call.words.fault(fault)}")
        if made:
            print(call.words.text("matrix_work.import.next", folder=str(folder)))
    return Exit.OK if made else Exit.ERROR


def diff(call: Call) -> Exit:
    """Print what differs between two editions of a matrix and what it means. Raise AuditorError if they are about different systems."""
    from matrices.diff import diff_rows, diff_words
    from matrices.load import load_matrix

    old, new = load_matrix(call.arguments.old), load_matrix(call.arguments.new)
    if old.system != new.system:
        raise AuditorError("matrix_two_systems", old=old.system, new=new.system)
    rows, words = diff_rows(old, new), diff_words(old, new)
    people = _people_of(call)
    told: list[dict[str, Any]] = [
        {"kind": change.kind, "effect": change.effect, "function": change.function, "right": change.right, "before": change.before,
         "after": change.after, "columns": list(change.columns), "people": _count(people, change.function),
         "text": sentence(call.words, change.kind, change.before, change.after, change.columns)}
        for change in rows
    ]
    if call.is_json:
        _print({"system": new.system, "old": old.digest, "new": new.digest, "rows": told, "words": [vars(word) for word in words]})
        return Exit.OK
    text = call.words.text
    for change in told:
        who = "" if change["people"] is None else " " + call.words.plural("matrix_work.diff.people", change["people"])
        print(f"{text('matrix_work.kind.' + change['kind'])}  {text('matrix_work.effect.' + change['effect'])}  {change['text']}{who}")
    if not rows:
        print(text("matrix_work.diff.same"))
    nothing = text("matrix_work.diff.nothing")
    for word in words:
        print(text("matrix_work.diff.word", key=word.key, name=word.name, before=word.before or nothing, after=word.after or nothing))
    counts = {kind: sum(change.kind == kind for change in rows) for kind in ("added", "removed", "changed")}
    effects = {effect: sum(change.effect == effect for change in rows) for effect in ("wider", "narrower")}
    print(text("matrix_work.diff.total", **counts, **effects))
    return Exit.OK


def sentence(words: Words, kind: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None, columns: tuple[str, ...]) -> str:
    """Given one change of a row, return what it means, for whoever must decide on it."""
    row = after or before or {}
    function = words.text("matrix_work.diff.anybody") if row["function"] == "*" else row["function"]
    right = words.text("matrix_work.diff.any_right") if row["right"] == "*" else row["right"]
    if kind == "changed":
        nothing = words.text("matrix_work.diff.nothing")
        parts = [
            words.text("matrix_work.diff.column", column=words.text(f"matrix_work.column.{name}"), before=(before or {})[name] or nothing,
                       after=(after or {})[name] or nothing)
            for name in columns
        ]
        return words.text("matrix_work.diff.changed", function=function, right=right, columns=", ".join(parts))
    key = f"matrix_work.diff.{'forbidden_' if row['stance'] == 'forbidden' else ''}{kind}"
    limits = "".join((
        words.text("matrix_work.diff.level", level=row["level"]) if row["level"] else "",
        words.text(f"matrix_work.diff.scope.{row['scope']}") if row["scope"] else "",
        words.text("matrix_work.diff.conditions", conditions=row["conditions"]) if row["conditions"] else "",
        words.text("matrix_work.diff.holders", holders=row["holders"]) if row["holders"] else "",
        f" ({words.text('matrix_work.diff.draft')})" if row["mode"] == "draft" else "",
    ))
    return words.text(key, function=function, right=right, limits=limits)


def look_back(call: Call) -> Exit:
    """Print which findings would appear and vanish on the last nights if this draft were adopted; changes nothing."""
    from auditor.app.backtesting import backtest
    from auditor.app.nightly import read_matrices
    from auditor.app.reporting import school_names
    from auditor.app.workspaces import open_store
    from auditor.config.load import load, policy_of
    from matrices.load import load_matrix

    draft = load_matrix(call.arguments.draft)
    workspace = load(call.config)
    matrices, _ = read_matrices(workspace)
    begun = time.perf_counter()
    with open_store(workspace) as store:
        told = backtest(store, matrices, draft, policy_of(workspace.config), call.arguments.nights)
        if not told.nights:
            raise AuditorError("no_scan_yet")
        schools = school_names(store, told.nights[-1].scan)
    seconds = time.perf_counter() - begun
    if call.is_json:
        _print({
            "system": draft.system, "draft": draft.digest, "is_promoted": told.is_promoted, "judged": told.judged, "seconds": round(seconds, 3),
            "nights": [
                {"scan": night.scan, "as_of": night.as_of.isoformat(), "is_read": night.is_read, "before": night.before, "after": night.after,
                 "appearing": len(night.appearing), "vanishing": len(night.vanishing), "changed": len(night.changed),
                 "schools": night.per_school(), "rules": night.per_rule()}
                for night in told.nights
            ],
            "last": {
                "appearing": [_finding(key, rule) for key, rule in told.nights[-1].appearing.items()],
                "vanishing": [_finding(key, rule) for key, rule in told.nights[-1].vanishing.items()],
                "changed": [_finding(key, after) | {"previous_rule": before} for key, (before, after) in told.nights[-1].changed.items()],
            },
        })
        return Exit.OK
    text = call.words.text
    day = call.words.short_day
    first, last = told.nights[0], told.nights[-1]
    print(text("matrix_work.backtest.heading", system=draft.system, nights=len(told.nights), first=day(first.as_of), last=day(last.as_of)))
    if told.is_promoted:
        print(text("matrix_work.backtest.modes"))
    print()
    for night in told.nights:
        if not night.is_read:
            print(text("matrix_work.backtest.not_read", day=day(night.as_of), system=draft.system))
            continue
        print(text("matrix_work.backtest.night", day=day(night.as_of), appearing=len(night.appearing), vanishing=len(night.vanishing),
                   changed=len(night.changed), count=night.after, before=night.before))
    print()
    for rule, counts in last.per_rule().items():
        print(text("matrix_work.backtest.rule", rule=_rule(rule, call.words.language), **counts))
    for school, counts in last.per_school().items():
        name = schools.get(school, school) or text("matrix_work.backtest.no_school")
        print(text("matrix_work.backtest.school", school=name, appearing=counts["appearing"], vanishing=counts["vanishing"]))
    if not (last.appearing or last.vanishing or last.changed):
        print(text("matrix_work.backtest.same"))
    print(text("matrix_work.backtest.done", nights=len(told.nights), judged=told.judged, seconds=f"{seconds:.1f}"))
    return Exit.OK


def propose(call: Call) -> Exit:
    """Write a first matrix from what is held at the last scan, as a draft. Raise AuditorError if nothing is held there."""
    from auditor.app.backtesting import TABLES_JUDGED
    from auditor.app.workspaces import open_store
    from auditor.config.load import load, policy_of
    from auditor.correlate import known_people
    from auditor.expect import customs
    from auditor.model.matrix import NativeRight
    from auditor.model.snapshot import Snapshot
    from matrices.draft import Draft, write_draft
    from matrices.vocabulary import LEVELS

    workspace = load(call.config)
    policy = policy_of(workspace.config)
    system: str = call.arguments.system
    words = call.words
    with open_store(workspace) as store:
        last = store.last_scan()
        if last is None:
            raise AuditorError("no_scan_yet")
        window = store.window(last.number, last.number, (*TABLES_JUDGED, "links"), (system,))
        snapshot = Snapshot(
            last.board, last.as_of, {name: window.table(name, last.number) for name in TABLES_JUDGED}, store.coverage_at(last.number))
        people = known_people(snapshot, policy, store.people_past(last.number))
        found = customs(snapshot, people, window.links(last.number), policy, (system,), call.arguments.usual, LEAST)
    usual = [one for one in found if one.is_usual]
    strange = [one for one in found if not one.is_usual and one.unexplained]
    if not found:
        raise AuditorError("matrix_nothing_held", system=system)
    order = {level: place for place, level in enumerate(LEVELS)}
    levels: dict[str, list[str]] = {}
    for one in usual:
        if one.level and one.level not in levels.setdefault(one.right, []):
            levels[one.right].append(one.level)
    folder: Path = call.arguments.out or Path("drafts") / _plain_name(system)
    day = words.short_day(last.as_of)
    draft = Draft(
        system, system, words.text("matrix_work.edition"),
        [
            {"function": one.function, "right": one.right, "level": one.level, "scope": one.scope,
             "note": words.text("matrix_work.propose.row", held=one.held, people=one.people, share=round(100 * one.share))}
            for one in usual
        ],
        natives={one.right: NativeRight(one.right) for one in found},
        levels={right: sorted(known, key=lambda level: order.get(level.casefold(), len(order))) for right, known in levels.items()},
        functions=sorted({one.function for one in found} - {one.function for one in usual}, key=str.casefold),
        remark=words.text("matrix_work.propose.remark", day=day),
    )
    made = write_draft(draft, folder)
    holders = sum({one.function: one.people for one in found}.values())
    if call.is_json:
        _print({
            "system": system, "folder": str(folder), "made": made, "as_of": last.as_of.isoformat(),
            "rows": [_custom(one) for one in usual], "exceptions": [_custom(one) for one in strange],
        })
        return Exit.OK
    print(words.text("matrix_work.propose.made", system=system, folder=str(folder), count=len(usual), people=holders, day=day))
    if strange:
        print(words.text("matrix_work.propose.exceptions", count=len(strange)))
        for one in strange:
            level = f", {one.level}" if one.level else ""
            print(words.text("matrix_work.propose.exception", function=one.function, right=one.right, level=level, held=one.unexplained,
                             people=one.people))
    print(words.text("matrix_work.import.next", folder=str(folder)))
    return Exit.OK


def known_functions(call: Call) -> frozenset[str]:
    """Given a call, return the functions of the workspace's register, none without a workspace or a register that can be read (`register check`
    says what is wrong with it)."""
    from auditor.app.commands.register import read_register
    from auditor.config.load import load

    if not call.config.exists():
        return frozenset()
    workspace = load(call.config)
    file = workspace.path(workspace.config.folders.registers) / "functions.csv"
    if not file.exists():
        return frozenset()
    try:
        return frozenset(read_register(workspace, "functions")["function"].dropna().astype("str"))
    except (InputError, ConfigError, ConnectorError):
        return frozenset()


def _people_of(call: Call) -> Mapping[str, int] | None:
    """How many people have each function at the last scan, None without a workspace that was scanned."""
    if not call.config.exists():
        return None
    from auditor.app.workspaces import open_store
    from auditor.config.load import load, policy_of
    from auditor.correlate import known_people
    from auditor.model.snapshot import Snapshot

    workspace = load(call.config)
    if not workspace.path(workspace.config.folders.database).exists():
        return None
    with open_store(workspace) as store:
        last = store.last_scan()
        if last is None:
            return None
        tables = {name: store.table_at(name) for name in ("schools", "functions", "persons", "employments", "tasks", "externals")}
        snapshot = Snapshot(last.board, last.as_of, tables, store.coverage_at(last.number))
        people = known_people(snapshot, policy_of(workspace.config), store.people_past(last.number))
    work = people.engagements[people.engagements["counts"].to_numpy(dtype=bool)]
    counted = work[["person_row", "function"]].dropna().drop_duplicates()["function"].astype("str").str.casefold().value_counts()
    return {str(function): int(number) for function, number in counted.items()}


def _count(people: Mapping[str, int] | None, function: str) -> int | None:
    return None if people is None or function == "*" else people.get(function.casefold(), 0)


def _custom(one: Any) -> dict[str, Any]:
    return {
        "function": one.function, "right": one.right, "level": one.level or None, "scope": one.scope or None, "held": one.held,
        "people": one.people, "share": round(one.share, 3), "unexplained": one.unexplained}


def _finding(key: tuple[str, ...], rule: str) -> dict[str, str | None]:
    names = ("system", "account", "right", "scope", "school", "group")
    return {"rule": rule} | {name: text or None for name, text in zip(names, key, strict=True)}


def _fault(words: Words, fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "column": fault.column, "code": fault.code, "text": words.fault(fault)}


def _rule(slug: str, language: str) -> str:
    from auditor.rules.registry import spec_of

    return spec_of(slug).words[language].title


def _plain_name(system: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in system).strip("-") or "matrix"


def _print(told: object) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
