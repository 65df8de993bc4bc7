"""Runs a parser apart, in a child process with hard limits: what costs too much memory or time ends the child and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.model.errors import Fault, InputError

_LIMITS_ITSELF = os.name == "posix"


@dataclass(frozen=True)
class Limits:
    """What the child may use. memory: bytes of address space (POSIX only); cpu_seconds: POSIX only; seconds: wall time, everywhere;
    minimum_rows: refused below.

    What a file costs is seconds of CPU. Wall time is short only where nothing else stops the child: on a machine that others keep busy, an
    honest file takes long.
    """

    memory: int = 512 << 20
    cpu_seconds: int = 60
    seconds: int = 600 if _LIMITS_ITSELF else 120
    minimum_rows: int = 1


def parsed_apart(script: str, data: bytes, file: str, limits: Limits, costly: str, arguments: Sequence[str] = ()) -> list[Any]:
    """Given the file of a child's script, what it reads, the name of that file, its limits, the fault of one that breaks them and further
    arguments, return the values it wrote, one a line, without the last, which says how many there are.

    Raise InputError if it refuses the file, breaks a limit or dies.
    """
    # Nothing of our environment goes along: it may hold secrets, and threads of number libraries eat the memory allowed.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "TEMP", "TMPDIR") if name in os.environ}
    command = [sys.executable, "-I", str(Path(script)), str(limits.memory), str(limits.cpu_seconds), *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.seconds, env=kept, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise InputError([Fault(file, costly)]) from None
    if done.returncode != 0:
        raise InputError([Fault(file, costly)])
    *lines, last = done.stdout.split(b"\n")[:-1] or [b"null"]
    end: Any = json.loads(last)
    if not isinstance(end, dict) or end.get("end") != len(lines):
        told = end if isinstance(end, dict) and "fault" in end else {"fault": costly}
        line = int(told["line"]) if "line" in told else None
        column = str(told["column"]) if "column" in told else None
        facts = {name: fact for name, fact in told.items() if name not in ("fault", "line", "column")}
        raise InputError([Fault(file, str(told["fault"]), line, column, facts=facts)])
    return [json.loads(line) for line in lines]
