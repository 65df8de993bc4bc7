"""From folders and their holders to canonical tables. Pure. No address of a file or of a link is taken along."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from auditor.model.tables import TABLES, combine
from connectors.entra import mapping
from connectors.entra.reading import Tenant
from connectors.entra.settings import EntraSettings
from connectors.files.memberships import DIRECT
from connectors.sharepoint.reading import Found


def accounts(found: Found, system: str, source: str) -> pd.DataFrame:
    """Everybody who may open a folder, as accounts: users by their Entra id, and people known by an address only, who are external."""
    users = [found.users[who] for who in sorted({one.who for one in found.entries}) if who in found.users]
    frame = mapping.accounts(users, Tenant(), EntraSettings(tenant="", client_id="", school=()), system, source)
    frame = frame.assign(synced_from=frame["account"])
    strangers = sorted({one.who for one in found.entries} & set(found.addresses))
    if not strangers:
        return frame
    others = TABLES["accounts"].frame({
        "system": [system] * len(strangers), "account": strangers, "id_is_stable": np.zeros(len(strangers), dtype=bool), "username": strangers,
        "display_name": [found.addresses[one] for one in strangers], "mail": strangers, "kind": ["external"] * len(strangers),
        "status": ["unknown"] * len(strangers),
    }, source=source, file="permissions")
    return combine(TABLES["accounts"], [frame, others])


def grants(found: Found, system: str, source: str) -> pd.DataFrame:
    """Who holds which folder. One row per holder, folder, school and level; a link that anyone, or anyone of the board, can open stands as a
    grant whose account is the link's own id, at level anyone-link or organisation-link."""
    merged: dict[tuple[str, str, str | None, str], tuple[set[str], list[str | None]]] = {}
    for one in found.entries:
        via, ends = merged.setdefault((one.who, one.folder.folder, one.folder.school, one.level), (set(), []))
        via.add(one.via or DIRECT)
        ends.append(one.expires)
    keys = list(merged)
    return TABLES["grants"].frame({
        "system": [system] * len(keys), "account": [who for who, *_ in keys], "right": [folder for _, folder, *_ in keys],
        "level": [level for *_, level in keys], "scope": ["folder"] * len(keys), "school": [school for _, _, school, _ in keys],
        "group": [folder for _, folder, *_ in keys],
        "via": [None if via == {DIRECT} else json.dumps(sorted(via, key=lambda way: (way != DIRECT, way)), ensure_ascii=False)
                for via, _ in merged.values()],
        "ends_on": mapping.days([None if None in ends else max(end for end in ends if end) for _, ends in merged.values()]),
    }, source=source, file="permissions")


def rights(folders: set[str], system: str, source: str) -> pd.DataFrame:
    """The folders, held by anybody or not."""
    names = sorted(folders)
    return TABLES["rights"].frame({
        "system": [system] * len(names), "right": names, "name": names, "kind": ["folder"] * len(names)}, source=source, file="permissions")
