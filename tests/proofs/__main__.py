"""Writes docs/proofs.md from the tables that the proofs kept: `python -m tests.proofs`."""

from __future__ import annotations

from tests.proofs.tables import PAGE, kept, page


def main() -> int:
    """Write the page; return 1 if no proof kept a table."""
    tables = kept()
    if tables:
        PAGE.write_text(page(tables), encoding="utf-8")
        print(f"{PAGE}: {len(tables)} tables")
    return int(not tables)


if __name__ == "__main__":
    raise SystemExit(main())
