"""The n-th operation on a file fails, for every n up to the first clean run: report, mail and copy (promise P5)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.app.cli import main
from auditor.store import Store
from tests.proofs import write_promise
from tests.travelling import scan_on

FIRST = date(2026, 11, 25)


class Faults:
    """Counts the operations that write, and lets one of them fail as a full disk does."""

    def __init__(self, at: int) -> None:
        self.count, self.at = 0, at

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same operation, counted."""
        def counted(*arguments: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **more)
        return counted


@contextmanager
def failing(at: int) -> Iterator[Faults]:
    """Within the block the n-th opening, flush to disk, rename or removal fails. SQLite's own writes have their own sweep."""
    faults = Faults(at)
    with pytest.MonkeyPatch.context() as patch:
        writing = ((os, "fsync"), (Path, "replace"), (os, "replace"), (os, "rename"), (Path, "unlink"), (Path, "write_text"))
        for owner, name in (*writing, (os, "open"), (os, "fdopen")):
            patch.setattr(owner, name, faults.around(getattr(owner, name)))
        yield faults


def sweep(workspace: Path, points: Iterator[int]) -> tuple[int, int]:
    """Scan a day for each point at which something fails, until one runs clean. Return how many failed, and how many operations there are."""
    database, reports = workspace / "var" / "auditor.db", workspace / "var" / "reports"
    failed, day = 0, FIRST
    for at in points:
        before = {file.name: file.read_bytes() for file in reports.glob("*.html")}
        with failing(at) as faults:
            code = scan_on(day, "--config", str(workspace / "auditor.toml"))
        assert code in (0, 1, 3)
        with Store(database) as store:
            assert (store.check(), store.verify()) == ([], [])
            stored = [scan.as_of for scan in store.scans()]
        assert stored == sorted(stored)
        now = {file.name: file.read_bytes() for file in reports.glob("*.html")}
        assert before.items() <= now.items(), "earlier reports are as they were"
        assert all(body.rstrip().endswith(b"</html>") for body in now.values())
        if faults.count < at:
            return failed, faults.count
        failed, day = failed + 1, day + timedelta(days=1)
    return failed, 0


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The bundled board after its nights."""
    assert main(["demo", "--out", str(tmp_path / "demo"), "--json"]) == 0
    return tmp_path / "demo"


def test_the_first_writes_of_a_scan_may_fail(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed, _ = sweep(workspace, iter((1, 2)))
    assert failed == 2 and "Traceback" not in capsys.readouterr().err


@pytest.mark.proof
def test_every_write_of_a_scan_may_fail(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed, count = sweep(workspace, iter(range(1, 200)))
    assert count and "Traceback" not in capsys.readouterr().err
    write_promise("P5", "the n-th file operation fails, every n up to the first clean run; full disk at any size: last good scan and report intact",
                  f"sources, report, mail, copy: {failed} points of failure, then {count} operations clean; SQLite: every page, see tests/chaos")
