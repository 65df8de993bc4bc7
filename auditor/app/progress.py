"""Tells on a terminal what a scan is doing; says nothing when nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.app.cli import Call
from auditor.app.pipeline import Progress

STAGES = ("collect", "correlate", "judge", "assess", "compare", "save", "report")


@contextmanager
def progress_on(call: Call) -> Iterator[Progress]:
    """Given a call, yield a function that takes the name of a stage or source; on a terminal it shows it in place."""
    if call.is_json or not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status(call.words.text("cli.progress.start")) as status:

        def show(stage: str) -> None:
            status.update(call.words.text(f"cli.progress.{stage}") if stage in STAGES else call.words.text("cli.progress.read", source=stage))

        yield show
