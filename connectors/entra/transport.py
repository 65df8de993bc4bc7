"""The one session everything is asked through, and how an answer's body is taken: in pieces, so that neither a slow drip nor a flood outlives
its limit."""

from __future__ import annotations

import zlib

import requests
from urllib3.exceptions import HTTPError

from auditor.model.errors import ConnectorError
from connectors.entra.deadline import Deadline

LARGEST = 64 << 20
"""Bytes of one answer at most, after decompression; a page of 999 users is half a megabyte."""
_PIECE = 1 << 16
_GZIP = 31


class Direct(requests.Session):
    """A session that goes nowhere but where it is sent: an answer that points elsewhere is an answer like any other."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return nothing, whatever the answer says; else requests would read the body of a redirect whole, without our limits."""


def new_session(ca_file: str | None = None, proxy: str | None = None) -> requests.Session:
    """Given a file of certificate authorities to trust instead and a proxy, return a session that verifies certificates and that no variable of
    the environment and no netrc can change: these would win over `verify` and over the Authorization header."""
    session = Direct()
    session.trust_env = False
    session.verify = ca_file or True
    if proxy:
        session.proxies = {"https": proxy}
    session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "rechtenauditor"})
    return session


def body_of(answer: requests.Response, deadline: Deadline) -> bytes:
    """Given an answer of which only the head was read, return its body. Raise requests.RequestException if it is cut off, ConnectorError if it
    is too large or the deadline passes while it drips in."""
    is_packed = answer.headers.get("Content-Encoding", "").strip().lower() == "gzip"
    unpack = zlib.decompressobj(_GZIP)
    body = bytearray()
    try:
        # One receive a piece, unpacked here: the library's own way waits for a whole piece, however slowly it comes.
        while piece := answer.raw.read1(_PIECE, decode_content=False):
            deadline.check()
            body += unpack.decompress(piece, LARGEST + 1 - len(body)) if is_packed else piece
            if len(body) > LARGEST:
                raise ConnectorError("graph_flood", megabytes=LARGEST >> 20)
    except (HTTPError, OSError, zlib.error):
        raise requests.exceptions.ChunkedEncodingError("cut off") from None
    if is_packed and body and not unpack.eof:
        raise requests.exceptions.ChunkedEncodingError("cut off")
    return bytes(body)
