"""Files of schools: strict readers, layouts as data, and the connector that reads folders of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.model.reading import Connector


def open_connector(name: str, kind: str, settings: Mapping[str, Any], root: Path, now: datetime) -> Connector:
    """Given a source's name, its connector's kind ("files"), its settings (see FilesSettings), the folder its paths are seen from, and this
    instant with its zone, return its connector. Raise ConfigError with every fault if the settings are not right."""
    from pydantic import ValidationError  # pandas, pyarrow and pydantic cost half a second: only who reads pays it

    from auditor.model.errors import ConfigError, Fault
    from auditor.model.invalid import fault_of
    from connectors.files.source import FilesConnector, FilesSettings

    if kind != "files":
        raise ConfigError([Fault(name, "connector_unknown", column="connector", facts={"name": kind, "known": "files"})])
    try:
        return FilesConnector(name, FilesSettings.model_validate(dict(settings)), root, now)
    except ValidationError as invalid:
        raise ConfigError(fault_of(name, None, error, FilesSettings) for error in invalid.errors()) from None
