"""The whole path on generated organisations: two nights, exactly what was planted, and nothing where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.rules.registry import SLUGS
from tests.boards.playing import Tally, play
from tests.boards.truth import compare_with_truth
from tests.proofs import ROOT, write_section

RATES = (0.005, 0.01, 0.02, 0.05)


def test_both_nights_give_exactly_what_was_planted_of_every_rule(tmp_path: Path) -> None:
    planted = set()
    for night in (1, 2):
        found, truth = play(tmp_path, night, 3_000, 7, 0.03)
        missed, extra = compare_with_truth(found, truth)
        assert [str(row) for row in missed[:20]] == []
        assert extra[:20] == []
        planted |= {row.rule for row in truth}
    assert planted == set(SLUGS)


def test_where_nothing_is_wrong_nothing_is_found(tmp_path: Path) -> None:
    for night in (1, 2):
        findings, _ = play(tmp_path, night, 2_000, 5, 0.0)
        assert [(finding.rule, finding.username) for finding in findings] == []


def count_of_tests() -> dict[str, int]:
    """How many tests of tests/rules name each rule."""
    counts = dict.fromkeys(SLUGS, 0)
    for path in sorted((ROOT / "tests" / "rules").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for slug in SLUGS:
            title = "class Test" + "".join(word.capitalize() for word in slug.split("-"))
            own = sum(part.count("    def test_") for part in _classes(text, title))
            elsewhere = sum(f'"{slug}"' in part for part in text.split("def test_")[1:] if not own)
            counts[slug] += own + elsewhere
    return counts


def _classes(text: str, title: str) -> list[str]:
    return [part.split("\nclass ")[0] for part in text.split(f"\n{title}")[1:]]


@pytest.mark.proof
def test_twenty_organisations_have_no_miss_and_no_false_alarm(tmp_path: Path) -> None:
    tally = Tally()
    for seed in range(100, 120):
        for night in (1, 2):
            tally.add(*play(tmp_path / str(seed), night, 3_000, seed, RATES[seed % len(RATES)]))
    write_section("rules", "Every rule, planted", [
        "Twenty generated organisations of 3,000 accounts, both nights, each anomaly planted at 0.5, 1, 2 or 5 % of those it can be wrong about.",
        "", "| rule | tests | planted | missed | false alarms |", "|---|---:|---:|---:|---:|", *tally.lines(count_of_tests(), SLUGS)])
    assert (dict(tally.missed), dict(tally.extra)) == ({}, {})
