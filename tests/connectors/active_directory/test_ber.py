"""Our reader of LDAP's answers gives what ldap3 gives, and refuses every byte that is out of place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ldap3.operation.search import search_result_entry_response_to_dict_fast
from ldap3.protocol.rfc4511 import (
    LDAPDN,
    AttributeDescription,
    AttributeValue,
    LDAPMessage,
    MessageID,
    PartialAttribute,
    PartialAttributeList,
    ProtocolOp,
    SearchResultEntry,
    Vals,
)
from ldap3.utils.asn1 import decode_message_fast, encode

from connectors.active_directory import ber
from tests.servers import ldap_wire as wire

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,140}", fullmatch=True)
ATTRIBUTES = st.lists(
    st.tuples(NAMES, st.lists(st.binary(max_size=300), max_size=4)), max_size=12, unique_by=lambda one: one[0].casefold()).map(dict)
"""Names that differ by more than case, which LDAP does not know: ldap3 would keep one of the two."""

DNS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)


def compact(number: int, dn: str, attributes: dict[str, list[bytes]]) -> bytes:
    """The message as ldap3 writes it, lengths as short as they can be."""
    listed = PartialAttributeList()
    for place, (name, values) in enumerate(attributes.items()):
        vals = Vals()
        for at, value in enumerate(values):
            vals.setComponentByPosition(at, AttributeValue(value))
        one = PartialAttribute()
        one["type"], one["vals"] = AttributeDescription(name), vals
        listed.setComponentByPosition(place, one)
    found = SearchResultEntry()
    found["object"], found["attributes"] = LDAPDN(dn), listed
    message = LDAPMessage()
    message["messageID"], message["protocolOp"] = MessageID(number), ProtocolOp().setComponentByName("searchResEntry", found)
    return bytes(encode(message))


def ours(data: bytes, asked: tuple[str, ...] = ()) -> ber.Entry:
    assert ber.message_end(data, 0) == len(data)
    message = ber.opened(data, 0, len(data))
    assert message.kind == ber.ENTRY
    return ber.entry(data, message.start, message.stop, ber.Names(asked))


@given(st.integers(1, 2**31 - 1), DNS.filter(bool), ATTRIBUTES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_an_entry_is_read_as_ldap3_reads_it(number: int, dn: str, attributes: dict[str, list[bytes]], wide: bool) -> None:
    data = wire.entry(number, dn, attributes) if wide else compact(number, dn, attributes)
    assert ber.opened(data, 0, len(data)).number == number
    assert ours(data) == (dn.encode(), attributes)
    raw = search_result_entry_response_to_dict_fast(decode_message_fast(data)["payload"], None, None, False)
    assert (raw["raw_dn"], {name: list(values or ()) for name, values in raw["raw_attributes"].items()}) == ours(data)


SAMPLE = {"sAMAccountName": [b"m00001"], "member": [b"CN=a", b"CN=b" * 60], "objectGUID": [bytes(range(16))], "leeg": [], "lang": [b"x" * 400]}


@pytest.mark.parametrize("write", [wire.entry, compact])
def test_an_entry_that_is_cut_anywhere_is_refused(write: Any) -> None:
    data = write(7, "CN=Bram Fuut,DC=waterland,DC=test", SAMPLE)
    for length in range(len(data)):
        end = ber.message_end(data[:length], 0)
        assert end == 0 or end == len(data)
        with pytest.raises(ber.Malformed):
            message = ber.opened(data[:length], 0, length)
            ber.entry(data[:length], message.start, message.stop, ber.Names(()))


@pytest.mark.parametrize("write", [wire.entry, compact])
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_changed_byte_gives_an_entry_of_the_same_size_or_is_refused(write: Any, data: st.DataObject) -> None:
    whole = write(7, "CN=Bram Fuut,DC=waterland,DC=test", SAMPLE)
    at, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    changed = whole[:at] + bytes([byte]) + whole[at + 1:]
    try:
        end = ber.message_end(changed, 0)
        if end != len(changed):
            return
        message = ber.opened(changed, 0, end)
        dn, attributes = ber.entry(changed, message.start, message.stop, ber.Names(()))
    except ber.Malformed:
        return
    assert len(dn) + sum(len(name) + sum(map(len, values)) for name, values in attributes.items()) <= len(whole)


@given(st.binary(max_size=120))
def test_whatever_arrives_is_refused_or_read_and_never_anything_else(data: bytes) -> None:
    for read in (
        lambda: ber.opened(data, 0, ber.message_end(data, 0)), lambda: ber.entry(data, 0, len(data), ber.Names(())),
        lambda: ber.result(data, 0, len(data)), lambda: ber.cookie(data, 0, len(data)),
    ):
        try:
            read()
        except ber.Malformed:
            continue


@pytest.mark.parametrize(("data", "why"), [
    (b"\x30\x80\x02\x01\x01\x64\x00\x00\x00", "not definite"), (b"\x30\x85\x00\x00\x00\x00\x05", "not definite"), (b"\x31\x05", "not an LDAP"),
    (b"\x30\x84\x7f\xff\xff\xff", "too large"), (b"GET / HTTP/1.1", "not an LDAP"),
])
def test_what_is_no_message_is_refused_before_anything_is_waited_for(data: bytes, why: str) -> None:
    with pytest.raises(ber.Malformed, match=why):
        ber.message_end(data, 0)


def test_an_attribute_that_comes_twice_is_refused() -> None:
    both = wire.tlv(0x30, *(wire.tlv(0x30, wire.text(name), wire.tlv(0x31, wire.text("x"))) for name in ("mail", "MAIL")))
    data = wire.answer(1, 0x64, wire.text("CN=x"), both)
    with pytest.raises(ber.Malformed, match="twice"):
        ours(data, ("mail",))


def test_names_are_given_as_they_were_asked_for() -> None:
    assert set(ours(wire.entry(1, "CN=x", {"SAMACCOUNTNAME": ["x"], "extra": ["y"]}), ("sAMAccountName",))[1]) == {"sAMAccountName", "extra"}


@given(st.integers(0, 120), st.text(max_size=300), st.none() | st.binary(max_size=200))
def test_a_result_and_its_cookie_are_read(code: int, say: str, cookie: bytes | None) -> None:
    data = wire.done(9, 0x65, code, say, cookie)
    message = ber.opened(data, 0, len(data))
    assert ber.result(data, message.start, message.stop) == ber.Result(code, "", say)
    assert ber.cookie(data, message.stop, message.end) == cookie
