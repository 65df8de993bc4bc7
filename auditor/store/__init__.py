"""The only code that speaks SQLite: history as changes, findings, decisions, the chain. Names are loaded when first used, so that
`auditor.store.light` and `auditor.store.lock` start without pandas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.store.lock import scan_lock
    from auditor.store.record import AcceptedRead, ScanRecord
    from auditor.store.store import Store

__all__ = ["AcceptedRead", "ScanRecord", "Store", "scan_lock"]

_HOMES = {
    "AcceptedRead": "auditor.store.record", "ScanRecord": "auditor.store.record", "Store": "auditor.store.store",
    "scan_lock": "auditor.store.lock",
}


def __getattr__(name: str) -> Any:
    """Given a public name, return it from its home. Raise AttributeError if this package has no such name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
