"""A message to a channel (a Teams card, or plain JSON): how many, never who."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.model.errors import DeliveryError

SECONDS = 30


def teams_card(title: str, lines: list[str]) -> dict[str, Any]:
    """Given a title and lines, return the Adaptive Card that Teams' workflows take."""
    body = [{"type": "TextBlock", "size": "Medium", "weight": "Bolder", "text": title, "wrap": True},
            *({"type": "TextBlock", "text": line, "wrap": True} for line in lines)]
    content = {"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4", "body": body}
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}]}


def post(url: str, body: Mapping[str, Any], session: Any) -> None:
    """Given an https address, a body and a requests session, post it as JSON. Raise DeliveryError if it is not accepted."""
    if not url.startswith("https://"):
        raise DeliveryError("mail_no_tls", is_final=True, host=url.partition("://")[0])
    try:
        answer = session.post(url, data=json.dumps(body, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"},
                              timeout=SECONDS, allow_redirects=False)
    except OSError as error:
        raise DeliveryError("mail_unreachable", detail=type(error).__name__) from error
    if answer.status_code not in (200, 201, 202, 204):
        raise DeliveryError("mail_refused", is_final=400 <= answer.status_code < 500, detail=str(answer.status_code))
