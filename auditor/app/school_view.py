"""What the director of one school may see: that school's findings, and nothing that names another school or someone elsewhere (T33)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Reason
from auditor.model.finding import Finding, NotAssessed
from auditor.model.report import ReportData

SHORTEST = 4
"""Shorter ids say nothing when they stand in a sentence: "8" is a group more often than a person."""
LONGEST = 8
"""Names of people and schools have at most so many words."""
_WORD = re.compile(r"\S+")
_EDGE = """()[]{},;:.!?'"<>"""


@dataclass(frozen=True)
class Elsewhere:
    """What may not be named. ids: ids, numbers and names of people and accounts that have nothing to do with the school; schools: codes and names
    of the other schools; systems: those that the school uses; word: what stands in their place."""

    ids: frozenset[str]
    schools: frozenset[str]
    systems: frozenset[str]
    word: str


def only_of(data: ReportData, school: str, elsewhere: Elsewhere) -> ReportData:
    """Given a report's data on the whole board, return what concerns one school: its findings, the sources and questions that bear on them, with
    everybody and every school elsewhere left out."""
    names = {code: name for code, name in data.schools.items() if code == school}
    findings = [_finding(one, school, elsewhere) for one in data.findings if one.school == school]
    systems = elsewhere.systems | {one.system for one in findings if one.system}
    sources = [_source(one, school, elsewhere) for one in data.sources if _concerns(one, systems)]
    kept = {one.source for one in sources}
    open_questions = [_question(one, school, elsewhere) for one in data.not_assessed if _is_asked(one, school, systems, kept)]
    rules = {one.rule for one in findings} | {one.previous_rule for one in findings} | {one.rule for one in open_questions}
    return replace(
        data, findings=findings, sources=sources, not_assessed=open_questions, schools=names, school=school,
        systems={name: title for name, title in data.systems.items() if name in systems},
        rules={slug: words for slug, words in data.rules.items() if slug in rules},
        matrices=[one for one in data.matrices if one.system in systems],
        limits=(Reason("limit_school"), *(_reason(one, elsewhere) for one in data.limits)),
    )


def hidden(text: str, elsewhere: Elsewhere) -> str:
    """Given text, return it with every name and id from elsewhere replaced; a school's code also where it is part of a word."""
    for name in elsewhere.schools:
        if name in text:
            text = text.replace(name, elsewhere.word)
    if text in elsewhere.ids:
        return elsewhere.word
    words = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    cuts: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        for last in range(min(len(words), at + LONGEST) - 1, at - 1, -1):
            begin, end = _trimmed(text, words[at][0], words[last][1])
            if end - begin >= SHORTEST and text[begin:end] in elsewhere.ids:
                cuts.append((begin, end))
                at = last
                break
        at += 1
    for begin, end in reversed(cuts):
        text = text[:begin] + elsewhere.word + text[end:]
    return text


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin] in _EDGE:
        begin += 1
    while end > begin and text[end - 1] in _EDGE:
        end -= 1
    return begin, end


def _finding(one: Finding, school: str, elsewhere: Elsewhere) -> Finding:
    evidence = _plain(one.evidence, school, elsewhere)
    return replace(
        one, summary=hidden(one.summary, elsewhere), evidence=evidence if isinstance(evidence, Mapping) else {},
        sources=[origin for origin in one.sources if not any(name in str(origin.get("file") or "") for name in elsewhere.schools)
                 and not str(origin.get("source", "")).startswith("register.")],
        history=[{name: hidden(value, elsewhere) if name == "reason" and isinstance(value, str) else value for name, value in event.items()}
                 for event in one.history],
        decision={**one.decision, "reason": hidden(str(one.decision.get("reason") or ""), elsewhere)} if one.decision else None,
    )


def _plain(value: Any, school: str, elsewhere: Elsewhere) -> Any:
    if isinstance(value, str):
        return hidden(value, elsewhere)
    if isinstance(value, Mapping):
        return {name: _plain(inner, school, elsewhere) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner, school, elsewhere) for inner in value if not _is_elsewhere(inner, school, elsewhere)]
    return value


def _is_elsewhere(value: Any, school: str, elsewhere: Elsewhere) -> bool:
    """Whether one of several facts is about another school, or about somebody there: then it is left out as a whole."""
    if isinstance(value, Mapping):
        whose = {str(value.get("person")), str(value.get("account"))}
        return value.get("school") not in (None, "", school) or not whose.isdisjoint(elsewhere.ids)
    return isinstance(value, str) and value in elsewhere.ids


def _concerns(source: SourceReport, systems: Iterable[str]) -> bool:
    """HR and pupils concern every school, a system who uses it; registers only while they are not fine."""
    if source.role == "register":
        return source.state is not SourceState.OK
    return source.system is None or source.system in systems


def _source(source: SourceReport, school: str, elsewhere: Elsewhere) -> SourceReport:
    """The source as far as it is about the school: no files, rows, faults or remarks of others."""
    own = [receipt for receipt in source.receipts if receipt.school in (None, school)
           and not any(name in receipt.name for name in elsewhere.schools)]
    return replace(
        source, reasons=tuple(_reason(one, elsewhere) for one in source.reasons), receipts=tuple(own), examples=(), warnings=(), faults=(),
        schools={code: state for code, state in source.schools.items() if code == school},
        school_days={code: day for code, day in source.school_days.items() if code == school},
        rows=sum(receipt.rows for receipt in own) if any(receipt.school for receipt in source.receipts) else source.rows,
    )


def _is_asked(one: NotAssessed, school: str, systems: Iterable[str], sources: Iterable[str]) -> bool:
    if one.schools and school not in one.schools:
        return False
    return (one.system is None or one.system in systems) and (one.source is None or one.source in sources)


def _question(one: NotAssessed, school: str, elsewhere: Elsewhere) -> NotAssessed:
    return replace(one, reason=_reason(one.reason, elsewhere), schools=one.schools & {school}, count=0)


def _reason(reason: Reason, elsewhere: Elsewhere) -> Reason:
    return Reason(reason.code, {name: hidden(value, elsewhere) if isinstance(value, str) else value for name, value in reason.facts.items()})
