"""A scan keeps the memory it frees, and hands it back when it is done."""

from __future__ import annotations

import ctypes
import platform
from pathlib import Path

import numpy as np
import pytest

from auditor.app.memory import keeping_memory

MB = 2**20


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to keep memory")
def test_what_is_freed_is_kept_while_it_runs_and_handed_back_after() -> None:
    before = resident()
    with keeping_memory():
        arrays = [np.ones(25 * MB // 8) for _ in range(8)]
        assert arrays[0][0] == 1
        del arrays
        assert resident() - before > 100 * MB
    assert resident() - before < 60 * MB


def test_without_glibc_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    with keeping_memory():
        held = np.ones(10)
    assert held.sum() == 10
