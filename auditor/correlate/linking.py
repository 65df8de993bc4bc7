"""Whose account is it: the outcome of all tiers, account by account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from auditor.correlate.contenders import find_candidates
from auditor.correlate.evidence import TIERS, weigh
from auditor.correlate.lookup import NOBODY, Positions
from auditor.correlate.outcome import SITUATIONS, Outcome, decide
from auditor.correlate.registry import Registry, enter
from auditor.model.links import LINKS
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot


def link(snapshot: Snapshot, people: People, policy: Policy, past: Past) -> pd.DataFrame:
    """Given one night's facts and who is known, return whose each account is: a frame (LINKS), row by row with the accounts.

    A decision comes first, then the number, then an address within the managed domains (of a declared external: the declared one), then
    known other addresses; yesterday's link stays where today has no evidence and the account has a stable id. Shared, service and
    emergency accounts are linked by a decision only. Names never link: they make candidates.
    """
    accounts = snapshot.table("accounts")
    registry = enter(snapshot, people, policy.managed_domains, past)
    evidence = weigh(accounts, registry, policy, past)
    outcome = decide(accounts, people, registry, evidence, past)
    return _frame(accounts, registry, outcome, find_candidates(accounts, people, registry, evidence, outcome))


def _frame(accounts: pd.DataFrame, registry: Registry, outcome: Outcome, candidates: dict[int, str | None]) -> pd.DataFrame:
    words, place = _owner_words(registry)
    codes = np.where(outcome.owner >= 0, np.append(place, NOBODY)[outcome.owner], NOBODY)
    is_linked = outcome.owner >= 0
    is_pupil = pd.array(outcome.owner >= registry.size, dtype="boolean")
    is_pupil[~is_linked] = pd.NA
    columns: dict[str, Any] = {
        "system": accounts["system"], "account": accounts["account"],
        "situation": pd.Categorical.from_codes(outcome.situation.astype(np.int8), _words(SITUATIONS)),
        "person": pd.Categorical.from_codes(codes, words),
        "is_pupil": pd.Series(is_pupil),
        "tier": pd.Categorical.from_codes(outcome.tier.astype(np.int8), _words(TIERS)),
        "contradicts": _sparse(len(accounts), {
            row: registry.number_of(int(outcome.contradicted[row])) for row in np.flatnonzero(outcome.contradicted >= 0).tolist()}),
        "candidates": _sparse(len(accounts), candidates),
        **{name: accounts[name] for name in ("source", "file", "row")},
    }
    return LINKS.frame({name: column if isinstance(column, pd.Series) else pd.Series(column) for name, column in columns.items()})


def _owner_words(registry: Registry) -> tuple[pd.Index[Any], Positions]:
    """Numbers of all owners, each once, and for each owner its place among them: a pupil and a person may have the same number."""
    both = pa.concat_arrays([registry.own, registry.pupils]).dictionary_encode()
    return pd.Index(both.dictionary.to_pandas(), dtype="str"), np.asarray(both.indices.to_numpy(zero_copy_only=False)).astype(np.int64)


def _words(names: Sequence[str]) -> pd.Index[Any]:
    return pd.Index([str(name) for name in names], dtype="str")


def _sparse(size: int, values: dict[int, str | None]) -> pd.Series[Any]:
    """A text column that is absent nearly everywhere."""
    places = np.full(size, len(values), dtype=np.int64)
    places[list(values)] = np.arange(len(values))
    words = pa.array([*values.values(), None], type=pa.large_string())
    return pd.Series(words.take(pa.array(places)).to_pandas(), dtype="str")
