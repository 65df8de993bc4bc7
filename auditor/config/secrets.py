"""Secrets by reference: `auditor.toml` says where a password or key lies, never what it is.

`file:PATH` a file only we can read, seen from the configuration file; `env:NAME` an environment variable; `credential:NAME` what systemd's
LoadCredential or LoadCredentialEncrypted put aside for this service; `dpapi:PATH` (Windows) a file made by PowerShell's
ConvertFrom-SecureString, which only the same account on the same machine can read. A secret is read when its source is read, so that one
that is missing costs its own source and no other.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from auditor.model.errors import ConnectorError
from auditor.model.secret import Secret

LARGEST = 64 * 1024
"""Bytes: a private key with its chain is a few thousand; more is no secret but a mistake."""

_REFERENCE = r"^(file|env|credential|dpapi):.+$"
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretError(ConnectorError):
    """A secret cannot be had. Its reason names the reference, never anything of what was read."""


def _reference(value: str) -> str:
    # The message repeats nothing of the value: who wrote the password itself here must not find it in a log.
    if not re.match(_REFERENCE, value):
        raise ValueError("write where the secret lies: file:PATH, env:NAME, credential:NAME or dpapi:PATH; never the secret itself")
    return value


Reference = Annotated[
    str, AfterValidator(_reference), WithJsonSchema({"type": "string", "pattern": _REFERENCE}),
]
"""The type of a setting that refers to a secret."""


def secret_of(reference: str, root: Path, environment: Mapping[str, str] | None = None) -> Secret:
    """Given a reference, the folder of the configuration file and the environment (this process's own by default), return the secret
    without the line end after it. Raise SecretError if it is not there, is empty, or can be read by others."""
    kind, _, where = reference.partition(":")
    known = os.environ if environment is None else environment
    if kind == "env":
        value = known.get(where) if _ENVIRONMENT.fullmatch(where) else None
        if value is None:
            raise SecretError("secret_missing", reference=reference)
    elif kind == "credential":
        value = _text(_content(_credential(where, known, reference), reference), reference)
    elif kind == "dpapi":
        value = _unprotected(_content(root / where, reference), reference)
    elif kind == "file":
        value = _text(_content(root / where, reference, is_ours_to_guard=True), reference)
    else:
        raise SecretError("secret_kind", kinds="file:, env:, credential:, dpapi:")
    if not (value := value.rstrip("\r\n")):
        raise SecretError("secret_empty", reference=reference)
    return Secret(value)


def _credential(name: str, known: Mapping[str, str], reference: str) -> Path:
    folder = known.get("CREDENTIALS_DIRECTORY")
    if folder is None:
        raise SecretError("secret_no_credentials", reference=reference)
    if "/" in name or "\\" in name or name in (".", ".."):
        raise SecretError("secret_missing", reference=reference)
    return Path(folder) / name


def _content(file: Path, reference: str, is_ours_to_guard: bool = False) -> bytes:
    try:
        # Opened first and asked afterwards: what is read is what was asked about. A pipe must not hold up the night.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise SecretError("secret_missing", reference=reference) from None
    except (OSError, ValueError):
        raise SecretError("secret_unreadable", reference=reference) from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise SecretError("secret_unreadable", reference=reference)
        if is_ours_to_guard and os.name == "posix":
            _refuse_when_open_to_others(state, reference)
        with os.fdopen(handle, "rb", closefd=False) as opened:
            content = opened.read(LARGEST + 1)
    finally:
        os.close(handle)
    if len(content) > LARGEST:
        raise SecretError("secret_too_large", reference=reference, bytes=LARGEST)
    return content


def _refuse_when_open_to_others(state: os.stat_result, reference: str) -> None:
    """Our own file: nobody else may do anything. Root's file: its group may read it, since that may be how we do. Anybody else's: refused."""
    mode = stat.S_IMODE(state.st_mode)
    ours = os.geteuid()
    if state.st_uid not in (0, ours):
        raise SecretError("secret_of_another", reference=reference)
    if mode & (0o077 if state.st_uid == ours else 0o037):
        raise SecretError("secret_open_to_others", reference=reference, mode=f"{mode:04o}")


def _text(content: bytes, reference: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretError("secret_not_text", reference=reference) from None


def _unprotected(content: bytes, reference: str) -> str:
    """ConvertFrom-SecureString writes the protected UTF-16 text as hexadecimal, in the shell's own encoding."""
    written = content.decode("utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content.decode("utf-8-sig", "replace")
    try:
        protected = bytes.fromhex(written.strip())
    except ValueError:
        raise SecretError("secret_not_dpapi", reference=reference) from None
    plain = _unprotect(protected)
    if plain is None:
        raise SecretError("secret_dpapi_refused" if sys.platform == "win32" else "secret_dpapi_elsewhere", reference=reference)
    return plain.decode("utf-16-le", "replace")


def _unprotect(protected: bytes) -> bytes | None:
    """What Windows' CryptUnprotectData makes of it without asking anybody; None when it refuses, or where there is no Windows."""
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        class Blob(ctypes.Structure):
            _fields_ = [("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char))]

        buffer = ctypes.create_string_buffer(protected, len(protected))
        given, made = Blob(len(protected), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char))), Blob()
        never_ask = 0x1
        if not ctypes.windll.crypt32.CryptUnprotectData(ctypes.byref(given), None, None, None, None, never_ask, ctypes.byref(made)):
            return None
        try:
            return ctypes.string_at(made.data, made.size)
        finally:
            ctypes.windll.kernel32.LocalFree(made.data)
    return None
