"""LDAP messages from a socket, as they arrive, until a deadline: a server that is silent or drips costs its own source no more than that."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from auditor.model.errors import ConnectorError
from connectors.active_directory.ber import Malformed, Message, message_end, opened

_CHUNK = 16 * 1024
"""Bytes: the largest record of TLS."""


class Deadline:
    """Until when a source may take. seconds: from now; clock: seconds that only go forward."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = int(seconds)
        self._clock = clock
        self._end = clock() + seconds

    def left(self, most: float) -> float:
        """Given how long one step may take, return how long it may take now, in seconds. Raise ConnectorError past the deadline."""
        left = self._end - self._clock()
        if left <= 0:
            raise ConnectorError("ldap_deadline", seconds=self.seconds)
        return min(most, left)


class Socket(Protocol):
    """What is used of a socket, plain or with TLS."""

    def settimeout(self, value: float | None, /) -> None:
        """Set how long a call may wait, in seconds."""

    def recv(self, size: int, /) -> bytes:
        """Return what has arrived, at most `size` bytes; nothing at the end."""


class Stream:
    """The messages that arrive on one socket. received: bytes so far."""

    def __init__(self, socket: Socket, server: str, deadline: Deadline, silence: float) -> None:
        self.received = 0
        self._socket = socket
        self._server = server
        self._deadline = deadline
        self._silence = silence
        self._timeout = 0.0
        self._left: set[int] = set()
        self._data = b""
        self._at = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived that was not asked for yet."""
        return self._at == len(self._data)

    def goes_on_with(self, socket: Socket) -> None:
        """Given the same connection with TLS on it, read from that."""
        self._socket = socket
        self._timeout = 0.0

    def leave(self, number: int) -> None:
        """Given the number of a request nobody waits for any more, pass over its answers."""
        self._left.add(number)

    def answers(self, number: int) -> Iterator[tuple[bytes, Message]]:
        """Given the number of a request, yield the messages that answer it, each with the bytes it lies in; who reads stops at the last.

        Raise ConnectorError if the connection ends, is silent too long, passes the deadline, or brings what is no answer.
        """
        while True:
            try:
                end = message_end(self._data, self._at)
                while not end or end > len(self._data):
                    self._receive(end - self._at)
                    end = message_end(self._data, self._at)
                message = opened(self._data, self._at, end)
            except Malformed as why:
                raise ConnectorError("ldap_malformed", server=self._server, detail=str(why)) from None
            self._at = end
            if message.number == 0:
                raise ConnectorError("ldap_cut", server=self._server)  # notice of disconnection: the only thing nobody asked for
            if message.number in self._left:
                continue
            if message.number != number:
                raise ConnectorError("ldap_malformed", server=self._server, detail="an answer to no request of ours")
            yield self._data, message

    def _receive(self, needed: int) -> None:
        """Put what arrives behind what is there. needed: size of the message that has begun, so that a large one is not copied every time."""
        parts = [self._data[self._at:]]
        size = len(parts[0])
        while True:
            try:
                if (timeout := self._deadline.left(self._silence)) != self._timeout:
                    self._socket.settimeout(timeout)
                    self._timeout = timeout
                chunk = self._socket.recv(_CHUNK)
            except (TimeoutError, ssl.SSLWantReadError):
                self._deadline.left(self._silence)
                raise ConnectorError("ldap_silent", server=self._server, seconds=int(self._silence)) from None
            except OSError:
                raise ConnectorError("ldap_cut", server=self._server) from None
            if not chunk:
                raise ConnectorError("ldap_cut", server=self._server)
            parts.append(chunk)
            size += len(chunk)
            if size >= needed:
                break
        self.received += size - len(parts[0])
        self._data = b"".join(parts)
        self._at = 0
