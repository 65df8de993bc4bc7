"""auditor.toml is read strictly, and everything wrong with it is said at once."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from auditor.app.commands.init import make_workspace
from auditor.config.load import load, policy_of, settings_of
from auditor.model.errors import ConfigError
from auditor.model.lines import line_numbers
from reports.texts import Words

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
    assert faults["sources.las.role"] == (line_of(text, "role"), "config_value_choice")
    assert faults["retention.use_data_months"] == (line_of(text, "use_data"), "config_value_high")


def test_a_missing_retention_term_is_an_error_because_the_board_must_decide(tmp_path):
    faults = faults_of(tmp_path, GOOD.replace("person_data_months = 24\n", ""))
    assert faults["retention.person_data_months"][1] == "config_key_missing"


def test_a_system_source_names_its_system_and_no_other_source_does(tmp_path):
    assert faults_of(tmp_path, GOOD.replace('system = "parnassys"\n', ""))["sources.las"][1] == "config_system_missing"
    assert faults_of(tmp_path, GOOD.replace('role = "system"', 'role = "hr"'))["sources.las"][1] == "config_system_needless"


def test_broken_toml_names_the_line(tmp_path):
    text = GOOD.replace('name = "De Waterlanden"', 'name = "De Waterlanden')
    assert faults_of(tmp_path, text) == {"auditor.toml": (line_of(text, "name"), "toml_text_open")}


@pytest.mark.parametrize(("text", "code", "line"), [
    ('a = 1\nb = "C:\\exports"\n', "toml_backslash", 2), ('a = 1\nb = "x\n', "toml_text_open", 2), ("a = 1\na = 2\nb = 3\n", "toml_twice", 2),
    ("[a]\n[b]\n[a]\n", "toml_twice", 3), ("a = 1\nb\n", "toml_no_equals", 2), ("[a\nb = 1\n", "toml_bracket_open", 1),
    ("a = ja\n", "toml_value", 1), ("a = 2026-02-31\n", "toml_value", 1), ("a = 1 b = 2\n", "toml_after_value", 1), ("a = 1\n= 2\n", "toml_line", 2),
    ("a = 1\nb = { c = 1,\n  d = 2 }\n", "toml_inline", 2), ("a = 1\n\nb = [1,\n", "toml_value", 3),
    ("a = 'x", "toml_text_open", 1), ("a = {b = 1", "toml_bracket_open", 1),
])
def test_every_mistake_in_toml_is_told_in_words_with_its_line(tmp_path, text, code, line):
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text))
    [fault] = caught.value.faults
    assert (fault.code, fault.line) == (code, line)
    for language in ("nl", "en"):
        assert "Expected" not in (told := Words(language, strict=True).fault(fault)) and f" {line}: " in told


WRONG = """
[board]
name = 3
short = "De Waterlanden"
language = "fr"

[retention]
use_data_months = "zes"
person_data_months = 25

[periods]
gap_days = -1
renewal_from = "13-45"
renewal_until = "zomer"

[calendar]
holidays = ["eerste paasdag"]

[sources.las]
role = "sytem"
max_age = "een week"
is_daily = "ja"
expected_schools = "99AA00"
parts = [
    { layout = "parnassys-overview", path = "exports" },
    { layout = "parnassys-overview", paht = "exports" },
]

[[sources.las.announced]]
starts_on = 2026-08-01
ends_on = 2026-12-01
reason = "Zomer."

[rules.leaver-actve]
reason = "x"

[rules.used-after-leaving]
reason = "Afspraak met de FG."

[rules.used-after-leaving.parameters]
inform_uren = 4
"""


def test_everything_wrong_is_told_at_once_in_the_words_of_the_catalogue(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, WRONG), lambda: {"leaver-active": {}, "used-after-leaving": {"inform_hours": 8}})
    told = {fault.column: (fault.line, fault.code) for fault in caught.value.faults}
    lines = WRONG.splitlines()
    assert {key: (lines[line - 1].split("=")[0].strip(" {"), code) for key, (line, code) in told.items()} == {
        "board.name": ("name", "config_value_text"), "board.short": ("short", "config_value_name"),
        "board.language": ("language", "config_value_choice"),
        "retention.use_data_months": ("use_data_months", "config_value_whole"),
        "retention.person_data_months": ("person_data_months", "config_value_high"), "periods.gap_days": ("gap_days", "config_value_low"),
        "periods.renewal_from": ("renewal_from", "config_value_month_day"), "periods.renewal_until": ("renewal_until", "config_value_month_day"),
        "calendar.holidays.1": ("holidays", "config_value_date"), "sources.las.role": ("role", "config_value_choice"),
        "sources.las.max_age": ("max_age", "config_value_age"), "sources.las.is_daily": ("is_daily", "config_value_flag"),
        "sources.las.expected_schools": ("expected_schools", "config_value_list"), "sources.las.parts.2.path": ("layout", "config_key_missing"),
        "sources.las.parts.2.paht": ("layout", "config_key_meant"), "sources.las.announced.1": ("[[sources.las.announced]]", "config_value_window"),
        "rules.leaver-actve": ("[rules.leaver-actve]", "config_key_meant"), "rules.leaver-actve.reason": ("reason", "config_value_short"),
        "rules.used-after-leaving.parameters.inform_uren": ("inform_uren", "config_key_meant"),
    }
    for language, word in (("nl", "instelling"), ("en", "setting")):
        sentences = [Words(language, strict=True).fault(fault) for fault in caught.value.faults]
        assert all(f", {word} " in sentence for sentence in sentences)
        assert not any("Input should" in sentence or "kolom" in sentence for sentence in sentences)


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


@pytest.mark.parametrize("template", ["opor", "kindante", "kerobei", "uniek", "procon"])
def test_a_new_workspace_is_valid_as_it_stands(tmp_path, template):
    make_workspace(tmp_path, template, Words("nl"))
    workspace = load(tmp_path / "auditor.toml")
    assert workspace.config.retention.use_data_months == 6
    assert not policy_of(workspace.config).holidays & {date(2027, 4, 27)}


def test_a_rule_set_for_one_school_alone_needs_its_reason_there_and_nowhere_else(tmp_path):
    text = GOOD.replace('reason = "Pilot bij twee scholen."\nscore = 2\n', "").replace("[rules.scope-elsewhere]\n", "")
    policy = policy_of(load(written(tmp_path, text)).config)
    assert policy.setting("scope-elsewhere", school="00AA00") is None
    setting = policy.setting("scope-elsewhere", school="99AA00")
    assert setting is not None and (setting.is_on, setting.reason) == (False, "Fusieschool, besluit van 3 november.")


def test_a_rule_set_for_every_school_says_why(tmp_path):
    text = GOOD.replace('reason = "Pilot bij twee scholen."\n', "")
    assert faults_of(tmp_path, text)["rules.scope-elsewhere"] == (line_of(text, r"\[rules.scope-elsewhere\]"), "config_rule_reason")
