"""Row hashes: equal rows alike, others apart, whatever the frame's inner form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.store.encoding import encode
from auditor.store.hashing import apart, row_hashes, text_hashes
from auditor.store.layouts import Stored

TEXTS = st.lists(st.one_of(st.none(), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)), max_size=12)


@settings(deadline=None)
@given(texts=TEXTS)
def test_texts_hash_alike_only_when_they_are_equal(texts):
    hashes = text_hashes(pa.array(texts, type=pa.large_string())).tolist()
    for one, left in zip(texts, hashes, strict=True):
        for other, right in zip(texts, hashes, strict=True):
            assert (left == right) == (one == other)


@settings(deadline=None)
@given(texts=TEXTS.filter(bool), cut=st.integers(0, 11))
def test_a_piece_of_an_array_hashes_like_the_piece(texts, cut):
    whole = pa.array(texts, type=pa.large_string())
    assert text_hashes(whole.slice(cut)).tolist() == text_hashes(pa.array(texts[cut:], type=pa.large_string())).tolist()


@settings(deadline=None)
@given(texts=st.lists(st.text(alphabet="abc0", min_size=19, max_size=19), min_size=1, max_size=6))
def test_texts_of_one_length_hash_as_they_do_among_others(texts):
    alone = text_hashes(pa.array(texts, type=pa.large_string())).tolist()
    assert text_hashes(pa.array([*texts, "x"], type=pa.large_string())).tolist()[:-1] == alone


def test_neighbouring_lengths_and_bytes_do_not_meet():
    texts = [("a" * size) + tail for size in range(300) for tail in ("", "b", "\x00", "é")]
    assert len(set(text_hashes(pa.array(texts, type=pa.large_string())).tolist())) == len(set(texts))


def test_a_category_hashes_like_the_text_it_stands_for():
    words = ["b", None, "a", "b"]
    stored = (Stored("x", "text"),)
    plain = pd.DataFrame({"x": pd.Series(words, dtype="str")})
    frames = [plain, plain.astype("category"), pd.DataFrame({"x": pd.Categorical(words, categories=["z", "b", "a"])})]
    found = [row_hashes(encode(frame, stored), 4).tolist() for frame in frames]
    assert found[0] == found[1] == found[2]


def test_a_value_in_another_column_is_another_row():
    stored = (Stored("x", "text"), Stored("y", "text"))
    frame = pd.DataFrame({"x": pd.Series(["a", None, "a", None], dtype="str"), "y": pd.Series([None, "a", "a", None], dtype="str")})
    assert len(set(row_hashes(encode(frame, stored), 4).tolist())) == 4


def test_a_hundred_thousand_likely_rows_do_not_collide():
    count = 100_000
    frame = pd.DataFrame({
        "account": pd.Series([f"a{number:06d}" for number in range(count)], dtype="str"),
        "day": pd.Series(np.datetime64("2020-01-01", "s") + (np.arange(count) % 3000).astype("timedelta64[D]")),
        "flag": pd.Series(np.arange(count) % 2 == 0, dtype="boolean"),
    })
    hashes = row_hashes(encode(frame, (Stored("account", "text"), Stored("day", "day"), Stored("flag", "flag"))), count)
    assert len(np.unique(hashes)) == count
    bits = np.unpackbits(hashes.view(np.uint8)).reshape(count, 64).mean(axis=0)
    assert (abs(bits - 0.5) < 0.01).all()


@settings(deadline=None)
@given(values=st.lists(st.integers(0, 4), min_size=2, max_size=20))
def test_equal_hashes_are_told_apart_by_how_many_there_are(values):
    hashes = np.array(values, dtype=np.uint64)
    if len(set(values)) == len(values):
        return
    found = apart(hashes, np.sort(hashes))
    assert len(set(found.tolist())) == len(values)
    assert set(found.tolist()) >= set(values), "the first of each keeps its hash"
    again = apart(hashes[::-1], np.sort(hashes))
    assert sorted(found.tolist()) == sorted(again.tolist())
