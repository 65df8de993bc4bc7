"""Distinguished names are parsed with their escapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.active_directory.names import domain_of, key_of, parts_of


def test_a_comma_inside_a_name_does_not_split_it() -> None:
    dn = r"CN=Wit\, Jan de,OU=Staf,OU=De Regenboog,DC=school,DC=test"
    assert parts_of(dn) == [("CN", "Wit, Jan de"), ("OU", "Staf"), ("OU", "De Regenboog"), ("DC", "school"), ("DC", "test")]
    assert domain_of(dn) == "school.test"


@pytest.mark.parametrize(("dn", "expected"), [
    ("", []),
    (r"CN=Ren\C3\A9e", [("CN", "Renée")]),
    (r"CN=twee\0Aregels", [("CN", "twee\nregels")]),
    (r"CN=\ met spaties\ ,DC=a", [("CN", " met spaties "), ("DC", "a")]),
    ("cn = los geschreven , dc=a", [("CN", "los geschreven"), ("DC", "a")]),
    ("CN=a+SN=b,DC=c", [("CN", "a"), ("SN", "b"), ("DC", "c")]),
    ("2.5.4.3=a=b,DC=c", [("2.5.4.3", "a=b"), ("DC", "c")]),
    ("CN=#4a616e,DC=c", [("CN", "Jan"), ("DC", "c")]),
    ("CN=,DC=c", [("CN", ""), ("DC", "c")]),
])
def test_names_of_every_kind_are_read(dn: str, expected: list[tuple[str, str]]) -> None:
    assert parts_of(dn) == expected


@pytest.mark.parametrize("dn", ["Jan", "CN=a,", "CN=a,,DC=b", "=a", r"CN=a\zz", "CN=a\\", 'CN="a,b"', "CN=a;DC=b", r"CN=\FF", "CN=#4x", "CN=#ff"])
def test_what_is_no_name_is_refused(dn: str) -> None:
    with pytest.raises(ValueError):
        parts_of(dn)


def test_a_name_without_a_domain_has_none() -> None:
    assert domain_of("CN=a") == ""


@given(st.lists(st.tuples(st.sampled_from(["CN", "OU", "DC"]), st.text(max_size=12)), max_size=5))
def test_what_was_escaped_is_read_back(parts: list[tuple[str, str]]) -> None:
    def escaped(value: str) -> str:
        return "".join(f"\\{byte:02x}" if not chr(byte).isalnum() or byte > 127 else chr(byte) for byte in value.encode())

    assert parts_of(",".join(f"{kind}={escaped(value)}" for kind, value in parts)) == parts


@given(st.text(alphabet='CN=OU,\\+#" aé0F;', max_size=20))
def test_any_text_is_a_name_or_refused(dn: str) -> None:
    try:
        parts = parts_of(dn)
    except ValueError:
        return
    assert bool(parts) == bool(dn)


@pytest.mark.parametrize("written", [rb"CN=Zwaan\, jr.,OU=A,DC=b", rb"cn=zwaan\2C jr.,ou=a,dc=b", rb"CN=Zwaan\2c jr. , OU=A,DC=B"])
def test_two_ways_to_write_a_comma_are_one_name(written: bytes) -> None:
    assert key_of(written) == key_of(rb"CN=Zwaan\, jr.,OU=A,DC=b")


def test_names_that_differ_stay_apart_and_what_is_no_name_is_only_folded() -> None:
    assert len({key_of(dn) for dn in (rb"CN=a\,b,DC=c", b"CN=a,CN=b,DC=c", rb"CN=a\+b,DC=c", b"CN=a b,DC=c")}) == 4
    assert key_of(rb"No\Name") == rb"no\name"
