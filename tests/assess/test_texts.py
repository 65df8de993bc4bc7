"""Every reason assessment can give has a sentence in both languages."""

from __future__ import annotations

import pytest

from auditor.assess.running import NOT_ASSESSABLE
from auditor.assess.unanswered import RULE_OF
from auditor.model.coverage import SourceState
from auditor.model.errors import Reason
from reports.texts import Words

FACTS: dict[str, str | int] = {"source": "hr", "system": "esis", "column": "accounts.number", "schools": "12AB", "count": 3}
CODES = (
    *(f"needs_{state.value}" for state in SourceState if state is not SourceState.OK), "needs_matrix", "needs_any_matrix", "needs_column",
    "needs_column_anywhere", "schools_missing", "hr_schools_missing", "pupils_not_configured", "pupil_without_number",
    "source_older_than_deadline", "other_system_not_read", "conduct_not_kept", "confidential_systems_not_read", "told_together",
    NOT_ASSESSABLE, *(f"open_{reason}" for reason in RULE_OF),
)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", CODES)
def test_the_reason_has_words(code: str, language: str) -> None:
    assert Words(language, strict=True).say(Reason(code, FACTS)).endswith(".")
