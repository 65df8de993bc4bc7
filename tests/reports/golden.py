"""Golden files: what a renderer wrote and somebody looked at. AUDITOR_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Given the name of a golden file and what was rendered, assert that they are equal, or write the file when asked to."""
    path = FOLDER / name
    if os.environ.get("AUDITOR_UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        assert text.split("\n") == file.read().split("\n")
