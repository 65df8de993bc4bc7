"""Applies the volume guards to one source, with what a person said about it beforehand: a release, or an announced window."""

from __future__ import annotations

from datetime import date

import numpy as np

from auditor.collect.delivery import Delivery
from auditor.collect.examples import ended_people, lost_names
from auditor.collect.freshness import BLOCKS_AT
from auditor.collect.guards import FEWEST_OF_REGISTER, Comparison, Loss
from auditor.collect.ids import SourceIds, translated
from auditor.collect.schools import Schools
from auditor.collect.words import Hashes
from auditor.model.coverage import SourceState
from auditor.model.errors import Reason
from auditor.model.past import FileMemory, Past, Reference

ESCALATES_AT = 3
"""Nights in a row that a source may be blocked before that is said apart (promise P7)."""


def judge_volume(delivery: Delivery, ids: SourceIds, schools: Schools, as_of: date, past: Past) -> None:
    """Given a source that is whole and fresh, and its ids, hold it against its reference; what trips blocks it, or a school in it.

    Blocked, and therefore open to a release (one scan) or an announced window: ids lost, a register emptied, a first read without a
    minimum to hold it against. A read accepted that way becomes the new reference. Too few rows is refused: the board itself set that.
    """
    settings = delivery.settings
    reference = past.references.get(settings.name)
    if reference is None or not reference.reads:
        if delivery.rows < settings.minimum_rows:
            delivery.stop(SourceState.REFUSED, _too_few(delivery))
        elif settings.role != "register" and settings.minimum_rows < 1:
            _block(delivery, Reason("no_reference", {"rows": delivery.rows}), _released(delivery))
        return
    if settings.role == "register":
        if not delivery.rows and reference.rows >= FEWEST_OF_REGISTER:
            _block(delivery, Reason("guard_register_emptied", {"known": reference.rows}), _released(delivery))
        return
    comparison = _compared(delivery, ids, reference, schools, as_of, past)
    _judge_losses(delivery, comparison, schools, as_of, past)
    if delivery.is_ok and delivery.rows < settings.minimum_rows:
        delivery.stop(SourceState.REFUSED, _too_few(delivery))
    if comparison.has_grown():
        delivery.holds_mail = True
        facts = {"known": len(comparison.reference.unique), "now": len(ids.unique)}
        delivery.warnings.append(Reason("source_grown", facts))


def judge_repeats(delivery: Delivery, memory: FileMemory) -> None:
    """Given a daily source and the memory of its files, warn when they are the same as last time, block when they stay so."""
    if not delivery.settings.is_daily or not memory.repeats:
        return
    facts = {"repeats": memory.repeats}
    if memory.repeats >= BLOCKS_AT:
        _block(delivery, Reason("files_repeated", facts), _released(delivery))
    else:
        delivery.warnings.append(Reason("files_repeated", facts))


def judge_blocked_nights(delivery: Delivery, as_of: date, past: Past) -> None:
    """Given a source as it is judged tonight, say so when a guard has held it back, or a school of it, for several nights: what keeps
    waiting for a release is a right that nobody checks (promises P7 and T29)."""
    if SourceState.BLOCKED not in (delivery.state, *delivery.schools.values()):
        return
    nights = len({*past.blocked_on.get(delivery.settings.name, ()), as_of})
    if nights >= ESCALATES_AT:
        delivery.reasons.append(Reason("blocked_for_nights", {"nights": nights}))


def _compared(delivery: Delivery, ids: SourceIds, reference: Reference, schools: Schools, as_of: date, past: Past) -> Comparison:
    ids = translated(ids, schools)
    comparison = Comparison(ids, translated(reference, schools))
    if delivery.settings.role != "hr" or not comparison.has_lost:
        return comparison
    return Comparison(ids, comparison.reference, ended_people(past, as_of))


def _judge_losses(delivery: Delivery, comparison: Comparison, schools: Schools, as_of: date, past: Past) -> None:
    """A school's loss is its own where schools deliver apart; in one file for all it counts for the whole as well."""
    if not comparison.has_lost and not comparison.reference.school_names:
        return
    settings = delivery.settings
    is_expected = schools.expected if schools.is_known else None
    apart = delivery.not_ok_schools
    slices = [loss for loss in comparison.schools(is_expected) if loss.school not in apart]
    if settings.per_school:
        apart |= {str(loss.school) for loss in slices}
    whole = comparison.whole(apart, counts_staff=settings.role in ("hr", "system"))
    losses = ([whole] if whole else []) + slices
    if not losses:
        return
    lost: Hashes = np.unique(np.concatenate([loss.ids for loss in losses]))
    delivery.examples = lost_names(lost, settings, past)
    note = _released(delivery) or _announced(delivery, as_of)
    if whole is not None:
        _block(delivery, _reason(whole), note)
        if not delivery.is_ok:
            return
    for loss in slices:
        _block(delivery, _reason(loss), note, str(loss.school))
    if delivery.not_ok_schools and not settings.per_school:
        for school in {*comparison.tonight.school_names, *comparison.reference.school_names}:
            delivery.schools.setdefault(school, SourceState.OK)


def _block(delivery: Delivery, reason: Reason, note: Reason | None, school: str | None = None) -> None:
    """Block the source or the school, unless there is a note: what a person said beforehand about it."""
    if note is None:
        if school is None:
            delivery.stop(SourceState.BLOCKED, reason)
        else:
            delivery.leave_out(school, SourceState.BLOCKED, reason)
        return
    delivery.is_new_reference = True
    delivery.warnings = [*(told for told in delivery.warnings if told != note), reason, note]


def _released(delivery: Delivery) -> Reason | None:
    reason = delivery.settings.released
    return None if reason is None else Reason("released", {"reason": reason})


def _announced(delivery: Delivery, as_of: date) -> Reason | None:
    """An announced window is about large drops and nothing else."""
    for start, end, why in delivery.settings.announced:
        if start <= as_of <= end:
            return Reason("announced", {"reason": why, "until": end.isoformat()})
    return None


def _reason(loss: Loss) -> Reason:
    facts: dict[str, str | int] = {"lost": loss.lost, "known": loss.known}
    return Reason(loss.code, facts if loss.school is None else {"school": loss.school, **facts})


def _too_few(delivery: Delivery) -> Reason:
    return Reason("too_few_rows", {"rows": delivery.rows, "minimum": delivery.settings.minimum_rows})
