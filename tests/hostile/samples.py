"""A whole, honest file of every format there is, and the way it is read: what the sweeps cut off and the fuzzing damages."""

from __future__ import annotations

import io
import json
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl

from auditor.model.errors import InputError
from connectors.files.layout import Layout
from connectors.files.opened import read_raw
from connectors.files.shelf import load_layouts
from tests.hostile.corpus import JSON_LAYOUT, XML_LAYOUT

LAYOUTS = load_layouts()


def own(name: str, content: str) -> Layout:
    """Given a name and the text of a layout, return it."""
    return Layout.model_validate({**tomllib.loads(content), "name": name})


@dataclass(frozen=True)
class Sample:
    """One format. file: a name with its ending; layout: by which it is read; make: so many records as bytes; has_end: a count, a trailer or a
    checksum says where the file ends, so that no cut may pass; is_apart: it is parsed in a child process."""

    file: str
    layout: Layout
    make: Callable[[int], bytes]
    has_end: bool
    is_apart: bool

    def rows(self, data: bytes) -> int | None:
        """Given bytes, return how many records they hold, None when they are refused."""
        try:
            return len(read_raw(data, self.file, self.layout, 1)[0])
        except InputError as refused:
            assert refused.faults
            return None


def csv_file(count: int) -> bytes:
    """A ParnasSys overview."""
    lines = ["Medewerker-id;Gebruikersnaam;Achternaam;BRIN;Rol"]
    lines += [f"{row};r.{row};Rietzanger;99AA{row % 6:02d};Leerkracht" for row in range(100_000, 100_000 + count)]
    return "".join(line + "\r\n" for line in lines).encode()


def workbook_file(count: int) -> bytes:
    """The same as a workbook."""
    book = openpyxl.Workbook()
    for line in csv_file(count).decode().splitlines():
        book.active.append(line.split(";"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ldif_file(count: int) -> bytes:
    """An export of a domain, as ldifde writes it."""
    return b"".join(
        b"dn: CN=u%d,OU=Staf,DC=school,DC=test\r\nchangetype: add\r\nobjectClass: user\r\nsAMAccountName: u%d\r\nuserAccountControl: 512\r\n"
        b"memberOf: CN=Staf,DC=school,DC=test\r\nobjectGUID:: EBESExQVFhcYGRobHB0eHw==\r\n\r\n" % (row, row) for row in range(count))


def counted_ldif_file(count: int) -> bytes:
    """The same, as ldapsearch writes it: with the number of entries at its end."""
    entries = ldif_file(count).replace(b"\r\n", b"\n")
    return b"# extended LDIF\n#\n# LDAPv3\n\n" + entries + b"# search result\n\n# numResponses: %d\n# numEntries: %d\n" % (count + 1, count)


def json_file(count: int) -> bytes:
    """A list of accounts with its count."""
    return json.dumps({"total": count, "items": [{"id": str(row), "name": f"r.{row}", "role": "Leerkracht"} for row in range(count)]}).encode()


def xml_file(count: int) -> bytes:
    """A list of staff."""
    root = ET.Element("staff")
    for row in range(count):
        ET.SubElement(ET.SubElement(root, "person", id=str(row)), "name").text = f"r.{row}"
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


SAMPLES = {
    "csv": Sample("export.csv", LAYOUTS["parnassys-overview"], csv_file, False, False),
    "xlsx": Sample("export.xlsx", LAYOUTS["parnassys-overview"], workbook_file, True, True),
    "ldif": Sample("export.ldf", LAYOUTS["ad-ldifde"], ldif_file, False, False),
    "ldif with a count": Sample("export.ldif", LAYOUTS["ad-ldifde"], counted_ldif_file, True, False),
    "json": Sample("export.json", own("trial-json", JSON_LAYOUT), json_file, True, True),
    "xml": Sample("export.xml", own("trial-xml", XML_LAYOUT), xml_file, True, True),
}
