"""What each tier says of each account, before anything is decided (rules 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.lookup import NOBODY, SEVERAL, Directory, Positions, texts
from auditor.correlate.registry import Registry, agree, folded
from auditor.model.joining import rows_of
from auditor.model.links import Tier
from auditor.model.past import Past
from auditor.model.policy import Policy

Flags = npt.NDArray[np.bool_]
TIERS = (Tier.DECIDED, Tier.NUMBER, Tier.MAIL, Tier.ALIAS, Tier.NONE)
"""Strongest first; positions in this tuple are how a tier stands in arrays."""


@dataclass(frozen=True)
class Evidence:
    """Per account, an owner position (see Registry), NOBODY or SEVERAL from each tier.

    is_set_aside: a person decided there is no owner to look for; may_link: an account of a person or pupil, not a shared, service or
    emergency one, which is linked by a decision only; is_person, is_pupil: may belong to a person, to a pupil.
    """

    decided: Positions
    is_set_aside: Flags
    number: Positions
    mail: Positions
    alias: Positions
    is_person: Flags
    is_pupil: Flags

    @property
    def may_link(self) -> Flags:
        """Whether evidence other than a decision may link the account."""
        return self.is_person | self.is_pupil


def weigh(accounts: pd.DataFrame, registry: Registry, policy: Policy, past: Past) -> Evidence:
    """Given accounts, return what a decision, their number, their addresses and known aliases say of their owner."""
    is_pupil = _is_kind(accounts, "pupil")
    is_unknown = _is_kind(accounts, "unknown") | accounts["kind"].isna().to_numpy()
    is_person = is_unknown | _is_kind(accounts, "person") | _is_kind(accounts, "external")
    decided, is_set_aside = _decided(accounts, registry, past)
    mail = _by_address(accounts, registry.addresses, is_person)
    return Evidence(
        decided, is_set_aside, _by_number(accounts, registry, mail, is_person, is_pupil, is_unknown, policy), mail,
        _by_address(accounts, registry.other_addresses, is_person), is_person, is_pupil | is_unknown,
    )


def _is_kind(accounts: pd.DataFrame, kind: str) -> Flags:
    return np.asarray(accounts["kind"] == kind, dtype=np.bool_)


def _decided(accounts: pd.DataFrame, registry: Registry, past: Past) -> tuple[Positions, Flags]:
    """Owners a person decided on, by native id. A decision for someone no longer known decides nothing."""
    owner = np.full(len(accounts), NOBODY, dtype=np.int64)
    aside = np.zeros(len(accounts), dtype=np.bool_)
    decisions = past.decisions
    if not len(decisions):
        return owner, aside
    named = np.flatnonzero(np.asarray(pc.is_in(texts(accounts["account"]), value_set=texts(decisions["account"])).to_numpy(zero_copy_only=False)))
    place = rows_of(accounts.iloc[named], decisions, ["system", "account"])
    named, place = named[place >= 0], place[place >= 0]
    persons = decisions["person"].iloc[place]
    aside[named] = persons.isna().to_numpy()
    found = registry.by_number(persons)
    owner[named] = np.where(found == NOBODY, registry.by_pupil_number(persons), np.maximum(found, NOBODY))
    return owner, aside


def _by_number(
    accounts: pd.DataFrame, registry: Registry, mail: Positions, is_person: Flags, is_pupil: Flags, is_unknown: Flags, policy: Policy,
) -> Positions:
    """Owner by number. An account of unknown kind may be a person's or a pupil's; where a number is both, its address tells, or the
    system is known to hold pupils; else two fit."""
    person = np.where(is_person, registry.by_number(accounts["number"]), NOBODY)
    pupil = np.where(is_pupil | is_unknown, registry.by_pupil_number(accounts["number"]), NOBODY)
    if policy.pupil_systems:
        holds_pupils = np.asarray(accounts["system"].isin(list(policy.pupil_systems))) & is_unknown & (pupil >= 0)
        person = np.where(holds_pupils, NOBODY, person)
    both = (person != NOBODY) & (pupil != NOBODY)
    one = np.where(person != NOBODY, person, pupil)
    return np.where(both, np.where((mail == person) & (mail >= 0), person, SEVERAL), one)


def _by_address(accounts: pd.DataFrame, directory: Directory, is_person: Flags) -> Positions:
    """Owner by mail address and by login name; a user name that is an address counts where there is no other login name."""
    if not len(directory.words):
        return np.full(len(accounts), NOBODY, dtype=np.int64)
    found = agree(_find(accounts["mail"], directory), agree(_find(accounts["upn"], directory), _find_username(accounts, directory)))
    return np.where(is_person, found, NOBODY)


def _find(column: pd.Series[Any], directory: Directory) -> Positions:
    values = texts(column)
    if values.null_count == len(values):
        return np.full(len(values), NOBODY, dtype=np.int64)
    return directory.find_texts(folded(values))


def _find_username(accounts: pd.DataFrame, directory: Directory) -> Positions:
    names = texts(accounts["username"])
    is_address = pc.fill_null(pc.match_substring(names, "@"), False)
    is_address = np.asarray(is_address.to_numpy(zero_copy_only=False)) & accounts["upn"].isna().to_numpy()
    found = np.full(len(accounts), NOBODY, dtype=np.int64)
    rows = np.flatnonzero(is_address)
    if len(rows):
        found[rows] = directory.find_texts(folded(names.take(pa.array(rows))))
    return found
