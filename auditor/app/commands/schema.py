"""`auditor schema`: the JSON Schema of auditor.toml, as shipped for editors."""

from __future__ import annotations

from importlib.resources import files

from auditor.app.cli import Call
from auditor.app.exits import Exit


def run(call: Call) -> Exit:
    """Print the JSON Schema of the configuration."""
    print(files("auditor.config").joinpath("auditor.schema.json").read_text(encoding="utf-8"), end="")
    return Exit.OK
