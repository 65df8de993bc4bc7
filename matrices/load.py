"""Loads matrices from folders: matrix.toml and rows.csv."""

from __future__ import annotations

import hashlib
from pathlib import Path

from auditor.model.errors import ConfigError, Fault
from auditor.model.matrix import Matrix
from matrices.headfile import read_head
from matrices.rowfile import read_rows

HEAD = "matrix.toml"
ROWS = "rows.csv"
UNREAD = ("matrix_head_not_utf8", "toml_")


def load_matrix(folder: Path, shown: Path | None = None) -> Matrix:
    """Given the folder of one matrix, and how users know that folder (None: as given), return the matrix. Raise ConfigError with every fault
    of both files if it cannot be read."""
    matrix, faults = _load(folder, shown or folder)
    if faults or matrix is None:
        raise ConfigError(faults)
    return matrix


def load_matrices(folder: Path, shown: Path | None = None) -> tuple[Matrix, ...]:
    """Given a folder that holds matrices at any depth, and how users know it (None: as given), return them in order of path, none if there
    are none.

    Raise ConfigError with every fault of every matrix if one cannot be read, or if two are about exactly the same system.
    """
    matrices, faults = sound_matrices(folder, shown)
    if faults:
        raise ConfigError(faults)
    return matrices


def sound_matrices(folder: Path, shown: Path | None = None) -> tuple[tuple[Matrix, ...], tuple[Fault, ...]]:
    """Given the same as `load_matrices`, return the matrices that can be read, and every fault of those that cannot."""
    matrices: list[Matrix] = []
    faults: list[Fault] = []
    by_system: dict[str, Matrix] = {}
    homes = {found.parent for name in (HEAD, ROWS) for found in folder.rglob(name)} if folder.is_dir() else set()
    for home in sorted(homes):
        name = (shown or folder) / home.relative_to(folder)
        matrix, wrong = _load(home, name)
        faults.extend(wrong)
        if matrix is None or wrong:
            continue
        earlier = by_system.setdefault(matrix.system, matrix)
        if earlier is not matrix:
            facts = {"system": matrix.system, "other": earlier.path}
            faults.append(Fault(str(name / HEAD), "matrix_system_double", column="system", facts=facts))
        matrices.append(matrix)
    return tuple(matrices), tuple(faults)


def _load(folder: Path, shown: Path) -> tuple[Matrix | None, tuple[Fault, ...]]:
    content: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name in (HEAD, ROWS):
        try:
            content[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            faults.append(Fault(str(shown / name), "matrix_file_missing"))
        except OSError as error:
            faults.append(Fault(str(shown / name), "matrix_file_unreadable", facts={"detail": error.strerror or ""}))
    if faults:
        return None, tuple(faults)
    head, head_faults = read_head(content[HEAD], str(shown / HEAD))
    rows, row_faults = read_rows(content[ROWS], str(shown / ROWS), head.levels)
    if any(fault.code.startswith(UNREAD) for fault in head_faults):  # the orders of levels were not read: do not blame the rows for it
        row_faults = tuple(fault for fault in row_faults if fault.code != "matrix_level_unordered")
    digest = hashlib.sha256()
    for name in (HEAD, ROWS):
        digest.update(f"{name} {len(content[name])}\n".encode() + content[name])
    matrix = Matrix(
        system=head.system, name=head.name, edition=head.edition, owner=head.owner, adopted_on=head.adopted_on,
        adopted_by=head.adopted_by, rows=rows, natives=head.natives, levels=head.levels, privacy_class=head.privacy_class,
        register=head.register, modules=head.modules, functions=head.functions, digest=digest.hexdigest(), path=str(shown),
    )
    return matrix, (*head_faults, *row_faults)
