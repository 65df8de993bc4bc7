"""Opens what a command needs of a workspace."""

from __future__ import annotations

from auditor.config.load import Workspace
from auditor.model.errors import AuditorError
from auditor.store import Store


def open_store(workspace: Workspace) -> Store:
    """Given a workspace, return its store. Raise AuditorError if no scan has been stored yet, rather than make an empty database."""
    path = workspace.path(workspace.config.folders.database)
    if not path.exists():
        raise AuditorError("no_scan_yet")
    return Store(path)
