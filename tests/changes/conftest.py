"""The board that tests of rules, assessment and comparison are played on."""

from __future__ import annotations

import pytest

from tests.rules.board import TinyBoard


@pytest.fixture
def board() -> TinyBoard:
    """Give a board without people, every source complete and of today."""
    return TinyBoard()
