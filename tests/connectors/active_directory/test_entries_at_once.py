"""Entries read side by side, in columns, are those that are read one by one; and what one refuses, the other refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.active_directory import ber
from connectors.active_directory.at_once import rows_of
from tests.connectors.active_directory.test_ber import SAMPLE, compact
from tests.servers import ldap_wire as wire

ASKED = ("sAMAccountName", "mail", "objectGUID", "lang", "leeg", "userPrincipalName", "userAccountControl", "extensionAttribute15")
VALUES = st.lists(st.binary(max_size=20) | st.binary(max_size=300), max_size=3)
ENTRIES = st.lists(st.tuples(st.text(st.characters(codec="ascii"), max_size=150), st.dictionaries(
    st.sampled_from([*ASKED, "SAMACCOUNTNAME", "USERprincipalNAME", "somethingElse"]), VALUES, max_size=6), st.booleans()), min_size=1, max_size=8)


def content(data: bytes) -> bytes:
    message = ber.opened(data, 0, len(data))
    return data[message.start:message.stop]


def one_by_one(entries: Sequence[bytes]) -> list[tuple[bytes, list[bytes]]]:
    names = ber.Names(ASKED)
    found = [ber.entry(entry, 0, len(entry), names) for entry in entries]
    return [(dn, [(values.get(name) or [b""])[0] for name in ASKED]) for dn, values in found]


def at_once(entries: Sequence[bytes]) -> list[tuple[bytes, list[bytes]]]:
    rows = rows_of(entries, ASKED)
    columns = [rows.columns[name].to_pylist() for name in ASKED]
    return [(dn, list(values)) for dn, *values in zip(rows.dns.to_pylist(), *columns, strict=True)]


def both(entries: Sequence[bytes]) -> list[tuple[bytes, list[bytes]]] | None:
    """What the two ways agree on; None if both refuse."""
    try:
        expected = one_by_one(entries)
    except ber.Malformed:
        with pytest.raises(ber.Malformed):
            rows_of(entries, ASKED)
        return None
    assert at_once(entries) == expected
    return expected


@given(ENTRIES)
@settings(max_examples=200, deadline=None)
def test_columns_hold_what_entries_hold(entries: list[tuple[str, dict[str, list[bytes]], bool]]) -> None:
    both([content((wire.entry if wide else compact)(7, dn or "CN=x", attributes)) for dn, attributes, wide in entries])


@pytest.mark.parametrize("write", [wire.entry, compact])
@given(at=st.integers(0, 2000), byte=st.integers(0, 255), cut=st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_changed_byte_or_a_cut_is_read_alike_or_refused_alike(write: Any, at: int, byte: int, cut: bool) -> None:
    whole = content(write(7, "CN=Bram Fuut,DC=waterland,DC=test", {**SAMPLE, "mail": [b"bram@waterland.test"]}))
    at %= len(whole)
    both([whole, whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1:], whole])


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_whatever_arrives_is_read_alike_or_refused_alike(entries: list[bytes]) -> None:
    both(entries)


def test_an_attribute_that_comes_twice_is_refused() -> None:
    again = wire.tlv(0x30, *(wire.tlv(0x30, wire.text(name), wire.tlv(0x31, wire.text("x"))) for name in ("mail", "MAIL")))
    with pytest.raises(ber.Malformed, match="twice"):
        rows_of([content(wire.entry(1, "CN=y", {"mail": ["y"]})), content(wire.answer(1, 0x64, wire.text("CN=x"), again))], ASKED)
