"""Logs as JSON lines with an allow-list of keys: a value under any other key never reaches the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset({
    "event", "level", "timestamp", "scan", "kind", "as_of", "source", "state", "rows", "seconds", "stage", "reason", "new", "resolved",
    "reopened", "persisting", "not_assessed", "reason_changed", "exit", "files", "error", "exception", "code", "attempts", "sent", "failed",
    "waiting", "days", "minutes",
})


def configure(verbose: bool = False) -> None:
    """Send logs to stderr, one JSON object a line: warnings and worse, or everything when verbose."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # what stderr is when a line is written, not when we began
        cache_logger_on_first_use=False,
    )


def only_allowed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Given an event, return it without any key that is not on the list."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def log() -> Any:
    """Return the logger, configured quietly unless a command configured it otherwise."""
    if not structlog.is_configured():
        configure()
    return structlog.get_logger()
