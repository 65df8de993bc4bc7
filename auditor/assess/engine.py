"""Runs every rule once over the day, and stamps what fires with identity, score, fingerprint and deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.continuity import with_old_keys
from auditor.assess.distinct import coded, texts, texts_of_all
from auditor.assess.fates import judge_absences
from auditor.assess.fingerprint import fingerprints
from auditor.assess.identity import stamp_keys
from auditor.assess.needs import Needs
from auditor.assess.running import Outcome, run_rule
from auditor.assess.scoring import score_rows
from auditor.assess.unanswered import unanswered_grants
from auditor.model.assessment import FINDINGS, Assessment
from auditor.model.columns import Columns
from auditor.model.finding import CLOSEST_MISS, OWNER_RULES, SUBJECT, NotAssessed
from auditor.rules.hits import POSITIONS
from auditor.rules.registry import specs
from auditor.rules.spec import RuleSpec
from auditor.rules.view import AuditView

Stamped = dict[str, npt.NDArray[Any]]
"""Findings as arrays, by column of FINDINGS: rules have few rows each, and a frame a rule costs more than all of its rows."""
_RANK = {slug: rank for order in (OWNER_RULES, CLOSEST_MISS) for rank, slug in enumerate(order)}
_OF_GRANTS = (*CLOSEST_MISS, "right-unknown-to-matrix", "headcount-exceeded", "missing-right")


def assess(view: AuditView) -> Assessment:
    """Given one day, return its findings, what could not be judged, and for every earlier finding what its absence today means."""
    needs = Needs(view)
    successor_of = view.successors
    outcomes = [run_rule(view, spec, needs) for spec in specs()]
    findings = _one_each(view, _stamped(view, [outcome for outcome in outcomes if len(outcome.rows)], successor_of))
    findings, renamed = with_old_keys(view, findings, successor_of)
    fates, resolved_by = judge_absences(view, needs, outcomes, findings, successor_of)
    facts = {outcome.spec.slug: outcome.rows.only(*outcome.facts) if len(outcome.rows) else Columns() for outcome in outcomes}
    not_assessed = tuple(_said_once([*(said for outcome in outcomes for said in outcome.not_assessed), *unanswered_grants(view),
                                      *needs.unread.said()]))
    return Assessment(findings, facts, not_assessed, fates, resolved_by, renamed)


def _stamped(view: AuditView, outcomes: Sequence[Outcome], successor_of: Mapping[str, str]) -> list[Stamped]:
    prints = fingerprints([
        (outcome.spec.slug, outcome.rows, [name for name in (*outcome.facts, "level") if name not in outcome.use_facts]) for outcome in outcomes])
    words = {name: texts_of_all([outcome.rows[name] for outcome in outcomes]) for name in SUBJECT}
    return [
        _stamped_of(view, outcome.spec, outcome.rows, successor_of, {name: words[name][place] for name in SUBJECT}) | {"fingerprint": found}
        for place, (outcome, found) in enumerate(zip(outcomes, prints, strict=True))]


def _stamped_of(view: AuditView, spec: RuleSpec, rows: Columns, successor_of: Mapping[str, str], subjects: Stamped) -> Stamped:
    if successor_of:
        subjects["school"] = np.array([successor_of.get(school, school) for school in subjects["school"]], dtype=object)
    score = score_rows(view, spec, subjects["system"], subjects["school"], subjects["scope"], rows["person_row"])
    return {
        **subjects, "rule": np.full(len(rows), spec.slug, dtype=object), "cluster": np.full(len(rows), spec.cluster, dtype=object),
        "key": np.array(stamp_keys(rows, spec, successor_of, subjects), dtype=object), "score": score,
        "deadline_on": _deadline(spec, rows), "mails": _mails(spec, rows) & (score > 0),
        **{name: rows[name] for name in POSITIONS}, "hit": np.arange(len(rows), dtype=np.int32),
    }


def _deadline(spec: RuleSpec, rows: Columns) -> Any:
    if spec.deadline.kind == "fact" and spec.deadline.fact in rows:
        return rows[spec.deadline.fact].astype("datetime64[s]")
    return np.full(len(rows), np.datetime64("NaT", "s"))


def _mails(spec: RuleSpec, rows: Columns) -> Any:
    """Information mails nobody; nor does what a row in watch mode flags (rules 1, row modes)."""
    if not spec.mails:
        return np.zeros(len(rows), dtype=bool)
    return texts(rows["mode"], None) != "watch" if "mode" in rows else np.ones(len(rows), dtype=bool)


def _one_each(view: AuditView, parts: Sequence[Stamped]) -> pd.DataFrame:
    """All findings in the order of their keys, one per key: of two the one that weighs most in its cluster."""
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in FINDINGS.items()})
    found = {name: np.concatenate([part[name] for part in parts]) for name in FINDINGS}
    order = np.argsort(found["key"].astype("U"), kind="stable")
    keys = found["key"][order]
    is_double = np.append(keys[1:] == keys[:-1], False)
    if is_double.any():
        is_double[1:] |= is_double[:-1]
        order = np.concatenate([order[~is_double], _heaviest(view, found, order[is_double])])
        order = order[np.argsort(found["key"][order].astype("U"), kind="stable")]
    return _typed({name: column[order] for name, column in found.items()})


def _heaviest(view: AuditView, found: Stamped, double: Any) -> Any:
    """Of the positions of findings that share their key with another, the one to keep of each key."""
    few = pd.DataFrame({name: found[name][double] for name in ("key", "rule", "system", "right", "level", "score", "fingerprint")}, index=double)
    order = pd.DataFrame({
        "key": few["key"], "rank": few["rule"].map(_RANK).fillna(0), "score": -few["score"].astype(int),
        "level": [-_height(view, row) for row in few.itertuples()], "print": few["fingerprint"],
    }).sort_values(["key", "rank", "score", "level", "print"], kind="stable")
    return order.index[~order["key"].duplicated().to_numpy()].to_numpy()


def _height(view: AuditView, row: Any) -> int:
    matrix = view.matrix_of(row.system) if isinstance(row.system, str) else None
    levels = matrix.levels.get(row.right, ()) if matrix and isinstance(row.right, str) else ()
    return levels.index(row.level) if row.level in levels else -1


def _typed(found: Stamped) -> pd.DataFrame:
    data: dict[str, Any] = {}
    for name, dtype in FINDINGS.items():
        column = found[name]
        if dtype == "category":
            codes, words = coded(column)
            data[name] = pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str"), validate=False)
        else:
            data[name] = pd.array(column, dtype="str") if dtype == "str" else column.astype(dtype)
    return pd.DataFrame(data)


def _said_once(said: Sequence[NotAssessed]) -> Iterator[NotAssessed]:
    """What stops all rules about rights alike is said once, for the last of them; the rest as it is, in a fixed order."""
    stopped: dict[object, int] = {}
    for one in said:
        stopped[_gap(one)] = stopped.get(_gap(one), 0) + (one.rule in CLOSEST_MISS)
    seen: set[object] = set()
    for one in said:
        is_shared = one.rule in _OF_GRANTS and stopped[_gap(one)] == len(CLOSEST_MISS)
        told = replace(one, rule=CLOSEST_MISS[-1]) if is_shared else one
        if (told.rule, _gap(told)) not in seen:
            seen.add((told.rule, _gap(told)))
            yield told


def _gap(one: NotAssessed) -> object:
    return str(one.reason), one.system, one.source, one.schools
