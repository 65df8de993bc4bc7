"""A workspace of the bundled board after its two nights, made once for all tests of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from auditor.app.cli import main
from tests.travelling import in_the_night_of, is_day


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder after both nights: read it, do not change it."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def workspace(scanned: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break."""
    folder = tmp_path / "board"
    shutil.copytree(scanned, folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command and return its exit code, standard output and standard error. A scan of a day runs in the night of that day."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        is_of_a_day = arguments[:2] == ("scan", "--as-of") and len(arguments) > 2 and is_day(arguments[2])
        with in_the_night_of(arguments[2]) if is_of_a_day else nullcontext():
            try:
                code = main(list(arguments))
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 2
        printed = capsys.readouterr()
        return int(code), printed.out, printed.err

    return call
