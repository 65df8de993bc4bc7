"""An outgoing mail as a message of RFC 5322: text and HTML, one Message-ID, one thread a school."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from auditor.model.mail import OutgoingMail


def message_of(mail: OutgoingMail, sender: str, now: datetime) -> EmailMessage:
    """Given a mail, the address it comes from and this instant, return the message. Raise ValueError if an address or the subject is no
    single line (EmailMessage refuses line ends in a header)."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["From"] = Address(addr_spec=sender)
    message["To"] = [Address(addr_spec=one) for one in mail.recipients]
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.thread:
        message["In-Reply-To"] = f"<{mail.thread}>"
        message["References"] = f"<{mail.thread}>"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message
