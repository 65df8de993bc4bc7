"""What a source of SharePoint folders is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.entra.settings import GraphSettings


@dataclass(frozen=True)
class Folder:
    """One declared folder. folder: its name as in the register; school: code, None for the whole board; site: address of the site, e.g.
    https://bestuur.sharepoint.com/sites/rietkraag; path: of the folder in the site's documents."""

    folder: str
    school: str | None
    site: str
    path: str


@dataclass(frozen=True, kw_only=True)
class SharePointSettings(GraphSettings):
    """folders: see Folder; site_groups: name of a SharePoint group -> id of the Entra group it is made of, since Graph does not tell who is
    in a SharePoint group."""

    folders: tuple[Folder, ...]
    site_groups: Mapping[str, str] = field(default_factory=dict)
