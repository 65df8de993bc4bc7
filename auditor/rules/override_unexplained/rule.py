"""Break-glass access (ontheffing) that needs a word.

What: per account and calendar month, uses of an ontheffing that nobody has reviewed yet and that were given no reason, are older than
`review_days`, or are far above what this account usually needs: at least `least_uses`, and more than `times_usual` times its average in the
months before. Only whether a reason was given is known here, never its text. One finding a month and account, never one a use.
Why: every use is logged and reviewed by the director or the IB (OPOR); unreviewed break-glass is access without a rule.
Known false positives: an IB who takes over a school and opens many files in one month.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import chosen
from auditor.rules.view import AuditView

FACTS = ("period", "without_reason", "unreviewed", "unusual", "usual")


def check(view: AuditView) -> Hits:
    """One hit per account and month with uses nobody explained."""
    uses = view.snapshot.table("overrides")
    uses = uses[~(uses["used_on"] > view.day).to_numpy()].reset_index(drop=True)
    if not len(uses):
        return Hits(Columns(), FACTS, use_facts=FACTS[1:])
    days = uses["used_on"].to_numpy(dtype="datetime64[D]")
    counted = pd.DataFrame({
        "system": uses["system"].astype("object"), "account": uses["account"].astype("object"),
        "period": np.datetime_as_string(days.astype("datetime64[M]")), "uses": 1, **_questions(view, uses, days),
    })
    months = counted.groupby(["system", "account", "period"], sort=True).sum().reset_index()
    months = _with_usual(months)
    least, times = int(view.parameters["least_uses"]), float(view.parameters["times_usual"])
    is_unusual = (months["open"] > 0) & (months["uses"] >= least) & (months["uses"] > times * months["usual"])
    recent = months["period"].to_numpy() >= _first_period(view)
    rows = chosen(recent & ((months["without_reason"] > 0) | (months["unreviewed"] > 0) | is_unusual).to_numpy())
    if not len(rows):
        return Hits(Columns(), FACTS, use_facts=FACTS[1:])
    told = months.take(rows).reset_index(drop=True)
    unusual = np.where(is_unusual.to_numpy()[rows], told["uses"].to_numpy(), np.nan)
    numbers = {name: told[name].where(told[name] > 0).astype("float64") for name in ("without_reason", "unreviewed")}
    usual = told["usual"].round().where(np.isfinite(told["usual"])).astype("float64")
    return Hits(_subjects(view, told).assign(period=told["period"], **numbers, unusual=unusual, usual=usual), FACTS, use_facts=FACTS[1:])


def _questions(view: AuditView, uses: pd.DataFrame, days: npt.NDArray[np.datetime64]) -> dict[str, npt.NDArray[np.int64]]:
    """Per use whether it is open (not reviewed, as far as the system tells), had no reason, and waited too long for its review."""
    coverage = view.snapshot.coverage
    tells = {str(system): coverage.delivers(str(system), "overrides.reviewed_on") for system in uses["system"].cat.categories}
    has_reviews = uses["system"].map(tells).astype("object").fillna(False).to_numpy(dtype=bool)
    is_open = uses["reviewed_on"].isna().to_numpy()
    bare = (~uses["has_reason"].fillna(True)).to_numpy(dtype=bool)
    late = days < np.datetime64(view.as_of, "D") - np.timedelta64(int(view.parameters["review_days"]), "D")
    return {
        "open": is_open.astype(np.int64), "without_reason": (is_open & bare).astype(np.int64),
        "unreviewed": (is_open & has_reviews & late).astype(np.int64),
    }


def _with_usual(months: pd.DataFrame) -> pd.DataFrame:
    """Per month the average of the account's months before it in which the system logged anything; infinite before there is one."""
    of_system = {system: sorted(set(part)) for system, part in months.groupby("system")["period"]}
    before = months.groupby(["system", "account"], sort=False)["uses"].cumsum() - months["uses"]
    earlier = np.array([of_system[system].index(period) for system, period in zip(months["system"], months["period"], strict=True)], dtype=float)
    usual = np.divide(before.to_numpy(dtype=float), earlier, out=np.full(len(months), np.inf), where=earlier > 0)
    return months.assign(usual=usual)


def _first_period(view: AuditView) -> str:
    """The month of the oldest use that is still looked at: older ones are past the retention of data on use (OPOR, 6 months)."""
    first = np.datetime64(view.as_of, "D") - np.timedelta64(int(view.parameters["looks_back_days"]), "D")
    return str(np.datetime_as_string(first.astype("datetime64[M]")))


def _subjects(view: AuditView, told: pd.DataFrame) -> Columns:
    rows = view.snapshot.keys("accounts").rows_of(told.astype({"system": "category", "account": "str"}), ["system", "account"])
    accounts: Any = view.accounts[["person", "where", "person_row"]].reindex(pd.Index(rows)).reset_index(drop=True)
    return Columns({
        "system": told["system"], "account": told["account"], "person": accounts["person"].astype("object"),
        "school": accounts["where"].astype("object"), "account_row": rows.astype("int32"),
        "person_row": accounts["person_row"].fillna(-1).astype("int32"),
    })
