"""From distinct texts to days, flags and numbers: strict, and a text that does not fit is named with its first line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.errors import Fault
from connectors.files.raw import Codes, Column

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPEN_FROM_YEAR = 2090
"""From this year on an end date means: no end. Systems write 2099-12-31, 2999-12-31 and 9999-12-31 for it."""

_CLOCK = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[AP]M)?)?"
_NOTATIONS: dict[str, re.Pattern[str]] = {
    "ymd": re.compile(rf"(?P<y>\d{{4}})[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}}){_CLOCK}", re.ASCII),
    "dmy": re.compile(rf"(?P<d>\d{{1,2}})[-/.](?P<m>\d{{1,2}})[-/.](?P<y>\d{{4}}){_CLOCK}", re.ASCII),
    "mdy": re.compile(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}),?{_CLOCK}", re.ASCII),
    "compact": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?([.,]\d+)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_UNIX = re.compile(r"\d{1,11}", re.ASCII)
_TRUE = frozenset({"j", "ja", "y", "yes", "true", "waar", "1", "x", "aan", "on", "actief"})
_FALSE = frozenset({"n", "nee", "no", "false", "onwaar", "0", "uit", "off", "inactief"})
_NAT = np.datetime64("NaT", "D")
_OPEN = np.datetime64(OPEN_FROM_YEAR - 1970, "Y").astype("datetime64[D]")
_YEAR_LAST = ([6, 7, 8, 9], [3, 4], [0, 1])
_PLACES: dict[str, tuple[npt.NDArray[np.uint8], list[int], tuple[list[int], list[int], list[int]]]] = {
    "ymd": (np.frombuffer(b"-/", dtype=np.uint8), [4, 7], ([0, 1, 2, 3], [5, 6], [8, 9])),
    "dmy": (np.frombuffer(b"-/.", dtype=np.uint8), [2, 5], _YEAR_LAST),
    "mdy": (np.frombuffer(b"/", dtype=np.uint8), [2, 5], (_YEAR_LAST[0], _YEAR_LAST[2], _YEAR_LAST[1])),
}
"""Where the ten signs of a day hold its separators (and which), its year, its month and its day."""

_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,9})?%?", re.ASCII)


def day_of(text: str, notations: Sequence[str]) -> date:
    """Given a text and the accepted notations in order, return the day it names; an instant with a zone is a day in Europe/Amsterdam.

    A time of day beside a day without zone is left out; `unix` counts seconds since 1970.
    Raise ValueError if it names no day of the calendar (31-02), or is written otherwise.
    """
    for notation in notations:
        if notation == "instant":
            if _INSTANT.fullmatch(text):
                return _local(text)
        elif notation == "unix":
            if _UNIX.fullmatch(text):
                return datetime.fromtimestamp(int(text), AMSTERDAM).date()
        elif found := _NOTATIONS[notation].fullmatch(text):
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
    raise ValueError("not a date")


def flag_of(text: str) -> bool:
    """Given a text, return what it says: J, ja, true, waar, 1 ... or N, nee, false, onwaar, 0 ... Raise ValueError if it is neither."""
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise ValueError("neither yes nor no")


def number_of(text: str) -> float:
    """Given a number with a decimal comma or point, return it. Raise ValueError if it is anything else."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return float(text.rstrip("%").replace(",", "."))


class Converter:
    """Converts columns of one file and gathers the faults: one for each distinct text that does not fit, with its first line."""

    def __init__(self, file: str, lines: Codes, notations: Sequence[str], open_dates: Collection[str]) -> None:
        self.file = file
        self.lines = lines
        self.notations = notations
        self.open_dates = frozenset(open_dates)
        self.faults: list[Fault] = []

    def days(self, column: Column, header: str) -> npt.NDArray[np.datetime64]:
        """Given a column of days, return datetime64[s], NaT for empty, for the layout's open dates and from OPEN_FROM_YEAR on."""
        days, is_done = plain_days(column.words, self.notations)
        for text in (*self.open_dates, ""):
            if (code := pc.index(column.words, text).as_py()) >= 0:
                days[code], is_done[code] = _NAT, True
        rest = np.flatnonzero(~is_done)
        if len(rest):
            days[rest] = self._each(column, header, rest.tolist(), lambda text: np.datetime64(day_of(text, self.notations)), _NAT, "value_not_date")
        days[days >= _OPEN] = _NAT
        found: npt.NDArray[np.datetime64] = days.astype("datetime64[s]")[column.codes]
        return found

    def flags(self, column: Column, header: str) -> Any:
        """Given a column of yes and no, return pandas' nullable booleans."""
        values = np.array(self.each(column, header, lambda text: int(flag_of(text)), -1, "value_not_flag"), dtype=np.int8)[column.codes]
        return pd.arrays.BooleanArray(values == 1, values < 0)

    def numbers(self, column: Column, header: str, is_share: bool = False) -> npt.NDArray[np.float64]:
        """Given a column of numbers, return floats, NaN for empty; a share given in percent (some value above 2) becomes a factor."""
        words = np.array(self.each(column, header, number_of, float("nan"), "value_not_number"), dtype=np.float64)
        if is_share and len(words) and np.nanmax(np.where(np.isnan(words), 0.0, words)) > 2:
            words = words / 100
        found: npt.NDArray[np.float64] = words[column.codes]
        return found

    def refuse(self, column: Column, header: str, code: int, fault: str, **facts: str | int) -> None:
        """Given a distinct text that does not fit, keep a fault with the first line it stands on; unused texts do not count."""
        if (column.codes == code).any():
            shown = shape(column.words[code].as_py())
            self.faults.append(Fault(self.file, fault, int(self.lines[column.first_row(code)]), header, {"shown": shown, **facts}))

    def each(self, column: Column, header: str, convert: Callable[[str], Any], empty: Any, fault: str) -> list[Any]:
        """Given a column, a conversion that raises ValueError, the value of an empty cell and the code of the fault, return a value for
        every distinct text."""
        return self._each(column, header, range(len(column.words)), convert, empty, fault)

    def _each(
        self, column: Column, header: str, codes: Sequence[int], convert: Callable[[str], Any], empty: Any, fault: str,
    ) -> list[Any]:
        values = []
        words = column.words if len(codes) == len(column.words) else column.words.take(pa.array(codes))
        for code, word in zip(codes, words.to_pylist(), strict=True):
            try:
                values.append(convert(word) if word else empty)
            except ValueError:
                values.append(empty)
                self.refuse(column, header, code, fault)
        return values


def plain_days(words: Any, notations: Sequence[str]) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """Given distinct texts (a pyarrow string array) and the accepted notations in order, return the days (datetime64[D]) of those written in
    ten signs, worked out at once, and which these are. A day that is not in the calendar is not among them."""
    days = np.full(len(words), _NAT)
    is_done = np.zeros(len(words), dtype=bool)
    rows = np.flatnonzero(pc.equal(pc.binary_length(words), 10).to_numpy(zero_copy_only=False))
    if not len(rows):
        return days, is_done
    grid = np.frombuffer(words.take(pa.array(rows)).buffers()[2], dtype=np.uint8)[: 10 * len(rows)].reshape(-1, 10)
    numbers = grid.astype(np.int64) - ord("0")
    is_digit = (numbers >= 0) & (numbers <= 9)
    is_tried = np.zeros(len(rows), dtype=bool)
    for notation in notations:
        if notation not in _PLACES:
            continue
        signs, separators, places = _PLACES[notation]
        fits = ~is_tried & np.isin(grid[:, separators], signs).all(axis=1) & np.delete(is_digit, separators, axis=1).all(axis=1)
        is_tried |= fits
        year, month, day = (numbers[:, place] @ (10 ** np.arange(len(place))[::-1]) for place in places)
        fits &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
        months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
        found = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
        fits &= found.astype("datetime64[M]") == months
        days[rows[fits]], is_done[rows[fits]] = found[fits], True
    return days, is_done


def shape(text: str, with_days: bool = True) -> str:
    """Given a text, return it with letters and digits masked, so that it can be shown: a value may be personal. Days stay readable unless
    told otherwise: who sees 31-02-2026 knows what is wrong."""
    if with_days and re.fullmatch(r"[\d/.:T -]{6,25}", text) and re.search(r"\d[-/.]\d", text):
        return text
    masked = "".join("X" if sign.isupper() else "x" if sign.isalpha() else "9" if sign.isdigit() else sign for sign in text[:40])
    return masked + ("…" if len(text) > 40 else "")


def _local(text: str) -> date:
    instant = datetime.fromisoformat(text.replace(",", ".").replace("Z", "+00:00"))
    try:
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(AMSTERDAM).date()
    except OverflowError:
        return instant.date()
