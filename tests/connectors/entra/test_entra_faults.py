"""What goes wrong between us and Microsoft, and what the connector makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from auditor.collect.delivery import Read, delivered
from auditor.model.coverage import SourceState
from auditor.model.errors import AuditorError, ConnectorError
from auditor.model.policy import SourceSettings
from auditor.model.reading import Page
from connectors.entra.source import EntraConnector
from tests.connectors.entra import double as fakes
from tests.connectors.entra.conftest import Passing
from tests.connectors.entra.double import Double, Fault, World, busy
from tests.connectors.entra.tenants import large

Connector = Callable[..., EntraConnector]
USERS = r"^/v1\.0/users"


def ending(connector: EntraConnector) -> tuple[list[Page], AuditorError | None]:
    pages: list[Page] = []
    try:
        pages.extend(connector.pages())
    except AuditorError as error:
        return pages, error
    return pages, None


def code(error: AuditorError | None) -> str | None:
    return error.reason.code if error else None


def state(pages: list[Page], error: AuditorError | None) -> SourceState:
    return delivered(Read(SourceSettings("m365", "system", "entra"), tuple(pages), error)).state


def two_pages() -> World:
    return large(700, 3)


@pytest.mark.parametrize("fault", [
    Fault(r"/members", busy(429, "7"), times=3), Fault(USERS, busy(503, None), times=5), Fault(r"/roleAssign", busy(504, "1"), times=2),
    Fault(USERS, fakes.cut, times=2), Fault(r"/groups", fakes.truncated, times=2), Fault(USERS, fakes.preceded),
    Fault(USERS, busy(429, "Wed, 21 Oct 2015 07:28:00 GMT"), times=1), Fault(r"userRegistration", busy(500, None), times=1),
], ids=["throttled", "burst of 503", "504", "cut body", "truncated JSON", "empty page first", "Retry-After as a date", "500"])
def test_a_passing_trouble_costs_time_and_nothing_else(start: Callable[..., Double], connector: Connector, fault: Fault) -> None:
    whole, error = ending(connector_of(start, connector))
    assert error is None
    double = start(two_pages())
    double.faults = [fault]
    pages, error = ending(connector())
    assert error is None
    assert fault.times == 0, "the fault was met"
    assert [rows for page in pages if (rows := len(page.tables.get("accounts", ())))] == [500, 200]
    assert pages[-1].tables["grants"].equals(whole[-1].tables["grants"])
    assert pages[-1].is_last


def connector_of(start: Callable[..., Double], connector: Connector) -> EntraConnector:
    start(two_pages())
    return connector()


def test_retry_after_is_waited_for_exactly(double: Double, connector: Connector, passing: Passing) -> None:
    double.faults = [Fault(USERS, busy(429, "7"), times=2)]
    assert ending(connector())[1] is None
    assert passing.slept == [7.0, 7.0]


def test_a_wait_past_the_deadline_is_not_begun(start: Callable[..., Double], connector: Connector, passing: Passing) -> None:
    double = start(two_pages())
    double.faults = [Fault(r"skiptoken", busy(429, "3600"))]
    pages, error = ending(connector(deadline_seconds=60))
    assert code(error) == "graph_deadline" and passing.slept == []
    assert len(pages) == 1 and state(pages, error) is SourceState.PARTIAL


def test_endless_throttling_ends(double: Double, connector: Connector, passing: Passing) -> None:
    double.faults = [Fault(USERS, busy(503, None), times=1000)]
    assert code(ending(connector())[1]) == "graph_busy"
    assert len(double.asked(USERS)) == 8 and sum(passing.slept) < 120


@pytest.mark.parametrize(("play", "expected"), [
    (fakes.cut, "graph_unreachable"), (fakes.truncated, "graph_cut"), (fakes.redirected, "graph_status"),
    (fakes.refused(410, "Gone"), "graph_status"), (fakes.expired, None),
], ids=["cut", "truncated", "redirect", "gone", "expired once"])
def test_dying_on_page_two_is_partial_and_an_expired_token_is_not_dying(
    start: Callable[..., Double], connector: Connector, play: Callable[..., None], expected: str | None,
) -> None:
    double = start(two_pages())
    double.faults = [Fault(r"skiptoken", play, times=1 if expected is None else 100)]
    pages, error = ending(connector())
    assert code(error) == expected
    assert state(pages, error) is (SourceState.OK if expected is None else SourceState.PARTIAL)
    assert not double.asked("elsewhere"), "a redirect is not followed"


def test_an_expired_token_is_renewed_once_and_a_second_refusal_ends_it(double: Double, connector: Connector) -> None:
    double.faults = [Fault(USERS, fakes.expired)]
    assert ending(connector())[1] is None
    assert double.issued == 2
    double.faults = [Fault(USERS, fakes.expired, times=10)]
    assert code(ending(connector())[1]) == "graph_token_refused"
    assert double.issued == 4, "asked for again once, and no more"


@pytest.mark.parametrize("link", [
    "https://evil.example/v1.0/users", "http://127.0.0.1/v1.0/users", "{graph}@evil.example/v1.0/users", "{graph}:444/v1.0/users",
    "{graph}\\@evil.example/v1.0/users", "//evil.example/v1.0/users", "{graph}/beta/users", "{graph}/v1.0/users?x= y", 7, "", ["{graph}/v1.0/users"],
])
def test_a_foreign_next_link_gets_nothing(start: Callable[..., Double], connector: Connector, link: object) -> None:
    double = start()
    given = link.replace("{graph}", double.graph) if isinstance(link, str) else link
    double.faults = [Fault(USERS, fakes.linked(given))]  # type: ignore[arg-type]
    before = len(double.requests)
    pages, error = ending(connector())
    assert code(error) == "graph_foreign_link" and state(pages, error) is SourceState.UNREACHABLE
    assert all(one.host == f"127.0.0.1:{double.port}" for one in double.requests[before:] if one.token)


def test_a_link_that_points_at_itself_ends(double: Double, connector: Connector) -> None:
    double.faults = [Fault(USERS, lambda handler, answer: fakes.linked(f"{handler.double.graph}{handler.path}")(handler, answer), times=9)]
    assert code(ending(connector())[1]) == "graph_endless"
    assert len(double.asked(USERS)) == 1


def test_an_endless_list_of_empty_pages_ends(double: Double, connector: Connector) -> None:
    def empty(handler: fakes.Handler, answer: fakes.Answer) -> None:
        fakes.endless(handler, fakes.Answer(200, {"value": []}))
    double.faults = [Fault(USERS, empty, times=100_000)]
    assert code(ending(connector())[1]) == "graph_endless"
    assert len(double.asked(USERS)) < 60


def test_an_endless_list_ends_at_the_deadline(double: Double, connector: Connector, passing: Passing) -> None:
    def slow(handler: fakes.Handler, answer: fakes.Answer) -> None:
        passing.time += 1.0
        fakes.endless(handler, answer)
    double.faults = [Fault(USERS, slow, times=100_000)]
    pages, error = ending(connector(deadline_seconds=30))
    assert code(error) == "graph_deadline" and state(pages, error) is SourceState.PARTIAL
    assert len(double.asked(USERS)) <= 31


def test_a_drip_of_bytes_ends_at_the_deadline(double: Double, connector: Connector, passing: Passing) -> None:
    def drip(handler: fakes.Handler, answer: fakes.Answer) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(40):
            passing.time += 1.0
            handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")
    double.faults = [Fault(USERS, drip)]
    assert code(ending(connector(deadline_seconds=20))[1]) == "graph_deadline"


@pytest.mark.parametrize("where", [USERS, "openid-configuration"])
def test_a_drip_of_single_bytes_ends_at_the_deadline(double: Double, connector: Connector, passing: Passing, where: str) -> None:
    def drip(handler: fakes.Handler, answer: fakes.Answer) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(60):
            passing.time += 1.0
            handler.wfile.write(b" ")
            time.sleep(0.005)
        handler.close_connection = True
    double.faults = [Fault(where, drip, times=9)]
    assert code(ending(connector(deadline_seconds=20))[1]) == "graph_deadline"


def test_a_packed_flood_is_not_unpacked(start: Callable[..., Double], connector: Connector) -> None:
    double = start(is_gzipped=True)
    double.faults = [Fault(USERS, lambda handler, _: handler.send(fakes.Answer(200, b" " * (80 << 20))), times=9)]
    assert code(ending(connector())[1]) == "graph_flood"


@pytest.mark.parametrize(("given", "fault", "expected"), [
    ({"secret": "env:WRONG"}, None, "login_refused"), ({"tenant": "no.such.tenant"}, None, "login_settings"),
    ({}, Fault("token$", busy(500, None), times=9), "login_broken"), ({}, Fault("openid-configuration", fakes.cut, times=9), "login_unreachable"),
    ({}, Fault("openid-configuration", fakes.redirected, times=9), "login_broken"),
])
def test_a_failing_sign_in_says_why_and_never_the_secret(
    double: Double, connector: Connector, given: dict[str, str], fault: Fault | None, expected: str,
) -> None:
    double.faults = [fault] if fault else []
    error = ending(connector(**given))[1]
    assert code(error) == expected
    assert fakes.SECRET not in str(error) + repr(error) and not double.asked("")


def test_the_login_that_points_elsewhere_is_not_followed(double: Double, connector: Connector) -> None:
    def elsewhere(handler: fakes.Handler, answer: fakes.Answer) -> None:
        handler.send(fakes.Answer(200, answer.body | {"token_endpoint": "https://evil.example/token"}))
    double.faults = [Fault("openid-configuration", elsewhere)]
    assert code(ending(connector())[1]) == "login_elsewhere"


def test_a_server_that_the_authorities_do_not_know_gets_nothing(
    double: Double, connector: Connector, monkeypatch: pytest.MonkeyPatch, authority: tuple[object, object],
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority[0]))
    assert code(ending(connector(ca_file=None))[1]) == "login_certificate", "a variable of the environment changes nothing"
    assert not double.requests


def test_a_stranger_behind_the_configured_address_is_found_out(connector: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.entra import clouds

    class Plain(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    there = f"https://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setitem(clouds.CLOUDS, "global", clouds.Cloud(there, there))
    assert code(ending(connector())[1]) in ("login_certificate", "login_unreachable")
    server.shutdown()
    server.server_close()


def test_a_list_that_is_no_list_is_an_error(double: Double, connector: Connector) -> None:
    double.faults = [Fault(USERS, lambda handler, _: handler.send(fakes.Answer(200, {"value": "no"})))]
    assert code(ending(connector())[1]) == "graph_no_list"


def test_a_tenant_without_users_is_no_answer(start: Callable[..., Double], connector: Connector) -> None:
    start(World())
    pages, error = ending(connector())
    assert code(error) == "graph_no_users" and state(pages, error) is not SourceState.OK


def test_the_secret_is_looked_up_when_the_source_is_read_and_its_failure_is_the_sources_own(double: Double, connector: Connector) -> None:
    def missing(reference: str) -> None:
        raise ConnectorError("secret_missing", reference=reference)
    from dataclasses import replace
    made = replace(connector(), secret_of=missing)  # type: ignore[arg-type]
    assert code(ending(made)[1]) == "secret_missing"
    assert [item.reason.code for item in made.check().items] == ["secret_missing"]


def test_the_day_of_the_read_is_the_dutch_day(double: Double, connector: Connector) -> None:
    assert {one.as_of for page in connector().pages() for one in page.receipts} == {date(2026, 11, 24)}
