"""Reads every configured source and register; one that fails never stops the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.app.cli import place_of
from auditor.app.logs import log
from auditor.app.pipeline import Progress
from auditor.collect import Read
from auditor.config.load import Workspace, settings_of
from auditor.config.schema import Source
from auditor.model.coverage import SourceReport
from auditor.model.errors import AuditorError, ConnectorError
from auditor.model.policy import SourceSettings
from auditor.model.reading import Connector, Page
from auditor.model.tables import REGISTERS
from connectors.files import open_connector


def read_all(
    workspace: Workspace, now: datetime, released: Mapping[str, str], progress: Progress, before: Collection[SourceReport] = (),
) -> list[Read]:
    """Given a workspace, this instant, the reasons of running releases by source and the sources of the last scan, return one read per
    source and register, those that were taken out of the configuration since and not replaced included.

    Each source has its own time, and all of them together that of the scan: one that hangs costs itself, not the night.
    """
    limits = workspace.config.schedule
    ends = time.monotonic() + limits.scan_minutes * 60
    reads = []
    for settings, connector in connectors(workspace, now, released, {report.source for report in before}):
        progress(settings.name)
        reads.append(read_in_time(settings, connector, min(limits.source_minutes * 60, ends - time.monotonic())))
    filled = {(one.settings.role, one.settings.system) for one in reads}
    return reads + [
        Read(SourceSettings(report.source, report.role, report.system), is_configured=False) for report in before
        if report.role != "register" and report.source not in workspace.config.sources and (report.role, report.system) not in filled
    ]


def read_in_time(settings: SourceSettings, connector: Connector, seconds: float) -> Read:
    """Given one source and how long it may take, return what `read` gives, or nothing and `source_deadline` when it did not end.

    What hangs in a system call cannot be stopped from within: its thread is left behind and ends with this process.
    """
    done: list[Read] = []
    reading = threading.Thread(target=lambda: done.append(read(settings, connector)), name=f"read-{settings.name}", daemon=True)
    reading.start()
    reading.join(max(seconds, 0))
    if done:
        return done[0]
    log().error("source", source=settings.name, code="source_deadline", seconds=int(seconds))
    return Read(settings, (), ConnectorError("source_deadline", minutes=max(round(seconds / 60), 1)))


def read(settings: SourceSettings, connector: Connector) -> Read:
    """Given one source, return its pages and the error that ended the reading, if any: also one nobody foresaw, which is logged by its place
    and not by its text, that may hold what is in a file."""
    pages: list[Page] = []
    try:
        pages.extend(connector.pages())
    except AuditorError as error:
        return Read(settings, tuple(pages), error)
    except MemoryError:
        return Read(settings, tuple(pages), ConnectorError("source_too_large"))
    except Exception as error:  # noqa: BLE001 - a mistake of ours in one reader must not cost the others their night
        log().error("source", source=settings.name, error=type(error).__name__, stage=place_of(error))
        return Read(settings, tuple(pages), ConnectorError("source_failed", kind=type(error).__name__, place=place_of(error)))
    return Read(settings, tuple(pages), None)


def connectors(
    workspace: Workspace, now: datetime, released: Mapping[str, str], known: Collection[str] = (),
) -> Iterator[tuple[SourceSettings, Connector]]:
    """Given a workspace and the sources of the last scan, yield each register and each configured source, with its settings.

    A register that was read last time and is not there now has not stopped being configured: it failed.
    """
    folder = workspace.path(workspace.config.folders.registers)
    for table in REGISTERS:
        name = f"register.{table}"
        if _is_there(folder / f"{table}.csv") or name in known:
            part = {"layout": f"register-{table}", "path": str(workspace.config.folders.registers / f"{table}.csv")}
            settings = SourceSettings(name, "register", minimum_rows=0, released=released.get(name))
            options = {"parts": [part], "settle_seconds": 0, "folders": [str(workspace.config.folders.registers)]}
            yield settings, open_connector(name, "files", options, workspace.root, now)
    for name, source in workspace.config.sources.items():
        yield settings_of(name, source, released.get(name)), open_source(workspace, name, source, now)


def _is_there(file: Path) -> bool:
    """Whether something has this name, be it a link that leads nowhere or a file in a folder that may not be read: that is refused by name."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def open_source(workspace: Workspace, name: str, source: Source, now: datetime) -> Connector:
    """Given one configured source, return its connector."""
    if source.roster is not None:
        from auditor.app.rosters import open_roster

        return open_roster(workspace, name, source, now)
    if source.connector != "files":
        from auditor.app.live import open_live  # what speaks to the network is imported by who has a live source

        return open_live(workspace, name, source, now)
    settings: dict[str, Any] = {
        "system": source.system,
        "settle_seconds": source.settle_seconds,
        "layouts": str(workspace.config.folders.layouts),
        "folders": [str(folder) for folder in workspace.config.folders.exports],
        "parts": [part.model_dump() for part in source.parts],
    }
    return open_connector(name, source.connector, settings, workspace.root, now)
