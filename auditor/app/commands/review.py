"""`auditor review`: record that a director checked who has access, when, and what was seen (OPOR, KERO)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, UsageError

if TYPE_CHECKING:
    from auditor.config.load import Workspace
    from auditor.store import Store

FOLDERS = "sharepoint"


def run(call: Call) -> Exit:
    """Seal the check in the store and enter it in the register, which the next scan reads. Raise AuditorError for what is not known."""
    from auditor.app.review_register import add_review
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    workspace = load_workspace(call.config)
    day: date = wanted.on or today()
    if day > today():
        raise UsageError("review_ahead", day=day.isoformat())
    by = signed_by(wanted.by)
    with open_store(workspace) as store:
        system, folder = _subject(workspace, store, wanted.subject, bool(wanted.folder))
        school = _school(store, wanted.school)
        review = {
            "system": system, "folder": folder, "school": school, "reviewed_on": day.isoformat(), "reviewed_by": by, "seen": wanted.seen,
        }
        store.log_review(review, by, now())
        path = add_review(workspace.path(workspace.config.folders.registers), review)
    if call.is_json:
        print(json.dumps({**review, "file": str(path)}, ensure_ascii=False))
    else:
        about = folder or system
        where = school or call.words.text("review.everywhere")
        print(call.words.text("review.recorded", about=about, school=where, day=call.words.short_day(day), by=by, file=str(path)))
    return Exit.OK


def _subject(workspace: Workspace, store: Store, subject: str, is_folder: bool) -> tuple[str, str]:
    """The system, and the folder's name where it is about one."""
    if is_folder:
        folders = sorted(set(store.table_at("folders")["folder"].astype("str")))
        return FOLDERS, _one_of(subject, folders, "no_such_folder")
    return _one_of(subject, sorted({source.system for source in workspace.config.sources.values() if source.system}), "no_such_system"), ""


def _school(store: Store, school: str | None) -> str:
    return _one_of(school, sorted(store.table_at("schools")["school"].astype("str")), "no_such_school") if school else ""


def _one_of(word: str, known: list[str], code: str) -> str:
    found = next((one for one in known if one.casefold() == word.casefold()), None)
    if found is None:
        raise AuditorError(code, known=", ".join(known) or "-", **{code.removeprefix("no_such_"): word})
    return found
