"""What `auditor.toml` may say: one schema gives validation, the JSON Schema for editors, and the handbook's list of options."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from auditor.config.directories import ActiveDirectory
from auditor.config.live import Entra, SharePoint
from auditor.config.mail import Mail
from auditor.config.rosters import Roster
from auditor.config.schedule import Schedule

_AGE = re.compile(r"^(\d+) (hours?|days?|uur|dagen|dag)$")


def _age(value: object) -> object:
    """'36 hours', '35 days', '36 uur', '35 dagen' or 'none' -> timedelta or None."""
    if value == "none":
        return None
    if isinstance(value, str) and (found := _AGE.match(value)):
        number = int(found[1])
        return timedelta(hours=number) if found[2].startswith(("hour", "uur")) else timedelta(days=number)
    raise PydanticCustomError("config_value_age", "write an age as '36 hours', '35 days' or 'none'")


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.:-]*", value):
        raise PydanticCustomError("config_value_name", "use small letters, digits, '-', '_', '.' and ':' only")
    return value


def _month_day(value: str) -> str:
    try:
        date.fromisoformat(f"2028-{value}")
    except ValueError:
        raise PydanticCustomError("config_value_month_day", "write a month and a day as '06-30'") from None
    return value


Age = Annotated[timedelta | None, BeforeValidator(_age, json_schema_input_type=str)]
Name = Annotated[str, AfterValidator(_name)]
Reasoned = Annotated[str, Field(min_length=3)]
MonthDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_month_day)]


class Strict(BaseModel):
    """Unknown keys are errors: a typing mistake must not become a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Board(Strict):
    """The board and what counts as its own."""

    name: str = Field(description="Name as shown on reports")
    short: Name = Field(description="Short name, in keys and file names")
    language: Literal["nl", "en"] = Field("nl", description="Language of reports and of the command line")
    managed_domains: list[str] = Field(default_factory=list, description="Mail domains the board manages; only addresses in them link accounts")
    director_functions: list[str] = Field(default_factory=lambda: ["directeur"], description="Functions of a school director")
    head_office_functions: list[str] = Field(default_factory=list, description="Functions of head-office staff, beside everybody at the office")
    teaching_functions: list[str] = Field(
        default_factory=lambda: ["leerkracht", "invalleerkracht", "LIO-stagiair", "onderwijsassistent"],
        description="Functions whose work is bound to groups")


class Periods(Strict):
    """Periods in days, and the summer window; the defaults are those of the catalogue of findings."""

    gap_days: int = Field(7, ge=0, le=60, description="A known successor that starts within this many days bridges a gap")
    replacement_gap_days: int = Field(35, ge=0, le=90, description="The same for replacement work")
    early_days: int = Field(14, ge=0, le=90, description="From this many days before the first day, rights are expected")
    leaver_notice_days: int = Field(14, ge=0, le=90, description="People who leave within this many days are listed")
    full_replacement_days: int = Field(28, ge=1, le=180, description="From this length a replacement counts as full")
    renewal_from: MonthDay = Field("06-30", description="First day (month-day) on which a temporary end is 'renewal expected'")
    renewal_until: MonthDay = Field("08-31", description="Last day (month-day) of that window")
    renewal_expected_until: MonthDay = Field("09-01", description="Until when the renewal is awaited")
    group_links_expected_until: str = Field(
        "09-15", pattern=r"^\d\d-\d\d$", description="Until when (month-day) last year's links between people and groups still count")


class Calendar(Strict):
    """Days off beside the Dutch public holidays."""

    holidays: list[date] = Field(default_factory=list, description="The board's own days off: the leaver's deadline skips them")


class Kind(Strict):
    """An account whose column matches the pattern has this kind."""

    column: Literal["username", "account", "display_name", "school", "mail"] = "username"
    pattern: str = Field(description="Pattern with * and ?, e.g. svc-*")
    kind: Literal["person", "pupil", "external", "shared", "service", "emergency"]


class Window(Strict):
    """A dated period in which a large drop is expected (1 August)."""

    starts_on: date
    ends_on: date
    reason: Reasoned

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.ends_on < self.starts_on or (self.ends_on - self.starts_on).days > 31:
            raise PydanticCustomError("config_value_window", "a window ends after it starts, and lasts 31 days at most")
        return self


class Part(Strict):
    """One kind of file of a source."""

    layout: str = Field(description="Name of a layout, shipped or in the layouts folder")
    path: str = Field(description="File or folder, seen from the configuration file")
    pattern: str = Field("*", description="Which files of the folder; {school} and {date} stand for a school code and a date")
    options: dict[str, Any] = Field(default_factory=dict, description="Settings of the layout")


class Source(Strict):
    """One place we read from."""

    role: Literal["hr", "system", "pupils"] = Field(description="What it is: the people, a system with rights, or the pupils")
    system: Name | None = Field(None, description="The system whose accounts it delivers, e.g. parnassys, entra, ad:noord")
    title: str | None = Field(None, description="Name of the system as shown on reports")
    connector: Literal["files", "active_directory", "entra", "sharepoint", "oneroster", "sds"] = Field("files", description="How it is read")
    parts: list[Part] = Field(default_factory=list, description="The files it consists of; all are needed. For connector files")
    active_directory: ActiveDirectory | None = Field(None, description="How a domain is read live. For connector active_directory")
    entra: Entra | None = Field(None, description="How Entra ID is read live. For connector entra")
    sharepoint: SharePoint | None = Field(None, description="How SharePoint folders are read live. For connector sharepoint")
    roster: Roster | None = Field(None, description="Where a roster's files lie. For connectors oneroster and sds")
    max_age: Age = Field(timedelta(days=35), description="How old its own day may be; 'none' for never stale")
    is_daily: bool = Field(False, description="Made every day by a machine: age counts working days, and the same file again is noticed")
    minimum_rows: int = Field(1, ge=0, description="Refused below this many rows; what a first read is held against")
    per_school: bool = Field(False, description="Every open school must deliver its own file")
    expected_schools: list[str] = Field(default_factory=list, description="Schools that must be in it, when not all")
    end_is_exclusive: bool = Field(False, description="Its end dates are the first day that no longer counts")
    settle_seconds: int = Field(60, ge=0, description="A file younger than this may still be being written")
    kinds: list[Kind] = Field(default_factory=list, description="Which accounts are not a person's")
    announced: list[Window] = Field(default_factory=list, description="Periods in which a large drop is expected")

    @model_validator(mode="after")
    def _settings_of_its_connector(self) -> Source:
        given = {
            "files": bool(self.parts), "active_directory": self.active_directory is not None, "entra": self.entra is not None,
            "sharepoint": self.sharepoint is not None, "roster": self.roster is not None}
        wanted = "roster" if self.connector in ("oneroster", "sds") else self.connector
        if [name for name, is_given in given.items() if is_given] != [wanted]:
            raise PydanticCustomError("config_connector_settings", "a source has the settings of its own connector, and of no other")
        if self.connector != "files" and self.role != "system":
            raise PydanticCustomError("config_connector_role", "a source that is read live has role 'system'")
        return self

    @model_validator(mode="after")
    def _system_where_needed(self) -> Source:
        if self.role == "system" and self.system is None:
            raise PydanticCustomError("config_system_missing", "a source of role 'system' names its system")
        if self.role != "system" and self.system is not None:
            raise PydanticCustomError("config_system_needless", "only a source of role 'system' names a system")
        return self


class RuleOverride(Strict):
    """A different setting of a rule for some systems or schools."""

    system: str = "*"
    school: str = "*"
    reason: Reasoned
    is_on: bool = True
    score: int | None = Field(None, ge=0, le=9)
    parameters: dict[str, Any] = Field(default_factory=dict)


class Rule(Strict):
    """A board's setting of one rule."""

    reason: Reasoned | None = Field(None, description="Why the board deviates; printed on the report. Not asked where all lies in overrides")
    is_on: bool = True
    score: int | None = Field(None, ge=0, le=9, description="Likelihood x impact instead of the catalogue's")
    parameters: dict[str, Any] = Field(default_factory=dict)
    overrides: list[RuleOverride] = Field(default_factory=list)

    @model_validator(mode="after")
    def _reasoned(self) -> Rule:
        if self.reason is None and self.model_fields_set != {"overrides"}:
            raise PydanticCustomError("config_rule_reason", "a rule that is set says why")
        return self


class Folders(Strict):
    """Where things lie, seen from the configuration file."""

    matrices: Path = Path("matrices")
    registers: Path = Path("registers")
    exports: list[Path] = Field(
        default_factory=list, description="Folders outside the workspace from which files may be read, e.g. a network share; all others are refused")
    layouts: Path = Field(Path("layouts"), description="The board's own layouts, if any")
    database: Path = Path("var/auditor.db")
    reports: Path = Path("var/reports")
    backups: Path = Path("var/backups")


class Backups(Strict):
    """The copies of the database that a nightly scan leaves."""

    keep: int = Field(7, ge=0, le=400, description="How many nightly copies are kept; 0: none are made")


class Retention(Strict):
    """How long is kept (AVG 5(1)(e)); required, so that a board decides."""

    use_data_months: int = Field(ge=1, le=6, description="Dates of use of accounts; OPOR: 6 months at most")
    person_data_months: int = Field(ge=1, le=24, description="People and findings after leaving; OPOR: 2 years at most")


class Configuration(Strict):
    """The whole of auditor.toml."""

    board: Board
    retention: Retention
    periods: Periods = Field(default_factory=Periods)
    calendar: Calendar = Field(default_factory=Calendar)
    folders: Folders = Field(default_factory=Folders)
    backups: Backups = Field(default_factory=Backups)
    sources: dict[Name, Source] = Field(default_factory=dict)
    rules: dict[Name, Rule] = Field(default_factory=dict)
    schedule: Schedule = Field(default_factory=Schedule)
    mail: Mail | None = None
