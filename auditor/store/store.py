"""The store: a board's history in one SQLite file. One scan is one transaction."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from auditor.model.arrows import categorised
from auditor.model.coverage import Coverage
from auditor.model.decision import FindingDecision
from auditor.model.errors import Reason, StoreError
from auditor.model.finding import Change, State
from auditor.model.links import LINKS
from auditor.model.mail import MailState, Noticed, OutgoingMail, Told
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.report import MatrixEdition, MatrixLine, Night
from auditor.model.tables import TABLES
from auditor.store import chain, decisions, finding_decisions, outbox
from auditor.store.around import Around, load_around
from auditor.store.copies import Contents, make_copy
from auditor.store.coverage import load_coverage, save_coverage
from auditor.store.database import open_database, writing
from auditor.store.faults import sqlite_faults
from auditor.store.findings import CATEGORIES, Standing, stand_after
from auditor.store.hashing import Known
from auditor.store.history import Step, save_table, unpack_ids
from auditor.store.kept_frames import keep_frame
from auditor.store.layouts import LAYOUTS, MATRICES_LAYOUT
from auditor.store.listing import Resolved, list_findings, load_evidence
from auditor.store.memory import memory_digest, notices_digest, seen_digest
from auditor.store.open_rows import RowsLost, open_names
from auditor.store.outbox import StoredMail
from auditor.store.past import VALID_AT, load_editions, load_matrices, load_past, load_people_past, load_standing, table_frame
from auditor.store.purge import accounts_of, forget_person, purge_old
from auditor.store.reading import chosen, read_rows
from auditor.store.record import ScanRecord
from auditor.store.references import save_read
from auditor.store.scans import StoredScan, load_last_scan, load_scans, save_scan, scan_digest
from auditor.store.seen import save_seen, seen_days
from auditor.store.spans import spans
from auditor.store.verify import list_digest, problems
from auditor.store.window import Window, load_window
from auditor.store.words import Words

Tell = Callable[["Store", int], "Told | None"]
"""Given the store as it will be and the number of the scan, what mail comes of it."""


class Store:
    """One board's database. Every method raises StoreError when SQLite or the disk fails."""

    def __init__(self, path: str | Path) -> None:
        """Given a path, open the database there, made and migrated if need be. Raise StoreError if it cannot be used."""
        self.path = Path(path)
        self._connection = open_database(self.path)
        self._releases: tuple[int, ...] = ()
        self._decided_until = 0
        self._standing: tuple[object, pd.DataFrame] | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # -- a scan ------------------------------------------------------------------------------------------------------------------

    def past(self, as_of: date) -> Past:
        """Given the day to judge, return everything the core may know of the scans of that day and before. The next `save` takes along the
        decisions about findings that it holds, and no later ones."""
        with self._reading() as connection:
            self._decided_until = finding_decisions.last_number(connection)
            past, standing = load_past(connection, as_of)
            self._standing = None if standing is None else ((past.scan, _mark(connection)), standing)
        return past

    def save(self, record: ScanRecord, tell: Tell | None = None) -> int:
        """Given a finished scan, write all of it or nothing. Return its number. tell: asked, before anything is final, what mail comes of
        this scan; its mails and what it remembers are part of the same transaction.

        Raise StoreError if its past is no longer the last scan, if it judges an earlier day, if its date has its nightly scan, or if the
        database lacks rows that are open.
        """
        with sqlite_faults(self.path), writing(self._connection):
            try:
                number = _save(self._connection, record, self._releases, self._decided_until, self._standing)
            except RowsLost as error:
                raise StoreError("store_damaged", file=self.path.name, detail=str(error)) from error
            told = tell(self, number) if tell else None
            if told:
                for cancelled in told.cancelled:
                    outbox.mark(self._connection, cancelled, MailState.CANCELLED, record.started_at)
                outbox.add_mails(self._connection, told.mails, number, record.started_at)
                outbox.save_noticed(self._connection, told.memory)
                chain.append(self._connection, "notices", {"notices": notices_digest(self._connection)})
        self._releases, self._standing = (), None
        return number

    def checkpoint(self) -> str:
        """Return the chain's head for reports and mails, "" before the first entry."""
        with self._reading() as connection:
            return chain.checkpoint(connection)

    # -- decisions ---------------------------------------------------------------------------------------------------------------

    def decide_link(self, system: str, account: str, person: str | None, reason: str, by: str, on: date) -> None:
        """Write that a person decided whose account this is; person None: it has no owner to look for."""
        with sqlite_faults(self.path), writing(self._connection):
            decisions.save_link_decision(self._connection, system, account, person, reason, by, on)

    def link_decisions(self) -> pd.DataFrame:
        """Return the decisions that count (LINK_DECISIONS)."""
        with self._reading() as connection:
            return decisions.load_link_decisions(connection)

    def decide_findings(self, decided: Sequence[FindingDecision]) -> None:
        """Write what people decided about findings, all of it or nothing; it shows at once and the next scan takes it along.

        Raise StoreError if a finding is not there or is solved, or if there is nothing to withdraw.
        """
        with sqlite_faults(self.path), writing(self._connection):
            standing = load_standing(self._connection, _number(self._connection, None), Words(self._connection))
            finding_decisions.save_finding_decisions(self._connection, decided, finding_decisions.with_pending(self._connection, standing))

    def log_review(self, review: Mapping[str, str], by: str, at: datetime) -> None:
        """Write that a periodic check was done: the columns of the register reviews as text. The register itself is what rules read."""
        with sqlite_faults(self.path), writing(self._connection):
            decisions.save_review(self._connection, review, by, at)

    def reviews_logged(self) -> list[dict[str, str]]:
        """Return every check that was entered with `log_review`, oldest first, with written_by and written_at (UTC)."""
        with self._reading() as connection:
            return decisions.load_reviews(connection)

    def release(self, source: str, reason: str, by: str, at: datetime) -> None:
        """Write that the next scan may count a source's read although a guard blocks it."""
        with sqlite_faults(self.path), writing(self._connection):
            decisions.save_release(self._connection, source, reason, by, at)

    def pending_releases(self) -> Mapping[str, str]:
        """Return the reason of each release that no scan has used, by source. The next `save` uses up these and no later ones: what
        someone releases while a scan runs waits for the next."""
        with self._reading() as connection:
            pending = decisions.pending_releases(connection)
        self._releases = tuple(pending)
        return dict(pending.values())

    # -- reading back ------------------------------------------------------------------------------------------------------------

    def scans(self) -> list[StoredScan]:
        """Return all scans, oldest first."""
        with self._reading() as connection:
            return load_scans(connection)

    def last_scan(self, until: date | None = None) -> StoredScan | None:
        """Return the last scan (that judged `until` or before), None if there is none."""
        with self._reading() as connection:
            return load_last_scan(connection, until)

    def findings(
        self, scan: int | None = None, *, keys: Collection[str] | None = None, resolved: Resolved = "tonight", has_evidence: bool = True,
        has_history: bool = False, since: int | None = None,
    ) -> list[dict[str, Any]]:
        """Given a scan (the last when None), return its findings as it left them: the columns of FINDINGS_LAYOUT with
        `last_confirmed_on`, `found_at` (when the scan began that found it last), `change` (None: resolved earlier), `previous_rule`, and when
        wanted `evidence` and `history`. resolved: which
        resolved ones to include; since: tell the changes since this earlier scan, not since the one before. Dates are dates, absent is None;
        empty before the first scan."""
        with self._reading() as connection:
            number = _number(connection, scan)
            return list_findings(connection, number, keys, resolved, has_evidence, has_history, since) if number else []

    def evidence(self, key: str, scan: int | None = None) -> dict[str, Any]:
        """Given a finding's key, return its evidence as frozen last (at that scan or before), empty if there is none."""
        with self._reading() as connection:
            return load_evidence(connection, _number(connection, scan), [key]).get(key, {})

    def table_at(self, name: str, scan: int | None = None, where: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Given the name of a canonical table or `links`, return its frame as that scan (the last when None) had it.

        Rows come back without file and line; use dates only for the last scan. where: only rows with these texts in these columns.
        """
        table = LINKS if name == LINKS.name else TABLES[name]
        layout = LAYOUTS[name]
        with self._reading() as connection:
            number = _number(connection, scan)
            words = Words(connection)
            condition, parameters = VALID_AT, list[object]([number, number])
            for column, text in (where or {}).items():
                condition += f' AND "{column}" = ?'
                is_word = any(stored.name == column and stored.encoding == "word" for stored in layout.columns)
                parameters.append(words.known(text) if is_word else text)
            only = chosen(connection, name, (condition, parameters)) if where else (condition, parameters)
            rows = read_rows(connection, layout, *only)
            missed = connection.execute("SELECT ids FROM unobserved WHERE scan = ? AND name = ?", (number, name)).fetchone()
            if missed:
                rows = rows.keep(~pd.Index(rows.ids).isin(unpack_ids(missed[0])))
            frame = table_frame(table, rows, words)
            if layout.unversioned and len(frame) and number == _number(connection, None):
                frame = frame.assign(**seen_days(connection, layout, rows.ids))
            return frame

    def window(self, first: int, last: int, names: Collection[str], systems: Collection[str]) -> Window:
        """Given the first and last of several scans, return these tables as each of them had them; accounts, grants, group links and
        links of these systems only."""
        with self._reading() as connection:
            return load_window(connection, first, last, names, systems)

    def people_past(self, scan: int) -> Past:
        """Given a scan, return the persons and employments known after it, and nothing else of the past."""
        with self._reading() as connection:
            return load_people_past(connection, scan)

    def around(self, system: str, account: str, scan: int | None = None) -> Around:
        """Given an account by system and native id, return its rows at a scan (the last when None) and those of the people and schools
        around it: what explains it, and no more."""
        with self._reading() as connection:
            number = _number(connection, scan)
            return load_around(connection, number, number == _number(connection, None), system, account)

    def finding_keys(self, system: str, account: str) -> list[str]:
        """Given an account, return the keys of its findings that are not resolved."""
        with self._reading() as connection:
            words = Words(connection)
            number = _number(connection, None)
            found = connection.execute(
                f'SELECT "key" FROM findings WHERE {VALID_AT} AND "account" = ? AND "system" = ? AND "state" <> ? ORDER BY "key"',
                (number, number, account, words.known(system), words.known(State.RESOLVED) or -1))
            return [str(key) for (key,) in found]

    def coverage_at(self, scan: int | None = None) -> Coverage:
        """Given a scan (the last when None), return the reports of its sources."""
        with self._reading() as connection:
            return load_coverage(connection, _number(connection, scan))

    def matrices_at(self, scan: int | None = None) -> list[MatrixLine]:
        """Given a scan (the last when None), return the matrix editions it judged by."""
        with self._reading() as connection:
            return load_matrices(connection, _number(connection, scan), Words(connection))

    def matrix_editions(self) -> list[MatrixEdition]:
        """Return every edition of every matrix that a scan judged by: who adopted it, when, and from when to when it counted."""
        with self._reading() as connection:
            return load_editions(connection)

    def trend(self, days: int, scan: int | None = None) -> list[Night]:
        """Return the last scan of each date in the `days` days up to a scan (the last when None), oldest first."""
        with self._reading() as connection:
            found = [one for one in load_scans(connection) if scan is None or one.number <= scan]
            since = found[-1].as_of - timedelta(days=days) if found else date.min
            nights = {scan.as_of: scan.counts for scan in found if scan.as_of > since}
            return [
                Night(day, counts["open"], counts[Change.NEW], counts[Change.RESOLVED], counts[Change.NOT_ASSESSED])
                for day, counts in nights.items()
            ]

    def spans(self, name: str, where: Mapping[str, str], on: date | None = None) -> list[dict[str, Any]]:
        """Given the name of a table of history and texts that columns of it have, return its rows with `since` and `gone` (the first day
        without it), oldest first; `on`: only what was so at the last scan of that day or before (nothing before the first scan)."""
        with self._reading() as connection:
            scan = None
            if on is not None:
                last = load_last_scan(connection, on)
                if last is None:
                    return []
                scan = last.number
            return spans(connection, Words(connection), name, where, scan)

    def accounts_of(self, person: str) -> list[tuple[str, str]]:
        """Given a person's number, return (system, account) of every account that was ever linked to them."""
        with self._reading() as connection:
            return accounts_of(connection, person)

    # -- mail --------------------------------------------------------------------------------------------------------------------

    def noticed(self) -> Mapping[str, Noticed]:
        """Return what was told of each finding on the ladder, by key."""
        with self._reading() as connection:
            return outbox.load_noticed(connection)

    def mails(self, states: Collection[MailState] | None = None) -> list[StoredMail]:
        """Return the mails in these states (all when None), oldest first."""
        with self._reading() as connection:
            return outbox.load_mails(connection, states)

    def mail_setting(self, name: str) -> str | None:
        """Return a setting of the mail that people change by command (`directors`: on or off), None when it was never set."""
        with self._reading() as connection:
            return outbox.setting(connection, name)

    def set_mail(self, name: str, value: str, by: str, at: datetime) -> None:
        """Write a setting of the mail, with who set it and when."""
        with sqlite_faults(self.path), writing(self._connection):
            outbox.save_setting(self._connection, name, value, by, at)

    def add_mails(self, mails: Sequence[OutgoingMail], now: datetime) -> None:
        """Given mails that come of no scan (silence, a quarter), put those that are not there yet in the outbox."""
        with sqlite_faults(self.path), writing(self._connection):
            outbox.add_mails(self._connection, mails, _number(self._connection, None), now)

    def next_mail(self, now: datetime) -> StoredMail | None:
        """Return the next mail to hand over, marked as under way; None when nothing is due. Should the sender stop before it says how it
        went, the mail comes again."""
        with sqlite_faults(self.path), writing(self._connection):
            found = outbox.due_mail(self._connection, now)
            if found:
                outbox.mark(self._connection, found.number, MailState.SENDING, now, is_attempt=True)
            return found

    def mark_mail(self, number: int, state: MailState, now: datetime, reason: str | None = None, next_at: datetime | None = None) -> None:
        """Given the number of a mail, write how it stands now."""
        with sqlite_faults(self.path), writing(self._connection):
            outbox.mark(self._connection, number, state, now, reason=reason, next_at=next_at)

    # -- care --------------------------------------------------------------------------------------------------------------------

    def purge(self, as_of: date, person_before: date, use_before: date) -> Mapping[str, int]:
        """Given the day, and the days before which data on people and on the use of accounts is too old, let go of both: rows that ended,
        findings that were resolved, use dates. Return how much went, by kind."""
        with sqlite_faults(self.path):
            with writing(self._connection):
                gone = purge_old(self._connection, as_of, person_before, use_before)
            if any(gone.values()):
                self._wipe()
        return gone

    def forget(self, person: str, as_of: date) -> Mapping[str, int]:
        """Given a person's number, let go of all that is no longer so about them; what the sources still deliver stays. Return how much
        went, by kind."""
        with sqlite_faults(self.path):
            with writing(self._connection):
                gone = forget_person(self._connection, person, as_of)
            if any(gone.values()):
                self._wipe()
        return gone

    def _wipe(self) -> None:
        """Deleted content is overwritten in the file (secure_delete); what of it lies in the WAL goes with a full checkpoint."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def verify(self, checkpoint: str = "") -> list[Reason]:
        """Given a checkpoint that went out earlier (or none), return all that differs from what was sealed; empty when nothing does."""
        with self._reading() as connection:
            try:
                return problems(connection, checkpoint)
            except (ValueError, TypeError, LookupError, ArithmeticError, zlib.error) as error:  # so changed that it cannot even be read
                return [Reason("store_damaged", {"file": self.path.name, "detail": type(error).__name__})]

    def check(self) -> list[Reason]:
        """Return what SQLite itself finds wrong with the file; empty when it is sound."""
        try:
            found = [text for (text,) in self._connection.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:  # too damaged to be looked through
            found = [str(error)]
        return [] if found == ["ok"] else [Reason("store_damaged", {"file": self.path.name, "detail": text}) for text in found]

    def backup(self, to: str | Path) -> Contents:
        """Given a path, write a whole copy there, private as the original, and return what it holds. Raise StoreError if something is
        there already, or if the copy, read back, is not equal."""
        return make_copy(self._connection, Path(to))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the database for all that a method reads, whatever another process commits meanwhile."""
        with sqlite_faults(self.path):
            if self._connection.in_transaction:  # asked from within `save`: what it wrote is seen as well
                yield self._connection
                return
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._connection.rollback()


def _mark(connection: sqlite3.Connection) -> object:
    """What stays equal for as long as nobody writes: a purge in between must not be undone by what was read before it."""
    return connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes


def _number(connection: sqlite3.Connection, scan: int | None) -> int:
    if scan is not None:
        return scan
    last = load_last_scan(connection)
    return last.number if last else 0


def _save(
    connection: sqlite3.Connection, record: ScanRecord, releases: Collection[int], decided_until: int,
    held: tuple[object, pd.DataFrame] | None,
) -> int:
    words = Words(connection)
    if held is not None and held[0] == (record.past.scan, _mark(connection)):
        before = held[1]  # as `past` read it: nothing was written since, here or elsewhere
    else:
        before = finding_decisions.with_pending(connection, load_standing(connection, record.past.scan or 0, words), decided_until)
    standing = stand_after(before, record)
    scan = save_scan(connection, record, _counts(record, standing))
    coverage = record.snapshot.coverage
    steps: dict[str, Step] = {}
    known, hashed = open_names(connection), Known()
    for name in TABLES:
        if name not in record.snapshot.tables and name not in known:
            continue
        frame = record.snapshot.table(name)
        saved = save_table(connection, LAYOUTS[name], frame, scan, words, coverage, known=hashed)
        if LAYOUTS[name].unversioned and len(frame):
            save_seen(connection, LAYOUTS[name], frame, scan, saved)
        steps[name] = saved.step
        del saved  # as large as the table
    accounts = record.snapshot.table("accounts")
    step = steps["links"] = save_table(connection, LAYOUTS["links"], record.links, scan, words, coverage, slices_of=accounts, known=hashed).step
    keep_frame(connection, "links", record.links, is_whole=not step.unobserved_digest, is_changed=bool(step.opened or step.closed))
    for name, frame in (("findings", _categorised(standing.frame)), ("matrices", _matrices_frame(record.matrices))):
        steps[name] = save_table(connection, LAYOUTS[name], frame, scan, words, coverage).step
    _save_events(connection, scan, standing, record)
    words.save(connection, scan)
    taken = finding_decisions.take_along(connection, scan, decided_until)
    _save_memory(connection, scan, record, decisions.use_releases(connection, scan, releases))
    chain.append(connection, "scan", {
        "scan": scan,
        "row": scan_digest(connection, scan),
        "coverage": save_coverage(connection, scan, coverage),
        "tables": {name: list(astuple(step)) for name, step in steps.items() if not step.is_nothing},
        **{what: list_digest(connection, what, scan) for what in ("events", "evidence", "words")},
        "memory": memory_digest(connection),
        "seen": seen_digest(connection),
        "took": {"decision": taken, "release": sorted(releases)},
    })
    return scan


def _save_events(connection: sqlite3.Connection, scan: int, standing: Standing, record: ScanRecord) -> None:
    connection.executemany(
        f"INSERT INTO events (scan, key, change, rule, previous_rule, score, reason) VALUES ({scan}, ?, ?, ?, ?, ?, ?)", standing.events)
    connection.executemany(
        f"INSERT INTO evidence (scan, key, body) VALUES ({scan}, ?, ?)",
        ((key, chain.canonical(body)) for key, body in record.evidence.items()))


def _save_memory(connection: sqlite3.Connection, scan: int, record: ScanRecord, released: frozenset[str]) -> None:
    new_references = released | record.new_references
    days = {report.source: report.as_of for report in record.snapshot.coverage.sources}
    for source, read in record.accepted.items():
        save_read(connection, source, read, scan, days.get(source), source in new_references)
    connection.executemany(
        "INSERT OR REPLACE INTO file_memory (source, sha256, repeats, last_as_of) VALUES (?, ?, ?, ?)",
        ((source, memory.sha256, memory.repeats, memory.last_as_of.isoformat() if memory.last_as_of else None)
         for source, memory in record.files.items()))


def _counts(record: ScanRecord, standing: Standing) -> dict[str, int]:
    counts = {str(change): 0 for change in Change} | dict(record.changes.count())
    is_open = standing.frame["state"] != State.RESOLVED
    counts[str(Change.RESOLVED)] = sum(change == Change.RESOLVED for _, change, *_ in standing.events)
    counts[str(Change.NOT_ASSESSED)] = int((is_open & standing.frame["not_assessed_since"].notna()).sum())
    return counts | {"open": int(is_open.sum()), "waived": int((standing.frame["state"] == State.WAIVED).sum())}


def _categorised(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: categorised(frame[name]) for name in CATEGORIES})


def _matrices_frame(matrices: Collection[Matrix]) -> pd.DataFrame:
    columns = {stored.name: [getattr(matrix, stored.name) for matrix in matrices] for stored in MATRICES_LAYOUT.columns}
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items() if name not in ("adopted_on", "is_norm")})
    return frame.assign(
        adopted_on=pd.to_datetime(pd.Series(columns["adopted_on"], dtype=object)).astype("datetime64[s]"),
        is_norm=pd.Series(columns["is_norm"], dtype="boolean"),
    )
