"""What a director gets: that school's findings, and not one byte about anybody or any school elsewhere (T33)."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.app.reporting import report_data
from auditor.app.school_view import Elsewhere, hidden
from auditor.app.workspaces import load_workspace, open_store
from auditor.model.report import ReportData
from reports.render import DOCUMENTS

SCHOOL = "99AB00"
SHORTEST = 5
"""Shorter words of somebody elsewhere stand in ordinary sentences too."""


@pytest.fixture(scope="module")
def night(scanned: Path) -> tuple[ReportData, ReportData, set[str], set[str]]:
    """The whole board's night, the school's, and who and which schools may not be named."""
    workspace = load_workspace(scanned / "auditor.toml")
    with open_store(workspace) as store:
        whole, own = report_data(workspace, store, "nl"), report_data(workspace, store, "nl", school=SCHOOL, is_quarter=True)
        links, accounts, persons = (store.table_at(name) for name in ("links", "accounts", "persons"))
        here = {str(row.person) for name in ("employments", "tasks", "teaching", "externals", "contacts", "temporary_rights")
                for row in store.table_at(name).itertuples() if row.school == SCHOOL}
        owner = {(row.system, row.account): row.person for row in links.itertuples()}
        here |= {str(owner[row.system, row.account]) for row in accounts.itertuples()
                 if row.school == SCHOOL and isinstance(owner[row.system, row.account], str)}
        mine = [row.school == SCHOOL or owner[row.system, row.account] in here for row in accounts.itertuples()]
        known = {str(value) for row, is_mine in zip(accounts.itertuples(), mine, strict=True) if is_mine
                 for value in (row.account, row.username, row.display_name)}
        known |= {str(row.display_name) for row in persons.itertuples() if row.person in here}
        others = {str(value) for row, is_mine in zip(accounts.itertuples(), mine, strict=True) if not is_mine
                  for value in (row.account, row.username)}
        others |= {str(value) for row in persons.itertuples() if row.person not in here for value in (row.person, row.display_name)}
        schools = {str(value) for row in store.table_at("schools").itertuples() if row.school != SCHOOL for value in (row.school, row.name)}
    return whole, own, {one for one in others - known - here if len(one) >= SHORTEST and one != "nan"}, schools


@pytest.mark.parametrize("form", [key for key in DOCUMENTS if key[1] not in ("xlsx", "pdf")], ids="-".join)
def test_nobody_and_no_school_elsewhere_stands_in_any_byte(night: tuple[ReportData, ReportData, set[str], set[str]], form: tuple[str, str]) -> None:
    _, own, people, schools = night
    for _, content in DOCUMENTS[form].render(own, "x"):
        text = content if isinstance(content, str) else content.decode()
        assert not [name for name in people if name in text]
        assert not [name for name in schools if name in text]


def test_the_whole_report_does_name_them(night: tuple[ReportData, ReportData, set[str], set[str]]) -> None:
    whole, own, people, schools = night
    [(_, text)] = DOCUMENTS["daily", "html"].render(whole, "x")
    assert isinstance(text, str)
    assert len([name for name in people if name in text]) > 20
    assert len([name for name in schools if name in text]) > 5
    assert 0 < len(own.findings) < len(whole.findings)


def test_sources_are_those_that_bear_on_the_school(night: tuple[ReportData, ReportData, set[str], set[str]]) -> None:
    whole, own, _, _ = night
    assert {one.source for one in own.sources} < {one.source for one in whole.sources}
    assert "afas-hr" in {one.source for one in own.sources}
    parnassys = next(one for one in own.sources if one.source == "parnassys")
    assert [file.name for file in parnassys.receipts] == ["parnassys_99AB00.csv"]
    assert set(parnassys.schools) <= {SCHOOL}
    assert not [one for one in own.sources if one.examples or one.faults or one.warnings]
    assert "limit_school" in {reason.code for reason in own.limits}


def test_the_trend_is_the_schools_own(night: tuple[ReportData, ReportData, set[str], set[str]]) -> None:
    whole, own, _, _ = night
    assert own.trend[-1].open == sum(one.state.value != "resolved" for one in own.findings)
    assert own.trend[-1].open < whole.trend[-1].open
    assert own.quarter is not None and own.quarter.total.open == own.trend[-1].open


AWAY = Elsewhere(frozenset({"Jan de Vries", "100521", "j.devries", "8"}), frozenset({"99AC00", "obs Het Baken"}), frozenset(), "(elders)")


@pytest.mark.parametrize(("text", "told"), [
    ("Esra (100999), Jan de Vries (100521).", "Esra (100999), (elders) ((elders))."), ("account j.devries, groep 8", "account (elders), groep 8"),
    ("parnassys_99AC00.csv bij obs Het Baken", "parnassys_(elders).csv bij (elders)"), ("Jan de Vriesman", "Jan de Vriesman"), ("", ""),
])
def test_names_from_elsewhere_are_replaced_and_nothing_else(text: str, told: str) -> None:
    assert hidden(text, AWAY) == told
