"""Runs apart, as a script of its own: reads a JSON or XML file from standard input and writes its records as rows of text, within hard limits.

It imports nothing of this project, so that it can be started without its import path (`python -I records_child.py`). What it is told
(its third argument, JSON): format (json or xml); path (where the records stand); each (lists within a record of which every item gives a
row); count (where a JSON file says how many records there are); keep (names to write, folded; null for all of them).

A record becomes names and texts: `person.name` in JSON, `groepen/groep/@key` in XML, where namespaces are left out and `.` is the name of
the element itself. What stands around the records goes along with each. Several texts under one name are joined by line breaks. Names
that nobody asked for never leave this process: an EDEXML file is full of pupils.

Output, one JSON value a line: all names, the names whose texts follow, then [line, [texts]] for every row; the last line is {"end": lines} or
{"fault": code, facts}.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

ROW_LIMIT = 1_000_000
COLUMN_LIMIT = 1024
CELL_LIMIT = 65_536
DEPTH_LIMIT = 64
ATTRIBUTE_LIMIT = 256
OUTPUT_LIMIT = 256 << 20
PIECE = 4 << 20
"""Bytes given to the XML parser at a time: before expat 2.6 it reads an unfinished attribute or comment again with every piece."""
SEPARATOR = "\n"

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.){0,2000}"')

Texts = dict[str, list[str]]


class Refused(Exception):
    """The file is refused; `facts` holds the fault's code and blanks."""

    def __init__(self, code: str, **facts: int | str) -> None:
        self.facts: dict[str, int | str] = {"fault": code, **facts}
        super().__init__(code)


def limit(memory: int, seconds: int) -> None:
    """Given bytes and CPU seconds, let this process have no more; where the platform cannot, do nothing."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Rows:
    """Gathers rows, and the names that occur in them."""

    def __init__(self, keep: Sequence[str] | None) -> None:
        self.keep = None if keep is None else frozenset(keep)
        self.names: set[str] = set()
        self.listed: dict[str, int] = {}
        self.rows: list[tuple[int, dict[int, str]]] = []

    def add(self, line: int, *parts: Texts) -> None:
        """Given a line and the parts of one row, keep it."""
        if len(self.rows) >= ROW_LIMIT:
            raise Refused("records_many", limit=ROW_LIMIT)
        row: dict[int, str] = {}
        for part in parts:
            for name, texts in part.items():
                place = self.named(name, line)
                if place is not None:
                    text = texts[0] if len(texts) == 1 else SEPARATOR.join(texts)
                    if len(text) > CELL_LIMIT:
                        raise Refused("records_cell_too_large", line=line, column=name, limit=CELL_LIMIT)
                    row[place] = text
        self.rows.append((line, row))

    def named(self, name: str, line: int) -> int | None:
        """Given a name that occurs and its line, return its place among those whose texts were asked for, None if they were not."""
        if name not in self.names:
            if len(self.names) >= COLUMN_LIMIT:
                raise Refused("records_many_names", line=line, limit=COLUMN_LIMIT)
            self.names.add(name)
            if self.keep is None or name.casefold() in self.keep:
                self.listed[name] = len(self.listed)
        return self.listed.get(name)

    def around(self, texts: Texts) -> None:
        """Given what stands around all records, give it to each."""
        places = {}
        for name, found in texts.items():
            place = self.named(name, 1)
            if place is not None:
                places[place] = SEPARATOR.join(found)
        for _, row in self.rows:
            row.update({place: text for place, text in places.items() if place not in row})


class JsonFile:
    """One JSON text, read once from the front: what leads to the records is walked, every other value is parsed by the standard decoder."""

    def __init__(self, text: str, rows: Rows, each: Sequence[str], count: str | None) -> None:
        self.text, self.rows, self.each, self.count = text, rows, each, count
        self.decoder = json.JSONDecoder(object_pairs_hook=self._pairs, parse_int=str, parse_float=str, parse_constant=self._constant)
        self.outside: Texts = {}
        self.found = False
        self.read = 0
        self.line, self.counted = 1, 0

    def run(self, path: list[str]) -> None:
        """Walk to the records and take them all. Raise Refused, or ValueError if this is no JSON."""
        end = self._value(self._skip(0), path, "")
        if self._skip(end) != len(self.text):
            raise Refused("json_damaged", line=self._line(end))
        if not self.found:
            raise Refused("records_missing", path=".".join(path) or "-")
        if self.count and (told := self.outside.get(self.count)) and told[0].isdigit() and int(told[0]) > self.read:
            raise Refused("records_not_all", found=self.read, told=int(told[0]))
        self.rows.around(self.outside)

    def _value(self, at: int, path: list[str], name: str) -> int:
        sign = self.text[at: at + 1]
        if sign == "[" and path in ([], ["*"]):
            return self._records(at)
        if not path and sign == "{" and name:
            self.found = True
            return self._record(at)
        if sign == "{":
            return self._members(at, path, name)
        return self._outside(at, name)

    def _members(self, at: int, path: list[str], name: str) -> int:
        at = self._skip(at + 1)
        seen: set[str] = set()
        if self.text[at: at + 1] == "}":
            return at + 1
        while True:
            if not _STRING.match(self.text, at):
                raise Refused("json_damaged", line=self._line(at))
            key, at = self.decoder.raw_decode(self.text, at)
            if key in seen:
                raise Refused("json_twice", line=self._line(at), column=key[:60])
            seen.add(key)
            at = self._skip(at)
            if self.text[at: at + 1] != ":":
                raise Refused("json_damaged", line=self._line(at))
            at = self._skip(at + 1)
            inner = f"{name}.{key}" if name else key
            at = self._value(at, path[1:], inner) if self._leads(path, key, at) else self._outside(at, inner)
            at = self._skip(at)
            sign = self.text[at: at + 1]
            if sign not in (",", "}"):
                raise Refused("json_damaged", line=self._line(at))
            if sign == "}":
                return at + 1
            at = self._skip(at + 1)

    def _leads(self, path: list[str], key: str, at: int) -> bool:
        """Whether a member is the next step to the records; `*` is the first that holds a list."""
        if not path:
            return False
        return key.casefold() == path[0].casefold() or (path == ["*"] and not self.found and self.text[at: at + 1] == "[")

    def _records(self, at: int) -> int:
        self.found = True
        at = self._skip(at + 1)
        if self.text[at: at + 1] == "]":
            return at + 1
        while True:
            at = self._skip(self._record(at))
            sign = self.text[at: at + 1]
            if sign not in (",", "]"):
                raise Refused("json_damaged", line=self._line(at))
            if sign == "]":
                return at + 1
            at = self._skip(at + 1)

    def _record(self, at: int) -> int:
        line = self._line(at)
        value, end = self.decoder.raw_decode(self.text, at)
        if not isinstance(value, dict):
            raise Refused("records_no_object", line=line)
        self.read += 1
        for texts in exploded(value, self.each, line):
            self.rows.add(line, texts)
        return end

    def _outside(self, at: int, name: str) -> int:
        """What stands beside the records belongs to each of them, but for other lists: those are records of another kind."""
        line = self._line(at)
        value, end = self.decoder.raw_decode(self.text, at)
        if not isinstance(value, list):
            flatten(_without_lists(value, line), name, self.outside, line, ())
        return end

    def _line(self, at: int) -> int:
        if at >= self.counted:
            self.line += self.text.count("\n", self.counted, at)
            self.counted = at
        return self.line

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
            raise Refused("json_twice", line=self.line, column=twice[:60])
        return made

    def _constant(self, name: str) -> str:
        raise Refused("json_damaged", line=self.line)


def exploded(value: dict[str, Any], each: Sequence[str], line: int) -> Iterator[Texts]:
    """Given a record and the lists in it that give rows (an inner one after its outer one), yield the texts of every row; a record whose
    lists are empty gives one."""
    rows: list[tuple[Texts, dict[str, Any]]] = [({}, value)]
    flatten(value, "", rows[0][0], line, tuple(each))
    for place, name in enumerate(each):
        inner = tuple(each[place + 1:])
        made = []
        for texts, holder in rows:
            items = _within(holder, name)
            for item in items or [None]:
                own: Texts = {}
                if item is not None:
                    flatten(item, name, own, line, inner)
                made.append(({**texts, **own}, {**holder, name: item}))
        rows = made
        if len(rows) > ROW_LIMIT:
            raise Refused("records_many", line=line, limit=ROW_LIMIT)
    for texts, _ in rows:
        yield texts


def _without_lists(value: Any, line: int, depth: int = 0) -> Any:
    if depth > DEPTH_LIMIT:
        raise Refused("records_too_deep", line=line, limit=DEPTH_LIMIT)
    if not isinstance(value, dict):
        return value
    return {key: _without_lists(inner, line, depth + 1) for key, inner in value.items() if not isinstance(inner, list)}


def _within(holder: dict[str, Any], name: str) -> list[Any]:
    """The items of a list in a record; of one within an item of another list, those of the item that this row is about."""
    whole = max((key for key in holder if name == key or name.startswith(key + ".")), key=len, default="")
    value: Any = holder.get(whole)
    for step in name[len(whole) + 1:].split(".") if whole and whole != name else []:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def flatten(value: Any, name: str, into: Texts, line: int, leave: tuple[str, ...], depth: int = 0) -> None:
    """Given a value and its name, add its texts by name; lists in `leave` are left to their own rows."""
    if depth > DEPTH_LIMIT:
        raise Refused("records_too_deep", line=line, limit=DEPTH_LIMIT)
    if name and name in leave:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(inner, f"{name}.{key}" if name else key, into, line, leave, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            flatten(inner, name, into, line, leave, depth + 1)
        if not value:
            into.setdefault(name, [""])
    else:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else value
        if "\0" in text:
            raise Refused("records_nul", line=line, column=name)
        found = into.setdefault(name, [])
        if text or not found:
            found[:] = [*found, text] if found != [""] else [text]


class XmlFile:
    """The target of an XML parser: keeps the texts of records, and of what stands around them, and nothing else."""

    def __init__(self, rows: Rows, path: str) -> None:
        self.rows = rows
        self.is_whole = path.startswith("/")
        self.paths = tuple(tuple(part.split("/")) for part in path.removeprefix("/").split("|"))
        self.parser: Any = None
        self.stack: list[str] = []
        self.texts: list[list[str]] = []
        self.sizes: list[int] = []
        self.outside: Texts = {}
        self.record: Texts | None = None
        self.started, self.line, self.count = 0, 0, 0
        self.seen = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        line = self.parser.parser.CurrentLineNumber
        if len(self.stack) >= DEPTH_LIMIT:
            raise Refused("records_too_deep", line=line, limit=DEPTH_LIMIT)
        if len(attributes) > ATTRIBUTE_LIMIT:
            raise Refused("xml_many_attributes", line=line, limit=ATTRIBUTE_LIMIT)
        self.stack.append(_local(tag))
        self.texts.append([])
        self.sizes.append(0)
        self.seen = self.seen or any(self._is_at(path[:-1]) for path in self.paths if len(path) > 1)
        if self.record is None and any(self._is_at(path) for path in self.paths):
            self.record, self.started, self.line = {".": [self.stack[-1]]}, len(self.stack), line
            self.seen = True
        for name, text in attributes.items():
            self._keep(f"@{_local(name)}", text, line)

    def data(self, text: str) -> None:
        """Text within an element."""
        self.sizes[-1] += len(text)
        if self.sizes[-1] > CELL_LIMIT:
            raise Refused("records_cell_too_large", line=self.parser.parser.CurrentLineNumber, column=self.stack[-1][:60], limit=CELL_LIMIT)
        self.texts[-1].append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        text = "".join(self.texts.pop()).strip()
        self.sizes.pop()
        if self.record is None or len(self.stack) > self.started:
            self._keep("", text, self.parser.parser.CurrentLineNumber)
        if self.record is not None and len(self.stack) == self.started:
            self.rows.add(self.line, {name: list(texts) for name, texts in self.outside.items()}, self.record)
            self.record = None
            self.count += 1
        self.stack.pop()

    def close(self) -> None:
        """The document ends. Raise Refused if it has no place for records."""
        if not self.seen:
            raise Refused("records_missing", path="|".join("/".join(path) for path in self.paths))

    def _is_at(self, path: tuple[str, ...]) -> bool:
        return tuple(self.stack) == path if self.is_whole else tuple(self.stack[-len(path):]) == path

    def _keep(self, attribute: str, text: str, line: int) -> None:
        """Within a record under its path there; around records under the last two steps, the newest text counting."""
        if self.record is not None:
            steps = [*self.stack[self.started:], *([attribute] if attribute else [])]
            if steps and (text or "/".join(steps) not in self.record):
                found = self.record.setdefault("/".join(steps), [])
                found[:] = [*found, text] if found != [""] else [text]
            return
        steps = [*self.stack[-2:], *([attribute] if attribute else [])]
        name = "/".join(steps[-2:])
        if not text:
            return
        if self.rows.named(name, line) is not None:
            self.outside[name] = [text]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_xml(data: bytes, rows: Rows, path: str) -> None:
    """Given an XML file, where to put its rows and where its records stand, read it. Raise Refused if it is damaged or has a DOCTYPE."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    target = XmlFile(rows, path)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.parser = parser
    try:
        stream = io.BytesIO(data)
        while piece := stream.read(PIECE):
            parser.feed(piece)
        parser.close()
    except DefusedXmlException:
        raise Refused("xml_doctype") from None
    except ParseError as error:
        raise Refused("xml_damaged", line=error.position[0]) from None


def read_json(data: bytes, rows: Rows, told: dict[str, Any]) -> None:
    """Given a JSON file, where to put its rows and what was asked, read it. Raise Refused if it is damaged, too deep or no UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("text_undecodable", line=data.count(b"\n", 0, error.start) + 1, offset=error.start, encodings="utf-8") from None
    file = JsonFile(text, rows, told["each"], told["count"])
    try:
        file.run([step for step in told["path"].split(".") if step])
    except RecursionError:
        raise Refused("records_too_deep", line=file.line, limit=DEPTH_LIMIT) from None
    except json.JSONDecodeError as error:
        raise Refused("json_damaged", line=error.lineno) from None


def main() -> int:
    """Read, limit, write. Return the exit code: 0 also when the file is refused, since the last line says so."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    told = json.loads(sys.argv[3])
    data = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    rows = Rows(told["keep"])
    written = 0
    try:
        if told["format"] == "xml":
            read_xml(data, rows, told["path"])
        else:
            read_json(data, rows, told)
        out.write(json.dumps(sorted(rows.names)) + "\n" + json.dumps(list(rows.listed)) + "\n")
        for line, row in rows.rows:
            texts = [row.get(place, "") for place in range(max(row, default=-1) + 1)]
            written += out.write(json.dumps([line, texts], ensure_ascii=False) + "\n")
            if written > OUTPUT_LIMIT:
                raise Refused("file_too_large", size=written >> 20, limit=OUTPUT_LIMIT >> 20)
        end: dict[str, int | str] = {"end": len(rows.rows) + 2}
    except Refused as refused:
        end = refused.facts
    except MemoryError:
        end = {"fault": "records_too_costly"}
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes a parser raise, it is a refusal
        end = {"fault": "records_damaged", "detail": type(error).__name__}
    out.write(json.dumps(end) + "\n")
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
