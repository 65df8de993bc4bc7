"""A folder of exports, and a way to read it as a source."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.model.reading import Page
from auditor.model.tables import TABLES, combine
from connectors.files import open_connector

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


class Workspace:
    """A temporary folder with exports."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: str | bytes, age: float = 3600) -> Path:
        """Write a file under the root, last changed `age` seconds before NOW."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (NOW.timestamp() - age,) * 2)
        return path

    def read(
        self, *parts: Mapping[str, Any], system: str | None = None, settle_seconds: int = 60, layouts: str | None = None, folders: Sequence[str] = (),
    ) -> list[Page]:
        """Read these parts as one source; every frame is checked against its declaration."""
        settings = {"parts": list(parts), "system": system, "settle_seconds": settle_seconds, "layouts": layouts, "folders": folders}
        pages = list(open_connector("bron", "files", settings, self.root, NOW).pages())
        for page in pages:
            for name, frame in page.tables.items():
                TABLES[name].check(frame)
        assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
        return pages

    def tables(
        self, layout: str, content: str | bytes, file: str = "export.csv", system: str | None = None, **options: Any,
    ) -> dict[str, pd.DataFrame]:
        """Write one file, read it by one layout, return its tables."""
        self.write(file, content)
        pages = self.read({"layout": layout, "path": file, "options": options}, system=system)
        return dict(pages[0].tables)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty folder to write exports in."""
    return Workspace(tmp_path)


@pytest.fixture
def together() -> Callable[[list[Page], str], pd.DataFrame]:
    """Puts the frames of one table from several pages under each other."""
    return lambda pages, name: combine(TABLES[name], [page.tables[name] for page in pages if name in page.tables])


def _records(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    shown = []
    for name in columns:
        values = frame[name]
        if str(values.dtype).startswith("datetime"):
            values = values.dt.strftime("%Y-%m-%d")
        shown.append([None if pd.isna(value) else value for value in values.tolist()])
    return list(zip(*shown, strict=True))


@pytest.fixture
def rows() -> Callable[..., list[tuple[Any, ...]]]:
    """Gives rows of a frame as tuples: absent as None, days as text."""
    return _records
