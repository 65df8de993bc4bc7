"""Signing in as an application with msal, and what the token says the application may do."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from auditor.model.errors import ConnectorError
from connectors.entra.clouds import Cloud
from connectors.entra.deadline import Deadline
from connectors.entra.transport import body_of


@dataclass(frozen=True, repr=False)
class Credential:
    """What proves that we are the application: a certificate with its private key (PEM, preferred), or a secret. Never shown."""

    secret: str | None = None
    certificate: str | None = None
    passphrase: str | None = None

    def for_msal(self) -> Any:
        """Return it as msal takes it; msal works out the SHA-256 thumbprint of a certificate itself."""
        if self.certificate is None:
            return self.secret
        given = {"private_key": self.certificate, "public_certificate": self.certificate}
        return given | ({"passphrase": self.passphrase} if self.passphrase else {})


@dataclass(frozen=True)
class Answer:
    """An answer of the login, as much of it as msal looks at."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Raise requests.HTTPError for an answer that is an error."""
        if self.status_code >= 400:
            raise requests.HTTPError(str(self.status_code))


class LoginClient:
    """What msal speaks HTTP through: the configured login host and no other, no redirects, nothing past the deadline."""

    def __init__(self, session: requests.Session, login: str, deadline: Deadline) -> None:
        """Given a session, how the login's addresses begin, and the deadline."""
        self._session, self._login, self._deadline = session, login, deadline

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> Answer:
        """Return the answer to one GET."""
        return self._send("GET", url, params=params, headers=headers)

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> Answer:
        """Return the answer to one POST: the token is asked for this way, and nothing else is ever posted."""
        return self._send("POST", url, params=params, data=data, headers=headers)

    def close(self) -> None:
        """Nothing to do: the session is its owner's."""

    def _send(self, verb: str, url: str, **given: Any) -> Answer:
        if not url.startswith(self._login + "/"):
            raise ConnectorError("login_elsewhere", host=url.split("/")[2] if url.count("/") > 1 else url)
        with self._session.request(verb, url, allow_redirects=False, timeout=self._deadline.timeouts(), stream=True, **given) as answer:
            return Answer(answer.status_code, body_of(answer, self._deadline).decode("utf-8", "replace"), answer.headers)


class Tokens:
    """Gives the token of one application in one tenant. Asks for it once, and anew only when told to."""

    def __init__(
        self, cloud: Cloud, tenant: str, client_id: str, credential: Credential, session: requests.Session, deadline: Deadline,
    ) -> None:
        """Given where to sign in, as what and with what; nothing is sent before the first token is asked for."""
        self._cloud, self._tenant, self._client_id, self._credential = cloud, tenant, client_id, credential
        self._http = LoginClient(session, cloud.login, deadline)
        self._application: Any = None
        self._token = ""

    def token(self) -> str:
        """Return the token. Raise ConnectorError if signing in fails, with the provider's code and without its words."""
        if not self._token:
            self._token = self._asked()
        return self._token

    def renew(self) -> str:
        """Drop the token that was refused, from msal's cache as well, and return a new one."""
        if self._application is not None:
            self._application.remove_tokens_for_client()
        self._token = ""
        return self.token()

    def roles(self) -> frozenset[str]:
        """Return the application permissions that the token holds (its claim `roles`). It is read, never trusted: Graph decides."""
        body = self.token().split(".")
        if len(body) != 3:
            return frozenset()
        try:
            claims = json.loads(base64.urlsafe_b64decode(body[1] + "=" * (-len(body[1]) % 4)))
        except ValueError:
            return frozenset()
        roles = claims.get("roles") if isinstance(claims, dict) else None
        return frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()

    def _asked(self) -> str:
        import msal
        from msal.exceptions import MsalError

        try:
            if self._application is None:
                # Instance discovery would ask login.microsoftonline.com what it thinks of our host: only configured hosts are spoken to.
                self._application = msal.ConfidentialClientApplication(
                    self._client_id, client_credential=self._credential.for_msal(), authority=f"{self._cloud.login}/{self._tenant}",
                    instance_discovery=False, http_client=self._http)
            answer = self._application.acquire_token_for_client(scopes=[self._cloud.scope])
        except requests.exceptions.SSLError:
            raise ConnectorError("login_certificate", host=self._cloud.login) from None
        except requests.RequestException:
            raise ConnectorError("login_unreachable", host=self._cloud.login) from None
        except ConnectorError:
            raise
        except (MsalError, RuntimeError):
            raise ConnectorError("login_broken", host=self._cloud.login) from None
        except (ValueError, KeyError, TypeError):
            # msal says with these that the tenant is unknown, the key is unreadable, or an answer was no JSON.
            raise ConnectorError("login_settings", tenant=self._tenant) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            codes = answer.get("error_codes") if isinstance(answer, dict) else None
            code = f"AADSTS{codes[0]}" if isinstance(codes, list) and codes else str(dict(answer or {}).get("error", "?"))[:60]
            raise ConnectorError("login_refused", answer=code)
        return token
