"""What each tier says of each account, before anything is decided (rules 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
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
    has_number = accounts["number"].notna().to_numpy()
    person = _where(is_person & has_number, accounts["number"], registry.by_number)
    pupil = _where((is_pupil | is_unknown) & has_number, accounts["number"], registry.by_pupil_number)
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
    def look(column: pd.Series[Any]) -> Positions:
        return directory.find_texts(folded(texts(column)))

    has_upn = accounts["upn"].notna().to_numpy()
    by_mail = _where(is_person & accounts["mail"].notna().to_numpy(), accounts["mail"], look)
    by_upn = _where(is_person & has_upn, accounts["upn"], look)
    return agree(by_mail, agree(by_upn, _where(is_person & ~has_upn & _has_sign(accounts["username"]), accounts["username"], look)))


def _has_sign(names: pd.Series[Any]) -> Flags:
    """Whether each name may be an address."""
    found: Flags = pc.fill_null(pc.match_substring(texts(names), "@"), False).to_numpy(zero_copy_only=False)
    return found


def _where(which: Flags, column: pd.Series[Any], look: Callable[[pd.Series[Any]], Positions]) -> Positions:
    """The column looked up in the rows that are asked for, NOBODY in the others: most accounts are pupils', whom a person's number is not."""
    found = np.full(len(column), NOBODY, dtype=np.int64)
    rows = np.flatnonzero(which)
    if len(rows):
        found[rows] = look(column.iloc[rows])
    return found
