"""docs/configuration.md and the JSON Schema for editors: every option of auditor.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from auditor.config import directories, live, mail, rosters, schedule, schema
from docs.pages.markdown import NOTICE, code, codes, table

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[board]", schema.Board), ("[retention]", schema.Retention), ("[periods]", schema.Periods), ("[calendar]", schema.Calendar),
    ("[folders]", schema.Folders), ("[sources.<name>]", schema.Source), ("[[sources.<name>.parts]]", schema.Part),
    ("[sources.<name>.active_directory]", directories.ActiveDirectory), ("[[sources.<name>.active_directory.kinds]]", directories.Under),
    ("[sources.<name>.entra]", live.Entra), ("[sources.<name>.sharepoint]", live.SharePoint),
    ("[[sources.<name>.sharepoint.folders]]", live.SharePointFolder), ("[sources.<name>.roster]", rosters.Roster),
    ("[[sources.<name>.kinds]]", schema.Kind), ("[[sources.<name>.announced]]", schema.Window), ("[backups]", schema.Backups),
    ("[rules.<slug>]", schema.Rule),
    ("[[rules.<slug>.overrides]]", schema.RuleOverride),
    ("[schedule]", schedule.Schedule),
    ("[mail]", mail.Mail), ("[[mail.pauses]]", mail.Pause),
    ("[mail.smtp]", mail.Smtp), ("[mail.graph]", mail.GraphMail), ("[mail.webhook]", mail.Webhook),
)
BESIDE: Mapping[tuple[str, str], str] = {
    ("Kind", "column"): "Column of the accounts that is looked at",
    ("Kind", "kind"): "What an account is whose column matches; the first that matches counts",
    ("Under", "kind"): "What an account there is",
    ("Window", "starts_on"): "First day of the period",
    ("Window", "ends_on"): "Last day of the period, 31 days after the first at most",
    ("Window", "reason"): "Why a drop is expected; printed on the report",
    ("RuleOverride", "system"): "Name or pattern of the systems this is for",
    ("RuleOverride", "school"): "Code or pattern of the schools this is for",
    ("RuleOverride", "reason"): "Why; printed on the report",
    ("RuleOverride", "is_on"): "Whether the rule is judged there",
    ("RuleOverride", "score"): "Likelihood x impact there",
    ("RuleOverride", "parameters"): "Parameters that differ there from those of the rule",
    ("Rule", "is_on"): "Whether the rule is judged",
    ("Rule", "parameters"): "Parameters of the rule, see the page of rules",
    ("Rule", "overrides"): "Other settings for some systems or schools; the last that matches counts",
    ("Folders", "matrices"): "The matrices, one folder each",
    ("Folders", "registers"): "The registers, one CSV file each",
    ("Folders", "database"): "The database",
    ("Folders", "reports"): "Where reports are written",
    ("Folders", "backups"): "Where the copies of the database are kept",
}
"""What an option means where the schema leaves that to its name."""

EXAMPLE = """[periods]
leaver_notice_days = 21

[sources.cloud]
role = "system"
system = "entra"
max_age = "36 hours"
is_daily = true
parts = [
    { layout = "entra-users", path = "exports/entra", pattern = "users*.csv" },
    { layout = "entra-role-assignments", path = "exports/entra", pattern = "roles*.csv" },
]
kinds = [{ column = "username", pattern = "svc-*", kind = "service" }]

[sources.mappen]
role = "system"
system = "sharepoint"
connector = "sharepoint"

[sources.mappen.sharepoint]
tenant = "7d1f0000-0000-4000-8000-00000000beef"
client_id = "c11e0000-0000-4000-8000-00000000cafe"
certificate = "credential:entra-certificate"
folders = [
    { folder = "Beeldmateriaal", school = "99AA00", site = "https://bestuur.sharepoint.com/sites/rietkraag", path = "Beeldmateriaal" },
]

[sources.leeromgeving]
role = "system"
system = "itslearning"
connector = "oneroster"
roster = { path = "exports/oneroster", number = "identifier", teaching = true }

[[sources.cloud.announced]]
starts_on = 2027-08-01
ends_on = 2027-08-07
reason = "Leavers of the school year are removed"

[rules.leaver-soon]
reason = "The head office follows leavers itself"
is_on = false
"""


def page() -> str:
    """Return the page. Raise KeyError if an option has no description, ValueError if a table of the schema is not on the page."""
    missing = _models(schema.Configuration) - {model for _, model in TABLES}
    if missing:
        raise ValueError(f"not on the page: {sorted(model.__name__ for model in missing)}")
    template = (files("auditor.app") / "templates" / "opor" / "auditor.toml").read_text(encoding="utf-8")
    schema.Configuration.model_validate(_parsed(template + EXAMPLE))
    sections = "".join(f"\n## {title}\n\n{model.__doc__}\n\n{_options(model)}" for title, model in TABLES)
    return f"""# auditor.toml

{NOTICE}

One file with every setting of a board. An unknown key is an error, never a silent default; `auditor doctor` names every fault with its line.
Paths are seen from
the folder of the file. Ages are written as `"36 hours"`, `"35 days"` or `"none"`. For completion and checks in an editor, name
[auditor.schema.json](../auditor/config/auditor.schema.json) on the first line, as `#:schema PATH`; `auditor schema` prints it too.
{sections}
## Example

What `auditor init --template opor` starts with (comments in Dutch):

```toml
{template}```

And more that can be set:

```toml
{EXAMPLE}```
"""


def json_schema() -> str:
    """Return the JSON Schema of auditor.toml. Ages have their default as it is written in the file, not as ISO 8601."""
    found = schema.Configuration.model_json_schema()
    found["$defs"]["Source"]["properties"]["max_age"]["default"] = _plain(schema.Source.model_fields["max_age"].default)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2, ensure_ascii=False) + "\n"


def _parsed(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    both = {**vars(directories), **vars(live), **vars(mail), **vars(schedule), **vars(schema)}
    named = {name: found for name, found in both.items() if isinstance(found, type) and issubclass(found, BaseModel)}
    return {named[name] for name in model.model_json_schema()["$defs"]}


def _options(model: type[BaseModel]) -> str:
    described = model.model_json_schema()
    return table(("option", "type", "default", "meaning"), _rows(model, described))


def _rows(model: type[BaseModel], described: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        meaning = field.description or BESIDE[model.__name__, name]
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        yield code(name), _type(described["properties"][name], described.get("$defs", {})), default, meaning


def _default(value: object) -> str:
    return "none" if value is None else code(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return f"{value.days} days"
    return value.as_posix() if isinstance(value, PurePath) else value


def _type(given: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    if "$ref" in given:
        return f"table {code(given['$ref'].rsplit('/', 1)[1])}" if others else "table"
    if "anyOf" in given:
        return " or ".join(_type(one, others) for one in given["anyOf"] if one != {"type": "null"})
    if "enum" in given:
        return "one of " + codes(given["enum"])
    if "const" in given:
        return code(given["const"])
    kind = str(given.get("format", given.get("type", "any")))
    if kind == "array":
        inner = _type(given["items"], others)
        return f"list of {inner}" + (", one at least" if given.get("minItems") else "")
    bounds = [f"{given[key]} {word}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in given]
    bounds += [f"{given['minLength']} signs at least"] if "minLength" in given else []
    bounds += ["as MM-DD"] if "pattern" in given and re.fullmatch(given["pattern"], "06-30") else []
    word = {"string": "text", "integer": "whole number", "object": "table", "boolean": "true or false"}.get(kind, kind)
    return word + (f" ({', '.join(bounds)})" if bounds else "")
