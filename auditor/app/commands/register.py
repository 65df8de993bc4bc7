"""`auditor register check`: is what the board keeps itself sound, and does it mean what it says?"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.exits import Exit
from auditor.config.load import Workspace
from auditor.model.errors import ConfigError, ConnectorError, Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

    from auditor.app.register_checks import Known, Problem


def check(call: Call) -> Exit:
    """Print every error and warning of the registers; errors give exit 2, warnings none."""
    from auditor.app.register_checks import check_registers
    from auditor.app.workspaces import load_workspace

    workspace = load_workspace(call.config)
    folder = workspace.path(workspace.config.folders.registers)
    registers, problems = _read(workspace, folder)
    known = _known(workspace)
    problems += [*_stray(folder), *check_registers(registers, known)]
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    if call.is_json:
        print(json.dumps({
            "folder": str(folder), "registers": {name: len(frame) for name, frame in registers.items()},
            "errors": [_plain(call, problem) for problem in errors], "warnings": [_plain(call, problem) for problem in warnings],
        }, ensure_ascii=False, indent=2))
        return Exit.USAGE if errors else Exit.OK
    words = call.words
    for key, found in (("cli.matrix.error", errors), ("cli.matrix.warning", warnings)):
        for problem in found:
            print(f"{words.text(key)}  {words.fault(problem.fault)}")
    for name, frame in registers.items():
        print(words.text("register_check.read", name=name, count=len(frame)))
    if known.persons is None and registers:
        print(words.text("register_check.people_not_known"))
    if not registers and not problems:
        print(words.text("register_check.none", folder=str(folder)))
    elif not problems:
        print(words.text("register_check.fine"))
    return Exit.USAGE if errors else Exit.OK


def _read(workspace: Workspace, folder: Path) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The registers that read well, and what is wrong with the others."""
    from auditor.app.register_checks import Problem
    from auditor.model.tables import REGISTERS

    registers: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for table in REGISTERS:
        file = folder / f"{table}.csv"
        if not file.exists():
            continue
        try:
            registers[table] = read_register(workspace, table)
        except (InputError, ConfigError) as refused:
            problems += [Problem(fault) for fault in refused.faults]
        except ConnectorError as error:
            problems.append(Problem(Fault(file.name, "register_not_read", facts={"why": str(error)})))
    return registers, problems


def read_register(workspace: Workspace, table: str) -> pd.DataFrame:
    """Given a workspace and the name of a register that is there, return its rows, read as a scan reads them. Raise InputError, ConfigError or
    ConnectorError if it cannot be read."""
    from auditor.model.tables import TABLES, combine
    from connectors.files import open_connector

    part = {"layout": f"register-{table}", "path": str(workspace.config.folders.registers / f"{table}.csv")}
    connector = open_connector(f"register.{table}", "files", {"parts": [part], "settle_seconds": 0}, workspace.root, now())
    return combine(TABLES[table], [page.tables[table] for page in connector.pages() if table in page.tables])


def _stray(folder: Path) -> list[Problem]:
    """Files in the folder that no register is called."""
    from auditor.app.commands.init import EXPLAINED
    from auditor.app.register_checks import Problem
    from auditor.model.tables import REGISTERS
    from matrices.words import facts_of_unknown

    names = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    known = {f"{table}.csv" for table in REGISTERS}
    ours = known | {EXPLAINED}
    return [
        Problem(Fault(name, "register_file_unknown", facts=facts_of_unknown(name, known)), is_error=False)
        for name in names if name.endswith((".csv", ".xlsx")) and name not in ours and not name.startswith(("~", "."))
    ]


def _known(workspace: Workspace) -> Known:
    from auditor.app.register_checks import Known
    from matrices.load import load_matrices

    try:
        matrices = load_matrices(workspace.path(workspace.config.folders.matrices))
    except ConfigError:
        matrices = ()  # `matrix check` says what is wrong with them
    config = workspace.config
    systems = {source.system for source in config.sources.values() if source.system}
    functions = {row.function for matrix in matrices for row in matrix.rows if row.function != "*"}
    functions |= {word for matrix in matrices for word in matrix.functions}
    rights: dict[str, set[str]] = {}
    for matrix in matrices:
        named = {row.right for row in matrix.rows if row.right != "*"} | {meaning.right for meaning in matrix.natives.values()}
        rights[matrix.system] = named | set(matrix.natives)
    return Known(
        as_of=today(), rights=rights, systems=sorted(systems | {matrix.system for matrix in matrices if "*" not in matrix.system}),
        functions=sorted(functions), persons=_people(workspace), domains={domain.casefold() for domain in config.board.managed_domains})


def _people(workspace: Workspace) -> Collection[str] | None:
    """Every personnel number of the last scan, other numbers of the same person too; None before the first scan."""
    from auditor.store import Store

    path = workspace.path(workspace.config.folders.database)
    if not path.exists():
        return None
    with Store(path) as store:
        if store.last_scan() is None:
            return None
        persons = store.table_at("persons")
    others = {number.strip() for numbers in persons["numbers"].dropna() for number in str(numbers).split(",")}
    return {*persons["person"].astype("str"), *others}


def _plain(call: Call, problem: Problem) -> dict[str, Any]:
    fault = problem.fault
    return {"file": fault.file, "line": fault.line, "column": fault.column, "code": fault.code, "text": call.words.fault(fault)}
