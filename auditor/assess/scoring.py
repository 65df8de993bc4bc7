"""How heavy a finding is: likelihood x impact (KERO 14.15), weighed by privacy class and scope, changed by the board.

Weighing: one step of impact more for a system of class 4 (secret) or a right that reaches the whole board, one less for class 1 or 2 (public,
internal), kept within 1 to 3; class 3 (confidential) and systems without a matrix weigh nothing. A person who leaves a director's or
head-office post, or moves from it, raises every finding of family B one severity (KIND's protocols). A score the board set wins over all of this.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from auditor.model.policy import RuleSetting
from auditor.rules.hits import Rows, taken
from auditor.rules.spec import RuleSpec
from auditor.rules.view import AuditView

Words = npt.NDArray[np.object_]
SECRET = 4
INTERNAL = 2
OF_MOVERS = ("former-domain-account",)
"""Rules of family B about people who moved: KIND's protocols have one for a director changing school."""
_STEPS = ((0, 1), (2, 3), (5, 6), (9, 9))
"""Scores up to and including the first number go to the second: the lowest score of the next severity."""


def weighed_score(spec: RuleSpec, privacy_class: int | None, is_board_wide: bool) -> int:
    """Given a rule, the privacy class of the system (None without a matrix) and whether the right reaches the whole board, return the
    score."""
    if not spec.is_weighed or not spec.score:
        return spec.score
    impact = spec.impact
    if privacy_class is not None:
        impact += (privacy_class >= SECRET) - (privacy_class <= INTERNAL)
    return spec.likelihood * min(max(impact + is_board_wide, 1), 3)


def one_severity_up(score: int) -> int:
    """Given a score, return the lowest score of the next severity; critical stays critical."""
    return next(raised for highest, raised in _STEPS if score <= highest) if score < 9 else score


def score_rows(view: AuditView, spec: RuleSpec, systems: Words, schools: Words, scopes: Words, person_rows: Rows) -> npt.NDArray[np.int8]:
    """Given of the hits of one rule the systems, schools and scopes (objects, absent as None) and whose they are (positions in
    People.persons, -1 for nobody's), return their scores; worked out once per distinct combination."""
    has_settings = any(setting.rule == spec.slug for setting in view.policy.settings)
    if not has_settings and not spec.is_weighed and spec.family != "B":
        return np.full(len(systems), spec.score, dtype=np.int8)

    @cache
    def score_of(system: str | None, school: str | None, is_board_wide: bool, is_senior: bool) -> int:
        matrix = view.matrix_of(system) if system else None
        score = weighed_score(spec, matrix.privacy_class if matrix else None, is_board_wide)
        score = one_severity_up(score) if is_senior else score
        setting = setting_of(view, spec.slug, system, school)
        return score if setting is None or setting.score is None else setting.score

    goes = taken(_is_leaving_senior(view, spec), person_rows, False) if spec.family == "B" else np.zeros(len(systems), dtype=bool)
    places = schools.tolist() if has_settings else [None] * len(schools)
    return np.array(list(map(score_of, systems.tolist(), places, (scopes == "board").tolist(), goes.tolist())), dtype=np.int8)


def _is_leaving_senior(view: AuditView, spec: RuleSpec) -> npt.NDArray[np.bool_]:
    """For each person whether it is a director or head-office employee who leaves, left, vanished or, for the rule about it, moved."""
    seniors, goes = view.once("seniors and who goes", _seniors_and_who_goes)
    return seniors if spec.slug in OF_MOVERS else seniors & goes


def _seniors_and_who_goes(view: AuditView) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    persons = view.people.persons
    goes = persons["has_left"] | persons["is_vanished"] | persons["leaves_on"].notna() | persons["renewal_until"].notna()
    return persons["is_senior"].to_numpy(dtype=bool), goes.to_numpy(dtype=bool)


def setting_of(view: AuditView, rule: str, system: str | None, school: str | None) -> RuleSetting | None:
    """Given a rule, a system and a school, return the board's setting that counts there, None if there is none."""
    return view.policy.setting(rule, system, school) if view.policy.settings else None
