"""Secrets are read by reference, refused where others can read them, and never show themselves."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from auditor.config import secrets
from auditor.config.secrets import Reference, SecretError, secret_of
from auditor.model.secret import Secret

WORD = "Zeer.Geheim-€1"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A secret in a file that only we can read."""
    file = tmp_path / "ldap.txt"
    file.write_text(WORD + "\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def code_of(reference: str, root: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SecretError) as refused:
        secret_of(reference, root, environment)
    assert WORD not in str(refused.value)
    return refused.value.reason.code


def test_a_file_is_seen_from_the_configuration_and_read_without_its_line_end(kept: Path, tmp_path: Path) -> None:
    assert secret_of("file:ldap.txt", tmp_path).reveal() == WORD
    assert secret_of(f"file:{kept}", Path("/elsewhere")).reveal() == WORD
    kept.write_bytes(b"\xef\xbb\xbf" + WORD.encode() + b"\r\n")
    assert secret_of("file:ldap.txt", tmp_path).reveal() == WORD
    kept.write_text(" spaces count \n\n", encoding="utf-8")
    assert secret_of("file:ldap.txt", tmp_path).reveal() == " spaces count "


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o666, 0o610])
def test_a_file_that_others_can_read_is_refused(kept: Path, tmp_path: Path, mode: int) -> None:
    kept.chmod(mode)
    with pytest.raises(SecretError, match="secret_open_to_others") as refused:
        secret_of("file:ldap.txt", tmp_path)
    assert refused.value.reason.facts["mode"] == f"{mode:04o}"


@pytest.mark.parametrize(("owner", "mode", "code"), [
    (0, 0o640, None), (0, 0o440, None), (0, 0o644, "secret_open_to_others"), (0, 0o660, "secret_open_to_others"), (4321, 0o600, "secret_of_another"),
])
def test_roots_file_may_be_read_by_its_group_and_another_accounts_file_is_refused(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int, mode: int, code: str | None,
) -> None:
    fields = list(kept.stat())
    fields[0], fields[4] = 0o100000 | mode, owner
    monkeypatch.setattr(secrets.os, "fstat", lambda _handle: os.stat_result(fields))
    monkeypatch.setattr(secrets.os, "geteuid", lambda: 1234)
    if code is None:
        assert secret_of("file:ldap.txt", tmp_path).reveal() == WORD
    else:
        assert code_of("file:ldap.txt", tmp_path) == code


def test_what_is_no_secret_is_refused_with_its_own_reason(kept: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert code_of("file:pipe", tmp_path) == "secret_unreadable"
    assert code_of("file:.", tmp_path) == "secret_unreadable"
    assert code_of("file:nothing.txt", tmp_path) == "secret_missing"
    for content, code in ((b"\n", "secret_empty"), (b"", "secret_empty"), (b"\xff\xfe\x00", "secret_not_text"), (b"x" * 70_000, "secret_too_large")):
        kept.write_bytes(content)
        assert code_of("file:ldap.txt", tmp_path) == code
    assert code_of("vault:x", tmp_path) == "secret_kind"


def test_the_environment_and_systemd_give_secrets(kept: Path, tmp_path: Path) -> None:
    assert secret_of("env:LDAP_PASSWORD", tmp_path, {"LDAP_PASSWORD": WORD}).reveal() == WORD
    assert code_of("env:LDAP_PASSWORD", tmp_path, {}) == "secret_missing"
    assert code_of("env:A=B", tmp_path, {"A=B": WORD}) == "secret_missing"
    kept.chmod(0o444)  # systemd guards the folder itself
    known = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert secret_of("credential:ldap.txt", tmp_path, known).reveal() == WORD
    assert code_of("credential:ldap.txt", tmp_path, {}) == "secret_no_credentials"
    (tmp_path / "inner").mkdir()
    for name in ("../ldap.txt", "..", "inner/../ldap.txt", "other"):
        assert code_of(f"credential:{name}", tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path / "inner")}) == "secret_missing"


def test_a_file_of_windows_protection_is_what_powershell_writes(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.write_text(b"\x01\x02protected".hex() + "\r\n", encoding="utf-16")
    assert code_of("dpapi:ldap.txt", tmp_path) == "secret_dpapi_elsewhere"
    monkeypatch.setattr(secrets, "_unprotect", lambda blob: WORD.encode("utf-16-le") if blob == b"\x01\x02protected" else None)
    assert secret_of("dpapi:ldap.txt", tmp_path).reveal() == WORD
    kept.write_text("not hexadecimal", encoding="utf-8")
    assert code_of("dpapi:ldap.txt", tmp_path) == "secret_not_dpapi"


def test_a_secret_never_shows_itself() -> None:
    secret = Secret(WORD)
    assert secret.reveal() == WORD
    assert not hasattr(secret, "__dict__")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>40}", repr({"password": secret}), json.dumps(secret, default=str)):
        assert WORD not in shown
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(secret)


def test_a_password_written_in_the_configuration_itself_is_refused_and_not_repeated() -> None:
    kind = TypeAdapter(Reference)
    assert kind.validate_python("credential:ldap") == "credential:ldap"
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(WORD)
    assert WORD not in refused.value.errors()[0]["msg"]
