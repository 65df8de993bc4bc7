"""Who decides: every decision is signed with the person behind the command."""

from __future__ import annotations

import getpass
import os


def signed_by(given: str | None) -> str:
    """Given the value of --by, return the name to sign with: that, else SUDO_USER, else the operating system's user."""
    if given:
        return given
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "?"
