"""The wheel holds everything: installed in an empty environment with the lock, it runs the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_wheel_in_an_empty_environment_runs_the_demo(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(tmp_path.glob("rechtenauditor-*.whl"))
    packed = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in packed if name.startswith(("tests/", "docs/"))]

    home = tmp_path / "empty"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, cwd=tmp_path)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, cwd=tmp_path)

    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    auditor = python.with_name("auditor.exe" if os.name == "nt" else "auditor")
    done = subprocess.run([str(auditor), "demo", "--out", "demo", "--json"], check=True, capture_output=True, text=True, cwd=tmp_path, env=plain)
    nights = json.loads(done.stdout)
    assert [night["as_of"] for night in nights] == ["2026-11-23", "2026-11-24"]
    assert nights[0]["counts"]["new"] > 0 and nights[1]["counts"]["resolved"] > 0
    assert (tmp_path / "demo" / "var" / "reports" / "auditor-waterlanden-2026-11-24.html").stat().st_size > 50_000
    subprocess.run([str(auditor), "init", "board", "--template", "kindante"], check=True, capture_output=True, cwd=tmp_path, env=plain)
    assert (tmp_path / "board" / "matrices" / "esis" / "rows.csv").exists()
