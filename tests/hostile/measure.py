"""Reads hostile files in a process of its own and tells what each cost: `python -m tests.hostile.measure FOLDER NAME...`.

Each file is read in a process of its own, with 8 GB of address space and five minutes. A line of JSON a file says what came of it, in
seconds (wall and CPU, children included), in megabytes at the peak above what the process had before, and in megabytes of its largest
child (never less than the process it was started from: so Linux counts).
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from auditor.model.errors import AuditorError, InputError
from connectors.files import open_connector
from tests.hostile.corpus import CORPUS

MEMORY = 8 << 30
SECONDS = 300


def peak() -> int:
    """Most kilobytes of memory this process held since the last reset."""
    line = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def reset() -> int:
    """Forget the peak; return the kilobytes held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()


def spent() -> float:
    """CPU seconds of this process and its children."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def outcome(root: Path, name: str, layout: str) -> str:
    """Given a folder, a file in it and its layout, return `ok`, the code of its first fault, or what was raised that should not be."""
    settings = {"parts": [{"layout": layout, "path": name}], "system": "proef", "layouts": "layouts", "settle_seconds": 0}
    try:
        list(open_connector("bron", "files", settings, root, datetime(2026, 11, 24, tzinfo=UTC)).pages())
    except InputError as refused:
        return refused.faults[0].code
    except AuditorError as error:
        return error.reason.code
    except Exception as error:  # noqa: BLE001 - this is what the measuring is about
        return f"raised {type(error).__name__}: {error}"[:200]
    return "ok"


def measured(root: Path, name: str, layout: str) -> dict[str, str | float | int]:
    """Given a folder, a file in it and its layout, read it in this process and return what that cost."""
    before, cpu, start = reset(), spent(), time.monotonic()
    answer = outcome(root, name, layout)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "name": name, "answer": answer, "seconds": round(time.monotonic() - start, 2), "cpu": round(spent() - cpu, 2),
        "megabytes": (peak() - before) >> 10, "child": child >> 10}


def main(folder: str, names: list[str]) -> int:
    """Read each in a fork of this process, which has everything loaded already; print what it cost."""
    root = Path(folder)
    (root / "warm.csv").write_bytes(b"Medewerker-id;Gebruikersnaam;BRIN;Rol\n1;a;99AA00;IB\n")
    assert outcome(root, "warm.csv", "parnassys-overview") == "ok"
    layouts = {one.name: one.layout for one in CORPUS}
    for name in names:
        if not (child := os.fork()):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(SECONDS)
            print(json.dumps(measured(root, name, layouts.get(name, "parnassys-overview"))), flush=True)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status:
            print(json.dumps({"name": name, "answer": f"the process ended with {os.waitstatus_to_exitcode(status)}"}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
