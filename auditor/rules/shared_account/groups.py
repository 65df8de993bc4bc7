"""How many groups an account is linked to at one school, beside how many one person teaches there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.joining import rows_of
from auditor.rules.schools import successors
from auditor.rules.view import AuditView


def groups_beyond(view: AuditView) -> npt.NDArray[Any]:
    """For each account by how many its linked groups at a school exceed the most that anybody teaches there, the highest of its schools;
    0 where nobody's teaching at that school is known. Groups of last year count while they are still expected.
    """
    found = np.zeros(len(view.accounts), dtype=np.int64)
    most = _most_taught(view)
    links = view.snapshot.table("group_links")
    if not most or not len(links):
        return found
    running = links.loc[_runs(view, links), ["system", "account", "school", "group"]].drop_duplicates()
    counts = running.groupby(["system", "account", "school"], observed=True)["group"].nunique().reset_index(name="number")
    into = successors(view.snapshot)
    taught = {school: most.get(into.get(str(school), str(school)), 0) for school in counts["school"].cat.categories}
    limit = counts["school"].astype("object").map(taught).to_numpy(dtype=np.int64)
    over = counts.assign(beyond=np.where(limit > 0, counts["number"].to_numpy() - limit, 0))
    over = over[over["beyond"] > 0].reset_index(drop=True)
    at = rows_of(over, view.accounts, ["system", "account"])
    np.maximum.at(found, at[at >= 0], over["beyond"].to_numpy()[at >= 0])
    return found


def _most_taught(view: AuditView) -> dict[str, int]:
    """The most groups anybody teaches, per school, merged schools under the code that continues them."""
    teaching = view.snapshot.table("teaching")
    running = teaching.loc[_runs(view, teaching), ["person", "school", "group"]].astype("object").drop_duplicates()
    into = successors(view.snapshot)
    running["school"] = running["school"].map(lambda school: into.get(school, school))
    counts = running.groupby(["school", "person"])["group"].nunique()
    return {str(school): int(number) for school, number in counts.groupby("school").max().items()}


def _runs(view: AuditView, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = view.policy.runs(table["starts_on"].to_numpy(), table["ends_on"].to_numpy(), view.as_of)
    return found
