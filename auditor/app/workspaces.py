"""Opens what a command needs of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.access import log_access
from auditor.app.clock import now
from auditor.config.load import Rules, Workspace, load
from auditor.model.errors import AuditorError

if TYPE_CHECKING:
    from auditor.store import Store


def load_workspace(file: Path) -> Workspace:
    """Given the path of an auditor.toml, return the workspace. Raise ConfigError with every fault found, rules that do not exist included."""
    return load(file, _rules)


def _rules() -> Rules:
    from auditor.rules.registry import specs

    return {spec.slug: spec.parameters for spec in specs()}


def open_store(workspace: Workspace) -> Store:
    """Given a workspace, return its store. Raise AuditorError if no scan has been stored yet, rather than make an empty database."""
    from auditor.store import Store  # pandas and all: `status` goes without

    path = workspace.path(workspace.config.folders.database)
    if not path.exists():
        raise AuditorError("no_scan_yet")
    log_access(path, now())
    return Store(path)
