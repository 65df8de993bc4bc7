"""Mail through an SMTP server: encrypted with certificate and name checked, or not at all (smtplib checks nothing unless told to)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.model.errors import DeliveryError
from auditor.model.mail import OutgoingMail
from auditor.model.secret import Secret
from reports.deliver.message import message_of


@dataclass(frozen=True)
class Server:
    """A mail server. security: starttls or tls; ca_file: authorities to trust instead of the system's."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    timeout_seconds: int = 60


class Smtp:
    """Given a server, the sender's address and this instant, hands over one mail a connection."""

    def __init__(self, server: Server, sender: str, now: datetime) -> None:
        self._server, self._sender, self._now = server, sender, now

    def deliver(self, mail: OutgoingMail) -> None:
        """Hand over one mail. Raise DeliveryError: final when the server refuses it or the set-up is wrong, not final when it may work later."""
        server = self._server
        try:
            with self._connection() as connection:
                if server.user and server.password is not None:
                    connection.login(server.user, server.password.reveal())
                message = message_of(mail, self._sender, self._now)
                refused = connection.send_message(message, from_addr=self._sender, to_addrs=list(mail.recipients))
                if refused:  # some were accepted: sending again gives those a double they recognise, not sending again loses the others
                    raise smtplib.SMTPRecipientsRefused(refused)
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError("mail_certificate", host=server.host, detail=error.verify_message) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError("mail_no_tls", host=server.host) from error
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryError("mail_login", host=server.host) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = min(code for code, _ in error.recipients.values())  # one that may be accepted later is tried later
            raise DeliveryError("mail_refused", is_final=code >= 500, detail=str(code)) from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryError("mail_refused", is_final=error.smtp_code >= 500, detail=str(error.smtp_code)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError("mail_unreachable", detail=type(error).__name__) from error

    def _connection(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=context)
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
        return connection
