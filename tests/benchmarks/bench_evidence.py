"""Measures the proof for an auditor: `python -m tests.benchmarks.bench_evidence [100 1000 5000]`.

The bundled board's package with its findings repeated to each number: seconds of CPU and bytes of each format, and the peak memory so far.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import date
from pathlib import Path

from auditor.app.cli import main as auditor
from auditor.app.clock import now
from auditor.app.evidence_package import evidence_package
from auditor.app.workspaces import load_workspace, open_store
from auditor.model.evidence import EvidencePackage
from reports.render import evidence_package as rendered
from reports.texts import Words

SIZES = (100, 1_000, 5_000)
NIGHTS = (date(2026, 11, 23), date(2026, 11, 24))


def main(sizes: Sequence[int]) -> int:
    """Print the table; return 0."""
    words = Words("nl")
    formats: dict[str, Callable[[EvidencePackage], str | bytes]] = {
        "json": rendered.as_json, "html": lambda package: rendered.as_html(package, words), "pdf": lambda package: rendered.as_pdf(package, words)}
    bundled = _bundled(words)
    print(f"{'findings':>9}  {'format':<6} {'CPU s':>7} {'KB':>7} {'peak MB':>8}")
    for size in sizes:
        package = replace(bundled, findings=[*bundled.findings] * (size // len(bundled.findings) + 1))
        package = replace(package, findings=package.findings[:size])
        for name, render in formats.items():
            started = time.process_time()
            made = render(package)
            took = time.process_time() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{size:>9,}  {name:<6} {took:>7.2f} {len(made) / 1000:>7.0f} {peak:>8.0f}", flush=True)
    return 0


def _bundled(words: Words) -> EvidencePackage:
    with tempfile.TemporaryDirectory() as home:
        with redirect_stdout(sys.stderr):
            auditor(["demo", "--out", f"{home}/board"])
        workspace = load_workspace(Path(home) / "board" / "auditor.toml")
        with open_store(workspace) as store:
            return evidence_package(workspace, store, *NIGHTS, words, now())


if __name__ == "__main__":
    raise SystemExit(main([int(size) for size in sys.argv[1:]] or SIZES))
