"""Reading Microsoft Graph: pages by nextLink, from one host only, throttling honoured, always at an end."""

from __future__ import annotations

import email.utils
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from auditor.model.errors import ConnectorError
from connectors.entra.clouds import Cloud
from connectors.entra.deadline import Deadline
from connectors.entra.signing_in import Tokens
from connectors.entra.transport import body_of

ATTEMPTS = 8
"""How often one request is made at most; between them lies what Retry-After asks, else twice as long each time."""
LONGEST_PAUSE = 60.0
MOST_PAGES = 10_000
MOST_EMPTY = 50
"""Pages of one list, and empty pages in a row, at most: an endless list ends here or at the deadline."""
_LATER = frozenset({429, 500, 502, 503, 504})
_PLAIN = re.compile(r"[\x21-\x7e]+")


class Refused(ConnectorError):
    """Graph answered 400, 403 or 404. status: which; graph_code: the code of the error, which is stable; its words are not."""

    def __init__(self, status: int, graph_code: str, path: str) -> None:
        self.status, self.graph_code = status, graph_code
        super().__init__("graph_refused", status=status, answer=graph_code, endpoint=path)


@dataclass
class Reading:
    """What was read of one endpoint. digest: over the bodies in order; size: their bytes; rows: objects; requests: pages asked for."""

    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0
    rows: int = 0
    requests: int = 0


class Graph:
    """Reads lists and single objects. Every request is a GET below the configured cloud's address."""

    def __init__(self, cloud: Cloud, tokens: Tokens, session: requests.Session, deadline: Deadline) -> None:
        """Given the cloud, who signs in, the session and the deadline."""
        self.cloud, self.tokens, self.deadline = cloud, tokens, deadline
        self._session = session
        self.requests = 0

    def pages(self, path: str, reading: Reading | None = None) -> Iterator[list[dict[str, Any]]]:
        """Given a path below /v1.0/ with its options, yield the objects of each page, as they come.

        Raise Refused if Graph says no, ConnectorError if the list cannot be read to its end: then what was yielded is not the whole.
        """
        reading = reading if reading is not None else Reading()
        url: str | None = self.cloud.root + path
        seen: set[str] = set()
        empty = 0
        while url is not None:
            seen.add(url)
            if len(seen) > MOST_PAGES or empty > MOST_EMPTY:
                raise ConnectorError("graph_endless", endpoint=_named(path), pages=len(seen) - 1)
            page = self._page(url, path, reading)
            found = page.get("value")
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise ConnectorError("graph_no_list", endpoint=_named(path))
            reading.rows += len(found)
            empty = 0 if found else empty + 1
            url = self._next(page.get("@odata.nextLink"), path)
            if url in seen:
                raise ConnectorError("graph_endless", endpoint=_named(path), pages=len(seen))
            yield found

    def everything(self, path: str, reading: Reading | None = None) -> list[dict[str, Any]]:
        """As pages, all of them in one list."""
        return [one for page in self.pages(path, reading) for one in page]

    def one(self, path: str, reading: Reading | None = None) -> dict[str, Any]:
        """Given the path of a single object, return it."""
        return self._page(self.cloud.root + path, path, reading if reading is not None else Reading())

    def _next(self, link: object, path: str) -> str | None:
        """The link is data from outside: it goes where the token may go, or nowhere."""
        if link is None:
            return None
        if not isinstance(link, str) or not link.startswith(self.cloud.root) or not _PLAIN.fullmatch(link) or "\\" in link:
            raise ConnectorError("graph_foreign_link", endpoint=_named(path))
        return link

    def _page(self, url: str, path: str, reading: Reading) -> dict[str, Any]:
        is_renewed = False
        attempt = 0
        while True:
            attempt += 1
            reason, pause = "", None
            try:
                status, headers, body = self._get(url)
            except requests.exceptions.SSLError:
                raise ConnectorError("graph_certificate", host=self.cloud.graph) from None
            except requests.RequestException:
                reason = "graph_unreachable"
            else:
                if status == 200:
                    found = _object(body)
                    if found is not None:
                        reading.digest.update(body)
                        reading.size += len(body)
                        reading.requests += 1
                        return found
                    reason = "graph_cut"
                elif status == 401 and not is_renewed:
                    is_renewed = True
                    self.tokens.renew()
                    continue
                elif status == 401:
                    raise ConnectorError("graph_token_refused", endpoint=_named(path))
                elif status in _LATER:
                    reason, pause = "graph_busy", _retry_after(headers.get("Retry-After"))
                elif status in (400, 403, 404):
                    raise Refused(status, _code(body), _named(path))
                else:
                    raise ConnectorError("graph_status", status=status, endpoint=_named(path))
            if attempt == ATTEMPTS:
                raise ConnectorError(reason, endpoint=_named(path), attempts=attempt, host=self.cloud.graph)
            self.deadline.wait(pause if pause is not None else min(LONGEST_PAUSE, 0.5 * 2.0 ** (attempt - 1)))

    def _get(self, url: str) -> tuple[int, Any, bytes]:
        """One request: its status, headers and body."""
        token = self.tokens.token()
        self.requests += 1
        with self._session.get(
            url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False, timeout=self.deadline.timeouts(), stream=True,
        ) as answer:
            return answer.status_code, answer.headers, body_of(answer, self.deadline)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _code(body: bytes) -> str:
    found = _object(body) or {}
    error = found.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code[:80] if isinstance(code, str) and _PLAIN.fullmatch(code) else "?"


def _retry_after(value: str | None) -> float | None:
    """Retry-After as seconds, or as a date (RFC 9110 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _named(path: str) -> str:
    """The endpoint as a message shows it: without options, and without the ids in it."""
    return re.sub(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "{id}", path.split("?")[0])
