"""Zips of a roster that mean harm: refused before or while they are unpacked, and nothing is ever written to a disk."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.model.errors import ConnectorError, InputError
from connectors.files.xlsx_guard import members_told
from connectors.oneroster import open_oneroster
from connectors.rosters.source import RosterSettings

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
USERS = b"sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,identifier,email\n"


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sizes(data: bytes, unpacked: int) -> bytes:
    """A table of contents that lies about what the first member unpacks to."""
    changed = bytearray(data)
    entry = data.find(b"PK\x01\x02")
    changed[entry + 24:entry + 28] = struct.pack("<I", unpacked)
    return bytes(changed)


def crowd(count: int) -> bytes:
    """A zip of which the table of contents alone is the bomb."""
    entry = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    return b"PK\x03\x04" + entry * count + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65_535, 65_535, len(entry) * count, 4, 0)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "a member of 150 MB that packs to nothing": (lambda: zipped({"users.csv": USERS + b"\n" * (150 << 20)}), "roster_zip_large"),
    "a size that says 2 GB": (lambda: with_sizes(zipped({"users.csv": USERS}), 2 << 30), "roster_zip_large"),
    "a size that says less": (lambda: with_sizes(zipped({"users.csv": USERS * 200}), 50), "roster_zip_damaged"),
    "300 members": (lambda: zipped({f"{n}.csv": b"" for n in range(300)}), "roster_zip_many"),
    "400,000 members of nothing": (lambda: crowd(400_000), "roster_zip_many"),
    "the same file twice": (lambda: zipped({"users.csv": USERS, "elders/users.csv": USERS}), "roster_file_twice"),
    "a member packed by LZMA": (lambda: zipped({"users.csv": USERS}, zipfile.ZIP_LZMA), "roster_zip_damaged"),
    "no zip": (lambda: b"PK\x03\x04 and no more", "roster_zip_damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_zip_that_means_harm_is_refused_in_no_time(tmp_path: Path, name: str) -> None:
    make, code = BAD[name]
    (tmp_path / "in.zip").write_bytes(make())
    start = time.process_time()
    with pytest.raises(InputError) as refused:
        list(open_oneroster(RosterSettings(name="bron", system="its", root=tmp_path, path="in.zip", settle_seconds=0), NOW).pages())
    assert refused.value.faults[0].code == code
    assert time.process_time() - start < 1


def test_a_member_that_climbs_out_of_its_folder_is_read_by_its_name_and_written_nowhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(zipped({"../../users.csv": USERS, "/etc/passwd": b"x", "..\\..\\evil.csv": b"x"}))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((InputError, ConnectorError)):
        list(open_oneroster(RosterSettings(name="bron", system="its", root=tmp_path, path="in", settle_seconds=0), NOW).pages())
    assert sorted(tmp_path.rglob("*")) == before and not (tmp_path.parent / "users.csv").exists()


def test_the_end_of_a_zip_is_found_where_it_is_read_later() -> None:
    """An end that holds the mark of an end in one of its own fields showed the guard another number of members than zipfile reads."""
    honest = zipped({"users.csv": USERS})
    assert members_told(honest) == 1
    hidden = bytearray(crowd(10))
    hidden[-6:-2] = b"PK\x05\x06"
    assert members_told(bytes(hidden)) == 65_535
    assert members_told(b"") is None and members_told(b"PK\x05\x06") is None and members_told(b"x" * 100) is None
