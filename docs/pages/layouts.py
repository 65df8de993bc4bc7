"""docs/layouts.md: which exports can be read, and what is taken from them."""

from __future__ import annotations

from auditor.model.tables import REGISTERS, TABLES
from connectors.files import directory, private
from connectors.files.layout import Layout, TableRule, Value
from connectors.files.registers import REGISTER_PREFIX
from connectors.files.shelf import load_layouts
from docs.pages.markdown import NOTICE, bullets, code, codes, table

OWN = """extends = "parnassys-overview"

[aliases]
"E-mailadres" = ["Werkmail", "Mail school"]
Rol = "Naam rol"

[headers]
Kostenplaats = {}
"""


def page() -> str:
    """Return the page."""
    layouts = load_layouts()
    shipped = {name: layout for name, layout in sorted(layouts.items()) if not name.startswith(REGISTER_PREFIX)}
    overview = table(
        ("layout", "export", "role", "formats", "required headers"),
        ([f"[{name}](#{name})", layout.title.en, layout.role, ", ".join(layout.formats), codes(_required(layout))]
         for name, layout in shipped.items()))
    return f"""# Layouts

{NOTICE}

A layout says which headers an export has, what they mean and which tables they fill. `auditor source preview FILE` shows which layout fits a
file, and what is
taken, changed and left out. Capitals and blanks around a header do not matter. A file that lacks a required header, or breaks a pattern, is
refused as a whole.

{overview}
## Never read

Whatever the layout says, columns whose header holds one of these words are dropped and counted (AVG 5(1)(c)); a layout that takes one in
does not load.
Only {codes(sorted(private._TAKEN_BY_NEED))} may be taken in, to tell pupils from staff: it holds no birth date.

- A word of the header: {codes(sorted(private._WORDS))}, and every header that says `prive` or `private`.
- The whole header: {codes(sorted(private._ALONE))}.
- `adres` and `address` are a mail or network address after {codes(private._MAIL_FIRST)}, and then no reason to drop.

Columns nobody declared are dropped too, and named in the preview. So are columns that a layout declares and takes nothing from.

## A layout of your own

Put a file `<name>.toml` in the folder `layouts` of the configuration ([folders](configuration.md)). It is whole, or says `extends` with what
differs: `[aliases]`
lists more names of a header, any other key replaces or adds to what it extends. With the name of a shipped layout it takes its place.

```toml
{OWN}```

A value of `[tables.columns]` is the name of a header, or a table with: {codes(Value.model_fields)}.

{_lines(Value.__doc__)}

A table has: {codes(TableRule.model_fields)}.

{_lines(TableRule.__doc__)}
{"".join(_section(layout) for layout in shipped.values())}
## Registers

A register is a CSV file named after its table in the folder of registers; `;` between the columns, headers exactly these names, no others. A
register with a header
and no rows is complete and empty. `functions` may have a column `source` beside: the source whose labels a row translates.
{"".join(_register(name) for name in REGISTERS)}"""


def _section(layout: Layout) -> str:
    settings = [
        f"Role {code(layout.role)}, product {layout.product}, formats {codes(layout.formats)}, {layout.minimum_rows} row(s) at least.",
        f"Encodings {codes(layout.encodings)}, delimiters {codes(layout.delimiters)}, dates {codes(layout.dates)}"
        + (f", no end: {codes(layout.open_dates)}" if layout.open_dates else "") + ".",
        f"Headers nobody declared are {'dropped' if layout.unknown == 'drop' else 'refused'}.",
    ]
    for text, value in (
        ("The school of the whole file stands in", layout.file_school), ("The day of the export stands in", layout.day),
        ("One person with several numbers is known by", layout.same_person), ("In a source of contracts and positions it delivers", layout.position),
    ):
        settings += [f"{text} {code(value)}."] if value else []
    headers = table(
        ("header", "also known as", "required", "cells"),
        ([code(name), codes(header.aliases), "yes" if header.required else "", _cells(layout, name)] for name, header in layout.headers.items()))
    options = table(("setting", "meaning"), ([code(name), text] for name, text in layout.options.items())) if layout.options else ""
    return (
        f"\n## {layout.name}\n\n{layout.title.en} ({layout.title.nl})\n\n{bullets(settings)}\n{headers}\n{_filled(layout)}"
        + (f"\nSettings, in `options` of a part:\n\n{options}" if options else "")
    )


def _required(layout: Layout) -> list[str]:
    return [name for name, header in layout.headers.items() if header.required]


def _cells(layout: Layout, name: str) -> str:
    header = layout.headers[name]
    said = ["never empty"] if header.filled else []
    said += [f"match {code(header.pattern)}"] if header.pattern else []
    said += [f"filled with zeros to {header.pad}"] if header.pad else []
    said += [] if name in layout.used else ["known by name, not taken in"]
    return ", ".join(said)


def _filled(layout: Layout) -> str:
    if layout.reader == "directory":
        return f"{_lines(directory.__doc__)} Users become `accounts`, groups `rights`, and memberships `grants`.\n"
    rows = [
        [code(f"{rule.table}.{name}"), _value(value), _conditions(rule) if place == 0 else ""]
        for rule in layout.tables for place, (name, value) in enumerate(rule.columns.items())
    ]
    return table(("goes to", "from", "which rows"), rows)


def _value(value: Value) -> str:
    if value.option or value.constant is not None:
        constant = f"the constant {code(value.constant)}" if value.constant is not None else "nothing"
        said = [f"setting {code(value.option)}, else {constant}" if value.option else constant]
    else:
        said = [codes(value.header) if value.header else "the first filled of " + codes(value.first_of)]
        said += [f"joined by {code(value.sep) if value.sep.strip() else 'blanks'}"] if len(value.header) > 1 else []
    said += [f"as {value.kind}"] if value.kind != "text" else []
    said += ["; ".join(f"{code(text)} is {code(word)}" for text, word in value.values.items())] if value.values else []
    said += [f"any other {code(value.otherwise)}"] if value.otherwise else []
    said += [f"empty {code(value.empty)}"] if value.empty else []
    said += [f"rows with {codes(value.exclude)} left out"] if value.exclude else []
    said += [f"{codes(value.absent)} means nothing"] if value.absent else []
    said += [f"only what {code(value.extract)} takes out"] if value.extract else []
    said += [f"pattern of setting {code(value.extract_option)}"] if value.extract_option else []
    said += [f"split at {code(value.split)}"] if value.split else []
    said += [f"the account found by {code(value.lookup)}"] if value.lookup else []
    return "; ".join(said)


def _conditions(rule: TableRule) -> str:
    said = [f"one row per {codes(rule.key)}"] if rule.key else []
    said += [f"not without {codes(rule.require)}"] if rule.require else []
    said += [f"{code(name)} is {codes(texts)}" for name, texts in rule.when.items()]
    said += [f"{codes(rule.vary)} may differ and is then left absent"] if rule.vary else []
    return "; ".join(said + (["refused when rows with one key differ"] if rule.twice == "refuse" else []))


def _register(name: str) -> str:
    declared = TABLES[name]
    rows = ([code(column.name), "yes" if column.required else "", column.meaning] for column in declared.columns)
    return f"\n### {name}\n\nOne row per {codes(declared.key)}.\n\n{table(('header', 'required', 'meaning'), rows)}"


def _lines(text: str | None) -> str:
    return " ".join((text or "").split())
