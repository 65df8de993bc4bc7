"""Each grant finds its account by system and native id."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.expect.accounts import accounts_of

SYSTEMS = ("ad", "entra", "parnassys")
NAMES = ("anna", "bert", "cas", "Anna")


def a_table(keys: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame({
        "system": pd.Categorical([system for system, _ in keys]),
        "account": pd.array([name for _, name in keys], dtype="str"),
    })


def of_grants(keys: list[tuple[str, str]]) -> pd.DataFrame:
    return a_table(keys).astype({"account": "category"})


keys = st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(NAMES))


@given(accounts=st.lists(keys, unique=True), grants=st.lists(keys))
def test_a_grant_has_the_account_of_its_own_system_or_none(accounts: list[tuple[str, str]], grants: list[tuple[str, str]]) -> None:
    wanted = [accounts.index(key) if key in accounts else -1 for key in grants]
    assert accounts_of(of_grants(grants), a_table(accounts)).tolist() == wanted


def test_an_account_that_stands_twice_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="'anna' of ad stands twice"):
        accounts_of(of_grants([("ad", "anna")]), a_table([("ad", "anna"), ("ad", "bert"), ("ad", "anna")]))
