"""The connector of one tenant. It reads, and there is nothing in it that could write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from auditor.model.errors import AuditorError, ConnectorError, Reason
from auditor.model.reading import Page, Permission, Permissions, Receipt
from auditor.model.tables import TABLES
from connectors.active_directory.instants import AMSTERDAM
from connectors.entra import mapping
from connectors.entra.endpoints import NEEDS, Part
from connectors.entra.graph import Graph
from connectors.entra.opening import Clock, SecretOf, lasting, opened, permissions
from connectors.entra.reading import Reader, Tenant
from connectors.entra.settings import EntraSettings

ACCOUNTS = (
    "system", "account", "id_is_stable", "username", "display_name", "mail", "upn", "number", "kind", "status", "school", "created_on",
    "password_set_on", "synced_from",
)
GRANTS = ("system", "account", "right", "level", "scope", "school", "via", "starts_on", "ends_on")
RIGHTS = ("system", "right", "name", "kind")
COUNTED = ("repeated", "groups_left_out", "groups_synced", "gone_meanwhile", "without_pim")
"""Counts of the reading that are told; the catalogue has a line `graph_<name>` for each."""


@dataclass(frozen=True)
class EntraConnector:
    """name, system: of the source; settings; secret_of: leads from a reference to the secret; root: the folder paths are seen from; now: this
    instant, with its zone; clock: what tells the time that passes."""

    name: str
    system: str
    settings: EntraSettings
    secret_of: SecretOf
    root: Path
    now: datetime
    clock: Clock = field(default_factory=Clock)

    def check(self) -> Permissions:
        """Sign in, and hold the permissions in the token against what the settings need: too few, and too many."""
        try:
            with opened(self.settings, self.secret_of, self.root, self.clock) as graph:
                granted = graph.tokens.roles()
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        own = lasting(self.settings, self.secret_of, self.now.astimezone(AMSTERDAM).date())
        return Permissions((*own, *permissions(granted, needed(self.settings), ALSO)))

    def pages(self) -> Iterator[Page]:
        """Yield the accounts page by page, and with the last one the rights and who holds them.

        Raise ConnectorError if the tenant cannot be reached or read to its end.
        """
        with opened(self.settings, self.secret_of, self.root, self.clock) as graph:
            yield from self._pages(graph)

    def _pages(self, graph: Graph) -> Iterator[Page]:
        reader = Reader(graph, self.settings)
        reader.demand_users()
        tenant = reader.everything_but_users()
        users: dict[str, None] = {}
        for page in reader.users():
            users.update(dict.fromkeys(one["id"] for one in page))
            yield Page({"accounts": mapping.accounts(page, tenant, self.settings, self.system, self.name)})
        if not users:
            raise ConnectorError("graph_no_users")
        reader.unfold(users.keys())
        rights, grants, partial = mapping.rights_and_grants(tenant, list(users), self.system, self.name)
        kinds = {NEEDS[part].kind for part in tenant.missing} - {""}
        yield Page(
            {"rights": rights, "grants": grants}, self._receipts(tenant), delivered(self.settings, tenant), is_last=True,
            missing_kinds=frozenset(kinds), partial_rights=partial,
            left_out_rights=mapping.left_out_rights(tenant), warnings=tuple(tenant.missing.values()))

    def _receipts(self, tenant: Tenant) -> tuple[Receipt, ...]:
        day = self.now.astimezone(AMSTERDAM).date()
        told = tuple(Reason(f"graph_{name}", {"count": tenant.counts[name]}) for name in COUNTED if tenant.counts[name])
        notes = {"users": (*tenant.missing.values(), *told)}
        return tuple(
            Receipt(name, name, one.digest.hexdigest(), one.size, one.rows, day, notes=notes.get(name, ()))
            for name, one in tenant.readings.items())


ALSO = frozenset({NEEDS["hidden_groups"].permission, NEEDS["units"].permission})
"""Needed in some tenants only: not missed by `check`, and not too much either."""


def needed(settings: EntraSettings) -> dict[str, tuple[frozenset[str], str]]:
    """Given settings, return each permission they need, with the wider ones that would do and the parts it is for."""
    parts: list[Part] = ["users", *(part for part in NEEDS if part in settings.reads)]
    parts += ["units"] if "administrativeUnit" in settings.school else []
    found: dict[str, tuple[frozenset[str], str]] = {}
    for part in parts:
        need = NEEDS[part]
        enough, told = found.get(need.permission, (need.enough, ""))
        found[need.permission] = enough & need.enough, f"{told}, {part}" if told else part
    return found


def delivered(settings: EntraSettings, tenant: Tenant) -> frozenset[str]:
    """Given settings and what was read, return the "table.column" names that are filled: a part that is missing or not asked for takes
    its columns with it, so that what leans on them is not assessed."""
    reads = set(settings.reads)
    names = {f"accounts.{name}" for name in ACCOUNTS}
    if reads & {"groups", "roles", "apps"}:
        names |= {f"grants.{name}" for name in GRANTS} | {f"rights.{name}" for name in RIGHTS}
    for part, need in NEEDS.items():
        if part in reads:
            names |= need.columns
    for part in tenant.missing:
        names -= NEEDS[part].columns
    assert all(name.split(".")[1] in TABLES[name.split(".")[0]].names for name in names)
    return frozenset(names)
