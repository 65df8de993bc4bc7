"""A double of Microsoft's login and of Graph v1.0 over https on loopback, with the habits and the faults of the real ones.

Built from Microsoft's documentation: $select gives exactly what is asked for; a page of users holds 999, or 500 with signInActivity; members
of a kind the application may not read come with their id only; what needs a permission is refused, or silently null, as documented.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography import x509

TENANT = "7d1f0000-0000-4000-8000-00000000beef"
CLIENT = "c11e0000-0000-4000-8000-00000000cafe"
SECRET = "s3cret-canary"  # what no output may show
ALL = (
    "User.Read.All", "AuditLog.Read.All", "User-LifeCycleInfo.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory",
    "Application.Read.All", "AdministrativeUnit.Read.All",
)

USER_PROPERTIES = frozenset({
    "id", "userPrincipalName", "displayName", "mail", "accountEnabled", "userType", "ageGroup", "createdDateTime", "onPremisesSyncEnabled",
    "onPremisesImmutableId", "lastPasswordChangeDateTime", "employeeId", "companyName", "department", "officeLocation", "signInActivity",
    "employeeLeaveDateTime", "onPremisesExtensionAttributes",
})

BASIC = frozenset({"id", "userPrincipalName", "displayName", "mail"})
"""What User.ReadBasic.All shows of them: the rest comes as null, with 200."""


@dataclass
class World:
    """What the tenant holds. Lists of objects as Graph would give them with everything selected; members: group id -> (type, id)."""

    users: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    members: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    roles: list[dict[str, Any]] = field(default_factory=list)
    active: list[dict[str, Any]] = field(default_factory=list)
    eligible: list[dict[str, Any]] = field(default_factory=list)
    apps: list[dict[str, Any]] = field(default_factory=list)
    assigned: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    units: list[dict[str, Any]] = field(default_factory=list)
    unit_members: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    registrations: list[dict[str, Any]] = field(default_factory=list)
    sites: dict[str, str] = field(default_factory=dict)
    folders: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    granted: tuple[str, ...] = ALL
    has_p1: bool = True
    has_p2: bool = True


@dataclass
class Fault:
    """matches: a pattern of the path with its query; play: what happens instead; times: how often; after: how many such requests pass."""

    matches: str
    play: Callable[[Handler, Answer], None]
    times: int = 1
    after: int = 0


@dataclass
class Answer:
    """What the double was about to say."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    verb: str
    host: str
    path: str
    token: str | None


class Double:
    """Both services on one port; login answers as localhost, Graph as 127.0.0.1, so that they are two hosts to the client."""

    def __init__(self, world: World, server_file: Path, certificate: str | None = None, is_gzipped: bool = True) -> None:
        self.world, self.certificate, self.is_gzipped = world, certificate, is_gzipped
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.revoked: set[str] = set()
        self.issued = 0
        self.report_page = 1000
        self.user_page = 999
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.double = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server_file)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def login(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def graph(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> Double:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def asked(self, pattern: str) -> list[Request]:
        """Requests to Graph whose path matches."""
        return [one for one in self.requests if one.path.startswith("/v1.0/") and re.search(pattern, one.path)]

    # Login

    def token_answer(self, form: dict[str, list[str]]) -> Answer:
        if form.get("client_id") != [CLIENT] or form.get("grant_type") != ["client_credentials"] or form.get("scope") != [self.graph + "/.default"]:
            return Answer(400, {"error": "invalid_request", "error_codes": [900144], "error_description": "AADSTS900144"})
        if "client_assertion" in form:
            key = x509.load_pem_x509_certificate(self.certificate.encode()).public_key() if self.certificate else None
            try:
                jwt.decode(form["client_assertion"][0], key, algorithms=["PS256", "RS256"], audience=f"{self.login}/{TENANT}/oauth2/v2.0/token")
            except (jwt.InvalidTokenError, TypeError):
                return Answer(401, {"error": "invalid_client", "error_codes": [700027], "error_description": "AADSTS700027: bad assertion"})
        elif form.get("client_secret") != [SECRET]:
            return Answer(401, {"error": "invalid_client", "error_codes": [7000215], "error_description": f"AADSTS7000215 {form}"})
        self.issued += 1
        claims = {"roles": list(self.world.granted), "appid": CLIENT, "n": self.issued}
        token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims, "sig"))
        return Answer(200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})

    # Graph

    def answer(self, path: str, query: dict[str, list[str]], token: str | None) -> Answer:
        roles = _roles(token)
        if token is None or token in self.revoked:
            return _error(401, "InvalidAuthenticationToken")
        world, may = self.world, roles.__contains__
        select = query["$select"][0].split(",") if "$select" in query else None
        at = int(query.get("$skiptoken", ["0"])[0])

        def listed(found: list[dict[str, Any]], size: int) -> Answer:
            page: dict[str, Any] = {"value": [_selected(one, select) for one in found[at:at + size]]}
            if at + size < len(found):
                kept = "&".join(f"{name}={value[0]}" for name, value in query.items() if name != "$skiptoken")
                page["@odata.nextLink"] = f"{self.graph}/v1.0/{path}?{kept}{'&' if kept else ''}$skiptoken={at + size}".replace(" ", "%20")
            return Answer(200, page)

        def top(most: int, default: int = 100) -> int:
            return min(int(query.get("$top", [str(default)])[0]), most)

        denied = _error(403, "Authorization_RequestDenied")
        if path == "users":
            assert select, "users are never asked for without $select"
            if not may("User.Read.All") and not may("User.ReadBasic.All"):
                return denied
            if unknown := set(select) - USER_PROPERTIES:
                return _error(400, f"BadRequest_{sorted(unknown)[0]}")
            if top(1_000_000) > 999:
                return _error(400, "Request_BadRequest")
            if "signInActivity" in select:
                if not world.has_p1:
                    return _error(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
                if not may("AuditLog.Read.All"):
                    return denied
            found = world.users
            if not may("User-LifeCycleInfo.Read.All"):
                found = [one | {"employeeLeaveDateTime": None} for one in found]
            if not may("User.Read.All"):
                found = [{name: value if name in BASIC else None for name, value in one.items()} for one in found]
            if "$filter" in query:
                ids = re.findall(r"'([^']+)'", query["$filter"][0])
                assert query["$filter"][0].startswith("id in (") and len(ids) <= 15
                found = [one for one in found if one["id"] in ids]
            return listed(found, top(min(self.user_page, 500 if "signInActivity" in select else 999)))
        if path == "reports/authenticationMethods/userRegistrationDetails":
            if "$select" in query or "$top" in query:
                return _error(400, "Request_UnsupportedQuery")
            if not may("AuditLog.Read.All"):
                return denied
            return listed(world.registrations, self.report_page) if world.has_p1 else _error(
                403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
        if path == "groups":
            return listed(world.groups, top(999)) if may("GroupMember.Read.All") else denied
        if found := re.fullmatch(r"groups/([^/]+)(/(?:transitiveM|m)embers)?", path):
            return self._group(found[1], found[2], listed, top, may, select)
        if path.startswith("roleManagement/directory/"):
            if not may("RoleManagement.Read.Directory"):
                return denied
            name = path.removeprefix("roleManagement/directory/")
            if "Schedule" in name and not world.has_p2:
                return _error(400, "AadPremiumLicenseRequired")
            lists = {"roleDefinitions": world.roles, "roleAssignmentScheduleInstances": world.active,
                     "roleEligibilityScheduleInstances": world.eligible, "roleAssignments": world.active}
            return listed(lists[name], 1000)
        if path == "servicePrincipals":
            assert query["$filter"] == ["tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')"]
            return listed(world.apps, top(999)) if may("Application.Read.All") else denied
        if found := re.fullmatch(r"servicePrincipals/([^/]+)/appRoleAssignedTo", path):
            return listed(world.assigned.get(found[1], []), top(999)) if may("Application.Read.All") else denied
        if path == "directory/administrativeUnits":
            return listed(world.units, 1000) if may("AdministrativeUnit.Read.All") else denied
        if found := re.fullmatch(r"directory/administrativeUnits/([^/]+)/members", path):
            return listed(_typed(world.unit_members.get(found[1], [])), top(999)) if may("AdministrativeUnit.Read.All") else denied
        if found := re.fullmatch(r"sites/([^/:]+):/(.+)", path):
            site = world.sites.get(f"{found[1]}/{unquote(found[2])}")
            return (Answer(200, {"id": site}) if site else _error(404, "itemNotFound")) if may("Sites.Selected") else _error(403, "accessDenied")
        if found := re.fullmatch(r"sites/([^/]+)/drive/root:/(.+):/permissions", path):
            held = world.folders.get((found[1], unquote(found[2])))
            return (listed(held, 200) if held is not None else _error(404, "itemNotFound")) if may("Sites.Selected") else _error(403, "accessDenied")
        return _error(404, "Request_ResourceNotFound")

    def _group(self, group: str, tail: str | None, listed: Any, top: Any, may: Any, select: list[str] | None) -> Answer:
        known = {one["id"]: one for one in self.world.groups}
        if not may("GroupMember.Read.All"):
            return _error(403, "Authorization_RequestDenied")
        if group not in known:
            return _error(404, "Request_ResourceNotFound")
        if tail is None:
            return Answer(200, _selected(known[group], select))
        hidden = known[group].get("visibility") == "HiddenMembership" and not may("Member.Read.Hidden")
        if tail == "/members":
            return listed([] if hidden else _typed(self.world.members.get(group, [])), top(999))
        users = {one["id"]: one for one in self.world.users}
        found, waiting = dict[str, None](), [group]
        while waiting:
            for kind, member in self.world.members.get(waiting.pop(), []):
                if member not in found:
                    found[member] = None
                    waiting += [member] if kind == "group" else []
        return listed([{"@odata.type": "#microsoft.graph.user", **users[one]} for one in found if one in users], top(999))


class Handler(BaseHTTPRequestHandler):
    """One request: note it, answer it, or play the fault that is set for it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 20

    @property
    def double(self) -> Double:
        return self.server.double

    def handle_one(self, verb: str) -> None:
        held = self.headers.get("Authorization")
        token = held.removeprefix("Bearer ") if held else None
        host = str(self.headers.get("Host"))
        self.double.requests.append(Request(verb, host, self.path, token))
        answer = self._answered(verb, token, host)
        for fault in self.double.faults:
            if fault.times > 0 and re.search(fault.matches, unquote(self.path)):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                fault.play(self, answer)
                return
        self.send(answer)

    def _answered(self, verb: str, token: str | None, host: str) -> Answer:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(size).decode()) if size else {}
        if host.startswith("localhost"):
            if verb == "GET" and parts.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
                base = f"{self.double.login}/{TENANT}"
                return Answer(200, {"issuer": f"{base}/v2.0", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                                    "token_endpoint": f"{base}/oauth2/v2.0/token"})
            if verb == "POST" and parts.path == f"/{TENANT}/oauth2/v2.0/token":
                return self.double.token_answer(form)
            return Answer(400, {"error": "invalid_tenant"})
        if verb != "GET" or not parts.path.startswith("/v1.0/"):
            return _error(405, "Request_BadRequest")
        return self.double.answer(unquote(parts.path.removeprefix("/v1.0/")), parse_qs(parts.query), token)

    def send(self, answer: Answer, cut: int = 0) -> None:
        """Send an answer; `cut` drops that many bytes of the body it announced, and the connection with them."""
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        if self.double.is_gzipped and "gzip" in str(self.headers.get("Accept-Encoding")):
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])
        self.close_connection = self.close_connection or bool(cut)

    def do_GET(self) -> None:
        self.handle_one("GET")

    def do_POST(self) -> None:
        self.handle_one("POST")

    def do_PATCH(self) -> None:
        self.handle_one("PATCH")

    def do_PUT(self) -> None:
        self.handle_one("PUT")

    def do_DELETE(self) -> None:
        self.handle_one("DELETE")

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _error(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "words that nobody may branch on", "innerError": {"request-id": "x"}}})


def _selected(one: dict[str, Any], select: list[str] | None) -> dict[str, Any]:
    if select is None:
        return one
    return {name: value for name, value in one.items() if name in select or name == "id" or name.startswith("@")} | {
        name: None for name in select if name not in one and name != "signInActivity"}


def _typed(members: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"@odata.type": f"#microsoft.graph.{kind}", "id": one, "displayName": None} for kind, one in members]


def _roles(token: str | None) -> frozenset[str]:
    if not token:
        return frozenset()
    body = token.split(".")[1]
    return frozenset(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["roles"])


# Faults

def busy(status: int = 429, retry_after: str | None = "0") -> Callable[[Handler, Answer], None]:
    """Throttled, or out of order for a moment."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda handler, _: handler.send(Answer(status, {"error": {"code": "TooManyRequests"}}, headers))


def cut(handler: Handler, answer: Answer) -> None:
    """The connection breaks halfway through the body."""
    handler.send(answer, cut=20)


def truncated(handler: Handler, answer: Answer) -> None:
    """A whole answer whose JSON is not."""
    handler.send(Answer(200, json.dumps(answer.body).encode()[:-15]))


def refused(status: int, code: str) -> Callable[[Handler, Answer], None]:
    """Graph says no."""
    return lambda handler, _: handler.send(_error(status, code))


def expired(handler: Handler, _: Answer) -> None:
    """The token is not good any more; from now on it never is."""
    handler.double.revoked.add(handler.double.requests[-1].token or "")
    handler.send(_error(401, "InvalidAuthenticationToken"))


def redirected(handler: Handler, _: Answer) -> None:
    """Somewhere else, please."""
    handler.send(Answer(302, {}, {"Location": f"{handler.double.graph}/v1.0/elsewhere"}))


def linked(link: str) -> Callable[[Handler, Answer], None]:
    """The same page, with this nextLink."""
    return lambda handler, answer: handler.send(Answer(200, answer.body | {"@odata.nextLink": link}))


def endless(handler: Handler, answer: Answer) -> None:
    """Always another page, each with an address of its own."""
    link = f"{handler.double.graph}/v1.0/users?$select=id&$skiptoken=0&n={len(handler.double.requests)}"
    handler.send(Answer(200, answer.body | {"@odata.nextLink": link}))


def preceded(handler: Handler, answer: Answer) -> None:
    """An empty page first, that points to the page meant."""
    handler.send(Answer(200, {"value": [], "@odata.nextLink": f"{handler.double.graph}{handler.path}&again=1"}))
