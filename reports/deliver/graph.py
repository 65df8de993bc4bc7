"""Mail through Microsoft Graph (POST /users/{sender}/sendMail, permission Mail.Send), as one MIME message, so that the Message-ID is ours."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

from auditor.model.errors import DeliveryError
from auditor.model.mail import OutgoingMail
from reports.deliver.message import message_of

SECONDS = 60


class GraphMail:
    """Given the address of Graph, a mailbox, where a token comes from, a requests session and this instant, hands over one mail a request.
    Redirects are never followed: the token goes to this host alone."""

    def __init__(self, host: str, sender: str, token: Callable[[], str], session: Any, now: datetime) -> None:
        self._url = f"{host}/v1.0/users/{sender}/sendMail"
        self._sender, self._token, self._session, self._now = sender, token, session, now

    def deliver(self, mail: OutgoingMail) -> None:
        """Hand over one mail. Raise DeliveryError: final for what Graph will never accept (400, 403, 404), else it may work later."""
        body = base64.b64encode(message_of(mail, self._sender, self._now).as_bytes())
        try:
            answer = self._session.post(
                self._url, data=body, headers={"Authorization": f"Bearer {self._token()}", "Content-Type": "text/plain"}, timeout=SECONDS,
                allow_redirects=False)
        except OSError as error:  # requests' own errors are OSErrors
            raise DeliveryError("mail_unreachable", detail=type(error).__name__) from error
        if answer.status_code != 202:
            raise DeliveryError("mail_refused", is_final=answer.status_code in (400, 403, 404), detail=str(answer.status_code))
