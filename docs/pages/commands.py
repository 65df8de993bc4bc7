"""docs/commands.md: what `auditor --help` and every command's `--help` print."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from auditor.app.cli import build_parser
from auditor.app.exits import Exit
from docs.pages.markdown import NOTICE, table
from reports.texts import Words

WIDE = 500
"""So wide that argparse wraps nothing: where it wraps differs per version of Python."""

EXITS = {
    Exit.OK: "all well", Exit.ERROR: "an error", Exit.USAGE: "wrong use, or a wrong setting", Exit.PARTIAL: "a source was not judged",
    Exit.BLOCKED: "a source was held back by a guard", Exit.FINDINGS: "findings from `--fail-on` up", Exit.RUNNING: "another scan is running",
    Exit.CANCELLED: "cancelled",
}


def page() -> str:
    """Return the page. Raise KeyError if an exit code has no meaning here."""
    sections = "".join(f"\n## {name}\n\n```\n{_help(parser)}```\n" for name, parser in _parsers("auditor", build_parser(Words("en"))))
    exits = table(("code", "meaning"), ((int(code), EXITS[code]) for code in Exit))
    return f"""# Commands

{NOTICE}

As printed with `--lang en`; Dutch is the default. `--config`, `--json` and `--lang` may stand before or after the command.

Exit codes:

{exits}{sections}"""


def _parsers(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from _parsers(f"{name} {word}", below)


def _help(parser: argparse.ArgumentParser) -> str:
    parser.formatter_class = partial(cast(Any, parser.formatter_class), width=WIDE)
    usage, _, rest = parser.format_help().partition("\n")
    wrapped = textwrap.fill(usage, 110, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    lines = (line.rstrip() for line in f"{wrapped}\n{rest}".splitlines())
    return "\n".join(lines).rstrip("\n") + "\n"
