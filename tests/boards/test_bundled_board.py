"""The whole path on the bundled board: two nights of exports in, findings out, compared both ways with what was planted."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping

import pytest

from auditor.app.commands.demo import at_night, deliver, unpack
from auditor.app.nightly import ScanOutcome, run_scan
from auditor.app.reporting import report_data
from auditor.config.load import load
from auditor.model.coverage import SourceState
from auditor.model.report import ReportData
from auditor.store import Store
from tests.boards.make_bundled import BOARD
from tests.boards.truth import compare_with_truth, load_truth

Nights = Mapping[int, tuple[ScanOutcome, ReportData]]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Both nights of the bundled board, played once."""
    folder = tmp_path_factory.mktemp("waterlanden") / "board"
    played = {}
    for number, night in enumerate(unpack(folder), start=1):
        deliver(folder, night)
        workspace = load(folder / "auditor.toml")
        outcome = run_scan(workspace, night, now=at_night(night), kind="nightly")
        with Store(workspace.path(workspace.config.folders.database)) as store:
            played[number] = outcome, report_data(workspace, store, "nl", outcome.scan)
    shutil.rmtree(folder)
    return played


@pytest.mark.parametrize("night", [1, 2])
def test_nothing_is_missed_and_nothing_is_extra(nights: Nights, night: int) -> None:
    missed, extra = compare_with_truth(nights[night][1].findings, load_truth(BOARD / "truth.csv", night))
    assert [str(row) for row in missed] == []
    assert extra == []


def test_every_source_is_ok_on_the_first_night(nights: Nights) -> None:
    assert [(report.source, report.state, report.faults) for report in nights[1][0].coverage.not_ok] == []


def test_the_stuck_export_is_the_only_source_not_assessed_on_the_second_night(nights: Nights) -> None:
    assert [(report.source, report.state) for report in nights[2][0].coverage.not_ok] == [("afas-users", SourceState.STALE)]


def test_the_findings_of_the_stuck_system_stay_open_and_flagged(nights: Nights) -> None:
    second = [finding for finding in nights[2][1].findings if finding.system == "afas"]
    assert second
    assert {finding.not_assessed_since for finding in second} == {nights[2][1].as_of}
    assert {finding.state.value for finding in second} == {"open"}


def test_the_counts_of_the_second_night_are_those_of_the_truth(nights: Nights) -> None:
    expected = Counter(row.change for row in load_truth(BOARD / "truth.csv", 2))
    counts = nights[2][0].counts
    assert {name: counts[name] for name in expected} == dict(expected)


def test_no_private_column_of_an_export_is_kept(nights: Nights) -> None:
    dropped = {name for report in nights[1][0].coverage.sources for receipt in report.receipts for name in receipt.dropped}
    assert {"streetAddress", "postalCode", "mobilePhone", "city"} <= dropped
