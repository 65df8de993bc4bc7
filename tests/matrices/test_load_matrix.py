"""Reading a matrix: what is right comes in exactly, what is wrong is refused with file, line and column, all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.model.errors import ConfigError, Fault
from auditor.model.matrix import Condition, NativeRight
from matrices.load import load_matrices, load_matrix, sound_matrices
from matrices.rowfile import HEADER
from matrices.show import row_cells

HEAD = """system = "parnassys"
name = "ParnasSys"
edition = "proef"
owner = "bestuur"
adopted_on = 2026-08-01
functions = ["tuinman"]
[levels]
Leerkracht = ["beperkt", "volledig"]
[natives]
"Leerkracht beperkt" = { right = "Leerkracht", level = "beperkt", scope_from = "group_links" }
"""
ROWS = ";".join(HEADER) + "\nleerkracht;Leerkracht;volledig;group;allowed;weeks>=4 & declaration=confidentiality;;P1, P2;3;OPOR\n"


def matrix_in(folder: Path, head: str = HEAD, rows: str | bytes = ROWS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "matrix.toml").write_text(head, encoding="utf-8")
    (folder / "rows.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    return folder


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(ConfigError) as refused:
        load_matrix(folder)
    return list(refused.value.faults)


def row(**cells: str) -> str:
    return ";".join(HEADER) + "\n" + ";".join(({"function": "x", "right": "y", "stance": "allowed"} | cells).get(name, "") for name in HEADER) + "\n"


def test_everything_a_matrix_says_comes_in(tmp_path: Path) -> None:
    matrix = load_matrix(matrix_in(tmp_path))
    (declared,) = matrix.rows
    assert (matrix.system, matrix.is_norm, matrix.adopted_on, matrix.functions) == ("parnassys", True, date(2026, 8, 1), {"tuinman"})
    assert matrix.natives == {"Leerkracht beperkt": NativeRight("Leerkracht", "beperkt", None, "group_links")}
    assert (declared.line, declared.level, declared.scope, declared.stance, declared.mode) == (2, "volledig", "group", "allowed", "alert")
    assert declared.conditions == (Condition("weeks", ">=", "4"), Condition("declaration", "=", "confidentiality"))
    assert (declared.holders, declared.max_holders, declared.note) == ({"P1", "P2"}, 3, "OPOR")


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_rows_come_in_with_and_without_the_mark_excel_writes(tmp_path: Path, prefix: bytes) -> None:
    rows = (";".join(HEADER) + "\r\nconciërge;Conciërge;;school;allowed;;;;;\r\n\r\n").encode()
    (declared,) = load_matrix(matrix_in(tmp_path, rows=prefix + rows)).rows
    assert declared.function == "conciërge"


def test_a_template_that_is_not_adopted_is_no_norm(tmp_path: Path) -> None:
    head = HEAD.replace('"bestuur"', '""').replace("2026-08-01", '""')
    assert not load_matrix(matrix_in(tmp_path, head)).is_norm


def test_the_digest_changes_with_either_file(tmp_path: Path) -> None:
    digests = {load_matrix(matrix_in(tmp_path, head, rows)).digest
               for head in (HEAD, HEAD + "\n") for rows in (ROWS, ROWS + "\n")}
    assert len(digests) == 4


def test_a_note_may_span_lines_and_later_rows_keep_their_line(tmp_path: Path) -> None:
    rows = ";".join(HEADER) + '\nx;y;;;allowed;;;;;"een\ntwee; drie"\nx;z;;;allowed;;;;;\n'
    assert [(row.line, row.note) for row in load_matrix(matrix_in(tmp_path, rows=rows)).rows] == [(2, "een\ntwee; drie"), (4, "")]


def test_words_are_read_whatever_their_case(tmp_path: Path) -> None:
    rows = row(right="leerkracht", level="Beperkt", scope="School", stance="ALLOWED", mode="Watch")
    (declared,) = load_matrix(matrix_in(tmp_path, rows=rows)).rows
    assert (declared.level, declared.scope, declared.stance, declared.mode) == ("beperkt", "school", "allowed", "watch")


@pytest.mark.parametrize(("cells", "column", "code", "meant"), [
    ({"stance": "alowed"}, "stance", "matrix_word_unknown", "allowed"),
    ({"mode": "drafts"}, "mode", "matrix_word_unknown", "draft"),
    ({"scope": "schol"}, "scope", "matrix_word_unknown", "school"),
    ({"right": "Leerkracht", "level": "beperk"}, "level", "matrix_level_unknown", "beperkt"),
    ({"level": "hoog"}, "level", "matrix_level_unordered", None),
    ({"conditions": "week>=4"}, "conditions", "matrix_word_unknown", "weeks"),
    ({"conditions": "kind=replacment"}, "conditions", "matrix_word_unknown", "replacement"),
    ({"conditions": "weeks>=vier"}, "conditions", "matrix_number_unreadable", None),
    ({"conditions": "kind<external"}, "conditions", "matrix_condition_operator", None),
    ({"conditions": "weeks"}, "conditions", "matrix_condition_unreadable", None),
    ({"conditions": "weeks>=4 &"}, "conditions", "matrix_number_unreadable", None),
    ({"max_holders": "-1"}, "max_holders", "matrix_number_unreadable", None),
    ({"max_holders": "²"}, "max_holders", "matrix_number_unreadable", None),
    ({"function": ""}, "function", "matrix_cell_empty", None),
])
def test_a_wrong_cell_is_refused_with_its_place_and_the_nearest_word(
    tmp_path: Path, cells: dict[str, str], column: str, code: str, meant: str | None,
) -> None:
    (fault,) = faults_of(matrix_in(tmp_path, rows=row(**cells)))
    assert (Path(fault.file).name, fault.line, fault.column, fault.code) == ("rows.csv", 2, column, code)
    assert fault.facts.get("did_you_mean") == meant


@pytest.mark.parametrize(("rows", "code", "line"), [
    (b"functie;recht\n", "matrix_rows_header", 1),
    (ROWS.encode() + b"a;b;c\n", "matrix_rows_cells", 3),
    (ROWS.encode() + b"conci\xebrge;x;;;allowed;;;;;\n", "matrix_rows_not_utf8", 3),
    (";".join(HEADER).encode() + b"\n", "matrix_rows_empty", None),
    (ROWS.encode() + b'x;y;;;allowed;;;;;"open\n', "matrix_rows_not_csv", None),
    (b"", "matrix_rows_header", 1),
])
def test_a_file_that_is_no_matrix_is_refused(tmp_path: Path, rows: bytes, code: str, line: int | None) -> None:
    (fault,) = faults_of(matrix_in(tmp_path, rows=rows))
    assert (fault.code, fault.line) == (code, line)


@pytest.mark.parametrize(("change", "code", "line", "column"), [
    (("owner =", "ownr ="), "matrix_key_unknown", 4, "ownr"),
    (('edition = "proef"\n', ""), "matrix_key_missing", None, "edition"),
    (("2026-08-01", '"1 augustus"'), "matrix_value_wrong", 5, "adopted_on"),
    (('["tuinman"]', '"tuinman"'), "matrix_value_wrong", 6, "functions"),
    (("scope_from", "scope_form"), "matrix_key_unknown", 10, "natives.Leerkracht beperkt.scope_form"),
    (("group_links", "links"), "matrix_word_unknown", 10, "natives.Leerkracht beperkt.scope_from"),
    (('level = "beperkt"', 'level = "laag"'), "matrix_level_unknown", 10, "natives.Leerkracht beperkt"),
    (("[natives]", "[natives]\n\"LEERKRACHT BEPERKT\" = { right = \"Leerkracht\" }"), "matrix_native_double", 11, "natives.Leerkracht beperkt"),
    (("[levels]", "privacy_class = 7\n[levels]"), "matrix_value_wrong", 7, "privacy_class"),
    (("[levels]", "[register]\npassword_max_days = \"lang\"\n[levels]"), "matrix_value_wrong", 8, "register.password_max_days"),
    (("[levels]", "[levels"), "toml_bracket_open", 7, None),
])
def test_a_wrong_key_is_refused_with_its_line(tmp_path: Path, change: tuple[str, str], code: str, line: int | None, column: str | None) -> None:
    (fault,) = faults_of(matrix_in(tmp_path, HEAD.replace(*change)))
    assert (Path(fault.file).name, fault.code, fault.line, fault.column) == ("matrix.toml", code, line, column)


def test_every_fault_of_every_matrix_comes_at_once(tmp_path: Path) -> None:
    matrix_in(tmp_path / "a", HEAD.replace("owner", "ownr"), row(scope="schol", mode="x"))
    matrix_in(tmp_path / "b" / "c")
    (tmp_path / "b" / "c" / "rows.csv").unlink()
    with pytest.raises(ConfigError) as refused:
        load_matrices(tmp_path)
    assert [fault.code for fault in refused.value.faults] == [
        "matrix_key_unknown", "matrix_word_unknown", "matrix_word_unknown", "matrix_file_missing"]


def test_two_matrices_of_one_system_are_refused(tmp_path: Path) -> None:
    matrix_in(tmp_path / "a")
    matrix_in(tmp_path / "b")
    with pytest.raises(ConfigError, match="matrix_system_double"):
        load_matrices(tmp_path)


def test_a_folder_without_matrices_holds_none(tmp_path: Path) -> None:
    assert load_matrices(tmp_path) == load_matrices(tmp_path / "weg") == ()


def test_a_row_shown_as_cells_reads_back_as_itself(tmp_path: Path) -> None:
    first = load_matrix(matrix_in(tmp_path)).rows
    cells = row_cells(first[0])
    again = ";".join(HEADER) + "\n" + ";".join(f'"{cells[name]}"' for name in HEADER) + "\n"
    assert load_matrix(matrix_in(tmp_path, rows=again)).rows == first


def test_a_faulty_matrix_hides_no_sound_one_from_who_asks_for_both(tmp_path: Path) -> None:
    matrix_in(tmp_path / "a", HEAD.replace("owner", "ownr"))
    matrix_in(tmp_path / "b")
    matrices, faults = sound_matrices(tmp_path)
    assert [Path(matrix.path).name for matrix in matrices] == ["b"]
    assert [fault.code for fault in faults] == ["matrix_key_unknown"]
