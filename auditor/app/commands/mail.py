"""`auditor mail preview|enable|disable|send|release|drop`: what goes to whom, and when a person lets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from auditor.app.cli import Call
from auditor.app.clock import now
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.errors import UsageError
from reports.visible import visible

if TYPE_CHECKING:
    from auditor.config.load import Workspace
    from auditor.model.mail import OutgoingMail
    from auditor.store.outbox import StoredMail


def preview(call: Call) -> Exit:
    """Print every mail that is waiting, word for word, and, while directors receive none yet, what they would receive."""
    from auditor.app.telling import Teller
    from auditor.app.workspaces import open_store
    from auditor.model.mail import MailKind, MailState
    from auditor.store.outbox import UNSENT
    from reports.texts.own import own_words

    workspace = _workspace(call)
    assert workspace.config.mail is not None
    own_words(workspace.path("texts"), workspace.config.board.language)  # a mistake in them is said here, and does not stop a night
    with open_store(workspace) as store:
        waiting = store.mails(None if call.arguments.all else (*UNSENT, MailState.SENDING))
        shown: list[tuple[str, OutgoingMail]] = [(one.state.value, one.mail) for one in waiting]
        attempts = {one.mail.message_id: _attempt(call, one) for one in waiting if one.attempts and one.state is not MailState.SENT}
        would: list[OutgoingMail] = []
        last = store.last_scan()
        if store.mail_setting("directors") != "on" and last:
            told = Teller(workspace, workspace.config.mail, is_enabled=True)(store, last.number)
            would = [mail for mail in told.mails if mail.kind is MailKind.SCHOOL]
    school = call.arguments.school
    shown = [(state, mail) for state, mail in shown if not school or mail.school == school]
    would = [mail for mail in would if not school or mail.school == school]
    if call.is_json:
        print(json.dumps([{"state": state, **_plain(mail)} for state, mail in [*shown, *(("would", mail) for mail in would)]],
                         ensure_ascii=False, indent=2))
        return Exit.OK
    words = call.words
    for state, mail in shown:
        _print(call, words.text(f"mail.state.{state}"), mail, attempts.get(mail.message_id, ""))
    if would:
        print(words.text("mail.command.would") + "\n")
        for mail in would:
            _print(call, words.text("mail.state.would"), mail)
    if not shown and not would:
        print(words.text("mail.command.nothing"))
    return Exit.OK


def enable(call: Call) -> Exit:
    """From the next scan on directors receive mail. The first scans are for looking only (promise P12): what is open now was looked at, so
    that mail about it is not held as a storm."""
    from auditor.app.telling import REVIEWED, Teller
    from auditor.app.workspaces import open_store
    from auditor.model.mail import MailKind

    workspace = _workspace(call)
    assert workspace.config.mail is not None
    by = signed_by(call.arguments.by)
    with open_store(workspace) as store:
        last = store.last_scan()
        told = Teller(workspace, workspace.config.mail, is_enabled=True)(store, last.number).mails if last else ()
        schools = len({mail.school for mail in told if mail.kind is MailKind.SCHOOL})
        store.set_mail("directors", "on", by, now())
        if last:
            store.set_mail(REVIEWED, last.as_of.isoformat(), by, now())
    if call.is_json:
        print(json.dumps({"directors": "on", "by": by, "schools": schools}))
    else:
        print(call.words.text("mail.command.enabled", by=visible(by)))
        print(call.words.plural("mail.command.enabled_for", schools))
    return Exit.OK


def disable(call: Call) -> Exit:
    """Directors receive no mail any more; what is ready for them waits for a release."""
    from auditor.app.workspaces import open_store
    from auditor.model.mail import MailKind, MailState

    workspace = _workspace(call)
    by = signed_by(call.arguments.by)
    with open_store(workspace) as store:
        store.set_mail("directors", "off", by, now())
        for one in store.mails((MailState.QUEUED,)):
            if one.mail.kind is MailKind.SCHOOL:
                store.mark_mail(one.number, MailState.HELD, now(), f"disabled {by}")
    print(json.dumps({"directors": "off", "by": by}) if call.is_json else call.words.text("mail.command.disabled", by=visible(by)))
    return Exit.OK


def send(call: Call) -> Exit:
    """Hand over what is due. Exit 1 when a mail will never be accepted, or waits for another attempt."""
    from auditor.app.mailing import send_due
    from auditor.app.workspaces import open_store
    from auditor.model.mail import MailState

    workspace = _workspace(call)
    with open_store(workspace) as store:
        if call.arguments.dry_run:
            count = len(store.mails((MailState.QUEUED, MailState.SENDING)))
            print(json.dumps({"due": count}) if call.is_json else call.words.text("mail.command.dry_run", n=count))
            return Exit.OK
        sent = send_due(workspace, store, now)
    if call.is_json:
        print(json.dumps(vars(sent)))
    else:
        print(call.words.text("mail.command.sent", sent=sent.sent, failed=sent.failed, waiting=sent.waiting))
    return Exit.ERROR if sent.failed or sent.waiting else Exit.OK


def release(call: Call) -> Exit:
    """Let held mail go with the next sending."""
    return _held(call, "queued", "released")


def drop(call: Call) -> Exit:
    """Throw held mail away; its findings stay on the report and on the ladder."""
    return _held(call, "cancelled", "dropped")


def _held(call: Call, state: str, said: str) -> Exit:
    from auditor.app.workspaces import open_store
    from auditor.model.mail import MailState

    workspace = _workspace(call)
    by = signed_by(call.arguments.by)
    with open_store(workspace) as store:
        held = [one for one in store.mails((MailState.HELD,)) if not call.arguments.school or one.mail.school == call.arguments.school]
        for one in held:
            store.mark_mail(one.number, MailState(state), now(), f"{said} {by}")
        if held:
            store.set_mail(said, ",".join(str(one.number) for one in held), by, now())
    print(json.dumps({said: len(held), "by": by}) if call.is_json else call.words.text(f"mail.command.{said}", n=len(held), by=visible(by)))
    return Exit.OK


def _workspace(call: Call) -> Workspace:
    from auditor.app.workspaces import load_workspace

    workspace = load_workspace(call.config)
    if workspace.config.mail is None:
        raise UsageError("mail_not_configured")
    return workspace


def _plain(mail: OutgoingMail) -> dict[str, Any]:
    return {"message_id": mail.message_id, "kind": str(mail.kind), "school": mail.school, "to": list(mail.recipients), "subject": mail.subject,
            "text": mail.text}


def _attempt(call: Call, one: StoredMail) -> str:
    """How often a mail was tried, why it was not accepted, and when it is tried again."""
    from auditor.app.clock import ZONE
    from auditor.model.errors import Reason

    words = call.words
    why = f"{one.reason or '-'}. {words.remedy(Reason(one.reason, {})) if one.reason else ''}".strip()
    if one.next_at is None:
        return words.text("mail.command.attempts", n=one.attempts, why=why)
    return words.text("mail.command.attempt", n=one.attempts, at=one.next_at.astimezone(ZONE), why=why)


def _print(call: Call, state: str, mail: OutgoingMail, attempt: str = "") -> None:
    print(call.words.text("mail.command.head", state=state, to=", ".join(mail.recipients)))
    if attempt:
        print(f"  {attempt}")
    print(f"  {mail.subject}\n")
    print("\n".join(f"  {line}".rstrip() for line in mail.text.splitlines()) + "\n")
