"""Renders findings, sources and checks for a terminal: quiet colour on a screen, plain aligned or tabbed text anywhere else."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.finding import Finding, Severity
from reports.render import evidence
from reports.render.labels import ABSENT, STEPS, Labels, step
from reports.visible import visible

if TYPE_CHECKING:
    from rich.text import Text

WIDE = 130
"""From so many columns on, findings are a table; below, two lines each."""
STYLES = {
    Severity.CRITICAL: "bold white on red", Severity.HIGH: "bold yellow", Severity.MEDIUM: "yellow", Severity.LOW: "cyan", Severity.INFO: "dim",
}


@dataclass(frozen=True)
class Screen:
    """Where text goes. width: in columns; is_terminal: a person looks; has_colour: escapes may be written."""

    width: int = 80
    is_terminal: bool = False
    has_colour: bool = False

    @classmethod
    def of(cls, stream: IO[str], environ: Mapping[str, str]) -> Screen:
        """Given a stream and the environment, return what it can show: NO_COLOR (when not empty) and TERM=dumb are honoured."""
        is_terminal = stream.isatty()
        has_colour = is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        return cls(shutil.get_terminal_size((80, 24)).columns, is_terminal, has_colour)


@dataclass(frozen=True)
class Check:
    """One line of `doctor`: what was looked at, whether it is fine, and what was seen or must be done."""

    name: str
    is_fine: bool
    text: str


@dataclass(frozen=True)
class SourceRow:
    """One source as `status` shows it. state: its word; why: one line, "" when there is nothing to say."""

    name: str
    state: str
    is_fine: bool
    day: date | None
    rows: int
    why: str = ""


def status(head: str, alarms: Sequence[str], counted: str, rows: Sequence[SourceRow], as_of: date, labels: Labels, screen: Screen) -> str:
    """Given how the last scan left things, return it for a screen: what is wrong in red, and on a wide one a table of the sources with their age
    and why."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    words, is_wide = labels.words, screen.width >= WIDE
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_header=is_wide)
    names = ("source", "state", "day", "age", "rows", "warnings") if is_wide else ("source", "state", "day", "rows")
    for name in names:
        table.add_column(words.text(f"report.column.{name}"), justify="right" if name == "rows" else "left", no_wrap=name != "warnings")
    for row in rows:
        age = (as_of - row.day).days if row.day else None
        old = ABSENT if age is None else words.text("report.sources.age.zero") if age <= 0 else words.plural("report.sources.age", age)
        cells = {
            "source": Text(visible(row.name)), "state": Text(row.state, "green" if row.is_fine else "bold red"),
            "day": Text(labels.day(row.day)), "age": Text(old), "rows": Text(words.number(row.rows)), "warnings": Text(visible(row.why)),
        }
        table.add_row(*(cells[name] for name in names))
    why = [] if is_wide else [f"{row.name}: {row.why}" for row in rows if row.why]
    wrong = [_joined(screen, (line, "bold red")) for line in (*alarms, *why)]
    return _printed([_joined(screen, (head, "bold")), *wrong, _joined(screen, (counted, "")), table], screen)


def findings(found: Sequence[Finding], labels: Labels, screen: Screen) -> str:
    """Given findings in the order to show, return them: tabbed with a header when piped, else a table or two lines each."""
    if not screen.is_terminal:
        rows = [_cells(one, labels) for one in found]
        return "".join("\t".join(map(visible, row)) + "\n" for row in (_heads(labels), *rows))
    if not found:
        return labels.words.text("terminal.none") + "\n"
    return _wide(found, labels, screen) if screen.width >= WIDE else _narrow(found, labels, screen)


def finding(one: Finding, labels: Labels, screen: Screen) -> str:
    """Given a finding, return everything a reader needs to act on it: what, why, since when, who acts, the steps, the evidence."""
    words = labels.words
    facts = [
        (words.text("report.column.person"), labels.person(one)), (words.text("report.column.account"), labels.account(one)),
        (words.text("report.column.system"), labels.system(one.system)), (words.text("report.column.school"), labels.school(one.school)),
        (words.text("report.column.right"), " · ".join(part for part in (one.right, one.level, one.scope, one.group) if part)),
        (words.text("report.findings.state"), labels.state(one.state)), (words.text("report.column.since"), _since(one, labels)),
        (words.text("report.column.acts"), labels.code("acts", one.acts)),
        (words.text("report.column.deadline"), _until(one, labels)),
        (words.text("report.findings.cause"), labels.code("cause", one.cause)),
        (words.text("report.findings.norms"), ", ".join(one.norms)),
    ]
    parts: list[Text | str] = [
        _joined(screen, (_badge(one, labels), STYLES[one.severity]), ("  " + labels.title(one), "bold"), ("  " + one.key, "dim")), one.summary, "",
    ]
    parts += _pairs([(name, value) for name, value in facts if value not in ("", ABSENT)], screen)
    if one.decision:
        parts += ["", evidence.decided(one.decision, labels)]
    if one.advice:
        parts += ["", _joined(screen, (words.text("report.findings.steps"), "bold"))]
        parts += [f"  {n}. {visible(line)}" for n, line in enumerate(one.advice, 1)]
    parts += ["", _joined(screen, (words.text("report.findings.evidence"), "bold"))]
    parts += _pairs(_evidence(one, labels), screen)
    parts += ["", f"auditor explain {one.key}"]
    return _printed(parts, screen)


def sources(reports: Sequence[SourceReport], as_of: date, labels: Labels, screen: Screen) -> str:
    """Given the sources of a scan and its day, return one line each: state, day, age, rows; and why, where one is not fine."""
    words = labels.words
    lines: list[Text | str] = []
    width = max((len(report.source) for report in reports), default=0)
    for report in reports:
        state = SourceState.PARTIAL if report.state is SourceState.OK and report.missing_schools else report.state
        age = (as_of - report.as_of).days if report.as_of else None
        old = ABSENT if age is None else words.text("report.sources.age.zero") if age == 0 else words.plural("report.sources.age", age)
        style = "green" if state is SourceState.OK else "bold red"
        lines.append(_joined(
            screen, (f"{visible(report.source):<{width}}  ", ""), (f"{labels.code('source_state', state.value):<16}", style),
            (f"{labels.day(report.as_of):<12} {old:<10} {words.number(report.rows):>9}", ""),
        ))
        why = [words.say(reason) for reason in report.reasons] + [words.fault(fault) for fault in report.faults[:5]]
        if report.missing_schools:
            why.append(words.text("report.unassessed.missing_schools", schools=", ".join(map(labels.school, sorted(report.missing_schools)))))
        lines += ["    " + line for line in why]
    return _printed(lines, screen)


def counts(numbers: Mapping[str, int], labels: Labels) -> str:
    """Given the numbers of a diff by step, return them in one line, in the fixed words and order."""
    return ", ".join(f"{labels.words.number(numbers[name])} {labels.code('change', name)}" for name in STEPS if name in numbers)


def checks(items: Sequence[Check], labels: Labels, screen: Screen) -> str:
    """Given what `doctor` looked at, return one line each, marked in words as well as in colour."""
    fine, wrong = labels.words.text("terminal.fine"), labels.words.text("terminal.wrong")
    width, mark = max((len(item.name) for item in items), default=0), max(len(fine), len(wrong))
    lines = [
        _joined(screen, (f"{fine if item.is_fine else wrong:<{mark}}  ", "green" if item.is_fine else "bold red"),
                (f"{visible(item.name):<{width}}  ", "bold"), (visible(item.text), ""))
        for item in items
    ]
    return _printed(lines, screen)


def _heads(labels: Labels) -> tuple[str, ...]:
    names = ("key", "severity", "change", "rule", "system", "account", "person", "school", "since", "deadline", "summary")
    return tuple(labels.words.text(f"report.column.{name}") for name in names)


def _cells(one: Finding, labels: Labels) -> tuple[str, ...]:
    return (
        one.key, labels.severity(one.severity), labels.code("change", step(one)), labels.title(one), labels.system(one.system), labels.account(one),
        labels.person(one), labels.school(one.school), labels.day(one.first_seen_on), _until(one, labels), one.summary,
    )


def _wide(found: Sequence[Finding], labels: Labels, screen: Screen) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    heads = _heads(labels)
    for head in heads[:-1]:
        table.add_column(head, no_wrap=head in heads[:3], overflow="fold")
    for one in found:
        cells = [Text(visible(cell)) for cell in _cells(one, labels)[:-1]]
        cells[1].stylize(STYLES[one.severity])
        cells[3].stylize("bold")
        table.add_row(*cells)
    return _printed([table], screen)


def _narrow(found: Sequence[Finding], labels: Labels, screen: Screen) -> str:
    from rich.padding import Padding

    lines: list[Any] = []
    for one in found:
        lines.append(_joined(screen, (one.key + "  ", "dim"), (_badge(one, labels), STYLES[one.severity]), ("  " + labels.title(one), "bold")))
        about = (labels.person(one), labels.account(one), labels.system(one.system), labels.school(one.school), _since(one, labels))
        lines.append(Padding(_joined(screen, (" · ".join(part for part in about if part != ABSENT), "dim")), (0, 0, 0, 4)))
    return _printed(lines, screen)


def _badge(one: Finding, labels: Labels) -> str:
    return f"{labels.severity(one.severity)} ({labels.code('change', step(one))})"


def _until(one: Finding, labels: Labels) -> str:
    return f"{labels.deadline(one)} {labels.deadline_time(one)}".rstrip()


def _since(one: Finding, labels: Labels) -> str:
    day = labels.day(one.first_seen_on)
    return f"{day} ({labels.words.plural('report.findings.days', one.days_open)})" if one.days_open else day


def _evidence(one: Finding, labels: Labels) -> list[tuple[str, str]]:
    pairs = []
    for block in evidence.blocks(one.evidence, labels):
        rows = ["; ".join(f"{head}: {value}" for head, value in zip(block.headers, row, strict=True) if value) for row in block.rows]
        pairs += [(block.label if not n else "", text) for n, text in enumerate(rows or [block.text])]
    origins = evidence.origins(one, labels)
    return pairs + [(labels.words.text("report.findings.origin") if not n else "", line) for n, line in enumerate(origins)]


def _pairs(pairs: Sequence[tuple[str, str]], screen: Screen) -> list[Any]:
    """Labels in one column and texts in the next, wrapped to the screen where there is one."""
    width = max((len(name) for name, _ in pairs), default=0)
    if not screen.is_terminal:
        return [f"  {name:<{width}}  {visible(text)}" for name, text in pairs]
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", min_width=width, no_wrap=True)
    grid.add_column()
    for name, text in pairs:
        grid.add_row(Text("  " + name), Text(visible(text)))
    return [grid]


def _joined(screen: Screen, *parts: tuple[str, str]) -> Text | str:
    """Parts with a style each; text from sources stays text: it is never read as markup."""
    if not screen.is_terminal:
        return "".join(visible(text) for text, _ in parts)
    from rich.text import Text

    return Text.assemble(*((visible(text), style) for text, style in parts))


def _printed(parts: Sequence[Any], screen: Screen) -> str:
    if not screen.is_terminal:
        return "".join(f"{visible(str(part))}\n" for part in parts)
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out, width=screen.width, force_terminal=screen.has_colour, no_color=not screen.has_colour,
        color_system="standard" if screen.has_colour else None, highlight=False, emoji=False, markup=False, legacy_windows=False,
    )
    for part in parts:
        console.print(Text(visible(part)) if isinstance(part, str) else part)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
