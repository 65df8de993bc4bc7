"""Texts are found among words whichever of the two is hashed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import arrows

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "ë", "", "niemand"])))
WORDS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "c", "ë", "", "x"])), max_size=30)


@pytest.mark.parametrize("few", [0, 1, arrows.FEW, 1000])
@given(texts=TEXTS, words=WORDS)
def test_a_text_is_found_at_the_first_of_its_words(few: int, texts: list[str | None], words: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrows, "FEW", few)
        found = arrows.positions(pd.Series(texts, dtype="str"), pd.Series(words, dtype="str"))
    assert found.dtype == np.int64
    assert found.tolist() == [-1 if text is None or text not in words else words.index(text) for text in texts]


def test_texts_of_a_slice_are_found_too() -> None:
    words = pd.Series(["x", "a", None, "b", "a"], dtype="str")
    texts = pd.Series(["b", "c", None, "a"], dtype="str")
    assert arrows.positions(texts.iloc[1:], words.iloc[1:]).tolist() == [-1, -1, 0]
