"""What Active Directory's flags and binary keys mean."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.active_directory.attributes import class_of, guid_of, number_of, password_rule_of, primary_group_of, sid_of, status_of


@pytest.mark.parametrize(("control", "status", "rule"), [
    ("512", "enabled", "expires"), ("514", "disabled", "expires"), ("66048", "enabled", "never_expires"),
    (66050, "disabled", "never_expires"), ("544", "enabled", "not_required"), (66080, "enabled", "not_required"),
])
def test_the_usual_control_values_say_status_and_password_rule(control: str | int, status: str, rule: str) -> None:
    assert (status_of(control), password_rule_of(control)) == (status, rule)


@pytest.mark.parametrize("text", ["", "5 12", "0x200", "512.0", "1e5", "٣", "nee"])
def test_a_flag_that_is_no_number_is_refused_and_not_taken_for_enabled(text: str) -> None:
    with pytest.raises(ValueError):
        status_of(text)


@pytest.mark.parametrize(("sam_type", "control", "expected"), [
    ("805306368", "512", "user"), ("805306369", "4096", "computer"), ("805306370", "2080", "trust"), ("268435456", None, None),
    ("805306369", "512", "computer"), (None, "4096", "computer"), (None, "532480", "computer"), (None, "2080", "trust"),
    (None, "66048", "user"), (None, None, None),
])
def test_users_computers_and_trusts_are_told_apart(sam_type: str | None, control: str | None, expected: str | None) -> None:
    assert class_of(sam_type, control) == expected


def test_the_primary_group_that_member_of_leaves_out_has_its_name() -> None:
    assert [primary_group_of(rid) for rid in ("512", 513, "1604")] == ["Domain Admins", "Domain Users", "RID-1604"]


def test_a_guid_reads_its_first_fields_little_endian() -> None:
    raw = bytes(range(16, 32))
    assert guid_of(raw) == "13121110-1514-1716-1819-1a1b1c1d1e1f"
    assert guid_of("X'101112131415161718191a1b1c1d1e1f'") == guid_of(raw)
    assert guid_of("{13121110-1514-1716-1819-1A1B1C1D1E1F}") == guid_of(raw)


@given(st.uuids())
def test_a_guid_is_the_same_in_every_notation(guid: UUID) -> None:
    assert guid_of(guid.bytes_le) == guid_of(f"X'{guid.bytes_le.hex()}'") == guid_of(str(guid)) == str(guid)


@pytest.mark.parametrize("value", [b"", b"x" * 15, b"x" * 17, "X'00'", "jdwit", "", "13121110151417161819-1a1b1c1d1e1f"])
def test_what_is_no_guid_is_refused(value: bytes | str) -> None:
    with pytest.raises(ValueError):
        guid_of(value)


def test_a_sid_is_read_from_bytes_hex_and_text() -> None:
    raw = bytes.fromhex("010500000000000515000000c7ed3d42d5d6db84c7a1c6a1f4010000")
    text = "S-1-5-21-1111354823-2228999893-2714149319-500"
    assert sid_of(raw) == sid_of(f"X'{raw.hex()}'") == sid_of(text.lower()) == text


@given(st.integers(0, 2**48 - 1), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15))
def test_any_sid_is_the_same_as_bytes_and_as_text(authority: int, parts: list[int]) -> None:
    raw = bytes([1, len(parts)]) + authority.to_bytes(6, "big") + b"".join(part.to_bytes(4, "little") for part in parts)
    assert sid_of(raw) == sid_of(sid_of(raw)) == "-".join(["S-1", str(authority), *map(str, parts)])


@given(st.binary(max_size=80))
def test_any_bytes_are_a_sid_or_refused(raw: bytes) -> None:
    try:
        assert sid_of(raw).startswith("S-1-")
    except ValueError:
        assert raw[:1] != b"\x01" or len(raw) < 12 or not 1 <= raw[1] <= 15 or len(raw) != 8 + 4 * raw[1]


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_are_read_back_as_written(number: int) -> None:
    assert number_of(str(number)) == number_of(number) == number
