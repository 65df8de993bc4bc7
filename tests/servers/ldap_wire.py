"""Controllers that are not real: one that writes down what passes between us and a real one, and one that says what a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from connectors.active_directory.ber import EXTENDED_ANSWER, Message, message_end, opened

BIND, UNBIND, SEARCH, EXTENDED = 0x60, 0x42, 0x63, 0x77
PAGING = b"1.2.840.113556.1.4.319"


def tlv(tag: int, *parts: bytes) -> bytes:
    """Given a tag and the content, return the element, its length in four bytes as Windows writes it."""
    body = b"".join(parts)
    return bytes([tag, 0x84]) + len(body).to_bytes(4, "big") + body


def text(value: str | bytes) -> bytes:
    """Given a text, return it as an octet string."""
    return tlv(0x04, value if isinstance(value, bytes) else value.encode())


def number(value: int, tag: int = 0x02) -> bytes:
    """Given a number, return it as an integer, or as an enumerated value."""
    return tlv(tag, value.to_bytes(4, "big", signed=True))


def answer(message: int, tag: int, *parts: bytes, controls: bytes = b"") -> bytes:
    """Given the number of a request, a tag and the content, return the message."""
    return tlv(0x30, number(message), tlv(tag, *parts), controls)


def entry(message: int, dn: str, attributes: dict[str, Iterable[str | bytes]]) -> bytes:
    """Given an entry, return the message that holds it."""
    listed = [tlv(0x30, text(name), tlv(0x31, *map(text, values))) for name, values in attributes.items()]
    return answer(message, 0x64, text(dn), tlv(0x30, *listed))


def done(message: int, tag: int = 0x65, code: int = 0, say: str = "", cookie: bytes | None = None) -> bytes:
    """Given how it ended, return the message that says so; cookie: of the paging control."""
    paging = b"" if cookie is None else tlv(0xA0, tlv(0x30, text(PAGING), text(tlv(0x30, number(0), text(cookie)))))
    return answer(message, tag, number(code, 0x0A), text(""), text(say), controls=paging)


class Server:
    """Listens on a free port of 127.0.0.1, each connection in a thread. starttls: plain until it is asked for."""

    def __init__(self, cert: tuple[Path, Path], starttls: bool = False) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*cert)
        self._starttls = starttls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.requests: list[tuple[int, bytes]] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def verbs(self) -> list[int]:
        """Tags of all requests so far."""
        return [tag for tag, _ in self.requests]

    def settle(self, verb: int, count: int) -> None:
        """Given a verb, wait until it has arrived so many times: who says goodbye does not wait for an answer. At most five seconds."""
        until = time.monotonic() + 5
        while self.verbs.count(verb) < count and time.monotonic() < until:
            time.sleep(0.01)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def serve(self, client: Any, first: bytes) -> None:
        """Speak with one client; first: what it sent already."""
        raise NotImplementedError

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._connection, args=(plain,), daemon=True).start()

    def _connection(self, plain: socket.socket) -> None:
        try:
            if self._starttls:
                for request, body in messages(plain, b""):
                    self.requests.append((request.kind, body))
                    plain.sendall(done(request.number, EXTENDED_ANSWER))
                    break
            with self._context.wrap_socket(plain, server_side=True) as client:
                self.serve(client, b"")
        except OSError:
            plain.close()


def messages(source: Any, data: bytes) -> Iterable[tuple[Message, bytes]]:
    """Given a socket and what was read of it, yield each message with its bytes, until it is closed."""
    while True:
        end = message_end(data, 0)
        while not end or end > len(data):
            chunk = source.recv(65536)
            if not chunk:
                return
            data += chunk
            end = message_end(data, 0)
        yield opened(data, 0, end), data[:end]
        data = data[end:]


class Scripted(Server):
    """Gives for each request what a function says: the bytes to send, None to close, a number to say nothing for so many seconds."""

    def __init__(self, cert: tuple[Path, Path], says: Callable[[Message, bytes], bytes | float | None], starttls: bool = False) -> None:
        self._says = says
        super().__init__(cert, starttls)

    def serve(self, client: Any, first: bytes) -> None:
        """Answer until there is nothing left to say."""
        for request, body in messages(client, first):
            self.requests.append((request.kind, body))
            said = self._says(request, body)
            if said is None:
                return
            if isinstance(said, bytes):
                client.sendall(said)
            else:
                time.sleep(said)


class Recorder(Server):
    """Passes everything on to a real controller and writes down each request; breaks off after so many finished searches."""

    def __init__(self, cert: tuple[Path, Path], real: tuple[str, int], ca: Path, starttls: bool = False, break_after: int | None = None) -> None:
        self._real = real
        self._trust = ssl.create_default_context(cafile=ca)
        self._break_after = break_after
        super().__init__(cert, starttls)

    def serve(self, client: Any, first: bytes) -> None:
        """Pass on, both ways."""
        with self._trust.wrap_socket(socket.create_connection(self._real), server_hostname=self._real[0]) as real:
            back = threading.Thread(target=self._back, args=(real, client), daemon=True)
            back.start()
            for request, body in messages(client, first):
                self.requests.append((request.kind, body))
                real.sendall(body)
            back.join(1)

    def _back(self, real: Any, client: Any) -> None:
        finished = 0
        try:
            for message, body in messages(real, b""):
                finished += message.kind == 0x65
                if self._break_after is not None and finished > self._break_after:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(body)
        except OSError:
            return
