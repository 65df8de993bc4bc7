"""What the handbook asks an administrator to grant is what the code asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from auditor.config.schema import Configuration
from connectors.entra.endpoints import NEEDS
from connectors.sharepoint.source import NEEDS as FOLDERS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "handbook" / "entra.md").read_text(encoding="utf-8")


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    told = set(re.findall(r"^\| `([A-Za-z-]+(?:\.[A-Za-z]+)+)` \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told == {(need.permission, part) for part, need in NEEDS.items()}


def test_licences_and_the_permissions_of_folders_are_told() -> None:
    for part, need in NEEDS.items():
        line = next(line for line in PAGE.splitlines() if f"| `{part}` |" in line)
        assert need.licence in line
    assert all(f"`{permission}`" in PAGE.split("## 5.")[1] for permission in FOLDERS)


def test_the_example_is_a_valid_configuration() -> None:
    blocks = [text.replace("<", "").replace(">", "").replace("Directory (tenant) ID", "t").replace("Application (client) ID", "c").replace(
        "id of the Entra group it is made of", "g") for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
    board = '[board]\nname = "x"\nshort = "x"\n[retention]\nuse_data_months = 6\nperson_data_months = 24\n'
    found = Configuration.model_validate(tomllib.loads(board + "".join(blocks)))
    assert {source.connector for source in found.sources.values()} == {"entra", "sharepoint"}
