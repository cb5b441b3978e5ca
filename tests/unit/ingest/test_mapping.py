"""A mapping file is checked before the first row; every error names the file and the field."""

from __future__ import annotations

import json

import pytest

from app.knowledge.ingest import BadMapping, FoundMacro, load_mapping, open_source
from tests.unit.ingest.samples import items, reasons, solved

NEEDED = "external_id: a\n  problem: b\n  reply: c\n"
FLAWS = [
    ("no YAML", "fields: [", "not valid YAML"),
    ("a list", "- a\n", "must hold keys such as `fields:`"),
    ("no fields", "separator: ';'\n", "fields: Field required"),
    ("a field missing", "fields:\n  external_id: a\n  problem: b\n", "fields: reply is missing"),
    ("an unknown field", f"fields:\n  {NEEDED}  mood: d\n", "fields: 'mood' is none of ours"),
    ("an unknown key", f"colour: red\nfields:\n  {NEEDED}", "colour: Extra inputs"),
    ("two origins", f"fields:\n  {NEEDED}  csat: {{column: a, constant: 5}}\n", "fields.csat: needs exactly one of"),
    (
        "no zone",
        f"fields:\n  {NEEDED}  resolved_at: {{column: a, zone: Mars}}\n",
        "fields.resolved_at.zone: is no time zone",
    ),
    ("a separator of two", f"separator: '::'\nfields:\n  {NEEDED}", "separator: Input should be"),
]


@pytest.mark.parametrize(("content", "said"), [c[1:] for c in FLAWS], ids=[c[0] for c in FLAWS])
def test_a_flaw_is_told_with_file_and_field(tmp_path, content, said):
    file = tmp_path / "map.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(BadMapping) as caught:
        load_mapping(file)
    assert str(file) in caught.value.detail
    assert said in caught.value.detail


def test_a_mapping_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadMapping, match="No such file"):
        load_mapping(tmp_path / "none.yaml")


def mapping(tmp_path, content):
    file = tmp_path / "map.yaml"
    file.write_text(content, "utf-8")
    return load_mapping(file)


def test_a_column_that_the_file_lacks_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(BadMapping, match=r"fields\.reply: t\.csv has no column 'c'; it has a, b"):
        open_source(tmp_path / "t.csv", mapping=mapping(tmp_path, f"fields:\n  {NEEDED}"))


def test_json_is_read_by_paths(tmp_path):
    rows = [
        {"nr": 7, "state": "done", "talk": [{"t": "Kaputt."}, {"t": "Neu."}], "who": {"n": "Petra"}, "at": 1767607200},
        {"nr": 8, "state": "new", "talk": []},
        {"nr": 9, "state": "done", "talk": [{"t": "Kaputt."}], "at": "gestern"},
    ]
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"meta": {"n": [1]}, "result": {"cases": rows}}, indent=2), "utf-8")
    found = items(
        file,
        mapping=mapping(
            tmp_path,
            "rows: result.cases\nsolved_when: {column: state, values: [Done]}\nfields:\n  external_id: nr\n"
            "  problem: talk.0.t\n  reply: talk.-1.t\n  customer.name: who.n\n  resolved_at: at\n",
        ),
    )
    seven = solved(found)["7"]
    assert (seven.problem, seven.reply, seven.customer.name) == ("Kaputt.", "Neu.", "Petra")
    assert seven.resolved_at is not None
    assert reasons(found) == {"8": "not_solved", "9": "bad_date"}


def test_macros_can_be_mapped_too(tmp_path):
    file = tmp_path / "m.csv"
    file.write_text("key,name,text\n1,Danke,<p>Hallo {{name}}</p>\n", "utf-8")
    content = "kind: macros\nfields: {external_id: key, title: name, body: text, language: {constant: de}}\n"
    assert items(file, mapping=mapping(tmp_path, content)) == [FoundMacro("1", "Danke", "Hallo {{name}}", "de")]
