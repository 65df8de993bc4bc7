"""Uses of break-glass access, counted by arrays, come to what grouping them says."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.columns import Columns
from auditor.rules.override_unexplained.rule import _counted

USES = st.lists(st.tuples(st.sampled_from(["esis", "ad:bestuur"]), st.sampled_from(["a", "b", "c"]), st.integers(0, 5), st.booleans()), min_size=1)


@given(USES)
def test_months_are_counted_and_set_beside_the_months_before(uses: list[tuple[str, str, int, bool]]) -> None:
    frame = pd.DataFrame(uses, columns=["system", "account", "month", "open"]).astype({"system": "category"})
    month = np.datetime64("2026-04", "M") + frame["month"].to_numpy()
    found = _counted(Columns(frame), month, {"open": frame["open"].to_numpy()})
    told = {
        (*uses[first][:2], uses[first][2]): (number, usual, is_open)
        for first, number, usual, is_open in zip(found["first"], found["uses"], found["usual"], found["open"], strict=True)}
    assert len(told) == len(found)
    for (system, account, at), part in frame.groupby(["system", "account", "month"], observed=True):
        logged = len({one[2] for one in uses if one[0] == system and one[2] < at})
        before = sum(one[:2] == (system, account) and one[2] < at for one in uses)
        assert told[system, account, at] == (len(part), before / logged if logged else np.inf, part["open"].sum())
