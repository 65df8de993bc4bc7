"""Many GUIDs at once mean what each means by itself."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from connectors.active_directory.attributes import guid_of
from connectors.active_directory.guids import guids_of

RAW = st.binary(min_size=16, max_size=16)


@given(st.lists(RAW, unique=True), st.booleans())
def test_hexadecimal_guids_become_what_each_becomes_by_itself(raws: list[bytes], is_upper: bool) -> None:
    texts = [f"X'{raw.hex().upper() if is_upper else raw.hex()}'" for raw in raws]
    found = guids_of(pa.array(texts, pa.string()))
    assert found is not None
    assert found.to_pylist() == [guid_of(text) for text in texts]


@given(st.lists(st.uuids(), unique=True, min_size=1), st.booleans())
def test_guids_as_text_become_lower_case_without_braces(guids: list[object], has_braces: bool) -> None:
    texts = [f"{{{guid}}}".upper() if has_braces else str(guid).upper() for guid in guids]
    found = guids_of(pa.array(texts, pa.string()))
    assert found is not None
    assert found.to_pylist() == [str(guid) for guid in guids]


def test_an_empty_text_stays_empty_in_its_place() -> None:
    text = "X'" + bytes(range(16)).hex() + "'"
    found = guids_of(pa.array(["", text], pa.string()))
    assert found is not None
    assert found.to_pylist() == ["", guid_of(text)]


def test_a_text_that_is_no_guid_is_left_to_who_can_name_it() -> None:
    good = "X'" + bytes(range(16)).hex() + "'"
    assert guids_of(pa.array([good, "X'12'"], pa.string())) is None
    assert guids_of(pa.array([good, "0c1d2e3f-0000-0000-0000-000000000000"], pa.string())) is None
    assert guids_of(pa.array([good, good + "\n"], pa.string())) is None
