"""docs/matrices.md: how a declared matrix is written, from the constants of the code that reads it."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import matrices
from auditor.model.matrix import SCOPES, Condition, Matrix, MatrixRow, NativeRight
from docs.pages.markdown import NOTICE, bullets, code, codes, table
from matrices import headfile, lint, rowfile
from matrices.grammar import NAMES, NUMERIC, OPERATORS, VALUES
from matrices.load import load_matrix
from reports.texts import Words


def page() -> str:
    """Return the page. Raise ValueError if lint warns by a code the catalogue does not know."""
    faults = tomllib.loads((files("reports.texts") / "en" / "matrices.toml").read_text(encoding="utf-8"))["fault"]
    warned = sorted(set(re.findall(r'"(matrix_\w+)"', inspect.getsource(lint))))
    if unknown := set(warned) - set(faults):
        raise ValueError(f"no words for {sorted(unknown)}")
    register = ", ".join(f"{code(key)} ({'whole number' if kind is int else 'text'})" for key, kind in headfile.REGISTER.items())
    return f"""# Matrices

{NOTICE}

A matrix is what the board declared: who may have which right in one system. It is a folder with `matrix.toml` (the system and its words) and
`rows.csv` (the rows).
`auditor matrix check` names every fault and warning with its line; a matrix with a fault is refused. `auditor matrix show SYSTEM` prints it
in words.

## matrix.toml

Keys: {codes(headfile.KEYS)}. An unknown key is a fault. `system`, `name` and `edition` must be filled.

- {codes(headfile.TEXTS)}: texts. `adopted_on`: a date. Without `owner` and `adopted_on` a matrix is no norm, and the report says so.
- `privacy_class`: {codes(headfile.PRIVACY_CLASSES)}; 3 unless said.
- `[natives]`: name in the system -> {codes(headfile.NATIVE_KEYS)}; `right` must be there. `scope` is {codes(SCOPES)}; `scope_from` is
  {codes(headfile.SCOPE_SOURCES)}. Without `[natives]` the names of the system are the rights.
- `[levels]`: right -> its levels, lowest first.
- `[modules]`: right -> module -> what it can do there.
- `[register]`: {register}.

{_doc(Matrix)}
{_doc(NativeRight)}

## Adoption

The board adopts, not the program: there is no command for it. Whoever keeps the matrix writes the decision in `matrix.toml`: `owner` (who
answers for it), `adopted_on`, `adopted_by`, and another `edition` when rows changed. The next scan judges by it and records who, when, which
edition and the digest of both files with the scan; a change of a single character is another edition. `auditor matrix show SYSTEM` lists the
editions that were judged by, `auditor evidence` those of a period. Before it: `auditor matrix diff OLD NEW` and `auditor matrix backtest DRAFT`.

## rows.csv

UTF-8 (with or without byte order mark), `;` between, this header:

```
{";".join(rowfile.HEADER)}
```

{_doc(MatrixRow)}

- `function`, `right` and `stance` must be filled. `stance`: {codes(rowfile.STANCES)}.
- `mode`: {codes(rowfile.MODES)}; `alert` when empty.
- `scope`: from narrow to wide {codes(SCOPES)}; empty is any.
- `level`: one of `[levels]` of that right; empty is any.
- `holders`: personnel numbers with commas between; `max_holders`: a whole number from 1.

## Conditions

Each is `name operator value`; several are joined by ` & ` and must all hold.

{table(("name", "operators", "values"), ([code(name), codes(OPERATORS if name in NUMERIC else ("=", "!=")), _values(name)] for name in NAMES))}
{_doc(Condition)}

## Templates

`auditor init DIR --template NAME` copies these. They were drawn up from the matrices of the named boards; until a board
fills in `owner` and `adopted_on` the report calls them no norm.

{_templates()}
## Warnings

{_faults({key: faults[key] for key in warned})}
## Faults

{_faults({key: words for key, words in faults.items() if key not in warned})}"""


def _values(name: str) -> str:
    if name in NUMERIC:
        return "a number, with a point or a comma"
    return codes(sorted(VALUES[name])) if name in VALUES else "a word of the board"


def _templates() -> str:
    root = Path(matrices.__file__).parent
    folders = [head.parent for head in sorted(root.glob("*/*/matrix.toml"))]
    shipped = [(folder.relative_to(root).as_posix(), load_matrix(folder)) for folder in folders]
    rows = (
        (code(name), found.edition, found.name, code(found.system), len(found.rows), len(found.natives), found.privacy_class)
        for name, found in shipped
    )
    return table(("folder", "edition", "name", "system", "rows", "native names", "privacy class"), rows)


def _faults(faults: dict[str, dict[str, str]]) -> str:
    guess = Words("en").template("place.guess")
    rows = ([code(key), words["what"], words["remedy"].replace("{guess}", guess)] for key, words in faults.items())
    return table(("code", "what", "what to do"), rows)


def _doc(documented: type) -> str:
    return bullets([" ".join((documented.__doc__ or "").split())]).rstrip("\n")
