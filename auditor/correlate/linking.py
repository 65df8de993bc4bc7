"""Whose account is it: the outcome of all tiers, account by account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.candidates import Candidate, as_text
from auditor.correlate.evidence import TIERS, Evidence, Flags, weigh
from auditor.correlate.lookalikes import lookalikes
from auditor.correlate.lookup import NOBODY, SEVERAL, Positions, index_in, texts
from auditor.correlate.name_index import NameIndex
from auditor.correlate.proposals import propose
from auditor.correlate.registry import Registry, enter, folded
from auditor.model.joining import rows_of
from auditor.model.links import LINKS, Situation, Tier
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

DECIDED, NUMBER, MAIL, ALIAS, NONE = range(5)
SITUATIONS = tuple(Situation)
LINKED, UNMATCHED, DISPUTED, SET_ASIDE = range(4)
SHARED_NUMBER, SHARED_ADDRESS, THE_LEAVER = "shared_number", "shared_address", "left_before"
"""Why someone is a candidate of a disputed account; codes under `reason.`."""
_CONFIDENCE = {"shares_alias": 60, "shares_address": 60, "same_name": 50}


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


@dataclass(frozen=True)
class Outcome:
    """Per account. situation: position in SITUATIONS; owner: see Registry, NOBODY unless linked; tier: position in TIERS; contradicted:
    the owner a lower tier names instead; is_inherited: yesterday's link; rivals: for accounts of someone who left, by row: that person, and
    the running people they may belong to now, with what these share with the one who left."""

    situation: Positions
    owner: Positions
    tier: Positions
    contradicted: Positions
    is_inherited: Flags
    rivals: dict[int, tuple[int, dict[int, str]]]

    @property
    def is_disputed(self) -> Flags:
        """Whether two or more people fit equally well."""
        found: Flags = self.situation == DISPUTED
        return found


def decide(accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, past: Past) -> Outcome:
    """Given what each tier says, return what follows: a higher tier decides, two who fit equally are a dispute."""
    ladder = (
        np.where(evidence.decided >= 0, evidence.decided, NOBODY),
        np.where(evidence.may_link, _broken_tie(evidence, registry, accounts), NOBODY), evidence.mail, evidence.alias,
    )
    owner = np.full(len(accounts), NOBODY, dtype=np.int64)
    tier = np.full(len(accounts), NONE, dtype=np.int64)
    for step, said in enumerate(ladder):
        decides = (owner == NOBODY) & (said != NOBODY)
        owner[decides], tier[decides] = said[decides], step
    bare = np.flatnonzero((owner == NOBODY) & evidence.may_link & ~evidence.is_set_aside)
    owner[bare], tier[bare] = _yesterday(accounts, bare, registry, past)
    is_inherited = np.zeros(len(accounts), dtype=np.bool_)
    is_inherited[bare] = owner[bare] >= 0
    contradicted = _contradicted(ladder, owner, tier)
    rivals = _rivals(people, registry, owner, tier)
    disputed = owner == SEVERAL
    disputed[list(rivals)] = True
    situation = np.select([evidence.is_set_aside, disputed, owner >= 0], [SET_ASIDE, DISPUTED, LINKED], UNMATCHED)
    linked = situation == LINKED
    return Outcome(
        situation, np.where(linked, owner, NOBODY), np.where(linked, tier, np.where(situation == SET_ASIDE, DECIDED, NONE)),
        np.where(linked, contradicted, NOBODY), is_inherited, rivals,
    )


def _broken_tie(evidence: Evidence, registry: Registry, accounts: pd.DataFrame) -> Positions:
    """Owners by number; a number of several people says nothing where an address names one of them."""
    number = evidence.number.copy()
    for row in np.flatnonzero((number == SEVERAL) & (evidence.mail >= 0)).tolist():
        if int(evidence.mail[row]) in _who_share_number(accounts, registry, row):
            number[row] = NOBODY
    return number


def _who_share_number(accounts: pd.DataFrame, registry: Registry, row: int) -> list[int]:
    """Everyone, pupils too, who fits the number of one account."""
    number = accounts["number"].iloc[[row]]
    people = registry.by_number(number).tolist()
    found = registry.aliases.all_of(texts(number))[0] if people == [SEVERAL] else people
    return [owner for owner in [*found, *registry.by_pupil_number(number).tolist()] if owner >= 0]


def _yesterday(accounts: pd.DataFrame, rows: Positions, registry: Registry, past: Past) -> tuple[Positions, Positions]:
    """Owner and tier of accounts that were linked yesterday and have no evidence today.

    By native id, and only by an id that is stable: a login name may have gone to someone else, and without evidence nothing tells.
    A decision that was taken back is no link of yesterday.
    """
    owner, tier = np.full(len(rows), NOBODY, dtype=np.int64), np.full(len(rows), NONE, dtype=np.int64)
    links = past.links
    stable = np.flatnonzero(accounts["id_is_stable"].iloc[rows].fillna(False).to_numpy(dtype=np.bool_))
    if not len(links) or not len(stable):
        return owner, tier
    wanted = accounts.iloc[rows[stable]]
    known = index_in(pc.unique(texts(wanted["account"])), texts(links["account"])) >= 0
    before = links[known & np.asarray(links["situation"] == Situation.LINKED) & np.asarray(links["tier"] != Tier.DECIDED)]
    place = rows_of(wanted, before, ["system", "account"])
    stable, place = stable[place >= 0], place[place >= 0]
    before = before.iloc[place]
    is_pupil = before["is_pupil"].fillna(False).to_numpy(dtype=np.bool_)
    person = np.where(is_pupil, registry.by_pupil_number(before["person"]), registry.by_number(before["person"]))
    tiers = before["tier"].astype("str").map({str(one): place for place, one in enumerate(TIERS)}).to_numpy(dtype=np.int64)
    owner[stable], tier[stable] = np.maximum(person, NOBODY), np.where(person >= 0, tiers, NONE)
    return owner, tier


def _contradicted(ladder: Sequence[Positions], owner: Positions, tier: Positions) -> Positions:
    """The owner that the first lower tier with an opinion names, where it is someone else."""
    found = np.full(len(owner), NOBODY, dtype=np.int64)
    for step, said in enumerate(ladder):
        differs = (owner >= 0) & (tier < step) & (said >= 0) & (said != owner) & (found == NOBODY)
        found[differs] = said[differs]
    return found


def _rivals(people: People, registry: Registry, owner: Positions, tier: Positions) -> dict[int, tuple[int, dict[int, str]]]:
    """Accounts of people who left, while someone who may be the same human runs on: a case, unless a person decided."""
    alike = lookalikes(people, registry)
    if not alike:
        return {}
    is_doubtful = np.zeros(registry.size + len(registry.pupils) + 1, dtype=np.bool_)
    is_doubtful[list(alike)] = True
    rows = np.flatnonzero((owner >= 0) & is_doubtful[owner] & (tier > DECIDED))
    return {row: (leaver, alike[leaver]) for row, leaver in zip(rows.tolist(), owner[rows].tolist(), strict=True)}


def find_candidates(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Given the outcome, return by row of the account who a person may choose from: those who fit equally, else likely names."""
    disputants = _disputants(accounts, people, registry, evidence, outcome)
    return disputants | _proposals(accounts, people, registry, evidence, outcome)


def _disputants(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Candidates of the disputed accounts, side by side."""
    shown = people.persons["display_name"]
    found: dict[int, str | None] = {}

    def candidate(owner: int, confidence: int, why: str) -> Candidate:
        name = shown.iloc[owner] if owner < registry.size else None
        return Candidate(registry.number_of(owner), name if isinstance(name, str) else "", confidence, why)

    disputed = np.flatnonzero(outcome.is_disputed)
    by_address = [row for row in disputed.tolist() if row not in outcome.rivals and evidence.number[row] != SEVERAL]
    sharing = who_share_addresses(accounts, registry, by_address)
    for row in disputed.tolist():
        if row in outcome.rivals:
            leaver, alike = outcome.rivals[row]
            people_found = [candidate(leaver, 60, THE_LEAVER), *(candidate(other, _CONFIDENCE[why], why) for other, why in alike.items())]
        elif evidence.number[row] == SEVERAL:
            people_found = [candidate(owner, 50, SHARED_NUMBER) for owner in _who_share_number(accounts, registry, row)]
        else:
            people_found = [candidate(owner, 50, SHARED_ADDRESS) for owner in sharing[row]]
        found[row] = as_text(people_found)
    return found


def who_share_addresses(accounts: pd.DataFrame, registry: Registry, rows: list[int]) -> dict[int, list[int]]:
    """Given rows of accounts, return for each everyone who has one of its addresses, in order; each directory is looked through once."""
    found: dict[int, set[int]] = {row: set() for row in rows}
    for directory in (registry.addresses, registry.other_addresses):
        left = [row for row in rows if not found[row]]
        for name in ("mail", "upn", "username") if left else ():
            for row, owners in zip(left, directory.all_of(folded(texts(accounts[name].iloc[left]))), strict=True):
                found[row].update(owners)
    return {row: sorted(owners) for row, owners in found.items()}


def _proposals(
    accounts: pd.DataFrame, people: People, registry: Registry, evidence: Evidence, outcome: Outcome,
) -> dict[int, str | None]:
    """Candidates by name, for accounts that nobody owns and that are not known to be closed; once per distinct name and school."""
    is_closed = np.asarray(accounts["status"].isin(["disabled", "deleted"]))
    is_open = (outcome.situation == UNMATCHED) & evidence.is_person & ~is_closed & accounts["display_name"].notna().to_numpy()
    rows = np.flatnonzero(is_open)
    if not len(rows):
        return {}
    shown = accounts["display_name"].iloc[rows].tolist()
    schools = accounts["school"].iloc[rows].astype(object).where(accounts["school"].iloc[rows].notna(), None).tolist()
    distinct: dict[tuple[str, str | None], int] = {}
    place = [distinct.setdefault(pair, len(distinct)) for pair in zip(shown, schools, strict=True)]
    index = NameIndex(people)
    numbers = registry.own.to_pylist()
    written = [
        as_text(Candidate(numbers[like.row], index.shown[like.row] or "", like.confidence, like.evidence) for like in likes)
        for likes in propose(index, list(distinct))
    ]
    return {row: written[at] for row, at in zip(rows.tolist(), place, strict=True) if written[at] is not None}


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
