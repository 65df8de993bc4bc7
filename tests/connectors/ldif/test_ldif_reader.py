"""What the LDIF reader takes in, and what it refuses with which words."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.errors import InputError
from connectors.ldif.reader import MOST_FAULTS, Record, read_records
from connectors.ldif.values import Limits

EXPORT = (
    b"dn: CN=Jan de Wit,OU=Staf,DC=school,DC=test\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: user\r\n"
    b"sAMAccountName: jdwit\r\ndescription: een lange\r\n  omschrijving\r\nobjectGUID:: EBESExQVFhcYGRobHB0eHw==\r\n\r\n"
    b"dn:: Q049QW5kcsOpLERDPXNjaG9vbCxEQz10ZXN0\r\nsAMAccountName: andre\r\n\r\n"
)


def refusal(data: bytes, *attributes: str, limits: Limits | None = None) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as caught:
        read_records(data, "ad.ldf", attributes or ("sn", "member"), limits)
    assert all(fault.file == "ad.ldf" for fault in caught.value.faults)
    return [(fault.code, fault.line) for fault in caught.value.faults]


def test_an_ldifde_export_is_read_with_line_dn_and_only_the_wanted_attributes() -> None:
    assert read_records(EXPORT, "ad.ldf", ["sAMAccountName", "objectGUID", "description"]) == [
        Record(1, "CN=Jan de Wit,OU=Staf,DC=school,DC=test", {
            "samaccountname": [b"jdwit"], "description": [b"een lange omschrijving"], "objectguid": [bytes(range(16, 32))]}),
        Record(10, "CN=André,DC=school,DC=test", {"samaccountname": [b"andre"]}),
    ]


def test_first_gives_the_first_value_or_none() -> None:
    record = read_records(EXPORT, "ad.ldf", ["objectClass"])[0]
    assert record.first("objectclass") == b"top"
    assert record.first("sn") is None


def test_a_utf16_export_of_ldifde_reads_the_same() -> None:
    assert read_records(EXPORT.decode().encode("utf-16"), "ad.ldf", ["sAMAccountName"]) == read_records(
        EXPORT, "ad.ldf", ["sAMAccountName"])


def test_comments_version_extra_empty_lines_and_folded_comments_are_skipped() -> None:
    data = b"version: 1\n# een opmerking\n# die\n  doorloopt\n\n\n\ndn: CN=a\nsn: x\n# midden\nsn: y\n\n\n# los\n\ndn: CN=b\nsn: z\n\n"
    assert [(record.line, record.attributes["sn"]) for record in read_records(data, "f", ["sn"])] == [(8, [b"x", b"y"]), (16, [b"z"])]


def test_version_and_first_record_may_stand_together() -> None:
    assert read_records(b"version: 1\ndn: CN=a\nsn: x\n\n", "f", ["sn"]) == [Record(2, "CN=a", {"sn": [b"x"]})]


def test_a_fold_inside_a_name_or_base64_is_put_together() -> None:
    assert read_records(b"dn: CN=a\ns\n n:: w6\n k=\n\n", "f", ["sn"])[0].attributes == {"sn": ["é".encode()]}


def test_an_empty_value_is_empty_and_not_absent() -> None:
    assert read_records(b"dn: CN=a\nsn:\nmember: \n\n", "f", ["sn", "member"])[0].attributes == {"sn": [b""], "member": [b""]}


def test_a_binary_option_belongs_to_the_name_and_a_language_does_not() -> None:
    assert read_records(b"dn: CN=a\nsn;binary:: eA==\nsn;lang-nl: y\n\n", "f", ["sn"])[0].attributes == {"sn": [b"x"]}


@pytest.mark.parametrize(("data", "code", "line"), [
    (b"dn: CN=a\nsn: x\n\ndn: CN=b\nsn: y\n", "ldif_truncated", 6),
    (b"dn: CN=a\nsn: x\n\ndn: CN=b\nsn: y", "ldif_truncated", 5),
    (b"dn: CN=a\nsn: x\n\ndn: CN=a\nsn: y\n\n", "ldif_dn_twice", 4),
    (b"dn: CN=a\nsn: x\n\ncn: b\nsn: y\n\n", "ldif_no_dn", 4),
    (b"dn: CN=a\nsn\n\n", "ldif_line", 2),
    (b"dn: CN=a\ncn: 1\n s\ns n: x\n\n", "ldif_line", 4),
    (b"dn: CN=a\nsn:< file:///etc/hostname\n\n", "ldif_url", 2),
    (b"dn: CN=a\nphoto:< file:///etc/hostname\n\n", "ldif_url", 2),
    (b"dn:< file:///etc/hostname\nsn: x\n\n", "ldif_url", 1),
    (b"dn: CN=a\nsn:: w6k\n\n", "ldif_base64", 2),
    (b"dn: CN=a\nsn:: w6*k=\n\n", "ldif_base64", 2),
    (b"dn:: w6k\nsn: x\n\n", "ldif_base64", 1),
    (b"dn:: /w==\nsn: x\n\n", "ldif_not_utf8", 1),
    (b"version: 2\n\ndn: CN=a\nsn: x\n\n", "ldif_version", 1),
    (b"dn: CN=a\nchangetype: modify\nreplace: sn\nsn: x\n-\n\n", "ldif_change_record", 2),
    (b"dn: CN=a\nchangetype: delete\n\n", "ldif_change_record", 2),
    (b"dn: CN=a\ncontrol: 1.2.3 true\nchangetype: add\nsn: x\n\n", "ldif_change_record", 2),
    (b"dn: CN=a\nmember;range=0-1499: CN=b\n\n", "ldif_range", 2),
    (b"dn: CN=a\nsn: x\n\n  y\n\n", "ldif_fold", 4),
    (b"", "ldif_empty", None),
    (b"# niets\n\n", "ldif_empty", None),
    (b"<html><body>Aanmelden</body></html>\n\n", "ldif_not_ldif", 1),
    (b"PK\x03\x04\n\n", "ldif_not_ldif", 1),
    (b"DN,objectClass\n\"CN=a\",user\n\n", "ldif_not_ldif", 1),
    (b"dn: CN=a\nsn: \xe9\n\n", "ldif_not_utf8", 2),
    (b"dn: CN=a\nsn: Jan\0sen\n\n", "ldif_nul", 2),
    (b"dn: CN=a\nsn: x\n\n# numEntries: 2\n", "ldif_count", 4),
    (b"# extended LDIF\n#\n\ndn: CN=a\nsn: x\n\n", "ldif_count_missing", 7),
    (b"# record 1\ndn: CN=a\nsn: x\n\n", "ldif_count_missing", 5),
    (b"dn: CN=a\nsn: x\n\n# returned 3 records\n# 3 entries\n# 0 referrals\n", "ldif_count", 4),
])
def test_what_is_wrong_is_refused_with_its_line(data: bytes, code: str, line: int | None) -> None:
    assert refusal(data) == [(code, line)]


def test_a_whole_list_given_as_one_range_is_taken() -> None:
    assert read_records(b"dn: CN=a\nmember;range=0-*: CN=b\n\n", "f", ["member"])[0].attributes == {"member": [b"CN=b"]}


def test_an_unwanted_range_and_unwanted_broken_base64_do_not_matter() -> None:
    assert read_records(b"dn: CN=a\nmember;range=0-1499: CN=b\nphoto:: ***\n\n", "f", ["sn"]) == [Record(1, "CN=a", {})]


def test_the_count_of_ldbsearch_at_the_end_stands_for_the_empty_line() -> None:
    data = b"# record 1\ndn: CN=a\nsn: x\n\n# returned 1 records\n# 1 entries\n# 0 referrals\n"
    assert len(read_records(data, "f", ["sn"])) == 1


def test_every_fault_is_told_not_just_the_first() -> None:
    data = b"dn: CN=a\nsn:< file:x\nmember:: !\n\ncn: b\n\ndn: CN=c\nsn\n\n"
    assert refusal(data) == [("ldif_url", 2), ("ldif_base64", 3), ("ldif_no_dn", 5), ("ldif_line", 8)]


def test_a_file_full_of_faults_stops_at_a_readable_number() -> None:
    assert len(refusal(b"dn: CN=a\nsn: x\n\n" + b"cn: x\n\n" * 1000)) == MOST_FAULTS


def test_size_limits_hold_for_the_file_and_for_a_value() -> None:
    assert refusal(EXPORT, limits=Limits(file=20)) == [("ldif_too_large", None)]
    assert refusal(b"dn: CN=a\nsn: " + b"x" * 30 + b"\n\n", limits=Limits(value=20)) == [("ldif_value_too_large", 2)]
    assert refusal(b"dn: CN=a\nsn:: " + base64.b64encode(b"x" * 30) + b"\n\n", limits=Limits(value=20)) == [("ldif_value_too_large", 2)]


def test_cutting_the_file_anywhere_leaves_at_most_whole_records() -> None:
    data = b"".join(b"dn: CN=u%d,DC=a\nsn: naam %d\nsAMAccountName: u%d\nuserAccountControl: 512\nmail: u%d@school.test\n\n" % ((n,) * 4)
                    for n in range(60))
    accepted = 0
    for cut in range(len(data)):
        try:
            records = read_records(data[:cut], "f", ["sn", "mail"])
        except InputError:
            continue
        accepted += 1
        assert all(len(record.attributes) == 2 for record in records)
    assert accepted == 59  # only between two records; the collector's guard on lost ids judges those


_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True).filter(lambda name: name.lower() not in ("dn", "control", "changetype"))
_VALUES = st.binary(max_size=120)


def _written(dn: str, values: list[tuple[str, bytes]], width: int, end: bytes) -> bytes:
    lines = [b"dn:: " + base64.b64encode(dn.encode())] + [name.encode() + b":: " + base64.b64encode(value) for name, value in values]
    folded = [end.join([line[:width], *(b" " + line[at:at + width] for at in range(width, len(line), width))]) for line in lines]
    return end.join(folded) + end + end


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.lists(st.tuples(_NAMES, _VALUES), max_size=6)), min_size=1, max_size=6,
                unique_by=lambda entry: entry[0].casefold()),
       st.integers(min_value=7, max_value=80), st.sampled_from([b"\n", b"\r\n"]))
def test_what_was_written_is_read_back_whatever_the_values(
        entries: list[tuple[str, list[tuple[str, bytes]]]], width: int, end: bytes) -> None:
    data = b"".join(_written(dn, values, width, end) for dn, values in entries)
    wanted = {name for _, values in entries for name, _ in values}
    records = read_records(data, "f", wanted)
    assert [record.dn for record in records] == [dn for dn, _ in entries]
    for record, (_, values) in zip(records, entries, strict=True):
        expected: dict[str, list[bytes]] = {}
        for name, value in values:
            expected.setdefault(name.casefold(), []).append(value)
        assert record.attributes == expected
        assert data.split(b"\n")[record.line - 1].startswith(b"dn:")


@given(st.binary(max_size=200) | st.lists(st.sampled_from(
    [b"dn: CN=a", b"dn:", b"sn: x", b"sn:: eA==", b" ", b"  y", b"", b"#", b":", b"changetype: add", b"version: 1", b"-", b"\r", b"sn:<x"]),
    max_size=12).map(b"\n".join))
def test_any_bytes_give_records_or_a_refusal_with_faults(data: bytes) -> None:
    try:
        records = read_records(data, "f", ["sn"])
    except InputError as error:
        assert error.faults
    else:
        assert records and all(1 <= record.line <= data.count(b"\n") + 1 for record in records)


def test_reading_costs_a_few_microseconds_a_line() -> None:
    data = b"".join(b"dn: CN=u%d,DC=a\n" % n + b"sn: naam\n" * 20 + b"cn: naam\n" * 20 + b"\n" for n in range(2000))
    started = time.process_time()
    read_records(data, "f", ["sn"])
    assert time.process_time() - started < 84_000 * 20e-6
