"""A sign of life to whoever keeps watch from outside (Healthchecks and the like): asked for after a complete scan, so that silence is noticed."""

from __future__ import annotations

from typing import Any

from auditor.model.errors import DeliveryError

SECONDS = 20


def beat(url: str, session: Any) -> None:
    """Given an https address and a requests session, ask for it, and look at nothing but whether it answered. Raise DeliveryError if not:
    the address is a secret, no error repeats it."""
    if not url.startswith("https://"):
        raise DeliveryError("heartbeat_no_tls", is_final=True)
    try:
        answer = session.get(url, timeout=SECONDS, allow_redirects=False, stream=True)
        status = answer.status_code
        answer.close()
    except (OSError, ValueError) as error:  # requests' own errors are OSErrors; what is no address is a ValueError as well
        raise DeliveryError("heartbeat_unheard", detail=type(error).__name__) from None
    if status >= 400:
        raise DeliveryError("heartbeat_unheard", detail=str(status))
