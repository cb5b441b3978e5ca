"""CSV of every kind: separators, encodings, quotes, cells over several lines."""

from __future__ import annotations

import pytest

from app.knowledge.ingest import Rejected, open_source
from tests.unit.ingest.samples import items, reasons, solved

HEADER = ("External_ID", "Problem", "Reply")


def table(separator=",", rows=(("1", "Größe passt nicht.", "Neue Größe."), ("2", "Kaputt.", "Ersatz.")), header=HEADER):
    return "\r\n".join(separator.join(row) for row in (header, *rows)) + "\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_every_separator_in_every_encoding(tmp_path, separator, encoding):
    file = tmp_path / "t.csv"
    file.write_bytes(table(separator).encode(encoding))
    found = solved(items(file))
    assert found.keys() == {"1", "2"}
    assert found["1"].problem == "Größe passt nicht."


def test_excels_separator_hint_is_obeyed(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("sep=;\n" + table(";"), "utf-8")
    assert len(solved(items(file))) == 2


def test_one_row_in_another_encoding_is_refused_alone(tmp_path):
    rows = table(rows=[("1", "Größe.", "Ja."), ("2", "Ärger.", "Ja."), ("3", "Öl.", "Ja.")]).encode().split(b"\r\n")
    rows[2] = rows[2].decode().encode("cp1252")
    file = tmp_path / "t.csv"
    file.write_bytes(b"\r\n".join(rows))
    found = items(file)
    assert solved(found).keys() == {"1", "3"}
    assert reasons(found) == {None: "wrong_encoding"}


def test_a_quotation_mark_without_partner_costs_its_row_only(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(table(rows=[("1", '"offen', "Ja."), *((str(n), "Kaputt.", "Ja.") for n in range(2, 60))]), "utf-8")
    found = items(file)
    assert len(solved(found)) == 58
    assert reasons(found) == {None: "broken_quotes"}


def test_such_a_mark_in_a_large_file_is_found_within_a_mebibyte(tmp_path):
    rows = [("1", '"offen', "Ja."), *((str(n), "Kaputt. " * 20, "Ja.") for n in range(2, 9000))]
    file = tmp_path / "t.csv"
    file.write_text(table(rows=rows), "utf-8")
    found = items(file)
    assert len(solved(found)) == 8998
    assert reasons(found) == {None: "too_large"}


def test_lines_are_those_of_the_file(tmp_path):
    """A row of three lines moves the following one by three."""
    file = tmp_path / "t.csv"
    file.write_text(table(rows=[("1", '"a\nb\nc"', "Ja."), ("", "Kaputt.", "Ja."), ("3", "x", "y", "z")]), "utf-8")
    rejected = [item for item in items(file) if isinstance(item, Rejected)]
    assert [(item.line, item.reason) for item in rejected] == [(5, "missing_field"), (6, "wrong_columns")]


def test_zero_bytes_in_a_cell_are_dropped(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(table(rows=[("1", "Ka\x00putt.", "Ja.")]), "utf-8")
    assert solved(items(file))["1"].problem == "Kaputt."


def test_an_empty_table_has_no_rows(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(table(rows=[]), "utf-8")
    assert items(file) == []
    assert open_source(file).encoding == "utf-8"
