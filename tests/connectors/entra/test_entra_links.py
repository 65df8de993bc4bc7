"""The token goes to the configured host and to no other, whatever a nextLink says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.model.errors import ConnectorError
from connectors.entra.clouds import CLOUDS, Cloud
from connectors.entra.deadline import Deadline
from connectors.entra.graph import Graph
from connectors.entra.transport import new_session

CLOUD = Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com")
HOSTS = st.sampled_from([
    "graph.microsoft.com", "graph.microsoft.com.evil.example", "evil.example", "graph.microsoft.us", "GRAPH.MICROSOFT.COM", "graph.microsoft.com:443",
    "graph.microsoft.com:444", "graph.microsoft.com@evil.example", "evil.example#graph.microsoft.com", "evil.example\\graph.microsoft.com",
    "graph.microsoft.com\\.evil.example", "graph.microsoft.com%2eevil.example", "graph.microsoft.com%00.evil.example", "127.0.0.1", "[::1]",
    "graph.microsoft.com.", "ɡraph.microsoft.com", "xn--raph-61b.microsoft.com", "graph.microsoft.com\t", "user:pw@graph.microsoft.com", "",
])
SCHEMES = st.sampled_from(["https://", "http://", "HTTPS://", "https:/", "https:", "//", "ftp://", "https:\\\\", "javascript:", "", " https://", "https://\n"])
PATHS = st.one_of(
    st.sampled_from(["/v1.0/users?$skiptoken=1", "/v1.0", "/beta/users", "/v1.0/../../evil", "/v1.0//evil.example/x", "/v1.0/@evil.example/", "?x=1",
                     "#f", "/v1.0/users?next=https://evil.example/", "/v1.0/users\r\nHost: evil.example"]),
    st.text(max_size=30))
LINKS = st.one_of(st.builds(lambda scheme, host, path: scheme + host + path, SCHEMES, HOSTS, PATHS), st.text(max_size=60),
                  st.builds(lambda rest: "https://graph.microsoft.com" + rest, st.text(max_size=40)), st.integers(), st.none(), st.lists(st.text()))


class Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def read1(self, size: int = -1, decode_content: bool = False) -> bytes:
        return super().read1(size)


class Recording(requests.adapters.BaseAdapter):
    """Stands under the true requests session, where an address is what would be connected to."""

    def __init__(self, link: object) -> None:
        super().__init__()
        self.link, self.sent = link, list[requests.PreparedRequest]()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, str(request.url)
        answer.raw = Raw(json.dumps({"value": [{"id": "x"}], "@odata.nextLink": self.link if len(self.sent) == 1 else None}).encode())
        return answer

    def close(self) -> None:
        """Nothing to close."""


class Token:
    def token(self) -> str:
        return "canary"


def leaks(link: object) -> int:
    """How many requests carried the token to another place than Graph's."""
    adapter = Recording(link)
    session = new_session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.adapters.setdefault("", adapter)
    graph = Graph(CLOUD, Token(), session, Deadline(60))  # type: ignore[arg-type]
    try:
        list(graph.pages("users?$select=id"))
    except ConnectorError as error:
        assert error.reason.code in ("graph_foreign_link", "graph_endless", "graph_unreachable"), error
    found = 0
    for request in adapter.sent:
        there = requests.compat.urlparse(str(request.url))
        is_ours = (there.scheme, there.netloc) == ("https", "graph.microsoft.com")
        found += bool("Authorization" in request.headers and not is_ours)
    return found


def _tell(count: int) -> Any:
    @example("https://graph.microsoft.com@evil.example/v1.0/users")
    @example("https://graph.microsoft.com\\@evil.example/v1.0/")
    @example("https://graph.microsoft.com/v1.0/users?$skiptoken=2")
    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(LINKS)
    def told(link: object) -> None:
        assert leaks(link) == 0
    return told


def test_no_next_link_carries_the_token_elsewhere() -> None:
    _tell(150)()


@pytest.mark.proof
def test_a_thousand_next_links_carry_the_token_nowhere_else() -> None:
    _tell(1000)()


def test_the_right_link_is_followed_unchanged() -> None:
    adapter = Recording("https://graph.microsoft.com/v1.0/users?$select=id&$skiptoken=m~AQAnOzE%3D")
    session = new_session()
    session.mount("https://", adapter)
    pages = list(Graph(CLOUD, Token(), session, Deadline(60)).pages("users?$select=id"))  # type: ignore[arg-type]
    assert len(pages) == 2 and str(adapter.sent[1].url).endswith("$skiptoken=m~AQAnOzE%3D")


def test_every_cloud_is_on_the_list_of_hosts() -> None:
    assert {cloud.root for cloud in CLOUDS.values()} == {
        "https://graph.microsoft.com/v1.0/", "https://graph.microsoft.us/v1.0/", "https://dod-graph.microsoft.us/v1.0/",
        "https://microsoftgraph.chinacloudapi.cn/v1.0/"}
