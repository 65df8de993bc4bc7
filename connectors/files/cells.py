"""The cells of one file as its layout sees them: trimmed, padded, checked, rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.errors import Fault, Reason
from connectors.files import columns as col
from connectors.files.convert import Converter, shape
from connectors.files.layout import Layout, Value
from connectors.files.raw import Column, RawTable

YES = "<yes>"
_MAIL = r"^[^\s@,;<>]+@[^\s@,;<>]+$|^$"
_MOST_NOTES = 20
_MOST_OF_ONE = 20


class Cells:
    """The columns of one file by the header of the layout, what is wrong with them, and what is worth a note."""

    def __init__(self, raw: RawTable, layout: Layout, found: Mapping[str, str], options: Mapping[str, str]) -> None:
        self.raw = raw
        self.layout = layout
        self.found = found
        self.options = options
        self.notes: list[Reason] = []
        self.converter = Converter(raw.file, raw.lines, layout.dates, layout.open_dates)
        self._cells: dict[str, Column] = {}
        self._again: npt.NDArray[np.bool_] | None = None
        self._values: dict[str, tuple[Column | None, bool]] = {}

    @property
    def faults(self) -> list[Fault]:
        """Every fault found so far, in order of line, once: several columns of tables may be made from one of the file."""
        once: dict[tuple[str, int | None, str | None], Fault] = {}
        for fault in self.converter.faults:
            once.setdefault((fault.code, fault.line, fault.column), fault)
        return sorted(once.values(), key=lambda fault: fault.line or 0)

    def cell(self, header: str) -> Column | None:
        """Given a header of the layout, return its column, trimmed and padded; None if the file does not have it."""
        declared = self.layout.headers.get(header)  # a directory's reader asks for what no export has
        blank = declared.blank if declared else ""
        if header not in self.found:
            return col.constant(blank, len(self.raw)) if blank else None
        if header not in self._cells:
            column = col.trimmed(self.raw.columns[self.found[header]])
            pad = declared.pad if declared else 0
            if pad:
                digits = pc.match_substring_regex(column.held, "^[0-9]+$")
                column = col.reworded(column, pc.if_else(digits, pc.utf8_lpad(column.held, pad, "0"), column.held))
            if self.layout.repeated_header == "drop" and (again := self._header_again()).any():
                column = col.emptied(column, again)
            if blank:
                column = col.reworded(column, pc.if_else(pc.equal(column.held, ""), blank, column.held))
            self._cells[header] = column
        return self._cells[header]

    def kept_rows(self) -> npt.NDArray[np.intp]:
        """Positions of the rows that count: all, but for the header where it stands again among them."""
        rows = np.arange(len(self.raw), dtype=np.intp)
        again = self._header_again()
        return rows if not again.any() else rows[~again]

    def check(self) -> None:
        """Look at every declared column: cells that must be filled, patterns, the header again among the rows."""
        again = self._header_again()
        if again.any() and self.layout.repeated_header == "refuse":
            self.fault("header_again", int(self.raw.lines[int(np.argmax(again))]))
        for name, declared in self.layout.headers.items():
            column = self.cell(name)
            if column is None or name not in self.found:
                continue
            if declared.filled:
                empty = col.is_empty(column) & ~again
                if empty.any():
                    self.fault("cell_empty", int(self.raw.lines[int(np.argmax(empty))]), self.found[name], count=int(empty.sum()))
            if declared.pattern is not None:
                fits = pc.match_substring_regex(column.held, f"^(?:{declared.pattern})$|^$")
                if pc.all(fits).as_py() is not False:
                    continue
                column = column.distinct()
                fits = pc.match_substring_regex(column.words, f"^(?:{declared.pattern})$|^$").to_numpy(zero_copy_only=False)
                for code in np.flatnonzero(~fits)[:_MOST_OF_ONE].tolist():
                    if not (again & (column.codes == code)).any():
                        self.converter.refuse(column, self.found[name], code, "value_pattern")

    def value(self, value: Value) -> tuple[Column | None, bool]:
        """Given how a value comes about, return it for every row and whether the file really tells it; None when there is nothing."""
        key = value.model_dump_json()
        if key not in self._values:
            self._values[key] = self._worked_out(value)
        return self._values[key]

    def _worked_out(self, value: Value) -> tuple[Column | None, bool]:
        rows = len(self.raw)
        if not value.sources:
            text = self.options.get(value.option, value.constant) if value.option else value.constant
            return (col.constant(text, rows), True) if text else (None, False)
        parts = [(name, cell) for name in value.sources if (cell := self.cell(name)) is not None]
        if not parts:
            text = value.empty if value.missing is None else value.missing
            return (col.constant(text, rows), False) if text else (None, False)
        columns = [cell for _, cell in parts]
        column = col.first_filled(columns) if value.first_of else col.joined(columns, value.sep)
        return self._rewritten(column, value, ", ".join(self.found.get(name, name) for name, _ in parts)), True

    def day_of_several(self, value: Value) -> tuple[Any, bool]:
        """Given a value made of several days, return for every row the first or the last real one, and whether the file has any of them."""
        days = [self.converter.days(cell, self.found[name]) for name in value.days if (cell := self.cell(name)) is not None]
        if not days:
            return np.full(len(self.raw), "NaT", dtype="datetime64[s]"), False
        choose = np.fmin if value.earliest_of else np.fmax
        found = days[0]
        for more in days[1:]:
            found = choose(found, more)
        return found, True

    def among(self, column: Column, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Given a column and texts, return for each row whether it holds one of them; case does not matter."""
        wanted = {text.casefold() for text in texts}
        words = np.array([word.casefold() in wanted for word in column.words.to_pylist()], dtype=bool)
        found: npt.NDArray[np.bool_] = words[column.codes]
        return found

    def holds(self, column: Column, header: str, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Given a column and accepted texts, return for each row whether it holds one; "<yes>" accepts whatever means yes."""
        if YES not in texts:
            return self.among(column, texts)
        flags = self.converter.flags(column, self.found[header])
        yes: npt.NDArray[np.bool_] = flags.to_numpy(dtype=bool, na_value=False)
        return yes

    def converted(self, column: Column, value: Value, kind: str) -> Any:
        """Given a column and the kind of the canonical column it fills, return days, flags or numbers for every row."""
        header = ", ".join(self.found[name] for name in value.sources if name in self.found) or "-"
        if kind == "date":
            return pd.Series(self.converter.days(column, header)).to_numpy()
        if kind == "flag":
            return self.converter.flags(column, header)
        return self.converter.numbers(column, header, value.kind == "share")

    def day(self) -> date | None:
        """The day of the export as the file itself says, the oldest if it says several."""
        column = self.cell(self.layout.day) if self.layout.day else None
        if column is None or self.layout.day is None or not len(column):
            return None
        days = pd.Series(self.converter.days(column, self.found[self.layout.day])).min()
        return None if pd.isna(days) else days.date()

    def fault(self, code: str, line: int | None, column: str | None = None, **facts: str | int) -> None:
        """Keep a fault of this file."""
        self.converter.faults.append(Fault(self.raw.file, code, line, column, facts))

    def note(self, code: str, **facts: str | int) -> None:
        """Keep something odd that blocks nothing; the first _MOST_NOTES only."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(Reason(code, facts))

    def _header_again(self) -> npt.NDArray[np.bool_]:
        """For each row whether it repeats the header in every column taken in."""
        if self._again is None:
            self._again = np.ones(len(self.raw), dtype=bool)
            for header in self.found.values():
                column = self.raw.columns[header]
                texts = pc.utf8_trim_whitespace(column.held)
                if pc.index(texts, header).as_py() < 0:
                    self._again = np.zeros(len(self.raw), dtype=bool)
                    break
                self._again &= column.per_row(pc.equal(texts, header).to_numpy(zero_copy_only=False))
        return self._again

    def _rewritten(self, column: Column, value: Value, header: str) -> Column:
        absent = {text.casefold() for text in value.absent}
        if absent:
            column = col.changed(column, lambda text: "" if text.casefold() in absent else text)
        pattern = self.options.get(value.extract_option, value.extract) if value.extract_option else value.extract
        if pattern and col.extracts(pattern):
            column = col.extracted(column, pattern)
        elif pattern:
            self.fault("option_bad", None, option=str(value.extract_option), detail=pattern)
        if value.kind in ("lower", "mail"):
            column = col.casefolded(column)
        if value.kind == "mail":
            column = self._mails(column, header)
        elif value.kind == "initials":
            column = col.reworded(column, pc.replace_substring_regex(column.held, "[. ]", ""))
        elif value.kind == "guid":
            column = col.casefolded(col.reworded(column, pc.utf8_trim(column.held, "{}")))
        if value.values or value.otherwise is not None or value.empty is not None:
            column = self._worded(column, value, header)
        return column

    def _mails(self, column: Column, header: str) -> Column:
        """Addresses only: what is no address identifies nobody, and is noted."""
        is_mail = pc.match_substring_regex(column.held, _MAIL)
        if pc.all(is_mail).as_py() is False:
            column = column.distinct()
            is_mail = pc.match_substring_regex(column.words, _MAIL)
            wrong = column.words.filter(pc.invert(is_mail))
            self.note("mail_not_one_address", column=header, count=len(wrong), shown=shape(wrong[0].as_py()))
            column = col.reworded(column, pc.if_else(is_mail, column.words, ""))
        return column

    def _worded(self, column: Column, value: Value, header: str) -> Column:
        patterns = [(pattern.casefold(), word) for pattern, word in value.values.items()]
        new: list[str] = []
        for code, text in enumerate(column.words.to_pylist()):
            folded = text.casefold()
            word = value.empty if not text else next((word for pattern, word in patterns if fnmatchcase(folded, pattern)), None)
            if word is None and text and value.otherwise is not None:
                word = value.otherwise
                if patterns and value.otherwise:
                    self.note("value_taken_as", column=header, value=text[:60], word=word, count=int((column.codes == code).sum()))
            if word is None and text and patterns:
                self.converter.refuse(column, header, code, "value_not_known", known=", ".join(value.values))
            new.append(word if word is not None else "" if patterns else text)
        return col.reworded(column.distinct(), pa.array(new, pa.string()))
