"""Adds a line to the register of reviews, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from auditor.model.errors import AuditorError
from auditor.model.tables import TABLES

FILE = "reviews.csv"


def add_review(folder: Path, review: Mapping[str, str]) -> Path:
    """Given the registers' folder and a review (columns of the table, as text), write it behind what stands there and return the file.

    The file keeps its own order of columns. Raise AuditorError if it lacks a column that the review fills.
    """
    path = folder / FILE
    before = path.read_bytes() if path.exists() else b""
    text = _decoded(before)
    names = next(csv.reader(io.StringIO(text), delimiter=";"), None) or list(TABLES["reviews"].names)
    missing = [name for name, value in review.items() if value and name not in names]
    if missing:
        raise AuditorError("review_column_missing", file=FILE, column=missing[0])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    if not text.strip():
        writer.writerow(names)
    elif not text.endswith("\n"):
        out.write("\n")
    writer.writerow([" ".join(review.get(name, "").split()) for name in names])
    folder.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".csv.new")
    fresh.write_bytes((text + out.getvalue()).encode("utf-8"))
    if path.exists():
        fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)
    return path


def _decoded(content: bytes) -> str:
    """As the registers are read: UTF-8 (with or without its mark), else the Windows code page of an older Excel."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
