"""What follows from what each tier says: linked, nobody's, disputed or set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from auditor.correlate.evidence import TIERS, Evidence, Flags
from auditor.correlate.lookalikes import lookalikes
from auditor.correlate.lookup import NOBODY, SEVERAL, Positions, index_in, texts
from auditor.correlate.registry import Registry
from auditor.model.joining import rows_of
from auditor.model.links import Situation, Tier
from auditor.model.past import Past
from auditor.model.people import People

DECIDED, NUMBER, MAIL, ALIAS, NONE = range(5)
SITUATIONS = tuple(Situation)
LINKED, UNMATCHED, DISPUTED, SET_ASIDE = range(4)


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
        if int(evidence.mail[row]) in who_share_number(accounts, registry, row):
            number[row] = NOBODY
    return number


def who_share_number(accounts: pd.DataFrame, registry: Registry, row: int) -> list[int]:
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
