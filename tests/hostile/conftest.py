"""The bundled board after its two nights, for the night that hostile files come in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditor.app.cli import main


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder after both nights: copy it, do not change it."""
    folder = tmp_path_factory.mktemp("hostile") / "demo"
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def workspace(board: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break."""
    folder = tmp_path / "board"
    shutil.copytree(board, folder)
    return folder
