"""Writes the pages of the handbook that follow from the code, or says which of them differ: `python -m docs.generate [--check]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs.pages import commands, configuration, layouts, matrices, rules

ROOT = Path(__file__).resolve().parent.parent

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/rules.md": rules.page,
    "docs/layouts.md": layouts.page,
    "docs/configuration.md": configuration.page,
    "docs/matrices.md": matrices.page,
    "docs/commands.md": commands.page,
    "auditor/config/auditor.schema.json": configuration.json_schema,
}


def drifted(root: Path = ROOT) -> dict[str, str]:
    """Given the folder of the repository, return what each page should say, of those that differ or are not there."""
    wanted = {name: make() for name, make in PAGES.items()}
    return {name: text for name, text in wanted.items() if not (root / name).is_file() or (root / name).read_bytes() != text.encode()}


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Given arguments, write the pages that differ; with --check name them instead, and return 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page differs from the code")
    options = parser.parse_args(argv)
    found = drifted(root)
    for name, text in found.items():
        if options.check:
            sys.stderr.write(f"{name} differs from the code; run python -m docs.generate\n")
            continue
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
        sys.stdout.write(f"{name} written\n")
    return 1 if options.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
