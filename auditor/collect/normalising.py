"""Makes one source's tables speak the board's words: school codes, function names, login names, last days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from auditor.collect.delivery import Delivery, keep
from auditor.collect.quality import Quality, day_text
from auditor.collect.recoding import rewritten, used_words
from auditor.collect.schools import Schools, folded
from auditor.model.arrows import arrow
from auditor.model.tables import TABLES

LOGINS = ("mail", "upn")
REACHING = frozenset({"contacts", "tasks", "temporary_rights", "authorisation_table", "folders", "reviews"})
"""Registers in which an absent school means more schools: a typing error may not widen what is allowed, who gets mail or what was checked."""

HELD = ("accounts", "grants", "group_links")
"""Tables of what systems hold: a school past its last day keeps its own code there."""

_DAY = np.timedelta64(1, "D")


def with_school_codes(delivery: Delivery, schools: Schools, quality: Quality) -> None:
    """Given a source and what the schools register says, give every school of its tables its one code.

    A code that nobody knows is noted (once per file and table, with the number of rows) and made absent; a row that cannot be without
    its school, or would reach further without it, is left out. A grant that reached an unknown school has an unknown scope: absent alone
    would mean the whole board.
    """
    for name, frame in delivery.frames.items():
        if "school" not in frame.columns or name == "schools":
            continue
        meaning = schools.named if name == "contacts" else schools.held if name in HELD else schools.of
        column = frame["school"]
        rewrote = rewritten(column, meaning)
        if rewrote is column:
            continue  # every code is a school's own
        changes: dict[str, Any] = {"school": rewrote}
        is_unknown = rewrote.array.codes < 0
        is_unknown &= column.array.codes >= 0
        for word in used_words(column[is_unknown]) if is_unknown.any() else ():
            _note_unknown(name, frame, word, quality)
        if name == "grants" and is_unknown.any():
            lost = is_unknown & frame["scope"].isin(["school", "group", "folder"]).to_numpy()
            changes["scope"] = frame["scope"].astype("str").mask(lost, "unknown").astype("category")
        changed = frame.assign(**changes)
        is_dropped = name in REACHING or TABLES[name].column("school").required
        delivery.frames[name] = keep(changed, ~is_unknown) if is_dropped else changed


def with_function_names(delivery: Delivery, register: pd.DataFrame, anywhere: frozenset[str]) -> None:
    """Given an HR source and the functions register, give its employments the board's word for their function.

    A line of the register holds for the source it names, else (its source being the register itself, one of `anywhere`) for any; a line
    for this very source goes first. A label that stands in no line stays as it is: it may be the board's word already.
    """
    employments = delivery.frames.get("employments")
    if employments is None or not len(register):
        return
    names: dict[str, str] = {}
    for sources in ({delivery.settings.name}, anywhere):
        lines = register[register["source"].isin(sources)]
        for label, function in zip(lines["label"].astype("str"), lines["function"].astype("str"), strict=True):
            names.setdefault(folded(label), function)
    delivery.frames["employments"] = employments.assign(
        function=rewritten(employments["function"], lambda label: names.get(folded(label), label)))


def with_plain_logins(delivery: Delivery) -> None:
    """Given a source, fold the capitals of its addresses and login names, so that they compare."""
    for name, frame in delivery.frames.items():
        found = {column: _folded(frame[column]) for column in LOGINS if column in frame.columns and name != "contacts"}
        if found:
            delivery.frames[name] = frame.assign(**found)


def with_last_days(delivery: Delivery, quality: Quality) -> None:
    """Given a source, make its end dates last days that count, an employment's the earliest real one, and note contradictions.

    A position that runs on after its contract is a contradiction; the earlier date is used (a leaver must not hide behind it).
    """
    for name, frame in delivery.frames.items():
        if delivery.settings.end_is_exclusive:
            ends = {column: frame[column] - _DAY for column in ("ends_on", "contract_ends_on") if column in frame.columns}
            frame = frame.assign(**ends)
        if name == "employments":
            runs_on = np.flatnonzero(frame["ends_on"].to_numpy() > frame["contract_ends_on"].to_numpy())
            quality.add("conflicting_end_dates", name, frame, runs_on, [
                f"{day_text(frame['ends_on'].iloc[row])} > {day_text(frame['contract_ends_on'].iloc[row])}" for row in runs_on])
            frame = frame.assign(ends_on=np.fmin(frame["ends_on"].to_numpy(), frame["contract_ends_on"].to_numpy()))
        if "starts_on" in frame.columns and "ends_on" in frame.columns:
            turned = np.flatnonzero(frame["ends_on"].to_numpy() < frame["starts_on"].to_numpy())
            quality.add("end_before_start", name, frame, turned, [
                f"{day_text(frame['ends_on'].iloc[row])} < {day_text(frame['starts_on'].iloc[row])}" for row in turned])
        delivery.frames[name] = frame


def with_people(frames: Mapping[str, pd.DataFrame], leads: Mapping[str, str], tables: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Given all tables and which number leads to which person, return the tables with those numbers replaced in `tables`."""
    changed = dict(frames)
    for name in tables if leads else ():
        if name in changed:
            changed[name] = changed[name].assign(person=rewritten(changed[name]["person"], lambda number: leads.get(number, number)))
    return changed


def _note_unknown(name: str, frame: pd.DataFrame, word: str, quality: Quality) -> None:
    """One entry a file: a unit code that is missing from the register concerns every one of its rows alike."""
    here = np.flatnonzero((frame["school"] == word).to_numpy())
    files = frame["file"].cat.codes.to_numpy()[here]
    for file in np.unique(files):
        rows = here[files == file]
        first = rows[np.argmin(frame["row"].to_numpy()[rows])]
        bare = frame[["school", "source", "file", "row"]]
        quality.add("unknown_school", name, bare, np.array([first]), [str(len(rows))], word)


def _folded(column: pd.Series[Any]) -> pd.Series[Any]:
    texts = arrow(column)
    if texts.null_count == len(texts):
        return column
    return pd.Series(pd.array(pc.utf8_lower(texts), dtype="str"), index=column.index)
