"""Settings of sources that are read live from Microsoft 365."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from auditor.config.live import Entra, SharePoint
from auditor.config.load import load
from auditor.model.errors import ConfigError
from connectors.entra.settings import EntraSettings
from connectors.sharepoint.settings import SharePointSettings
from reports.texts import Words

HEAD = '[board]\nname = "x"\nshort = "x"\n[retention]\nuse_data_months = 6\nperson_data_months = 24\n'
SOURCE = '[sources.m365]\nrole = "system"\nsystem = "entra"\nconnector = "entra"\n'
ENTRA = '[sources.m365.entra]\ntenant = "t"\nclient_id = "c"\n'
SECRET = 'secret = "env:X"\n'
FOLDERS = ('[sources.m]\nrole = "system"\nsystem = "sharepoint"\nconnector = "sharepoint"\n[sources.m.sharepoint]\ntenant = "t"\nclient_id = "c"\n'
           'secret = "env:X"\n')


def faults(folder: Path, text: str) -> list[tuple[str, str | None]]:
    file = folder / "auditor.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    try:
        load(file)
    except ConfigError as error:
        for language in ("nl", "en"):
            assert all(Words(language, strict=True).fault(fault) for fault in error.faults)
        return [(fault.code, fault.column) for fault in error.faults]
    return []


@pytest.mark.parametrize(("text", "expected"), [
    (SOURCE + ENTRA + SECRET, []),
    (SOURCE + ENTRA + 'certificate = "file:x.pem"\n', []),
    (SOURCE + ENTRA, [("config_entra_proof", "sources.m365.entra")]),
    (SOURCE + ENTRA + SECRET + 'certificate = "file:x.pem"\n', [("config_entra_proof", "sources.m365.entra")]),
    (SOURCE + ENTRA + SECRET + 'number = "phone"\n', [("config_value_entra_number", "sources.m365.entra.number")]),
    (SOURCE + ENTRA.replace('"t"', '"t/../x"') + SECRET, [("config_value_directory_id", "sources.m365.entra.tenant")]),
    (SOURCE + ENTRA + SECRET + 'clout = "global"\n', [("config_key_meant", "sources.m365.entra.clout")]),
    (SOURCE + ENTRA + SECRET + 'cloud = "germany"\n', [("config_value_choice", "sources.m365.entra.cloud")]),
    (SOURCE, [("config_connector_settings", "sources.m365")]),
    (SOURCE.replace('connector = "entra"\n', "") + ENTRA + SECRET, [("config_connector_settings", "sources.m365")]),
    (SOURCE + 'parts = [{ layout = "entra-users", path = "x" }]\n' + ENTRA + SECRET, [("config_connector_settings", "sources.m365")]),
    (SOURCE.replace('role = "system"\nsystem = "entra"', 'role = "hr"') + ENTRA + SECRET, [("config_connector_role", "sources.m365")]),
    (FOLDERS + 'folders = [{ folder = "B", site = "https://x.sharepoint.com/sites/a", path = "B" }]\n', []),
    (FOLDERS + 'folders = [{ folder = "B", site = "http://x/sites/a", path = "B" }]\n',
     [("config_value_site", "sources.m.sharepoint.folders.1.site")]),
    (FOLDERS + "folders = []\n", [("config_value_list_short", "sources.m.sharepoint.folders")]),
])
def test_what_is_wrong_is_named_by_its_key(tmp_path: Path, text: str, expected: list[tuple[str, str | None]]) -> None:
    assert faults(tmp_path, text) == expected


def test_a_secret_written_out_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "auditor.toml"
    file.write_text(HEAD + SOURCE + ENTRA + 'secret = "Qwerty-canary"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    said = [Words(language, strict=True).fault(fault) for fault in caught.value.faults for language in ("nl", "en")]
    assert said and "canary" not in "".join(said) + str(caught.value)


@pytest.mark.parametrize(("written", "told"), [(Entra, EntraSettings), (SharePoint, SharePointSettings)])
def test_what_may_be_written_is_what_the_connector_is_told(written: type, told: type) -> None:
    assert set(written.model_fields) == {field.name for field in fields(told)}
