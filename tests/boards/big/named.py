"""Writes the matrix of Entra ID: who holds a role there stands in it by name."""

from __future__ import annotations

from pathlib import Path

from tests.boards.big.crowd import Crowd

HEAD = """# Wie welke beheerrol in Microsoft 365 heeft, met naam.
system = "entra"
name = "Microsoft 365"
edition = "gegenereerd"
owner = "Stichting Groot"
adopted_on = 2026-09-01
adopted_by = "College van Bestuur"
privacy_class = 2
"""
STEP = 500
"""One in so many people holds the role."""


def write_named_roles(crowd: Crowd, folder: Path) -> None:
    """Given the people and the folder of the matrices, write the matrix that names every holder of a role."""
    holders = ",".join(str(crowd.number[place]) for place in range(0, len(crowd), STEP))
    (folder / "entra").mkdir(parents=True, exist_ok=True)
    (folder / "entra" / "matrix.toml").write_text(HEAD, encoding="utf-8")
    (folder / "entra" / "rows.csv").write_text(
        "function;right;level;scope;stance;conditions;mode;holders;max_holders;note\n"
        f"*;Helpdesk Administrator;;board;allowed;;alert;{holders};;\n", encoding="utf-8")
