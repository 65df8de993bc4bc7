"""What a controller may do to us: refuse, break off, drip, lie, send on. Each ends in time, with its own words, and nothing is taken for whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.collect.delivery import Read, delivered
from auditor.model.coverage import SourceState
from auditor.model.errors import ConnectorError
from auditor.model.policy import SourceSettings
from auditor.model.reading import Page
from auditor.model.secret import Secret
from connectors.active_directory.ber import Message
from connectors.active_directory.client import connect
from connectors.active_directory.faults import REFUSED_BINDS
from connectors.active_directory.settings import Controller, DirectorySettings
from connectors.active_directory.stream import Deadline
from reports.texts.catalogue import Words
from tests.connectors.active_directory.conftest import connector
from tests.servers import ldap_wire as wire
from tests.servers.certificates import authority, certificate

BASE = "DC=noord,DC=test"
TLS = tuple[Path, tuple[Path, Path]]
Says = Callable[[Message, bytes], "bytes | float | None"]
PASSWORD = "Niet.Verder.Vertellen"


def noord(tls: TLS, port: int, **more: Any) -> DirectorySettings:
    return replace(DirectorySettings(
        "ad-noord", "ad:noord", (Controller("127.0.0.1", port),), "reader@noord.test", lambda: Secret(PASSWORD), authorities=tls[0]), **more)


def directory(searched: Callable[[int, bytes], bytes | float | None]) -> Says:
    """A controller that lets us in, says what domain it has, and answers all further searches as told."""

    def says(request: Message, body: bytes) -> bytes | float | None:
        if request.kind == wire.BIND:
            return wire.done(request.number, 0x61)
        if request.kind != wire.SEARCH:
            return None
        if b"defaultNamingContext" in body:
            return wire.entry(request.number, "", {"defaultNamingContext": [BASE]}) + wire.done(request.number)
        if b"maxPwdAge" in body:
            return wire.entry(request.number, BASE, {"maxPwdAge": ["-9223372036854775808"]}) + wire.done(request.number)
        return searched(request.number, body)

    return says


def user(number: int, place: int) -> bytes:
    return wire.entry(number, f"CN=m{place},{BASE}", {
        "sAMAccountName": [f"m{place}"], "userAccountControl": ["512"], "objectGUID": [place.to_bytes(16, "big")], "primaryGroupID": ["513"]})


def group(number: int, name: str, **attributes: Any) -> bytes:
    return wire.entry(number, f"CN={name},{BASE}", {"sAMAccountName": [name], "objectGUID": [name.encode().ljust(16, b"0")], **attributes})


def asks_groups(body: bytes) -> bool:
    return b"objectSid" in body


def ending(settings: DirectorySettings) -> tuple[ConnectorError, SourceState]:
    """How a read ends, and what state that gives."""
    pages: list[Page] = []
    with pytest.raises(ConnectorError) as ended:
        pages.extend(connector(settings).pages())
    assert not any(page.is_last for page in pages)
    assert PASSWORD not in f"{ended.value}{ended.value.reason}"
    for language in ("nl", "en"):
        words = Words(language)
        assert words.say(ended.value.reason)
        assert words.remedy(ended.value.reason)
    return ended.value, delivered(Read(SourceSettings("ad-noord", "system", "ad:noord"), tuple(pages), ended.value)).state


@pytest.mark.parametrize(("code", "expected"), [
    (3, "ldap_time_limit"), (4, "ldap_size_limit"), (11, "ldap_admin_limit"), (10, "ldap_elsewhere"), (50, "ldap_not_allowed"), (51, "ldap_busy"),
    (52, "ldap_busy"), (53, "ldap_unwilling"), (80, "ldap_refused"), (1, "ldap_not_allowed"), (12, "ldap_control_missing"),
])
@pytest.mark.parametrize("first", [True, False])
def test_a_limit_or_refusal_makes_the_read_partial_even_after_good_entries(trusted: TLS, code: int, expected: str, first: bool) -> None:
    def searched(number: int, body: bytes) -> bytes:
        if first and asks_groups(body):
            return wire.done(number)
        return user(number, 1) + wire.done(number, code=code, say="no more")

    server = wire.Scripted(trusted[1], directory(searched))
    error, state = ending(noord(trusted, server.port))
    server.close()
    assert (error.reason.code, state) == (expected, SourceState.PARTIAL)


@pytest.mark.parametrize(("data", "code"), sorted(REFUSED_BINDS.items()))
def test_each_way_to_be_refused_has_its_own_words_and_no_other_controller_is_asked(trusted: TLS, data: str, code: str) -> None:
    say = f"80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563"
    server = wire.Scripted(trusted[1], lambda request, _: wire.done(request.number, 0x61, 49, say))
    settings = noord(trusted, server.port)
    error, state = ending(replace(settings, controllers=settings.controllers * 3))
    server.close()
    assert (error.reason.code, state, server.connections) == (code, SourceState.UNREACHABLE, 1)


def test_many_members_come_in_ranges_as_windows_gives_them(trusted: TLS) -> None:
    members = [f"CN=m{place},{BASE}" for place in range(3200)]

    def searched(number: int, body: bytes) -> bytes:
        if b"member;range=" in body:
            start = int(body.partition(b"member;range=")[2].partition(b"-")[0])
            stop = start + 1500 if start + 1500 < len(members) else len(members)
            name = f"member;range={start}-{'*' if stop == len(members) else stop - 1}"
            return wire.entry(number, f"CN=Allen,{BASE}", {name: members[start:stop]}) + wire.done(number)
        if asks_groups(body):
            return group(number, "Allen", member=[], **{"member;range=0-1499": members[:1500]}) + wire.done(number, cookie=b"")
        return b"".join(user(number, place) for place in range(3200)) + wire.done(number)

    server = wire.Scripted(trusted[1], directory(searched))
    page = list(connector(noord(trusted, server.port)).pages())[-1]
    server.close()
    grants = page.tables["grants"]
    assert (grants["right"] == "Allen").sum() == 3200
    assert "ldap_passwords_never_expire" in {note.code for note in page.warnings}


@pytest.mark.parametrize("following", ["member;range=0-*", "member;range=1400-*", "member;range=1500-1499", "member;lang-nl"])
def test_ranges_that_do_not_go_on_are_refused(trusted: TLS, following: str) -> None:
    def searched(number: int, body: bytes) -> bytes:
        if b"member;range=" in body:
            return wire.entry(number, f"CN=Allen,{BASE}", {following: [] if "1499" in following else ["CN=x"]}) + wire.done(number)
        return group(number, "Allen", **{"member;range=0-1499" if "lang" not in following else following: ["CN=x"]}) + wire.done(number)

    server = wire.Scripted(trusted[1], directory(searched))
    error, state = ending(noord(trusted, server.port))
    server.close()
    assert (error.reason.code, state) == ("ldap_malformed", SourceState.PARTIAL)


def test_a_member_from_another_domain_of_the_forest_is_kept_by_the_sid_the_controller_gives(trusted: TLS) -> None:
    there, guid = "CN=Wil,OU=Zuid,DC=zuid,DC=test", "0f0e0d0c-0b0a-0908-0706-050403020100"

    def searched(number: int, body: bytes) -> bytes:
        if b"1.2.840.113556.1.4.529" in body:
            named = [f"<GUID={guid}>;<SID=S-1-5-21-7-8-9-1108>;{there}", f"<GUID={guid[::-1]}>;CN=m1,{BASE}"]
            return wire.entry(number, f"CN=Staf,{BASE}", {"member": named}) + wire.done(number)
        if asks_groups(body):
            return group(number, "Staf", member=[there, f"CN=m1,{BASE}", f"CN=pc1,{BASE}"]) + wire.done(number)
        return user(number, 1) + wire.done(number) if b"lockoutTime" not in body else wire.done(number)

    server = wire.Scripted(trusted[1], directory(searched))
    page = list(connector(noord(trusted, server.port)).pages())[-1]
    server.close()
    foreign = page.tables["accounts"].set_index("account").loc["S-1-5-21-7-8-9-1108"]
    assert (foreign["kind"], foreign["synced_from"]) == ("external", guid)
    grants = page.tables["grants"]
    assert grants.loc[grants["account"] == "S-1-5-21-7-8-9-1108", "right"].tolist() == ["Staf"]
    assert {note.code: note.facts.get("count") for note in page.warnings} | {"ldap_foreign": 1, "ldap_members_not_read": 1} == {
        note.code: note.facts.get("count") for note in page.warnings}


def test_references_to_other_servers_are_never_followed(trusted: TLS) -> None:
    elsewhere = wire.Scripted(trusted[1], lambda request, _: wire.done(request.number, 0x61))

    def searched(number: int, body: bytes) -> bytes:
        reference = wire.answer(number, 0x73, wire.text(f"ldaps://127.0.0.1:{elsewhere.port}/{BASE}"))
        return (b"" if asks_groups(body) or b"lockoutTime" in body else user(number, 1)) + reference + wire.done(number)

    server = wire.Scripted(trusted[1], directory(searched))
    page = list(connector(noord(trusted, server.port)).pages())[-1]
    assert len(page.tables["accounts"]) == 1
    assert elsewhere.connections == 0
    for one in (server, elsewhere):
        one.close()


def test_a_controller_that_says_nothing_or_pages_for_ever_ends_at_its_deadline(trusted: TLS) -> None:
    silent = wire.Scripted(trusted[1], directory(lambda number, body: 30.0))
    begun = time.monotonic()
    error, state = ending(noord(trusted, silent.port, silence=1))
    assert (error.reason.code, state) == ("ldap_silent", SourceState.PARTIAL)
    endless = wire.Scripted(trusted[1], directory(lambda number, body: group(number, "Keten") + wire.done(number, cookie=b"again")))
    error, state = ending(noord(trusted, endless.port, deadline=2))
    assert (error.reason.code, state) == ("ldap_deadline", SourceState.PARTIAL)
    shut = wire.Scripted(trusted[1], lambda request, body: 30.0)
    error, _ = ending(noord(trusted, shut.port, deadline=2))
    assert error.reason.code == "ldap_deadline"
    assert time.monotonic() - begun < 10
    for one in (silent, endless, shut):
        one.close()


@pytest.mark.parametrize(("answer", "why"), [(lambda number: wire.done(number, 0x65, 51), "ldap_busy"), (lambda number: None, "ldap_cut")])
def test_a_controller_that_lets_us_in_and_then_answers_nothing_is_passed_over(trusted: TLS, answer: Any, why: str) -> None:
    first = wire.Scripted(
        trusted[1], lambda request, body: wire.done(request.number, 0x61) if request.kind == wire.BIND else answer(request.number))
    second = wire.Scripted(trusted[1], directory(
        lambda number, body: wire.done(number) if asks_groups(body) or b"lockoutTime" in body else user(number, 1) + wire.done(number)))
    both = (Controller("127.0.0.1", first.port), Controller("127.0.0.1", second.port))
    page = list(connector(noord(trusted, 0, controllers=both)).pages())[-1]
    assert page.is_last and len(page.tables["accounts"]) == 1
    assert [note.facts["why"] for note in page.warnings if note.code == "ldap_controller_failed"] == [why]
    with pytest.raises(ConnectorError, match=why):
        list(connector(noord(trusted, first.port)).pages())
    first.close()
    second.close()


@pytest.mark.parametrize(("said", "code"), [
    (lambda number: b"HTTP/1.1 400 Bad Request\r\n\r\n", "ldap_malformed"), (lambda number: b"\x30\x80\x02\x01\x01", "ldap_malformed"),
    (lambda number: b"\x30\x84\x7f\xff\xff\xff", "ldap_malformed"), (lambda number: wire.done(0, 0x78, 52), "ldap_cut"),
    (lambda number: wire.done(number + 1), "ldap_malformed"), (lambda number: wire.answer(number, 0x64, b"\x04\x05ab"), "ldap_malformed"),
    (lambda number: wire.done(number, 0x61), "ldap_malformed"), (lambda number: None, "ldap_cut"),
    (lambda number: wire.done(number)[:-3] + b"\x99\x99\x99", "ldap_malformed"),
])
def test_what_is_no_answer_ends_the_read(trusted: TLS, said: Any, code: str) -> None:
    server = wire.Scripted(trusted[1], directory(lambda number, body: said(number)))
    error, state = ending(noord(trusted, server.port, silence=2))
    server.close()
    assert (error.reason.code, state) == (code, SourceState.PARTIAL)


@pytest.mark.parametrize("security", ["ldaps", "starttls"])
@pytest.mark.parametrize("what", ["stranger", "name", "expired", "not_yet"])
def test_a_certificate_that_is_not_right_keeps_the_password_here(trusted: TLS, tmp_path: Path, what: str, security: Any) -> None:
    own = ("DNS:localhost", "IP:127.0.0.1")
    ca = authority(tmp_path / "stranger") if what == "stranger" else trusted[0]
    cert = {
        "stranger": lambda: certificate(ca, "stranger", own), "name": lambda: certificate(ca, "other", ("DNS:dc1.elders.test",)),
        "expired": lambda: certificate(ca, "old", own, begins="20200101000000Z", ends="20210101000000Z"),
        "not_yet": lambda: certificate(ca, "young", own, begins="20400101000000Z", ends="20410101000000Z"),
    }[what]()
    server = wire.Scripted(cert, directory(lambda number, body: None), starttls=security == "starttls")
    error, state = ending(noord(trusted, server.port, security=security))
    server.close()
    code = {"stranger": "unknown", "name": "name", "expired": "expired", "not_yet": "not_yet"}[what]
    assert (error.reason.code, state) == (f"ldap_certificate_{code}", SourceState.UNREACHABLE)
    assert wire.BIND not in server.verbs


def test_plain_ldap_on_the_port_of_ldaps_and_a_missing_authority_are_told(trusted: TLS, tmp_path: Path) -> None:
    import socket
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def plain() -> None:
        client, _ = listener.accept()
        client.sendall(wire.done(1, 0x61))
        client.close()

    threading.Thread(target=plain, daemon=True).start()
    error, _ = ending(noord(trusted, listener.getsockname()[1]))
    assert error.reason.code == "ldap_no_tls"
    error, _ = ending(noord((tmp_path / "nothing.pem", trusted[1]), listener.getsockname()[1]))
    assert error.reason.code == "ldap_authorities"
    listener.close()


def test_what_comes_before_tls_is_not_taken_for_the_controllers_word(trusted: TLS) -> None:
    class Injecting(wire.Scripted):
        def _connection(self, plain: Any) -> None:
            for request, _ in wire.messages(plain, b""):
                plain.sendall(wire.done(request.number, 0x78) + wire.done(request.number + 1, 0x61))
                return

    server = Injecting(trusted[1], lambda request, body: None)
    error, _ = ending(noord(trusted, server.port, security="starttls"))
    server.close()
    assert error.reason.code == "ldap_malformed"


def test_a_value_that_is_no_text_refuses_the_source(trusted: TLS) -> None:
    def searched(number: int, body: bytes) -> bytes:
        return wire.done(number) if asks_groups(body) else wire.entry(number, f"CN=m1,{BASE}", {"sAMAccountName": [b"\xff\xfe"]}) + wire.done(number)

    server = wire.Scripted(trusted[1], directory(searched))
    with pytest.raises(Exception, match="ldap_not_text"):
        list(connector(noord(trusted, server.port)).pages())
    server.close()


def test_a_bound_connection_does_not_keep_the_password(trusted: TLS) -> None:
    server = wire.Scripted(trusted[1], directory(lambda number, body: wire.done(number)))
    session = connect(noord(trusted, server.port), Deadline(10))
    connection = session._connection
    assert connection.request is None
    assert connection.password is None
    assert PASSWORD not in f"{connection!r}{vars(connection)}{vars(connection.strategy)}"
    session.close()
    server.close()
