"""Findings that go on under their old key although what they are about got another code: merged schools and renamed accounts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from auditor.assess.among import is_among
from auditor.assess.identity import GRANT, OWNER, keys_of
from auditor.rules.registry import SLUGS, spec_of
from auditor.rules.view import AuditView

Renamed = dict[tuple[str, str], str]
"""(system, old id) -> new id."""


def with_old_keys(view: AuditView, findings: pd.DataFrame, successor_of: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Given today's findings, return them with the key of the earlier finding each continues, and by key the account id that earlier finding
    had, for those whose account goes on under another.

    A school is taken after merged_into; an account id its layout calls unstable continues under a new id when owner, system and school
    are the same (rules 1, "Identity"); for a right that school is the one it reaches, not the one the account is of.
    Only findings that are absent today under their own key are looked for under another.
    """
    past = view.past.findings
    if not len(past):
        return findings, {}
    gone = np.flatnonzero(~is_among(past["key"], findings["key"]) & (past["state"] != "resolved").to_numpy())
    if not len(gone):
        return findings, {}
    lost = past.take(gone)
    renamed, of_rights = _renamed(view, lost)
    moved = is_among(lost["school"], successor_of) | is_among(lost["account"], (old for _, old in of_rights))
    if not moved.any():
        return findings, {}
    old_key_of: dict[str, str] = {}
    for row in lost[moved].sort_values("key").astype("object").itertuples():
        for key in _keys_today(row, successor_of, of_rights if row.cluster == "grant" else renamed):
            old_key_of.setdefault(key, row.key)
    taken_over = findings["key"].map(old_key_of)
    if not taken_over.notna().any():
        return findings, {}
    continuing = findings.assign(key=taken_over.where(taken_over.notna(), findings["key"]).astype("str"))
    goes_on = lost[is_among(lost["key"], taken_over.dropna())][["key", "system", "account"]].astype("object")
    earlier = {key: account for key, system, account in goes_on.itertuples(index=False) if (system, account) in of_rights}
    return continuing.sort_values("key", kind="stable").reset_index(drop=True), earlier


def _keys_today(row: object, successor_of: Mapping[str, str], renamed: Renamed) -> list[str]:
    """The keys under which an earlier finding may stand today: with the school that sees it as the one it reaches, or reaching none."""
    if row.rule not in SLUGS:  # type: ignore[attr-defined]
        return []
    spec = spec_of(row.rule)  # type: ignore[attr-defined]
    fields = {"owner": OWNER, "grant": GRANT}.get(spec.cluster, spec.identity)
    values = {name: value if isinstance(value := getattr(row, name, None), str) else "" for name in fields}
    if "account" in values:
        values["account"] = renamed.get((values.get("system", ""), values["account"]), values["account"])
    lead = spec.cluster if spec.cluster != "rule" else spec.slug
    schools = [successor_of.get(values["school"], values["school"]), ""] if "school" in values else [""]
    return [
        keys_of(spec.cluster, lead, [[school if name == "school" else values[name]] for name in fields])[0] for school in dict.fromkeys(schools)
    ]


def _renamed(view: AuditView, lost: pd.DataFrame) -> tuple[Renamed, Renamed]:
    """Accounts that are gone while exactly one new account without a stable id has their owner and school; and, for findings about rights,
    whose key holds the school itself, also those of which the owner lost just one account in the system and got just one."""
    accounts = view.accounts
    unstable = ~accounts["id_is_stable"].fillna(True).to_numpy(dtype=bool)
    if not unstable.any():
        return {}, {}
    of_account = lost["account"].notna().to_numpy() & lost["person"].notna().to_numpy()
    gone = lost[of_account & ~is_among(lost["account"], accounts["account"])]
    if not len(gone):
        return {}, {}
    known = view.past.links
    fresh = accounts[unstable & is_among(accounts["person"], gone["person"].unique())]
    fresh = fresh[~is_among(fresh["account"], known["account"])]
    places = fresh.groupby(["system", "person", "where"], observed=True)["account"]
    single = places.first()[places.size() == 1].to_dict()
    told = gone[["system", "account", "person", "school"]].astype("object").drop_duplicates().itertuples(index=False)
    alike = {(system, account): single[system, person, school] for system, account, person, school in told if (system, person, school) in single}
    owners = fresh.groupby(["system", "person"], observed=True)["account"]
    only = owners.first()[owners.nunique() == 1].to_dict()
    left = gone[["system", "account", "person"]].astype("object").drop_duplicates()
    left = left[~left.duplicated(["system", "person"], keep=False)]
    of_rights = {(system, account): only[system, person] for system, account, person in left.itertuples(index=False) if (system, person) in only}
    return alike, of_rights | alike
