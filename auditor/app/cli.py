"""The command line: arguments in, exit code out. Imports nothing heavy until a command runs."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.app import access
from auditor.app.arguments import Parser
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, ConfigError, InputError, ScanRunning, UsageError
from reports.texts import Words
from reports.visible import visible

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class Call:
    """One call of a command: its arguments, the words of its language, whether it prints JSON."""

    arguments: argparse.Namespace
    words: Words
    is_json: bool

    @property
    def config(self) -> Path:
        """Path of the configuration file."""
        return Path(self.arguments.config)


def main(argv: Sequence[str] | None = None) -> int:
    """Given command-line arguments, run the command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    words = Words(_language(arguments))
    parser = build_parser(words)
    options = parser.parse_args(arguments, argparse.Namespace(config=os.environ.get("AUDITOR_CONFIG", "auditor.toml"), json=False, lang=None))
    if not hasattr(options, "module"):
        parser.print_help()
        return Exit.USAGE if arguments else Exit.OK
    call = Call(options, words, bool(options.json))
    try:
        command = importlib.import_module(f"auditor.app.commands.{options.module}")
        access.command.set(" ".join(filter(None, (options.module, options.function, getattr(options, "school", None)))))
        return int(getattr(command, options.function)(call))
    except (ConfigError, UsageError) as error:
        _tell(words, error)
        return Exit.USAGE
    except ScanRunning as error:
        _tell(words, error)
        return Exit.RUNNING
    except AuditorError as error:
        _tell(words, error)
        return Exit.ERROR
    except KeyboardInterrupt:
        print(words.text("cli.cancelled"), file=sys.stderr)
        return Exit.CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except OSError as error:
        print(words.text("cli.no_access", file=visible(str(error.filename or "-")), why=visible(error.strerror or str(error))), file=sys.stderr)
        return Exit.ERROR
    except Exception as error:
        # A mistake of ours must not look like one of theirs, and a traceback may show what is in a file: tell where, not what.
        print(words.text("cli.unexpected", kind=type(error).__name__, place=place_of(error)), file=sys.stderr)
        if getattr(options, "verbose", False):
            raise
        return Exit.ERROR


def _language(arguments: Sequence[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return "en" if arguments[position + 1] == "en" else "nl"
        if argument.startswith("--lang="):
            return "en" if argument == "--lang=en" else "nl"
    return "nl"


def place_of(error: Exception) -> str:
    """The innermost line of our own code in which an error rose, as module:line."""
    here = error.__traceback__
    place = "-"
    while here is not None:
        module = str(here.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in ("auditor", "connectors", "matrices", "reports"):
            place = f"{module}:{here.tb_lineno}"
        here = here.tb_next
    return place


def _tell(words: Words, error: AuditorError) -> None:
    if isinstance(error, InputError):
        for fault in error.faults:
            print(words.fault(fault), file=sys.stderr)
    else:
        what, remedy = words.say(error.reason), words.remedy(error.reason)
        print(f"{what}. {remedy}" if remedy else what, file=sys.stderr)


def build_parser(words: Words) -> argparse.ArgumentParser:
    """Given the words of a language, return the parser of every command."""
    common = argparse.ArgumentParser(add_help=False)
    # Absent in a command means: as given before the command, else the default below.
    common.add_argument("--config", metavar="PATH", default=argparse.SUPPRESS, help=words.text("cli.help.config"))
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=words.text("cli.help.json"))
    common.add_argument("--lang", choices=("nl", "en"), default=argparse.SUPPRESS, help=words.text("cli.help.lang"))

    Parser.words = words
    parser = Parser(prog="auditor", parents=[common], description=words.text("cli.help.auditor"), epilog=words.text("cli.help.examples"),
                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"auditor {__version__}")
    commands = parser.add_subparsers(title=words.text("cli.commands"), metavar="")

    def add(group: Any, name: str, key: str, module: str, function: str = "run") -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = group.add_parser(
            name, parents=[common], help=words.text(f"cli.help.{key}"), description=words.text(f"cli.help.{key}"))
        command.set_defaults(module=module, function=function)
        return command

    def add_group(name: str) -> Any:
        text = words.text(f"cli.help.{name}")
        return commands.add_parser(name, help=text, description=text).add_subparsers(title=words.text("cli.commands"), metavar="", required=True)

    def option(command: argparse.ArgumentParser, flag: str, key: str, **more: Any) -> None:
        command.add_argument(flag, help=words.text(f"cli.help.{key}"), **more)

    demo = add(commands, "demo", "demo", "demo")
    option(demo, "--out", "demo_out", metavar="DIR", type=Path, default=Path("demo"))

    init = add(commands, "init", "init", "init")
    option(init, "folder", "init_folder", metavar="DIR", type=Path)
    option(init, "--template", "init_template", choices=("opor", "kindante", "kerobei", "uniek", "procon"), default="opor")

    add(commands, "doctor", "doctor", "doctor")

    source = add_group("source")
    preview = add(source, "preview", "source_preview", "source", "preview")
    option(preview, "file", "source_file", metavar="FILE", type=Path)
    option(preview, "--layout", "source_layout", metavar="NAME")
    option(preview, "--write", "source_write", metavar="FILE.toml", type=Path)
    release = add(source, "release", "source_release", "source", "release")
    option(release, "source", "source_name", metavar="NAME")
    option(release, "--reason", "reason", required=True, type=_filled)
    option(release, "--by", "by", type=_filled)

    scan = add(commands, "scan", "scan", "scan")
    option(scan, "--as-of", "as_of", metavar="JJJJ-MM-DD", type=_day)
    option(scan, "--dry-run", "dry_run", action="store_true")
    option(scan, "--fail-on", "fail_on", choices=SEVERITIES)
    option(scan, "--verbose", "verbose", action="store_true")

    add(commands, "run", "run", "run")

    option(add(commands, "status", "status", "status"), "--alarm", "status_alarm", action="store_true")

    findings = add_group("findings")
    listing = add(findings, "list", "findings_list", "findings", "list_findings")
    option(listing, "--school", "filter_school", metavar="CODE")
    option(listing, "--system", "filter_system", metavar="NAAM")
    option(listing, "--rule", "filter_rule", metavar="REGEL")
    option(listing, "--severity", "filter_severity", choices=SEVERITIES)
    option(listing, "--changed", "filter_changed", action="store_true")
    option(listing, "--all", "filter_all", action="store_true")
    show = add(findings, "show", "findings_show", "findings", "show_finding")
    option(show, "key", "key", metavar="SLEUTEL")

    for name, function in (("ack", "acknowledge"), ("waive", "waive"), ("false-positive", "false_positive"), ("withdraw", "withdraw")):
        deciding = add(findings, name, f"findings_{name.replace('-', '_')}", "decide", function)
        option(deciding, "keys", "decide_keys", nargs="*", metavar="SLEUTEL")
        option(deciding, "--school", "filter_school", metavar="CODE")
        option(deciding, "--system", "filter_system", metavar="NAAM")
        option(deciding, "--rule", "filter_rule", metavar="REGEL")
        option(deciding, "--severity", "filter_severity", choices=SEVERITIES)
        if name in ("ack", "waive"):
            option(deciding, "--until", "decide_until", metavar="JJJJ-MM-DD", type=_day, required=True)
        if name == "waive":
            option(deciding, "--owner", "decide_owner", metavar="NAAM", required=True, type=_filled)
        option(deciding, "--reason", "reason", required=True, type=_filled)
        option(deciding, "--by", "by", type=_filled)
        option(deciding, "--yes", "decide_yes", action="store_true")

    explain = add(commands, "explain", "explain", "explain")
    option(explain, "subject", "explain_subject", metavar="SLEUTEL|ACCOUNT")
    option(explain, "--system", "filter_system", metavar="NAAM")
    option(explain, "--lines", "explain_lines", action="store_true")

    links = add_group("links")
    listed = add(links, "list", "links_list", "links", "list_links")
    option(listed, "--situation", "links_situation", choices=("linked", "unmatched", "disputed", "set_aside", "proposed"))
    decide = add(links, "decide", "links_decide", "links", "decide")
    option(decide, "system", "links_system", metavar="SYSTEEM")
    option(decide, "account", "links_account", metavar="ACCOUNT")
    choice = decide.add_mutually_exclusive_group(required=True)
    choice.add_argument("--person", metavar="NR", help=words.text("cli.help.links_person"))
    choice.add_argument("--set-aside", action="store_true", help=words.text("cli.help.links_set_aside"))
    option(decide, "--reason", "reason", required=True, type=_filled)
    option(decide, "--by", "by", type=_filled)

    report = add(commands, "report", "report", "report")
    option(report, "--format", "report_format", choices=("html", "xlsx", "csv", "json", "pdf", "cef"), default="html")
    option(report, "--kind", "report_kind", choices=("daily", "quarter"), default="daily")
    option(report, "--raw", "report_raw", action="store_true")
    option(report, "--school", "filter_school", metavar="CODE")
    option(report, "--since", "report_since", metavar="JJJJ-MM-DD", type=_day)
    option(report, "--as-of", "report_as_of", metavar="JJJJ-MM-DD", type=_day)
    option(report, "--out", "report_out", metavar="DIR", type=Path)

    evidence = add(commands, "evidence", "evidence", "evidence")
    option(evidence, "--from", "evidence_from", metavar="JJJJ-MM-DD", type=_day, dest="since")
    option(evidence, "--until", "evidence_until", metavar="JJJJ-MM-DD", type=_day)
    option(evidence, "--out", "evidence_out", metavar="DIR", type=Path)

    matrix = add_group("matrix")
    check = add(matrix, "check", "matrix_check", "matrix", "check")
    option(check, "folder", "matrix_folder", nargs="?", type=Path, metavar="DIR")
    shown = add(matrix, "show", "matrix_show", "matrix", "show")
    option(shown, "system", "matrix_system", metavar="SYSTEEM")
    importing = add(matrix, "import", "matrix_import", "matrix_work", "import_sheet")
    option(importing, "file", "matrix_file", metavar="FILE", type=Path)
    option(importing, "--system", "matrix_system", metavar="SYSTEEM", required=True)
    option(importing, "--name", "matrix_name", metavar="NAAM")
    option(importing, "--out", "matrix_out", metavar="DIR", type=Path)
    differing = add(matrix, "diff", "matrix_diff", "matrix_work", "diff")
    option(differing, "old", "matrix_old", metavar="OLD", type=Path)
    option(differing, "new", "matrix_new", metavar="NEW", type=Path)
    looking_back = add(matrix, "backtest", "matrix_backtest", "matrix_work", "look_back")
    option(looking_back, "draft", "matrix_draft", metavar="DRAFT", type=Path)
    option(looking_back, "--nights", "matrix_nights", metavar="N", type=_number, default=30)
    proposing = add(matrix, "propose", "matrix_propose", "matrix_work", "propose")
    option(proposing, "system", "matrix_system", metavar="SYSTEEM")
    option(proposing, "--usual", "matrix_usual", metavar="0.5", type=_share, default=0.5)
    option(proposing, "--out", "matrix_out", metavar="DIR", type=Path)

    mail = add_group("mail")
    previewed = add(mail, "preview", "mail_preview", "mail", "preview")
    option(previewed, "--school", "filter_school", metavar="CODE")
    option(previewed, "--all", "mail_all", action="store_true")
    for name in ("enable", "disable"):
        option(add(mail, name, f"mail_{name}", "mail", name), "--by", "by", type=_filled)
    option(add(mail, "send", "mail_send", "mail", "send"), "--dry-run", "mail_dry_run", action="store_true")
    for name in ("release", "drop"):
        waiting = add(mail, name, f"mail_{name}", "mail", name)
        option(waiting, "--school", "filter_school", metavar="CODE")
        option(waiting, "--by", "by", type=_filled)

    history = add(commands, "history", "history", "history")
    option(history, "subject", "history_subject", metavar="ACCOUNT|PERSOON|RECHT")
    option(history, "--system", "filter_system", metavar="NAAM")
    option(history, "--on", "history_on", metavar="JJJJ-MM-DD", type=_day)

    person = add_group("person")
    for name in ("export", "forget"):
        option(add(person, name, f"person_{name}", "person", name), "person", "person_number", metavar="NR")

    verify = add(commands, "verify", "verify", "care", "verify")
    option(verify, "--checkpoint", "verify_checkpoint", metavar="N:HEX")
    backup = add(commands, "backup", "backup", "care", "backup")
    option(backup, "--out", "backup_out", metavar="FILE", type=Path)
    restore = add(commands, "restore", "restore", "care", "restore")
    option(restore, "file", "restore_file", metavar="FILE", type=Path)

    register = add_group("register")
    add(register, "check", "register_check", "register", "check")

    sample = add(commands, "sample", "sample", "sample")
    option(sample, "--count", "sample_count", metavar="N", type=_at_least_one)
    option(sample, "--seed", "sample_seed", metavar="WOORD", default="0")
    option(sample, "--school", "sample_school", metavar="CODE")
    option(sample, "--out", "sample_out", metavar="DIR", type=Path)

    review = add(commands, "review", "review", "review")
    option(review, "subject", "review_subject", metavar="SYSTEEM|MAP")
    option(review, "--seen", "review_seen", metavar="TEKST", required=True, type=_filled)
    option(review, "--folder", "review_folder", action="store_true")
    option(review, "--school", "review_school", metavar="CODE")
    option(review, "--on", "review_on", metavar="JJJJ-MM-DD", type=_day)
    option(review, "--by", "by", type=_filled)

    option(add(commands, "schema", "schema", "schema"), "--report", "schema_report", action="store_true")
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}': 1, 2, ...")
    return int(text)


def _filled(text: str) -> str:
    """Who decides and why is kept for ever: blanks say nothing."""
    if not text.strip():
        raise argparse.ArgumentTypeError("blank")
    return text.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}': JJJJ-MM-DD") from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}': 1, 2, 3 ...")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text.replace(",", "."))
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}': 0.1 ... 1")
    return share
