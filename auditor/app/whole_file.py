"""Writes a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from auditor.model.errors import AuditorError


def write_whole(target: Path, content: str | bytes) -> None:
    """Given a path and text (or bytes), write it there for its owner and group only. Raise AuditorError if the disk refuses;
    what stood there stays then."""
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise AuditorError("report_not_written", path=str(target), detail=error.strerror or "") from error
