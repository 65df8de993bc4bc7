"""argparse in our words: headings, and what is wrong with what was typed. It has English only, and only as finished sentences."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import NoReturn

from auditor.app.exits import Exit
from reports.texts import Words

_HEADINGS = (
    ("usage:", "cli.usage"), ("positional arguments:", "cli.positionals"), ("options:", "cli.options"),
    ("show this help message and exit", "cli.show_help"), ("show program's version number and exit", "cli.show_version"),
)
_SAID = (
    (r"argument (?P<name>.*?): invalid choice: '?(?P<given>.*?)'? \(choose from (?P<known>.*)\)", "choice"),
    (r"argument (?P<name>.*?): expected .*argument", "value_missing"),
    (r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)", "not_together"),
    (r"argument (?P<name>.*?): ignored explicit argument .*", "no_value"),
    (r"argument (?P<name>.*?): blank", "blank"),
    (r"argument (?P<name>.*?): invalid .* value: (?P<given>.*)", "value_bad"),
    (r"argument (?P<name>.*?): '(?P<given>.*)': (?P<form>.*)", "form"),
    (r"the following arguments are required: ?(?P<name>.*)", "required"),
    (r"one of the arguments (?P<name>.*) is required", "one_of"),
    (r"unrecognized arguments: (?P<name>.*)", "unknown"),
    (r"ambiguous option: (?P<name>.*) could match (?P<known>.*)", "ambiguous"),
)
"""What argparse says -> the key under `cli.wrong` and the parts that fill it."""


class Parser(argparse.ArgumentParser):
    """A parser whose help and errors are in the language of `words`, which every parser of a command line shares."""

    words: Words

    def format_help(self) -> str:
        """Return the manual of this command."""
        return self._translated(super().format_help())

    def format_usage(self) -> str:
        """Return the line that shows how this command is called."""
        return self._translated(super().format_usage())

    def error(self, message: str) -> NoReturn:
        """Given what argparse says is wrong, say it in our words and end with the code of wrong usage."""
        self.exit(Exit.USAGE, f"{self.format_usage()}{self.prog}: {told(self.words, message)}\n")

    def _translated(self, text: str) -> str:
        for english, key in _HEADINGS:
            text = text.replace(english, self.words.text(key))
        return text


def told(words: Words, message: str) -> str:
    """Given what argparse says, return it in our words; as it is when it is none of what we know."""
    for pattern, key in _SAID:
        if not (found := re.fullmatch(pattern, message)):
            continue
        facts = {name: text.strip() for name, text in found.groupdict().items()}
        if key == "choice":
            known = re.findall(r"[^\s,']+", facts["known"])
            near = difflib.get_close_matches(facts["given"], known, 1)
            kind = "choice" if facts["name"] else "command"
            return words.text(f"cli.wrong.{kind}{'_meant' if near else ''}", **{**facts, "known": ", ".join(known), "meant": "".join(near)})
        if key == "required" and not facts["name"]:
            return words.text("cli.wrong.command_missing")
        return words.text(f"cli.wrong.{key}", **facts)
    return message
