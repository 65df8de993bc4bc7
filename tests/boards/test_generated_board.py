"""The whole path on generated organisations: two nights, exactly what was planted, and nothing where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.app.commands.demo import at_night
from auditor.app.nightly import run_scan
from auditor.app.reporting import report_data
from auditor.config.load import load
from auditor.model.finding import Finding
from auditor.store import Store
from tests.boards.generate import DAYS, generate
from tests.boards.truth import Expected, compare_with_truth


def _play(folder: Path, night: int, accounts: int, seed: int, rate: float) -> tuple[list[Finding], list[Expected]]:
    truth = generate(folder, accounts, seed, rate, night)
    workspace = load(folder / "auditor.toml")
    outcome = run_scan(workspace, DAYS[night], now=at_night(DAYS[night]), kind="nightly")
    assert outcome.coverage.not_ok == ()
    with Store(workspace.path(workspace.config.folders.database)) as store:
        return list(report_data(workspace, store, "nl", outcome.scan).findings), truth


@pytest.mark.parametrize("seed", [7, 11])
def test_both_nights_give_exactly_what_was_planted(tmp_path: Path, seed: int) -> None:
    for night in (1, 2):
        missed, extra = compare_with_truth(*_play(tmp_path, night, 6_000, seed, 0.05))
        assert [str(row) for row in missed[:20]] == []
        assert extra[:20] == []


def test_where_nothing_is_wrong_nothing_is_found(tmp_path: Path) -> None:
    for night in (1, 2):
        findings, _ = _play(tmp_path, night, 3_000, 5, 0.0)
        assert [(finding.rule, finding.username) for finding in findings] == []
