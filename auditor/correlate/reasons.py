"""Why an account is linked as it is: the same tiers, told one by one, for `auditor explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from auditor.correlate.contenders import find_candidates
from auditor.correlate.evidence import TIERS, Evidence, weigh
from auditor.correlate.lookup import SEVERAL, texts
from auditor.correlate.outcome import ALIAS, DECIDED, MAIL, NUMBER, Outcome, decide
from auditor.correlate.registry import Registry, enter, folded
from auditor.model.errors import Reason
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

ADDRESS_COLUMNS = ("mail", "upn", "username")


def link_reasons(snapshot: Snapshot, people: People, row: int, policy: Policy, past: Past) -> list[Reason]:
    """Given a position in the accounts table, return why that account is linked, disputed or nobody's, the deciding reason first.

    It weighs this one account with the very functions that linked all of them.
    """
    accounts = snapshot.table("accounts").iloc[[row]].reset_index(drop=True)
    registry = enter(snapshot, people, policy.managed_domains, past)
    evidence = weigh(accounts, registry, policy, past)
    outcome = decide(accounts, people, registry, evidence, past)
    found = list(_because(accounts, registry, evidence, outcome, policy, past))
    for text in find_candidates(accounts, people, registry, evidence, outcome).values():
        found += [
            Reason(one["evidence"], {"person": one["person"], "name": one["name"] or "-", "confidence": one["confidence"]})
            for one in json.loads(text or "[]")
        ]
    return found


def _because(
    accounts: pd.DataFrame, registry: Registry, evidence: Evidence, outcome: Outcome, policy: Policy, past: Past,
) -> Iterator[Reason]:
    account: dict[str, Any] = accounts.iloc[0].to_dict()
    owner, tier = int(outcome.owner[0]), int(outcome.tier[0])
    if evidence.is_set_aside[0] or (owner >= 0 and tier == DECIDED):
        decision = past.decisions[(past.decisions["system"] == account["system"]) & (past.decisions["account"] == account["account"])].iloc[0]
        facts = {name: str(decision[name]) for name in ("decided_by", "reason")} | {"decided_on": f"{decision['decided_on']:%Y-%m-%d}"}
        if owner >= 0:
            yield Reason("link_decided", {"person": registry.number_of(owner), **facts})
        else:
            yield Reason("link_set_aside", facts)
    elif owner >= 0:
        yield from _linked(accounts, registry, outcome, owner, tier)
    elif 0 in outcome.rivals:
        yield Reason("link_disputed_leaver", {"person": registry.number_of(outcome.rivals[0][0])})
    elif outcome.is_disputed[0]:
        is_number = bool(evidence.number[0] == SEVERAL)
        yield Reason("link_disputed_number", {"number": str(account["number"])}) if is_number else Reason("link_disputed_address")
    else:
        yield from _nobody(account, evidence, policy)


def _linked(accounts: pd.DataFrame, registry: Registry, outcome: Outcome, owner: int, tier: int) -> Iterator[Reason]:
    person = registry.number_of(owner)
    number = accounts["number"].iloc[0]
    if outcome.is_inherited[0]:
        yield Reason("link_yesterday", {"person": person, "tier": str(TIERS[tier])})
    elif tier == NUMBER and owner >= registry.size:
        yield Reason("link_pupil_number", {"number": str(number)})
    elif tier == NUMBER:
        yield Reason("link_number" if number == person else "link_number_alias", {"person": person, "number": str(number)})
    elif tier in (MAIL, ALIAS):
        directory = registry.addresses if tier == MAIL else registry.other_addresses
        address = next(
            text for text in _addresses(accounts) if owner in directory.all_of(folded(texts([text])))[0]
        )
        yield Reason("link_mail" if tier == MAIL else "link_other_address", {"person": person, "address": address})
    if outcome.contradicted[0] >= 0:
        yield Reason("link_contradicts", {"person": registry.number_of(int(outcome.contradicted[0]))})


def _addresses(accounts: pd.DataFrame) -> list[str]:
    return [text for text in (accounts[name].iloc[0] for name in ADDRESS_COLUMNS) if isinstance(text, str) and "@" in text]


def _nobody(account: dict[str, Any], evidence: Evidence, policy: Policy) -> Iterator[Reason]:
    """Why nobody was found, tier by tier."""
    if not evidence.may_link[0]:
        yield Reason("link_kind_without_owner", {"kind": str(account["kind"])})
        return
    number = account["number"]
    yield Reason("link_number_unknown", {"number": number}) if isinstance(number, str) else Reason("link_no_number")
    if not evidence.is_person[0]:
        return
    addresses = [text for text in (account["mail"], account["upn"]) if isinstance(text, str)]
    if not addresses:
        yield Reason("link_no_address")
    for address in dict.fromkeys(addresses):
        is_managed = not policy.managed_domains or address.rpartition("@")[2].casefold() in policy.managed_domains
        yield Reason("link_address_unknown" if is_managed else "link_address_unmanaged", {"address": address})
