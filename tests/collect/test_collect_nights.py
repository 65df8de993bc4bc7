"""Thirty nights with two bad ones, and the same facts in another order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.collect import Collected, Read, collect
from auditor.collect.words import text_hashes
from auditor.model.arrows import arrow
from auditor.model.coverage import SourceState
from auditor.model.errors import ConnectorError, Fault, InputError
from auditor.model.past import Past
from auditor.model.policy import Policy, SourceSettings
from auditor.model.reading import Page
from tests.collect.reads import hr, las, numbered, receipt, schools, with_references
from tests.hostile.tables import table as lines_of
from tests.proofs import write_section

POLICY = Policy("b")
STAFF = 1500
PLACES = [f"99AA{number % 40:02d}" for number in range(STAFF + 25)]


class Watcher:
    """What a comparison of accounts with HR would report night by night: 25 accounts belong to nobody from the first night on."""

    def __init__(self, heeds_states: bool) -> None:
        self.heeds_states = heeds_states
        self.open: set[str] = set()
        self.ever: set[str] = set()
        self.events = {"new": 0, "resolved": 0, "reopened": 0}

    def look(self, people: set[str], accounts: set[str], is_fit: bool) -> None:
        if self.heeds_states and not is_fit:
            return
        orphans = accounts - people
        self.events["new"] += len(orphans - self.open - self.ever)
        self.events["reopened"] += len((orphans - self.open) & self.ever)
        self.events["resolved"] += len(self.open - orphans)
        self.open, self.ever = orphans, self.ever | orphans


def thirty_nights() -> tuple[dict[str, int], dict[str, int], list[int]]:
    """What a watcher that heeds the states reports in thirty nights, what one that does not, and which nights were not fit. In the tenth the
    system delivers half its accounts, in the twentieth HR an empty file."""
    people, accounts = numbered(STAFF), numbered(STAFF + 25)
    gated, ungated, past = Watcher(True), Watcher(False), Past()
    unfit = []
    for night in range(30):
        day = date(2026, 11, 1) + timedelta(days=night)
        kept = accounts[: len(accounts) // 2] if night == 9 else accounts
        staff = [] if night == 19 else people
        collected = collect("b", day, [hr(staff, PLACES[:len(staff)], day=day), las(kept, PLACES[:len(kept)], day=day)], POLICY, past)
        coverage = collected.snapshot.coverage
        is_fit = all(report.state is SourceState.OK and not report.missing_schools for report in coverage.sources)
        unfit += [] if is_fit else [night]
        gated.look(set(people), set(collected.snapshot.table("accounts")["account"]), is_fit)
        ungated.look(set(staff), set(kept), True)
        past = with_references(past, collected)
    return gated.events, ungated.events, unfit


def test_one_half_export_and_one_empty_hr_file_in_thirty_nights_open_and_resolve_nothing() -> None:
    gated, ungated, unfit = thirty_nights()
    assert unfit == [9, 19]
    assert gated == {"new": 25, "resolved": 0, "reopened": 0}
    assert ungated == {"new": 25 + STAFF, "resolved": 25 + STAFF, "reopened": 25}


@pytest.mark.proof
def test_the_figures_of_thirty_nights() -> None:
    gated, ungated, _ = thirty_nights()
    write_section("thirty-nights", "Thirty nights, two of them bad", lines_of(
        f"{STAFF:,} staff and 25 accounts of nobody. In the tenth night a system delivers half its accounts, in the twentieth HR an empty file. "
        "Counted is what a comparison of accounts with HR opens and resolves, with the guards and without.",
        ["", "opened", "reopened", "resolved"],
        [[name, events["new"], events["reopened"], events["resolved"]] for name, events in (("with the guards", gated), ("without", ungated))]))
    assert sum(gated.values()) == 25


def _bad(kind: str, read: Read) -> Read:
    (page,) = read.pages
    if kind == "down":
        return Read(read.settings, (), ConnectorError("connector_failed"))
    if kind in ("wrong file", "login page"):
        return Read(read.settings, (), InputError([Fault("export.csv", "header_unknown", 1)]))
    if kind == "yesterday's copy":
        return Read(read.settings, (Page(page.tables, (receipt(200, date(2026, 10, 1)),), is_last=True),))
    rows = {"empty": 0, "half": 100}[kind]
    tables = {name: frame.iloc[:rows] for name, frame in page.tables.items()}
    return Read(read.settings, (Page(tables, (receipt(rows),), is_last=True),))


@pytest.mark.parametrize("kind", ["down", "empty", "half", "yesterday's copy", "wrong file", "login page"])
@pytest.mark.parametrize("source", [0, 1])
def test_a_bad_night_of_a_source_gives_none_of_its_rows_and_leaves_the_other_alone(kind: str, source: int) -> None:
    age = timedelta(days=35)
    reads = [hr(numbered(200), settings=SourceSettings("hr", "hr", max_age=age)),
             las(numbered(200), settings=SourceSettings("las", "system", "las", max_age=age))]
    past = with_references(Past(), collect("b", date(2026, 11, 23), reads, POLICY, Past()))
    reads[source] = _bad(kind, reads[source])
    collected = collect("b", date(2026, 11, 24), reads, POLICY, past)
    reports = collected.snapshot.coverage.sources
    assert reports[source].state is not SourceState.OK
    assert reports[1 - source].state is SourceState.OK
    assert reports[source].reasons
    sources = {str(name) for frame in collected.snapshot.tables.values() for name in frame["source"].unique()}
    assert sources == {"las", "hr"} - {reports[source].source}
    assert set(collected.ids) == sources


def _fingerprint(collected: Collected) -> dict[str, object]:
    tables = {name: sorted(map(str, frame.astype("object").where(frame.notna(), None).itertuples(index=False)))
              for name, frame in collected.snapshot.tables.items()}
    ids = {name: (ids.ids.tolist(), [ids.school_names[at] if at >= 0 else None for at in ids.schools]) for name, ids in collected.ids.items()}
    quality = collected.snapshot.quality.astype("object")
    states = [(report.source, report.state, dict(report.schools), report.reasons) for report in collected.snapshot.coverage.sources]
    return {**tables, "ids": ids, "quality": sorted(map(str, quality.where(quality.notna(), None).itertuples(index=False))),
            "files": dict(collected.files), "states": states}


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["99AA00", "99BB00", "zz", None])), min_size=1, max_size=14),
       st.integers(0, 2**32), st.integers(1, 4))
def test_the_order_of_pages_and_rows_changes_nothing(rows: list[tuple[str, str | None]], seed: int, pages: int) -> None:
    # Twice the same account may stand in it, with another school: which one stays must not depend on the order either.
    whole = las([row[0] for row in rows], [row[1] for row in rows])
    (page,) = whole.pages
    shuffled = random.Random(seed)
    order = list(range(len(rows)))
    shuffled.shuffle(order)
    cuts = np.array_split(np.array(order), pages)
    parts = [Page({name: frame.iloc[cut].reset_index(drop=True) for name, frame in page.tables.items()},
                  page.receipts if at == 0 else (), is_last=at == len(cuts) - 1) for at, cut in enumerate(cuts)]
    known = schools("99AA00", "99BB00")
    past = with_references(Past(), collect("b", date(2026, 11, 23), [known, las(list("abcdefgh"))], POLICY, Past()))
    first, second = (collect("b", date(2026, 11, 24), [known, Read(whole.settings, tuple(each))], POLICY, past) for each in ((page,), parts))
    assert _fingerprint(first) == _fingerprint(second)


@given(st.lists(st.text(max_size=30), max_size=30))
def test_a_texts_hash_depends_on_the_text_alone(texts: list[str]) -> None:
    together = text_hashes(arrow(pd.Series(texts, dtype="str"))).tolist()
    assert together == [text_hashes(arrow(pd.Series([text], dtype="str")))[0] for text in texts]
    assert len(set(together)) == len(set(texts))


def test_hashes_of_ids_are_the_same_in_every_run() -> None:
    assert text_hashes(arrow(pd.Series(["", "100001", "jan.de.wit@school.test"], dtype="str"))).tolist() == [
        6068281294198702742, 6538495744317811659, 17749705529236710605]
