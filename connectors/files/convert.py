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

from auditor.model.errors import Fault
from connectors.files.raw import Codes, Column

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPEN_FROM_YEAR = 2090
"""From this year on an end date means: no end. Systems write 2099-12-31, 2999-12-31 and 9999-12-31 for it."""

_CLOCK = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[AP]M)?)?"
_NOTATIONS: dict[str, re.Pattern[str]] = {
    "ymd": re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){_CLOCK}", re.ASCII),
    "dmy": re.compile(rf"(?P<d>\d{{1,2}})[-/.](?P<m>\d{{1,2}})[-/.](?P<y>\d{{4}}){_CLOCK}", re.ASCII),
    "mdy": re.compile(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}),?{_CLOCK}", re.ASCII),
    "compact": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?([.,]\d+)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_TRUE = frozenset({"j", "ja", "y", "yes", "true", "waar", "1", "x", "aan", "on", "actief"})
_FALSE = frozenset({"n", "nee", "no", "false", "onwaar", "0", "uit", "off", "inactief"})
_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,9})?%?", re.ASCII)


def day_of(text: str, notations: Sequence[str]) -> date:
    """Given a text and the accepted notations in order, return the day it names; an instant with a zone is a day in Europe/Amsterdam.

    A time of day beside a day without zone is left out. Raise ValueError if it names no day of the calendar (31-02), or is written otherwise.
    """
    for notation in notations:
        if notation == "instant":
            if _INSTANT.fullmatch(text):
                return _local(text)
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
        nat = np.datetime64("NaT", "s")

        def day(text: str) -> np.datetime64:
            if text in self.open_dates:
                return nat
            found = day_of(text, self.notations)
            return nat if found.year >= OPEN_FROM_YEAR else np.datetime64(found, "s")

        found: npt.NDArray[np.datetime64] = np.array(self.each(column, header, day, nat, "value_not_date"), dtype="datetime64[s]")[column.codes]
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
        values = []
        for code, word in enumerate(column.words.to_pylist()):
            try:
                values.append(convert(word) if word else empty)
            except ValueError:
                values.append(empty)
                self.refuse(column, header, code, fault)
        return values


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
