"""The layout of a register follows from its table: the headers are the names of the columns, so there is no file to keep in step."""

from __future__ import annotations

from auditor.model.tables import TABLES
from connectors.files.layout import Header, Layout, TableRule, Title, Value

REGISTER_PREFIX = "register-"
_LOWER = ("mail",)


def register_layout(table: str) -> Layout:
    """Given the name of a register's table, return its layout: `;`, headers exactly the declared column names, anything else refused.

    A register without rows is complete and empty. `functions` may have a column `source`: the source whose labels a row translates.
    """
    declared = TABLES[table]
    headers = {column.name: Header(required=column.required, filled=column.required) for column in declared.columns}
    columns = {column.name: Value(header=[column.name], kind="mail" if column.name in _LOWER else "text") for column in declared.columns}
    if table == "functions":
        headers["source"] = Header()
        columns["source"] = Value(header=["source"])
    title = Title(nl=f"register {table}", en=f"register {table}")
    return Layout(
        name=REGISTER_PREFIX + table, product="register", title=title, role="register", formats=("csv",), encodings=("utf-8", "cp1252"),
        delimiters=(";",), minimum_rows=0, dates=("ymd", "dmy"), unknown="refuse", headers=headers,
        tables=[TableRule(table=table, key=list(declared.key), twice="refuse", columns=columns)],
    )
