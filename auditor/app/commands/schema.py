"""`auditor schema`: the JSON Schemas of auditor.toml and of the report as JSON, as shipped."""

from __future__ import annotations

from importlib.resources import files

from auditor.app.cli import Call
from auditor.app.exits import Exit


def run(call: Call) -> Exit:
    """Print the JSON Schema of the configuration, or of the report."""
    home, name = ("reports.render", "report.schema.json") if call.arguments.report else ("auditor.config", "auditor.schema.json")
    print(files(home).joinpath(name).read_text(encoding="utf-8"), end="")
    return Exit.OK
