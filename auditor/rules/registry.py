"""Which rules exist: one line a rule. Adding one: its folder with rule.py and rule.toml, its test, and its line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from auditor.model.finding import Hits
from auditor.rules.spec import RuleSpec, read_spec
from auditor.rules.view import AuditView

Check = Callable[[AuditView], Hits]

SLUGS = (
    "orphan-account",
    "disputed-account",
    "duplicate-account",
    "shared-account",
    "service-account-unowned",
    "external-undeclared",
    "pupil-account-left",
    "unmanaged-mail-address",
    "leaver-active",
    "leaver-soon",
    "used-after-leaving",
    "vanished-from-hr",
    "login-without-group",
    "former-domain-account",
    "closed-school-account",
    "early-account",
    "forbidden-right",
    "temporary-right-expired",
    "mover-keeps-right",
    "declaration-unsigned",
    "replacement-too-short",
    "level-too-high",
    "scope-too-wide",
    "scope-elsewhere",
    "right-outside-matrix",
    "right-unknown-to-matrix",
    "headcount-exceeded",
    "privileged-undeclared",
    "toxic-combination",
    "code-of-conduct-unsigned",
    "missing-right",
    "temporary-right-incomplete",
    "temporary-right-unauthorised",
    "temporary-right-expiring",
    "waiver-expiring",
    "override-unexplained",
    "password-too-old",
    "password-rule-off",
    "dormant-account",
    "mfa-missing",
    "review-overdue",
    "matrix-overdue",
    "function-unknown",
    "folder-open-link",
    "data-quality",
)


@cache
def spec_of(slug: str) -> RuleSpec:
    """Given a slug, return its spec. Raise KeyError if no such rule exists, ValueError if its rule.toml is faulty."""
    if slug not in SLUGS:
        raise KeyError(slug)
    return read_spec(slug)


def specs() -> tuple[RuleSpec, ...]:
    """Every rule's spec, in the order of the catalogue."""
    return tuple(spec_of(slug) for slug in SLUGS)


def check_of(slug: str) -> Check:
    """Given a slug, return the function that says what fires; its module is imported only now."""
    return cast(Check, import_module(spec_of(slug).module).check)
