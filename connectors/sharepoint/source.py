"""The connector of the declared SharePoint folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from auditor.model.errors import AuditorError, ConnectorError
from auditor.model.reading import Page, Permission, Permissions, Receipt
from connectors.active_directory.instants import AMSTERDAM
from connectors.entra.opening import Clock, SecretOf, lasting, opened, permissions
from connectors.sharepoint import mapping
from connectors.sharepoint.reading import USERS, USERS_WIDER, Found, Reader
from connectors.sharepoint.settings import SharePointSettings

NEEDS = {
    "Sites.Selected": frozenset({"Sites.Read.All", "Sites.FullControl.All", "Files.Read.All"}),
    "GroupMember.Read.All": frozenset({"Group.Read.All", "Directory.Read.All"}),
    USERS: USERS_WIDER,
}
"""The least permission of each kind, with wider ones that would do. Sites.Selected opens only the sites an administrator names."""
ALSO = frozenset({"Member.Read.Hidden"})
DELIVERS = frozenset({
    *(f"accounts.{name}" for name in (
        "system", "account", "id_is_stable", "username", "display_name", "mail", "upn", "number", "kind", "status", "synced_from")),
    *(f"grants.{name}" for name in ("system", "account", "right", "level", "scope", "school", "group", "via", "ends_on")),
    *(f"rights.{name}" for name in ("system", "right", "name", "kind")),
})


@dataclass(frozen=True)
class SharePointConnector:
    """As EntraConnector, for folders."""

    name: str
    system: str
    settings: SharePointSettings
    secret_of: SecretOf
    root: Path
    now: datetime
    clock: Clock = field(default_factory=Clock)

    def check(self) -> Permissions:
        """Sign in, and hold the permissions in the token against what folders need: too few, and too many."""
        try:
            with opened(self.settings, self.secret_of, self.root, self.clock) as graph:
                granted = graph.tokens.roles()
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        own = lasting(self.settings, self.secret_of, self.now.astimezone(AMSTERDAM).date())
        return Permissions((*own, *permissions(granted, {one: (enough, "folders") for one, enough in NEEDS.items()}, ALSO)))

    def pages(self) -> Iterator[Page]:
        """Yield the members and links of all folders in one page. Raise ConnectorError if none could be read, or the read breaks off."""
        with opened(self.settings, self.secret_of, self.root, self.clock) as graph:
            found = Reader(graph, self.settings).everything()
        if not found.entries:
            first = next(iter(found.unseen.values()), None)
            raise ConnectorError("sharepoint_nothing", reason=str(first or "-"))
        folders = {one.folder for one in self.settings.folders}
        tables = {
            "accounts": mapping.accounts(found, self.system, self.name), "grants": mapping.grants(found, self.system, self.name),
            "rights": mapping.rights(folders, self.system, self.name),
        }
        delivers = DELIVERS if found.has_people else DELIVERS - {"accounts.number", "accounts.status"}
        yield Page(
            tables, self._receipts(found), delivers, is_last=True, partial_rights=frozenset(folder for folder, _ in found.unseen),
            warnings=tuple(found.unseen.values()))

    def _receipts(self, found: Found) -> tuple[Receipt, ...]:
        day = self.now.astimezone(AMSTERDAM).date()
        return tuple(Receipt(name, name, one.digest.hexdigest(), one.size, one.rows, day) for name, one in found.readings.items())
