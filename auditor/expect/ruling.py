"""The judge: given one case and one matrix, says whether the right may be held, and if not, what came nearest (rules 1).

The only thing that decides. Plain Python, called once per distinct case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from auditor.expect.conditions import distinct_conditions
from auditor.expect.scopes import Answer, compare_scope, open_question
from auditor.model.judged import COVERED, NOT_JUDGED, UNKNOWN_RIGHT, Case, Engaged, Lack, Ruling
from auditor.model.matrix import SCOPES, Condition, Matrix, MatrixRow

OUTSIDE = (
    "account_missing", "account_not_live", "account_kind", "account_unmatched", "account_disputed", "account_set_aside", "owner_is_pupil",
    "owner_unknown", "owner_left", "owner_vanished", "owner_early", "owner_not_assessable", "no_matrix",
)
"""Reasons for which a grant is not judged at all: it carries its one A or B finding, or the question cannot be answered."""
FUNCTION_UNKNOWN = "function_unknown"
"""Reason of a case whose person has a function no matrix and no list knows: covered or forbidden it can be, a finding it cannot."""
TEMPORARY = "temporary_right"
MEMBER = "folder_member"
TOO_SHORT = (">", ">=")


@dataclass(frozen=True)
class Rulebook:
    """A matrix, indexed for the judge."""

    matrix: Matrix

    @cached_property
    def conditions(self) -> dict[Condition, int]:
        """Place of each distinct condition in Engaged.conditions."""
        return {condition: place for place, condition in enumerate(distinct_conditions(self.matrix))}

    @cached_property
    def named(self) -> dict[int, int]:
        """Place in Case.holder_of of each row with named holders, by its line."""
        return {row.line: place for place, row in enumerate(row for row in self.matrix.rows if row.holders)}

    @cached_property
    def rights(self) -> frozenset[str]:
        """Every right that is declared in a row or classified by the native map, case-folded."""
        return frozenset(row.right.casefold() for row in self.matrix.rows) - {"*"} | frozenset(
            meaning.right.casefold() for meaning in self.matrix.natives.values())

    @cached_property
    def _ranks(self) -> dict[str, dict[str, int]]:
        return {
            right.casefold(): {level.casefold(): rank for rank, level in enumerate(order)} for right, order in self.matrix.levels.items()
        }

    @cached_property
    def _asked(self) -> dict[int, tuple[tuple[Condition, int], ...]]:
        return {row.line: tuple((condition, self.conditions[condition]) for condition in row.conditions) for row in self.matrix.rows}

    @cached_property
    def _right_rows(self) -> dict[str, tuple[MatrixRow, ...]]:
        return {}

    @cached_property
    def _found(self) -> dict[tuple[str, str, bool], tuple[MatrixRow, ...]]:
        return {}

    def rows(self, right: str, function: str, forbidden: bool = False) -> tuple[MatrixRow, ...]:
        """Rows that give (or forbid) this right or any, to this function, in the order of the matrix; function "*": whatever theirs is."""
        key = (right, function, forbidden)
        if key not in self._found:  # asked a thousand times for a few dozen answers; a board may have hundreds of functions
            self._found[key] = tuple(
                row for row in self._of_right(right) if (row.stance == "forbidden") == forbidden
            ) if function == "*" else tuple(row for row in self.rows(right, "*", forbidden) if is_for(row, function))
        return self._found[key]

    def _of_right(self, right: str) -> tuple[MatrixRow, ...]:
        """Rows about this right or any, in the order of the matrix."""
        key = right.casefold()
        if key not in self._right_rows:
            self._right_rows[key] = tuple(row for row in self.matrix.rows if row.right.casefold() in ("*", key))
        return self._right_rows[key]

    def failed(self, row: MatrixRow, engaged: Engaged) -> tuple[Condition, ...]:
        """The conditions of the row that this engagement does not meet."""
        asked = self._asked[row.line]
        return tuple([condition for condition, place in asked if not engaged.conditions[place]]) if asked else ()

    def rank(self, right: str, level: str | None) -> int | None:
        """How high a level is, None when the matrix does not order it."""
        return None if level is None else self._ranks.get(right.casefold(), {}).get(level.casefold())

    def top(self, right: str) -> int | None:
        """Rank of the highest level of a right, None when it has no order."""
        return len(self._ranks.get(right.casefold(), {})) - 1 if right.casefold() in self._ranks else None


class Match(NamedTuple):
    """How one row fares for one engagement: what fits and what does not."""

    row: MatrixRow
    engaged: Engaged
    has_function: bool
    is_holder: bool
    failed: tuple[Condition, ...]
    level: str
    scope: Answer

    @property
    def covers(self) -> bool:
        """Every question is answered yes."""
        return self.has_function and self.is_holder and not self.failed and self.level == "fits" and self.scope == "fits"

    @property
    def number_of_lacks(self) -> int:
        """How many things are missing."""
        return (not self.has_function) + (not self.is_holder) + len(self.failed) + (self.level != "fits") + (self.scope != "fits")

    @property
    def open_question(self) -> str:
        """What a fit leaves open, "" when it is sure."""
        return open_question(self.row.scope, self.engaged.relation, self.engaged.works_across_groups)


def rule_on(case: Case, book: Rulebook | None) -> Ruling:
    """Given a case and the rules of its matrix (None without one), return the ruling: the first that applies, in the order of rules 1
    ("The closest miss")."""
    if book is None or case.reason in OUTSIDE:
        return Ruling(NOT_JUDGED, reason=case.reason)

    bar = next(_forbidding(case, book), None)
    if bar is not None:
        return Ruling("forbidden-right", row=bar.line, mode=bar.mode)

    now = [engaged for engaged in case.engaged if not engaged.is_past]
    matches = _matches(case, book, now)
    live = [match for match in matches if match.row.mode != "draft"]
    covering = min((match for match in live if match.covers), key=_surest, default=None)
    if covering is not None:
        return Ruling(COVERED, row=covering.row.line, reason=covering.open_question, mode=covering.row.mode)
    if case.register == "running":
        return Ruling(COVERED, reason=TEMPORARY)
    if case.register == "declared":
        return Ruling(COVERED, reason=MEMBER)
    drafted = next((match for match in matches if match.covers), None)
    if drafted is not None:
        return Ruling(NOT_JUDGED, row=drafted.row.line, reason="draft_row", mode="draft")

    if case.right.casefold() not in book.rights:
        return Ruling(UNKNOWN_RIGHT)
    unsure = next((match for match in live if match.level == "unknown" and match.number_of_lacks == 1), None)
    if unsure is not None:
        return Ruling(NOT_JUDGED, row=unsure.row.line, reason="level_unknown", mode=unsure.row.mode)
    if case.reason == FUNCTION_UNKNOWN:
        return Ruling(NOT_JUDGED, reason=FUNCTION_UNKNOWN)

    if case.register == "ended":
        return _missed("temporary-right-expired", case, book)
    before = (match for match in _matches(case, book, [engaged for engaged in case.engaged if engaged.is_past]) if match.row.mode != "draft")
    covered = next((match for match in before if match.covers), None)
    if covered is not None:
        return _moved(covered, case, book)
    for verdict, is_so in _MISSES:
        near = min((match for match in live if is_so(match)), key=_nearest, default=None)
        if near is not None:
            return Ruling(verdict, row=near.row.line, lacks=_lacks(near, case), mode=near.row.mode)
    return _missed("right-outside-matrix", case, book)


def is_for(row: MatrixRow, function: str) -> bool:
    """Whether a row is about a function ("" for none). For a row that forbids, `*` is everybody; for one that gives, it is any function but
    not none: a contract without a position gives nothing, and a task only what asks for a task."""
    if row.function == "*":
        return row.stance == "forbidden" or bool(function) or any(condition.name == "task" for condition in row.conditions)
    return row.function.casefold() == function.casefold()


def _forbidding(case: Case, book: Rulebook) -> Iterator[MatrixRow]:
    """Rows that forbid this: a level or scope in such a row is the lowest or narrowest that is forbidden."""
    for row in book.rows(case.right, "*", forbidden=True):
        if row.mode == "draft" or not _is_holder(row, case, book) or not _reaches(row, case, book):
            continue
        if any(not engaged.is_past and is_for(row, engaged.function) and not book.failed(row, engaged) for engaged in case.engaged):
            yield row


def _reaches(row: MatrixRow, case: Case, book: Rulebook) -> bool:
    """Whether the grant is at least as high and wide as the row says; what is unknown does not reach."""
    if row.level is not None and row.level != case.level:
        held, wanted = book.rank(case.right, case.level), book.rank(case.right, row.level)
        if held is None or wanted is None or held < wanted:
            return False
    if row.scope is not None:
        return case.scope in SCOPES and SCOPES.index(case.scope) >= SCOPES.index(row.scope)
    return True


def _matches(case: Case, book: Rulebook, engagements: Iterable[Engaged]) -> list[Match]:
    """Every engagement against every row that gives this right to its function, in the order of the matrix."""
    matches = [
        _match(case, book, row, engaged, has_function=True) for engaged in engagements for row in book.rows(case.right, engaged.function)
    ]
    matches.sort(key=_line)
    return matches


def _line(match: Match) -> int:
    return match.row.line


def _match(case: Case, book: Rulebook, row: MatrixRow, engaged: Engaged, has_function: bool) -> Match:
    return Match(
        row, engaged, has_function, _is_holder(row, case, book), book.failed(row, engaged), _compare_level(row.level, case, book),
        compare_scope(row.scope, engaged.relation, engaged.works_across_groups),
    )


def _is_holder(row: MatrixRow, case: Case, book: Rulebook) -> bool:
    return not row.holders or case.holder_of[book.named[row.line]]


def _compare_level(allowed: str | None, case: Case, book: Rulebook) -> str:
    """fits, too_high, or unknown: the source gives no level, or one that the matrix does not order."""
    if allowed is None or (case.level is not None and allowed.casefold() == case.level.casefold()):
        return "fits"
    wanted = book.rank(case.right, allowed)
    if case.level is None and wanted is not None and wanted == book.top(case.right):
        return "fits"
    held = book.rank(case.right, case.level)
    if held is None or wanted is None:
        return "unknown"
    return "fits" if held <= wanted else "too_high"


def _surest(match: Match) -> tuple[bool, int, str]:
    return bool(match.open_question), match.row.line, match.open_question


def _is_unsigned(match: Match) -> bool:
    return _fits_but_for_a_cure(match) and any(condition.name == "declaration" for condition in match.failed)


def _is_too_short(match: Match) -> bool:
    return _fits_but_for_a_cure(match) and not any(condition.name == "declaration" for condition in match.failed)


def _fits_but_for_a_cure(match: Match) -> bool:
    return bool(match.failed) and _is_theirs(match) and match.level == "fits" and match.scope == "fits"


def _is_theirs(match: Match) -> bool:
    """The row is about this person, if need be after signing or some more weeks: who lacks the task itself is not merely unsigned, and who
    lacks only a signature, at another school, has a right that is meant for the function: elsewhere, not outside the matrix."""
    return match.is_holder and all(
        (condition.name == "declaration" and condition.operator == "=")
        or (condition.name == "weeks" and condition.operator in TOO_SHORT)
        for condition in match.failed
    )


def _is_too_high(match: Match) -> bool:
    """A lower level is allowed, whatever the scope."""
    return _is_theirs(match) and match.level == "too_high"


def _is_too_wide(match: Match) -> bool:
    return _is_theirs(match) and match.level == "fits" and match.scope == "inside"


def _is_elsewhere(match: Match) -> bool:
    return _is_theirs(match) and match.level == "fits" and match.scope == "elsewhere"


_MISSES: tuple[tuple[str, Callable[[Match], bool]], ...] = (
    ("declaration-unsigned", _is_unsigned),
    ("replacement-too-short", _is_too_short),
    ("level-too-high", _is_too_high),
    ("scope-too-wide", _is_too_wide),
    ("scope-elsewhere", _is_elsewhere),
)
"""From near to far: the first that any row meets is the verdict."""


def _missed(verdict: str, case: Case, book: Rulebook) -> Ruling:
    """A verdict no row gives by itself, with the row that came nearest: one that names the right before one about any."""
    rows = [row for row in book.rows(case.right, "*") if row.mode != "draft"]
    rows = [row for row in rows if row.right != "*"] or rows
    near = min((
        _match(case, book, row, engaged, is_for(row, engaged.function))
        for engaged in case.engaged if not engaged.is_past for row in rows
    ), key=_nearest, default=None)
    if near is not None:
        return Ruling(verdict, row=near.row.line, lacks=_lacks(near, case))
    return Ruling(verdict, row=rows[0].line, lacks=(Lack("function", rows[0].function, ""),)) if rows else Ruling(verdict)


def _moved(before: Match, case: Case, book: Rulebook) -> Ruling:
    """The row that covered the earlier engagement, with what it misses in the nearest one of today."""
    row = before.row
    near = min((
        _match(case, book, row, engaged, is_for(row, engaged.function)) for engaged in case.engaged if not engaged.is_past
    ), key=_nearest, default=None)
    lacks = (Lack("function", before.engaged.function or row.function, ""),) if near is None else _lacks(near, case)
    return Ruling("mover-keeps-right", row=row.line, lacks=lacks, mode=row.mode)


def _nearest(match: Match) -> tuple[bool, int, int]:
    """A row that names the right tells more than one that is about any."""
    return match.row.right == "*", match.number_of_lacks, match.row.line


def _lacks(match: Match, case: Case) -> tuple[Lack, ...]:
    """Every lack of a match; `held` of a condition is empty, for the case knows only that it fails."""
    lacks: list[Lack] = []
    if not match.has_function:
        lacks.append(Lack("function", match.row.function, match.engaged.function))
    if not match.is_holder:
        lacks.append(Lack("holder", ", ".join(sorted(match.row.holders)), ""))
    lacks += [Lack("condition", str(condition), "") for condition in match.failed]
    if match.level != "fits":
        lacks.append(Lack("level", match.row.level or "", case.level or ""))
    if match.scope != "fits":
        lacks.append(Lack("scope", match.row.scope or "", match.engaged.relation))
    return tuple(lacks)

