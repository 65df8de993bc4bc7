"""Explaining reads one account's rows; it must say what the whole night says."""

from __future__ import annotations

import numpy as np

from auditor.app.chains import chain_of_account
from auditor.app.nightly import read_matrices
from auditor.assess import explain_account
from auditor.config.load import load, policy_of
from auditor.correlate import known_people, link_reasons
from auditor.expect import judge
from auditor.model.assessment import FINDINGS, Assessment
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES
from auditor.rules.view import AuditView
from auditor.store import Store


def test_every_account_is_explained_from_its_own_rows_as_from_the_whole_night(scanned):
    import pandas as pd

    workspace = load(scanned / "auditor.toml")
    policy = policy_of(workspace.config)
    matrices, _ = read_matrices(workspace)
    none = Assessment(pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in FINDINGS.items()}), {}, (), np.zeros(0, dtype=np.bool_))
    with Store(workspace.path(workspace.config.folders.database)) as store:
        last = store.last_scan()
        tables = {name: store.table_at(name) for name in TABLES}
        snapshot = Snapshot(last.board, last.as_of, tables, store.coverage_at())
        past = store.past(last.as_of)
        people = known_people(snapshot, policy, past)
        links = store.window(last.number, last.number, ("accounts", "links"), snapshot.coverage.systems).links(last.number)
        view = AuditView.build(
            last.as_of, policy, snapshot, people, links, judge(snapshot, people, links, matrices, policy, past), matrices, past)
        accounts = tables["accounts"]
        staff = accounts[(accounts["kind"] != "pupil").to_numpy()].index.to_numpy()
        for row in staff[:: max(1, len(staff) // 10)].tolist():
            system, account = accounts["system"].iat[row], accounts["account"].iat[row]
            told = chain_of_account(workspace, store, account, system, "nl")
            whole = explain_account(view, none, system, account)
            for part in ("account", "person", "engagements", "rights"):
                assert told["chain"][part] == whole[part], (system, account, part)
            assert told["findings"] == sorted(
                found["key"] for found in store.findings(resolved="none", has_evidence=False)
                if (found["system"], found["account"]) == (system, account))
            around = store.around(system, account)
            narrow = Snapshot(last.board, last.as_of, around.tables, snapshot.coverage)
            near = known_people(narrow, policy, around.past)
            if whole["account"]["situation"] == "linked":
                assert link_reasons(narrow, near, 0, policy, around.past) == link_reasons(snapshot, people, row, policy, past)
