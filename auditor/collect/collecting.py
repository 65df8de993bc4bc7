"""From what the connectors read to the snapshot of one day, with the coverage that says what absence may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from auditor.collect.coverage import judge_schools, without_left_out
from auditor.collect.delivery import Delivery, Read, delivered
from auditor.collect.doubles import without_doubles
from auditor.collect.freshness import is_stale, remembered, stale_reason
from auditor.collect.ids import SourceIds, ids_of, joined, translated
from auditor.collect.kinds import with_kinds
from auditor.collect.normalising import with_function_names, with_last_days, with_people, with_plain_logins, with_school_codes
from auditor.collect.numbers import OWNED, leading_numbers
from auditor.collect.quality import Quality
from auditor.collect.schools import Schools, known_schools
from auditor.collect.volume import judge_blocked_nights, judge_repeats, judge_volume
from auditor.model.coverage import Coverage, SourceState
from auditor.model.errors import Reason
from auditor.model.past import FileMemory, Past
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES, combine


@dataclass(frozen=True)
class Collected:
    """What one night read. ids: of each accepted read, by source, for the guards of later nights; files: memory of each source's files;
    new_references: sources whose read becomes the reference although it is smaller (released, or in an announced window)."""

    snapshot: Snapshot
    ids: Mapping[str, SourceIds] = field(default_factory=dict)
    files: Mapping[str, FileMemory] = field(default_factory=dict)
    new_references: frozenset[str] = frozenset()


def collect(board: str, as_of: date, reads: Sequence[Read], policy: Policy, past: Past) -> Collected:
    """Given the board, the day judged, the reads of all sources and registers, its policy and the past, return what the night holds.

    A source that is not ok gives no rows at all, a school that is not ok none of its own. Whole is decided first (its ending, its age,
    the same files again), then what it leans on (registers that give its words their meaning), then its schools, then its volume.
    """
    deliveries = [delivered(read) for read in reads]
    files = _judge_freshness(deliveries, as_of, policy, past)
    quality = Quality()
    registers = [delivery for delivery in deliveries if delivery.settings.role == "register"]
    for delivery in registers:
        if delivery.is_ok:
            judge_volume(delivery, ids_of(delivery.settings, delivery.frames, delivery.rows, policy), Schools(), as_of, past)
    schools = _schools(deliveries, as_of)
    _judge_leaning(deliveries)
    ids: dict[str, SourceIds] = {}
    for delivery in deliveries:
        if delivery.is_ok:
            found = _normalised(delivery, schools, deliveries, as_of, policy, past, quality)
            if delivery.is_ok:
                ids[delivery.settings.name] = found
    for delivery in deliveries:
        judge_blocked_nights(delivery, as_of, past)
    snapshot = Snapshot(
        board, as_of, _tables(deliveries, quality), Coverage(tuple(delivery.report() for delivery in deliveries)), quality.frame())
    references = frozenset(delivery.settings.name for delivery in deliveries if delivery.is_ok and delivery.is_new_reference)
    return Collected(snapshot, ids, files, references)


def _judge_freshness(deliveries: Sequence[Delivery], as_of: date, policy: Policy, past: Past) -> dict[str, FileMemory]:
    """Age and repeats. A source that was not read whole keeps the memory of its files: half of them is no other file."""
    files = dict(past.files)
    for delivery in deliveries:
        if not delivery.is_ok or not delivery.receipts:
            continue
        name, settings = delivery.settings.name, delivery.settings
        files[name] = remembered(delivery.receipts, as_of, policy, past.files.get(name))
        days = [receipt.as_of for receipt in delivery.receipts]
        if not settings.per_school and is_stale(min(days), as_of, settings, policy):
            delivery.stop(SourceState.STALE, stale_reason(min(days), settings))
        if (latest := max(days)) > as_of:
            delivery.warnings.append(Reason("source_from_later", {"day": latest.isoformat()}))
        judge_repeats(delivery, files[name])
    return files


def _schools(deliveries: Sequence[Delivery], as_of: date) -> Schools:
    frames = [delivery.frames["schools"] for delivery in deliveries if delivery.is_ok and "schools" in delivery.frames]
    return known_schools(combine(TABLES["schools"], frames), as_of) if frames else Schools()


def _judge_leaning(deliveries: Sequence[Delivery]) -> None:
    """A register that is configured and not ok takes out what cannot be read without it: without the schools register no code means a
    school, without functions no label means a function, without service_accounts a declared account looks like a person's."""
    for table, roles in (("schools", ("hr", "system", "pupils", "register")), ("functions", ("hr",)), ("service_accounts", ("system",))):
        broken = [delivery for delivery in deliveries if delivery.settings.name == f"register.{table}" and not delivery.is_ok]
        for delivery in deliveries if broken else ():
            if delivery.settings.role in roles and delivery not in broken and _leans_on(delivery, table):
                # Refused and not blocked: no guard tripped, and nobody can release it.
                delivery.stop(SourceState.REFUSED, Reason("leans_on_register", {"register": f"register.{table}"}))


def _leans_on(delivery: Delivery, table: str) -> bool:
    if table == "schools":
        return any("school" in frame.columns and frame["school"].notna().any() for frame in delivery.frames.values())
    return table == "service_accounts" or "employments" in delivery.frames


def _normalised(
    delivery: Delivery, schools: Schools, deliveries: Sequence[Delivery], as_of: date, policy: Policy, past: Past, quality: Quality,
) -> SourceIds:
    """Make the source's tables ready, judge its schools and its volume, and return the ids that are remembered of it."""
    noted = Quality()
    with_school_codes(delivery, schools, noted)
    settings = delivery.settings
    if settings.per_school:
        judge_schools(delivery, schools, as_of, policy)
        without_left_out(delivery, schools)
    if "accounts" in delivery.frames:
        delivery.frames["accounts"] = with_kinds(delivery.frames["accounts"], settings.kind_rules, _table(deliveries, "service_accounts"))
    ids = ids_of(settings, delivery.frames, delivery.rows, policy)
    if settings.role != "register" and delivery.is_ok:
        judge_volume(delivery, ids, schools, as_of, past)
        without_left_out(delivery, schools)
    if not delivery.is_ok:
        return ids
    if "employments" in delivery.frames:
        anywhere = frozenset(one.settings.name for one in deliveries if "functions" in one.frames)
        with_function_names(delivery, _table(deliveries, "functions"), anywhere)
    with_plain_logins(delivery)
    with_last_days(delivery, noted)
    quality.take(noted)
    reference = past.references.get(settings.name)
    if delivery.not_ok_schools:
        ids = ids_of(settings, delivery.frames, delivery.rows, policy)
        if reference is not None:
            ids = joined(ids, translated(reference, schools), delivery.not_ok_schools)
    return ids


def _table(deliveries: Sequence[Delivery], name: str) -> pd.DataFrame:
    return combine(TABLES[name], [delivery.frames[name] for delivery in deliveries if delivery.is_ok and name in delivery.frames])


def _tables(deliveries: Sequence[Delivery], quality: Quality) -> dict[str, pd.DataFrame]:
    names = sorted({name for delivery in deliveries if delivery.is_ok for name in delivery.frames})
    frames = {}
    for name in names:
        frames[name] = _table(deliveries, name)
        for delivery in deliveries:
            delivery.frames.pop(name, None)  # its rows stand in the table now: a million twice are memory for nothing
    order = {delivery.settings.name: at for at, delivery in enumerate(deliveries)}
    if "persons" in frames:
        frames = with_people(frames, leading_numbers(frames["persons"], quality), OWNED)
    return without_doubles(frames, order, quality)
