"""Declared folders that anyone with the link can open.

What: a right of kind folder in a SharePoint system (its name begins with `sharepoint`) is held at level `anyone-link`: a sharing link that
asks for no login. Connectors deliver it as a grant whose group is the folder's name, with the folder's school; the account is the link's
own id. Where the board keeps a register of folders, only declared folders are judged.
Why: images of children and files of staff are for declared members only (OPOR); who has the link needs no account and leaves no trace.
Known false positives: a folder that is meant for everybody, such as a newsletter: it does not belong in the register.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import chosen
from auditor.rules.of_people import folded
from auditor.rules.view import AuditView

FACTS = ("links",)
ANYONE = "anyone-link"


def check(view: AuditView) -> Hits:
    """One hit per folder and school, with its number of open links."""
    grants = view.snapshot.table("grants")
    rows = chosen((grants["level"].array == ANYONE) | (grants["right"].array == ANYONE))
    if not len(rows):
        return Hits(Columns(), FACTS, use_facts=FACTS)
    part = grants[["system", "right", "school", "group"]].take(rows)
    part = part.take(chosen([str(system).startswith("sharepoint") for system in part["system"]]))
    continued = view.successors
    open_links = Columns({
        "system": part["system"].astype("object").to_numpy(), "group": _folder(part),
        "school": [continued.get(code, code) if isinstance(code, str) else None for code in part["school"].astype("object")],
    })
    open_links = open_links.take(_is_declared(view, open_links))
    if not len(open_links):
        return Hits(Columns(), FACTS, use_facts=FACTS)
    counts = Counter(zip(open_links["system"], open_links["group"], open_links["school"], strict=True))
    places = sorted(counts, key=lambda place: (*place[:2], place[2] is None, place[2]))
    system, group, school = (np.array(column, dtype=object) for column in zip(*places, strict=True))
    links = np.array([counts[place] for place in places], dtype=np.int64)
    return Hits(Columns({"system": system, "group": group, "school": school, "links": links}), FACTS, use_facts=FACTS)


def _folder(grants: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The folder's name: the group, else the right itself."""
    group, right = grants["group"].astype("object"), grants["right"].astype("object")
    found: npt.NDArray[np.object_] = group.where(group.notna(), right).to_numpy(dtype=object)
    return found


def _is_declared(view: AuditView, links: Columns) -> npt.NDArray[np.bool_]:
    """Whether a folder is declared at that school (or anywhere, where either side names no school); all are without a register of folders."""
    register = view.snapshot.table("folders")
    if not any(report.source == "register.folders" for report in view.snapshot.coverage.of_role("register")):
        return np.ones(len(links), dtype=bool)
    continued = view.successors
    known: dict[str, set[str | None]] = {}
    for folder, school in zip(folded(register["folder"]), register["school"].astype("object"), strict=True):
        known.setdefault(folder, set()).add(continued.get(school, school) if isinstance(school, str) else None)
    schools = [known.get(str(folder).casefold(), set()) for folder in links["group"]]
    return np.array([
        bool(at) and (not isinstance(school, str) or None in at or school in at) for at, school in zip(schools, links["school"], strict=True)
    ], dtype=bool)
