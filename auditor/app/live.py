"""Opens the sources that are read over the network: their settings, and how they come by their secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.config.directories import ActiveDirectory
from auditor.config.load import Workspace
from auditor.config.schema import Source
from auditor.config.secrets import secret_of
from auditor.model.reading import Connector
from auditor.model.secret import Secret

if TYPE_CHECKING:
    from connectors.active_directory.settings import DirectorySettings


def open_live(workspace: Workspace, name: str, source: Source, now: datetime) -> Connector:
    """Given a configured source whose connector is no files, return its connector. Secrets are read when it reads, never before."""
    root = workspace.root

    def secret(reference: str) -> Secret:
        return secret_of(reference, root)

    assert source.system is not None, "the schema gives every live source a system"
    if source.active_directory is not None:
        from connectors.active_directory.source import DirectoryConnector

        return DirectoryConnector(_directory(name, source.system, source.active_directory, secret, root), now)
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


def _directory(name: str, system: str, told: ActiveDirectory, secret: Callable[[str], Secret], root: Path) -> DirectorySettings:
    from connectors.active_directory.settings import Controller, DirectorySettings, UnderKind

    usual = 636 if told.security == "ldaps" else 389
    controllers = [server.partition(":") for server in told.servers]
    return DirectorySettings(
        name=name, system=system, controllers=tuple(Controller(host, int(port) if port else usual) for host, _, port in controllers),
        user=told.user, password=lambda: secret(told.password), security=told.security,
        authorities=root / told.ca_file if told.ca_file else None, base=told.base, user_bases=tuple(told.user_bases),
        group_bases=tuple(told.group_bases), user_filter=told.user_filter, number=told.number, school=told.school,
        school_attribute=told.school_attribute, kinds=tuple(UnderKind(rule.under, rule.kind) for rule in told.kinds), kind=told.kind,
        privileged=tuple(told.privileged_groups), deleted=told.deleted, deadline=told.deadline_seconds, silence=told.silence_seconds,
        page=told.page)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
