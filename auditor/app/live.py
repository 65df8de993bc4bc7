"""Opens the sources that are read over the network: their settings, and how they come by their secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from auditor.config.load import Workspace
from auditor.config.schema import Source
from auditor.config.secrets import secret_of
from auditor.model.reading import Connector
from auditor.model.secret import Secret


def open_live(workspace: Workspace, name: str, source: Source, now: datetime) -> Connector:
    """Given a configured source whose connector is no files, return its connector. Secrets are read when it reads, never before."""
    root = workspace.root

    def secret(reference: str) -> Secret:
        return secret_of(reference, root)

    assert source.system is not None, "the schema gives every live source a system"
    if source.entra is not None:
        from connectors.entra.settings import EntraSettings
        from connectors.entra.source import EntraConnector

        return EntraConnector(name, source.system, EntraSettings(**_plain(source.entra.model_dump())), secret, root, now)
    from connectors.sharepoint.settings import Folder, SharePointSettings
    from connectors.sharepoint.source import SharePointConnector

    assert source.sharepoint is not None, "the schema gives every source the settings of its connector"
    given = source.sharepoint.model_dump()
    folders = tuple(Folder(**one) for one in given.pop("folders"))
    return SharePointConnector(name, source.system, SharePointSettings(**given, folders=folders), secret, root, now)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
