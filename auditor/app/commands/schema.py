"""`auditor schema`: the JSON Schema of auditor.toml."""

from __future__ import annotations

import json

from auditor.app.cli import Call
from auditor.app.exits import Exit


def run(call: Call) -> Exit:
    """Print the JSON Schema of the configuration."""
    from auditor.config.schema import Configuration

    print(json.dumps(Configuration.model_json_schema(), indent=2, ensure_ascii=False))
    return Exit.OK
