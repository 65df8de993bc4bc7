"""Lets `python -m auditor` do what the installed `auditor` command does."""

from auditor.app.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
