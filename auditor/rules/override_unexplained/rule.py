"""Break-glass access (ontheffing) that needs a word.

What: per account and calendar month, uses of an ontheffing that nobody has reviewed yet and that were given no reason, are older than
`review_days`, or are far above what this account usually needs: at least `least_uses`, and more than `times_usual` times its average in the
months before. Only whether a reason was given is known here, never its text. One finding a month and account, never one a use.
Why: every use is logged and reviewed by the director or the IB (OPOR); unreviewed break-glass is access without a rule.
Known false positives: an IB who takes over a school and opens many files in one month.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.accounts import accounts_of
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import cells, chosen, taken
from auditor.rules.view import AuditView

FACTS = ("period", "without_reason", "unreviewed", "unusual", "usual")


def check(view: AuditView) -> Hits:
    """One hit per account and month with uses nobody explained."""
    table = view.snapshot.table("overrides")
    uses = Columns({name: table[name] for name in ("system", "account", "used_on", "reviewed_on", "has_reason")})
    uses = uses.take(~(uses["used_on"] > view.day))
    if not len(uses):
        return Hits(Columns(), FACTS, use_facts=FACTS[1:])
    days = uses["used_on"].astype("datetime64[D]")
    months = _counted(uses, days.astype("datetime64[M]"), _questions(view, uses, days))
    least, times = int(view.parameters["least_uses"]), float(view.parameters["times_usual"])
    is_unusual = (months["open"] > 0) & (months["uses"] >= least) & (months["uses"] > times * months["usual"])
    rows = chosen((months["period"] >= _first_period(view)) & ((months["without_reason"] > 0) | (months["unreviewed"] > 0) | is_unusual))
    if not len(rows):
        return Hits(Columns(), FACTS, use_facts=FACTS[1:])
    told = months.take(rows)
    subjects = _subjects(view, uses.take(told["first"]))
    period = np.datetime_as_string(told["period"]).astype(object)
    numbers = {name: np.where(told[name] > 0, told[name], np.nan) for name in ("without_reason", "unreviewed")}
    unusual = np.where(is_unusual[rows], told["uses"], np.nan)
    usual = np.where(np.isfinite(told["usual"]), np.round(told["usual"]), np.nan)
    order = np.array(sorted(range(len(rows)), key=lambda row: (subjects["system"][row], subjects["account"][row], period[row])), dtype=np.intp)
    return Hits(subjects.assign(period=period, **numbers, unusual=unusual, usual=usual).take(order), FACTS, use_facts=FACTS[1:])


def _questions(view: AuditView, uses: Columns, days: npt.NDArray[np.datetime64]) -> dict[str, npt.NDArray[np.bool_]]:
    """Per use whether it is open (not reviewed, as far as the system tells), had no reason, and waited too long for its review."""
    coverage, systems = view.snapshot.coverage, uses["system"]
    tells = [coverage.delivers(str(system), "overrides.reviewed_on") for system in systems.categories]
    has_reviews = np.array([*tells, False], dtype=bool)[systems.codes]
    is_open = np.isnat(uses["reviewed_on"])
    bare = ~np.asarray(uses["has_reason"].fillna(True), dtype=bool)
    late = days < np.datetime64(view.as_of, "D") - np.timedelta64(int(view.parameters["review_days"]), "D")
    return {"open": is_open, "without_reason": is_open & bare, "unreviewed": is_open & has_reviews & late}


def _counted(uses: Columns, month: npt.NDArray[np.datetime64], questions: dict[str, npt.NDArray[np.bool_]]) -> Columns:
    """Per account and month its `first` use, how many `uses`, how many of each question, and what is `usual`: the average of the account's
    months before it in which the system logged anything; infinite before there is one."""
    accounts, _ = pd.factorize(uses["account"])
    numbers = month.astype(np.int64)
    width, begin = int(np.ptp(numbers)) + 1, int(numbers.min())
    whose = uses["system"].codes.astype(np.int64) * (int(accounts.max()) + 1) + accounts
    keys, first, of = np.unique(whose * width + numbers - begin, return_index=True, return_inverse=True)
    counts = np.bincount(of, minlength=len(keys))
    owner, system = keys // width, uses["system"].codes[first].astype(np.int64)
    logged = np.unique(system * width + keys % width)
    earlier = np.searchsorted(logged, system * width + keys % width) - np.searchsorted(logged, system * width)
    until = np.cumsum(counts) - counts
    before = until - until[np.searchsorted(owner, owner)]
    usual = np.divide(before, earlier, out=np.full(len(keys), np.inf), where=earlier > 0)
    asked = {name: np.bincount(of[answer], minlength=len(keys)) for name, answer in questions.items()}
    return Columns({"first": first, "period": month[first], "uses": counts, "usual": usual, **asked})


def _first_period(view: AuditView) -> np.datetime64:
    """The month of the oldest use that is still looked at: older ones are past the retention of data on use (OPOR, 6 months)."""
    first = np.datetime64(view.as_of, "D") - np.timedelta64(int(view.parameters["looks_back_days"]), "D")
    month: np.datetime64 = first.astype("datetime64[M]")
    return month


def _subjects(view: AuditView, uses: Columns) -> Columns:
    rows = accounts_of(uses.only("system", "account").frame(), view.accounts)
    accounts = view.account_arrays
    found = {name: np.full(len(rows), None) for name in ("person", "where")}
    for name, words in found.items():
        words[rows >= 0] = np.asarray(cells(accounts[name], rows[rows >= 0]), dtype=object)
    return Columns({
        "system": np.asarray(uses["system"], dtype=object), "account": np.asarray(uses["account"], dtype=object), "person": found["person"],
        "school": found["where"], "account_row": rows.astype("int32"), "person_row": taken(accounts["person_row"], rows, -1),
    })
