"""Speaks LDAP with one controller: TLS, simple bind, paged search, unbind. There is no other verb in it.

ldap3 makes the connection and writes the requests; answers are read by `ber` and `at_once`, which take a tenth of ldap3's own decoding.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.operation.bind import bind_operation
from ldap3.operation.extended import extended_operation
from ldap3.operation.search import search_operation
from ldap3.protocol.rfc2696 import paged_search_control

from auditor.model.errors import ConnectorError, Reason
from connectors.active_directory import ber
from connectors.active_directory.at_once import Rows, rows_of
from connectors.active_directory.faults import SUCCESS, BindRefused, refused, refused_bind
from connectors.active_directory.settings import Controller, DirectorySettings
from connectors.active_directory.stream import Deadline, Stream
from connectors.active_directory.tls import CheckedTls

BASE, SUBTREE = ldap3.BASE, ldap3.SUBTREE
MOST_ENTRIES = 2_000_000
"""A controller that keeps paging in circles must not fill the memory before the deadline."""

_PART = 512 * 1024
"""Bytes of entries that are read and handed over together."""

Given = ParamSpec("Given")
Read = TypeVar("Read")
_START_TLS = "1.3.6.1.4.1.1466.20037"
_CONNECT_SECONDS = 10
_RANGE = re.compile(r"(?i)([a-z][a-z0-9-]*);range=(\d+)-(\d+|\*)")


@dataclass(frozen=True)
class Failed:
    """A controller that could not be used, and why."""

    controller: Controller
    reason: Reason


class Session:
    """One bound connection. failed: controllers tried before it; digest: over every entry read; references: referrals met, never followed."""

    def __init__(self, connection: Any, stream: Stream, controller: Controller, deadline: Deadline, page: int) -> None:
        self.controller = controller
        self.failed: tuple[Failed, ...] = ()
        self.digest = sha256()
        self.entries = 0
        self.references = 0
        self._connection = connection
        self._stream = stream
        self._deadline = deadline
        self._page = page

    @property
    def certificate(self) -> Mapping[str, Any]:
        """The controller's certificate, as Python's ssl tells it."""
        told: Mapping[str, Any] = self._connection.socket.getpeercert()
        return told

    @property
    def protocol(self) -> str:
        """Which TLS is spoken, e.g. TLSv1.3."""
        return str(self._connection.socket.version())

    @property
    def received(self) -> int:
        """Bytes received so far."""
        return self._stream.received

    def search(
        self, base: str, condition: str, attributes: Sequence[str], scope: str = SUBTREE, controls: Sequence[Any] = (),
    ) -> Iterator[list[ber.Entry]]:
        """Given where to look, a filter (its values escaped), the attributes wanted, base or subtree, and further controls, yield the entries
        page by page; multi-valued attributes that come in ranges are completed before the last page ends.

        Raise ConnectorError if the controller refuses, breaks off or reaches a limit: what was yielded is then not everything.
        """
        names = ber.Names(tuple(attributes))
        ranged: list[ber.Entry] = []
        for part in self._parts(base, condition, attributes, scope, controls):
            entries = self._read(_entries_of, part, names)
            if names.has_options:
                ranged += [entry for entry in entries if any(";" in name for name in entry[1])]
                entries = [entry for entry in entries if not any(";" in name for name in entry[1])]
            if entries:
                yield entries
        for dn, values in ranged:
            yield [self._completed(dn, values, controls, names)]

    def rows(self, base: str, condition: str, attributes: Sequence[str], controls: Sequence[Any] = ()) -> Iterator[Rows]:
        """As search, of attributes with one value, in columns: for many entries that are not looked at one by one."""
        for part in self._parts(base, condition, attributes, SUBTREE, controls):
            yield self._read(rows_of, part, attributes)

    def one(self, base: str, attributes: Sequence[str], controls: Sequence[Any] = ()) -> dict[str, list[bytes]]:
        """Given a DN ("" for what the controller says of itself) and attributes, return their values. Raise ConnectorError if it is not there."""
        for part in self._parts(base, "(objectClass=*)", attributes, BASE, controls):
            for _, values in self._read(_entries_of, part, ber.Names(tuple(attributes))):
                return values
        raise ConnectorError("ldap_base_missing", server=str(self.controller), base=base or "-")

    def close(self) -> None:
        """Say goodbye, as far as the connection still allows."""
        try:
            self._connection.unbind()
        except (LDAPException, OSError):
            self._connection.strategy.close()

    def _parts(
        self, base: str, condition: str, attributes: Sequence[str], scope: str, controls: Sequence[Any],
    ) -> Iterator[list[bytes]]:
        """The contents of the entries, at most _PART bytes at a time: a page of large groups is never in memory as a whole."""
        number = self._ask(base, condition, attributes, scope, controls, b"")
        entries: list[bytes] = []
        size = 0
        try:
            while number:
                for data, message in self._stream.answers(number):
                    if message.kind == ber.ENTRY:
                        entries.append(data[message.start:message.stop])
                        size += message.stop - message.start
                        if size > _PART:
                            yield self._counted(entries)
                            entries, size = [], 0
                    elif message.kind == ber.REFERENCE:
                        self.references += 1
                    elif message.kind == ber.DONE:
                        cookie = self._done(data, message, base)
                        break
                    else:
                        raise self._malformed("an answer of another kind")
                # Asked before the rest of this page is handed over: the controller works while we do.
                number = self._ask(base, condition, attributes, scope, controls, cookie) if cookie else 0
                if entries:
                    yield self._counted(entries)
                    entries, size = [], 0
        except ConnectorError:
            if entries:  # what is wrong with them says more than that nothing followed
                yield self._counted(entries)
            raise
        finally:
            if number:
                self._stream.leave(number)

    def _counted(self, entries: list[bytes]) -> list[bytes]:
        for one in entries:
            self.digest.update(one)
        self.entries += len(entries)
        if self.entries > MOST_ENTRIES:
            raise ConnectorError("ldap_endless", server=str(self.controller), entries=MOST_ENTRIES)
        return entries

    def _read(self, reader: Callable[Given, Read], *given: Given.args, **named: Given.kwargs) -> Read:
        try:
            return reader(*given, **named)
        except ber.Malformed as why:
            raise self._malformed(str(why)) from None

    def _ask(self, base: str, condition: str, attributes: Sequence[str], scope: str, controls: Sequence[Any], cookie: bytes) -> int:
        seconds = int(self._deadline.left(self._deadline.seconds)) + 1
        try:
            request = search_operation(base, condition, scope, ldap3.DEREF_NEVER, list(attributes), 0, seconds, False, False, False)
        except LDAPException:
            raise ConnectorError("ldap_filter", filter=condition) from None
        paging = [paged_search_control(True, self._page, cookie)] if scope == SUBTREE else []
        return _sent(self._connection, self.controller, "searchRequest", request, [*paging, *controls])

    def _done(self, data: bytes, message: ber.Message, base: str) -> bytes:
        result = self._read(ber.result, data, message.start, message.stop)
        cookie = self._read(ber.cookie, data, message.stop, message.end)
        if result.code != SUCCESS:
            raise refused(result, str(self.controller), base)
        return cookie or b""

    def _completed(self, dn: bytes, values: dict[str, list[bytes]], controls: Sequence[Any], names: ber.Names) -> ber.Entry:
        """Windows gives 1,500 values at a time and says so in the name: `member;range=0-1499`, the last time `-*` (MS-ADTS 3.1.1.3.1.3.3)."""
        whole = {name: held for name, held in values.items() if ";" not in name}
        for name in values.keys() - whole.keys():
            found = _RANGE.fullmatch(name)
            if not found:
                raise self._malformed("an attribute with an unknown option")
            attribute, held, part = found[1], list(values[name]), found
            while part[3] != "*":
                after = int(part[3]) + 1
                more = self.one(dn.decode(), [f"{attribute};range={after}-*"], controls)
                following = next(((match, more[key]) for key in more if (match := _RANGE.fullmatch(key)) and match[1] == attribute), None)
                if following is None:
                    break
                if int(following[0][2]) != after or not following[1]:
                    raise self._malformed("a range that does not go on where the last one ended")
                part = following[0]
                held += following[1]
            whole[names[attribute.encode()]] = held
        return dn, whole

    def _malformed(self, detail: str) -> ConnectorError:
        return ConnectorError("ldap_malformed", server=str(self.controller), detail=detail)


def connect(settings: DirectorySettings, deadline: Deadline) -> Session:
    """Given the settings of a domain and its deadline, return a bound session with the first controller that can be used.

    Raise ConnectorError if there is none, BindRefused as soon as one refuses the account.
    """
    password = settings.password()
    failed: list[Failed] = []
    for controller in settings.controllers:
        try:
            session = _connected(settings, controller, deadline, password)
        except BindRefused:
            raise
        except ConnectorError as error:
            if error.reason.code == "ldap_deadline":
                raise
            failed.append(Failed(controller, error.reason))
            continue
        session.failed = tuple(failed)
        return session
    # What is wrong with a certificate says more than that another controller is switched off.
    told = next((one for one in failed if one.reason.code != "ldap_unreachable"), failed[0])
    raise ConnectorError(told.reason.code, **told.reason.facts)


def _connected(settings: DirectorySettings, controller: Controller, deadline: Deadline, password: Any) -> Session:
    where = str(controller)
    try:
        tls = CheckedTls(settings.authorities)
    except OSError:  # ssl.SSLError is one: no file, or no certificates in it
        raise ConnectorError("ldap_authorities", file=str(settings.authorities)) from None
    server = ldap3.Server(
        controller.host, controller.port, use_ssl=settings.security == "ldaps", get_info=ldap3.NONE, tls=tls,
        connect_timeout=deadline.left(_CONNECT_SECONDS))
    silence = max(1, int(deadline.left(settings.silence)))
    connection = ldap3.Connection(server, auto_referrals=False, receive_timeout=silence, check_names=False)
    try:
        connection.open(read_server_info=False)
        stream = Stream(connection.socket, where, deadline, settings.silence)
        if settings.security == "starttls":
            _start_tls(connection, controller, tls, stream)
        _bind(connection, controller, settings.user, password, stream)
    except ConnectorError:
        connection.strategy.close()
        raise
    except (LDAPException, OSError) as error:
        connection.strategy.close()
        deadline.left(1)
        if tls.failure:
            raise ConnectorError(tls.failure.code, **tls.failure.facts) from None
        raise ConnectorError("ldap_unreachable", server=where, detail=_short(error)) from None
    return Session(connection, stream, controller, deadline, settings.page)


def _entries_of(part: list[bytes], names: ber.Names) -> list[ber.Entry]:
    return [ber.entry(one, 0, len(one), names) for one in part]


def _start_tls(connection: Any, controller: Controller, tls: CheckedTls, stream: Stream) -> None:
    number = _sent(connection, controller, "extendedReq", extended_operation(_START_TLS))
    result = _result(stream, number, ber.EXTENDED_ANSWER, controller)
    if result.code != SUCCESS:
        raise ConnectorError("ldap_no_starttls", server=str(controller))
    if not stream.is_empty:  # what came before TLS is not the controller's word
        raise ConnectorError("ldap_malformed", server=str(controller), detail="more than an answer before TLS")
    tls.wrap_socket(connection)
    connection.tls_started = True
    stream.goes_on_with(connection.socket)


def _bind(connection: Any, controller: Controller, user: str, password: Any, stream: Stream) -> None:
    number = _sent(connection, controller, "bindRequest", bind_operation(3, ldap3.SIMPLE, user, password.reveal().encode(), auto_encode=False))
    connection.request = None  # ldap3 keeps what it sent, the password among it
    connection.strategy._outstanding.clear()
    result = _result(stream, number, ber.BIND_ANSWER, controller)
    if result.code != SUCCESS:
        raise refused_bind(result, str(controller), user)
    connection.bound = True


def _result(stream: Stream, number: int, kind: int, controller: Controller) -> ber.Result:
    data, message = next(stream.answers(number))
    if message.kind != kind:
        raise ConnectorError("ldap_malformed", server=str(controller), detail="an answer of another kind")
    try:
        return ber.result(data, message.start, message.stop)
    except ber.Malformed as why:
        raise ConnectorError("ldap_malformed", server=str(controller), detail=str(why)) from None


def _sent(connection: Any, controller: Controller, kind: str, request: Any, controls: Sequence[Any] | None = None) -> int:
    try:
        number: int = connection.send(kind, request, list(controls) if controls else None)
    except (LDAPException, OSError):
        raise ConnectorError("ldap_cut", server=str(controller)) from None
    return number


def _short(error: Exception) -> str:
    """What ldap3 says of a connection that failed, without its own words before it."""
    if isinstance(error, socket.gaierror):
        return "DNS"
    return str(error).rpartition(": ")[2][:120] or type(error).__name__
