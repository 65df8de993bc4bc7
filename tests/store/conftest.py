"""An empty store, ready for its first night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.store import Store
from tests.store.nights import Board


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A store in a folder of its own, and the first night's date."""
    path = tmp_path / "auditor.db"
    with Store(path) as store:
        yield Board(store, path)
