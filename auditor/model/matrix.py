"""A declared authorisation matrix (SOLL) as types; loading and linting are the `matrices` package's."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Stance = Literal["required", "allowed", "forbidden"]
Mode = Literal["draft", "watch", "alert"]
ConditionName = Literal["kind", "weeks", "share", "school", "declaration", "task"]
Operator = Literal["=", "!=", "<", "<=", ">", ">="]
SCOPES = ("own", "folder", "group", "school", "board")
"""From narrow to wide. own: one's own data only (InSite, Mijn Mercedes)."""


@dataclass(frozen=True)
class Condition:
    """`name op value`. kind: employment kind; weeks: unbroken length of the (replacement) work at one school, open-ended counts as
    endless; share: working-time factor; school: school code or kind (school, office); declaration: a signed declaration of that
    kind; task: holds that extra task at the school."""

    name: ConditionName
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.value}"


@dataclass(frozen=True)
class MatrixRow:
    """One declared row. line: of rows.csv; function, right: the board's words, `*` for any; level: highest allowed, None for any;
    scope: widest allowed, None for any; holders: personnel numbers, empty for any; conditions: all must hold."""

    line: int
    function: str
    right: str
    level: str | None
    scope: str | None
    stance: Stance
    conditions: tuple[Condition, ...] = ()
    mode: Mode = "alert"
    holders: frozenset[str] = frozenset()
    max_holders: int | None = None
    note: str = ""


@dataclass(frozen=True)
class NativeRight:
    """What a native name of a right means. right, level: the matrix's words; scope: fixed scope, None to take the grant's own;
    scope_from: "group_links" takes it from the groups linked to the account (ParnasSys Leerkracht); is_privileged: overrides the source."""

    right: str
    level: str | None = None
    scope: str | None = None
    scope_from: str | None = None
    is_privileged: bool | None = None


@dataclass(frozen=True)
class Matrix:
    """One system's declared rights. system: exact name or pattern such as ad:*; levels: per right, lowest first; natives: native name
    -> meaning; privacy_class: 1 public to 4 secret (KERO); register: the facts of KERO 13 (data, issued_by, issued_how,
    review_period_days, login_means, password_rule, password_max_days), requested_by (KIND), supervised_by (PROC); modules: what a right can
    do per module, for weight and explanation only; digest: sha256 over both files; path: folder, as users know it."""

    system: str
    name: str
    edition: str
    owner: str | None
    adopted_on: date | None
    adopted_by: str | None
    rows: tuple[MatrixRow, ...]
    natives: Mapping[str, NativeRight] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    privacy_class: int = 3
    register: Mapping[str, str | int] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    digest: str = ""
    path: str = ""

    @property
    def is_norm(self) -> bool:
        """A matrix without owner and adoption date is not a norm, and is reported so."""
        return bool(self.owner and self.adopted_on)

    def applies_to(self, system: str) -> bool:
        """Whether this matrix is about that system."""
        return fnmatch.fnmatchcase(system, self.system)
