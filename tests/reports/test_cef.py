"""Lines for a SIEM: one each, escaped as CEF asks, whatever a name holds."""

from __future__ import annotations

import re

import pytest

from reports.render.cef import render
from tests.reports.hostile import WORDS, hostile
from tests.reports.sample import report

FIELD = re.compile(r"(?<!\\)\|")


def test_each_finding_is_one_line_with_eight_parts() -> None:
    lines = render(report()).splitlines()
    assert len(lines) == len(report().findings)
    for line in lines:
        assert line.startswith("CEF:0|rechtenauditor|auditor|0.1.0|")
        assert len(FIELD.split(line, 7)) == 8
    assert " act=new " in lines[0] and "|10|" in lines[0] and " externalId=" in lines[0]


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_no_name_begins_a_line_or_a_field(word: str) -> None:
    data = hostile(word)
    lines = render(data).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(data.findings)
    for line in lines:
        parts = FIELD.split(line, 7)
        assert len(parts) == 8
        keys = re.findall(r"(?:^| )(\w+)(?<!\\)=", parts[7])
        assert keys == list(dict.fromkeys(keys))
        assert not re.search("[\x00-\x1f\u202e\u200b]", line)
