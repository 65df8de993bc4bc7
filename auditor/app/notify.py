"""Tells systemd how we are (sd_notify(3)): a datagram to the socket it names. Does nothing when nobody asked."""

from __future__ import annotations

import os
import socket


def notify(*lines: str) -> None:
    """Given lines as READY=1, WATCHDOG=1 or STATUS=..., tell them. A supervisor that does not listen keeps nobody from working."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.connect("\0" + address[1:] if address.startswith("@") else address)
            out.send("\n".join(line.replace("\n", " ") for line in lines).encode())
    except OSError:
        return
