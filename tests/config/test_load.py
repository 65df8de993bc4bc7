"""auditor.toml is read strictly, and everything wrong with it is said at once."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from auditor.app.commands.init import make_workspace
from auditor.config.load import line_numbers, load, policy_of, settings_of
from auditor.model.errors import ConfigError

GOOD = """
[board]
name = "De Waterlanden"
short = "waterlanden"
managed_domains = ["Waterlanden.example"]

[retention]
use_data_months = 6
person_data_months = 24

[periods]
gap_days = 10

[sources.las]
role = "system"
system = "parnassys"
max_age = "36 hours"
is_daily = true
parts = [{ layout = "parnassys-overview", path = "exports" }]

[rules.scope-elsewhere]
reason = "Pilot bij twee scholen."
score = 2

[[rules.scope-elsewhere.overrides]]
school = "99AA00"
reason = "Fusieschool, besluit van 3 november."
is_on = false
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "auditor.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(tmp_path: Path, text: str) -> dict[str, tuple[int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text))
    return {fault.column or fault.file: (fault.line, fault.code) for fault in caught.value.faults}


def line_of(text: str, pattern: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if re.match(pattern, line))


def test_a_sound_configuration_gives_the_core_its_policy(tmp_path):
    workspace = load(written(tmp_path, GOOD))
    policy = policy_of(workspace.config)
    assert (policy.board, policy.gap_days, policy.managed_domains) == ("waterlanden", 10, frozenset({"waterlanden.example"}))
    assert policy.setting("scope-elsewhere").score == 2
    assert policy.setting("scope-elsewhere", "esis", "99AA00").is_on is False
    settings = settings_of("las", workspace.config.sources["las"])
    assert (settings.max_age, settings.counts_working_days, settings.system) == (timedelta(hours=36), True, "parnassys")
    assert workspace.path("exports") == tmp_path / "exports"


def test_every_error_is_told_at_once_with_its_line_and_what_was_meant(tmp_path):
    text = GOOD.replace("gap_days", "gab_days").replace('role = "system"', 'role = "systeem"').replace("use_data_months = 6", "use_data_months = 9")
    faults = faults_of(tmp_path, text)
    assert faults["periods.gab_days"] == (line_of(text, "gab_days"), "config_key_meant")
    assert faults["sources.las.role"] == (line_of(text, "role"), "config_value")
    assert faults["retention.use_data_months"] == (line_of(text, "use_data"), "config_value")


def test_a_missing_retention_term_is_an_error_because_the_board_must_decide(tmp_path):
    faults = faults_of(tmp_path, GOOD.replace("person_data_months = 24\n", ""))
    assert faults["retention.person_data_months"][1] == "config_key_missing"


def test_a_system_source_names_its_system_and_no_other_source_does(tmp_path):
    assert faults_of(tmp_path, GOOD.replace('system = "parnassys"\n', ""))["sources.las"][1] == "config_value"
    assert faults_of(tmp_path, GOOD.replace('role = "system"', 'role = "hr"'))["sources.las"][1] == "config_value"


def test_broken_toml_names_the_line(tmp_path):
    text = GOOD.replace('name = "De Waterlanden"', 'name = "De Waterlanden')
    assert faults_of(tmp_path, text) == {"auditor.toml": (line_of(text, "name"), "config_not_toml")}


def test_a_file_that_is_not_utf8_or_not_there_is_named(tmp_path):
    file = written(tmp_path, "")
    file.write_bytes(GOOD.replace("Waterlanden", "Wáterlanden").encode("cp1252"))
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert [(fault.code, fault.line) for fault in caught.value.faults] == [("config_not_utf8", 3)]
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "other.toml")
    assert caught.value.faults[0].code == "config_missing"


def test_lines_are_found_in_tables_in_arrays_of_tables_and_in_dotted_keys():
    lines = line_numbers('a.b = 1\n[c."d e"]\nf = 2\n[[c.g]]\nh = 3\n[[c.g]]\nh = 4\n')
    assert (lines["a", "b"], lines["c", "d e", "f"], lines["c", "g", 0, "h"], lines["c", "g", 1, "h"]) == (1, 3, 5, 7)


@pytest.mark.parametrize("template", ["opor", "kindante"])
def test_a_new_workspace_is_valid_as_it_stands(tmp_path, template):
    make_workspace(tmp_path, template)
    workspace = load(tmp_path / "auditor.toml")
    assert workspace.config.retention.use_data_months == 6
    assert not policy_of(workspace.config).holidays & {date(2027, 4, 27)}
