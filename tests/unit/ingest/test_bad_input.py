"""Bad rows are named and cost nothing else; bad files are refused in one sentence before the first row."""

from __future__ import annotations

import json

import pytest

from app.knowledge.ingest import Rejected, UnreadableFile, open_source, parse_line
from tests.unit.ingest.samples import items, reasons, solved, ticket

MIB = 1024 * 1024


def line(**changes):
    return json.dumps(ticket(**changes), ensure_ascii=False).encode()


LINES = [
    ("broken JSON", b'{"external_id": "x", "problem": ', "not_json"),
    ("an array", b"[1, 2]", "not_an_object"),
    ("another encoding", line(problem="Größe").decode().encode("cp1252"), "wrong_encoding"),
    ("over 1 MiB", line(problem="x" * MIB), "too_large"),
    ("a text over the contract's limit", line(problem="x" * 100_001), "too_large"),
    ("no reply", line(reply=""), "bad_field"),
    ("a field missing", json.dumps({"external_id": "x"}).encode(), "missing_field"),
    ("a field too many", line(mood="bad"), "unknown_field"),
    ("an absurd date", line(resolved_at="0001-01-01T00:00:00Z"), "bad_date"),
    ("a date in 9999", line(resolved_at="9999-12-31T23:59:59-12:00"), "bad_date"),
    ("no date at all", line(resolved_at="yesterday"), "bad_date"),
    ("a NUL in the text", line(problem="a\x00b"), "bad_field"),
    ("a raw NUL", b'{"external_id": "a\x00b"}', "not_json"),
    ("a lone surrogate", b'{"external_id": "\\ud800"}', "not_json"),
    ("deep nesting", b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
    ("nesting of a hundred and one", b'{"a":' * 101 + b"1" + b"}" * 101, "too_deep"),
    ("a csat of 6", line(csat=6), "bad_field"),
    ("a csat that is text", line(csat="5"), "bad_field"),
    ("an unknown cause", line(cause="magic"), "bad_field"),
    ("an id of spaces", line(external_id="  "), "bad_field"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "reason"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_a_line_of_ours_is_refused_by_name(raw, reason):
    found = parse_line(raw, 7)
    assert isinstance(found, Rejected)
    assert (found.line, found.reason) == (7, reason)
    assert found.detail.endswith(".")


def test_a_refusal_repeats_nothing_of_the_row():
    """Rejects are read by people who may not read tickets."""
    secret = "Petra"
    for raw in (
        line(Petra="x"), line(cause="Petra"), line(csat="Petra"), line(channel="Petra!"), b'{"Petra',
        line(resolved_at="Petra"), line(customer={"Petra": 1}),
    ):  # fmt: skip
        found = parse_line(raw, 1)
        assert isinstance(found, Rejected)
        assert secret not in found.detail


@pytest.mark.parametrize("raw", [case[1] for case in LINES], ids=[case[0] for case in LINES])
def test_a_bad_line_stops_nothing(tmp_path, raw):
    """Rows before and after it are read."""
    file = tmp_path / "tickets.jsonl"
    file.write_bytes(line(external_id="before") + b"\n" + raw + b"\n\n" + line(external_id="after"))
    found = items(file)
    assert solved(found).keys() == {"before", "after"}
    assert len(found) == 3
    assert found[1].line == 2


def test_the_second_of_two_equal_ids_is_refused(tmp_path):
    file = tmp_path / "tickets.jsonl"
    file.write_bytes(b"\n".join([line(), line(problem="Anders."), line(external_id="T-2")]))
    found = items(file)
    assert solved(found)["T-1"].problem == "Die Tasse ist kaputt."
    assert reasons(found) == {"T-1": "duplicate_id"}


def test_an_id_refused_once_may_come_again(tmp_path):
    """Incremental exports list a ticket as open first and as solved on a later page."""
    file = tmp_path / "tickets.jsonl"
    file.write_bytes(b"\n".join([line(reply=""), line()]))
    assert solved(items(file)).keys() == {"T-1"}


def _zendesk(number, **changes):
    comment = {"author_id": 1, "public": True, "created_at": "2026-01-01T10:00:00Z"}
    return {
        "id": number, "status": "solved", "requester_id": 1, "subject": "s", "via": {"channel": "email"},
        "updated_at": "2026-01-02T10:00:00Z",
        "comments": [comment | {"body": "Kaputt."}, comment | {"author_id": 2, "body": "Neu."}],
    } | changes  # fmt: skip


FOREIGN = [
    ("a message over 1 MiB", {"comments": [{"author_id": 1, "body": "x" * (MIB + 1)}]}, "too_large"),
    ("no comments", {"comments": []}, "no_agent_reply"),
    ("comments that are no list", {"comments": "Petra"}, "no_agent_reply"),
    ("tags that are a number", {"tags": 5}, "unexpected_form"),
    ("only the customer", {"comments": [{"author_id": 1, "body": "Kaputt."}]}, "no_agent_reply"),
    ("only the agent", {"comments": [{"author_id": 2, "body": "Neu."}]}, "no_customer_message"),
    ("an id that is an object", {"id": {"a": 1}}, "missing_field"),
    ("an id of a thousand characters", {"id": "9" * 1000}, "bad_id"),
]


@pytest.mark.parametrize(("changes", "reason"), [c[1:] for c in FOREIGN], ids=[c[0] for c in FOREIGN])
def test_a_bad_ticket_in_a_document_stops_nothing(tmp_path, changes, reason):
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"tickets": [_zendesk(1), _zendesk(2, **changes), _zendesk(3)]}), "utf-8")
    found = items(file)
    assert list(solved(found)) == ["1", "3"]
    assert [item.reason for item in found if isinstance(item, Rejected)] == [reason]


def test_absurd_dates_of_a_helpdesk_are_left_out(tmp_path):
    """The ticket is worth more than its date."""
    file = tmp_path / "page.json"
    file.write_text(
        json.dumps({"tickets": [_zendesk(1, updated_at="0000-99-99"), _zendesk(2, updated_at=1e300)]}), "utf-8"
    )
    assert [t.resolved_at for t in solved(items(file)).values()] == [None, None]


def test_a_cut_off_document_gives_what_was_whole_and_says_where_it_ends(tmp_path):
    file = tmp_path / "page.json"
    whole = json.dumps({"tickets": [_zendesk(1), _zendesk(2)]})
    file.write_text(whole[: whole.rindex('"Neu."')], "utf-8")
    found = items(file)
    assert list(solved(found)) == ["1"]
    assert reasons(found) == {None: "truncated"}


def test_a_missing_brace_costs_no_row_behind_it_in_another_array(tmp_path):
    file = tmp_path / "page.json"
    broken = json.dumps(_zendesk(1))[:-1]
    file.write_text(f'{{"tickets": [{broken}], "macros": [{{"id": 5, "title": "t", "actions": '
                    '[{"field": "comment_value", "value": "Hallo"}]}]}', "utf-8")  # fmt: skip
    assert [getattr(item, "reason", "macro") for item in items(file)] == ["not_json", "macro"]


def test_a_document_nested_without_end_is_named(tmp_path):
    file = tmp_path / "page.json"
    file.write_text('{"tickets": [' + json.dumps(_zendesk(1)) + "," + "[" * 200_000, "utf-8")
    found = items(file)
    assert list(solved(found)) == ["1"]
    assert reasons(found) == {None: "truncated"}


FILES = [
    ("empty", b"", "is empty"),
    ("blank", b"\xef\xbb\xbf \r\n\n", "is empty"),
    ("only NUL", b"\x00" * 5000, "is empty"),
    ("a ZIP", b"PK\x03\x04rest", "ZIP archive or an Excel file"),
    ("gzip", b"\x1f\x8b\x08rest", "gunzip"),
    ("JSON of something else", b'{"weather": [{"sun": 1}]}', "known form"),
    ("an array of numbers", b"[1, 2, 3]", "known form"),
    ("no columns of ours", b"a;b;c\n1;2;3\n", "no column for external_id, problem, reply"),
    ("prose", b"Guten Tag, das ist ein Brief.\n", "no column for"),
]


@pytest.mark.parametrize(("content", "said"), [c[1:] for c in FILES], ids=[c[0] for c in FILES])
def test_a_file_that_is_no_import_is_refused_before_the_first_row(tmp_path, content, said):
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(UnreadableFile, match=said):
        open_source(file)


def test_a_folder_a_missing_file_and_an_unknown_source_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="is a folder"):
        open_source(tmp_path)
    with pytest.raises(UnreadableFile, match="No such file"):
        open_source(tmp_path / "nothing.json")
    (tmp_path / "a.jsonl").write_bytes(line())
    with pytest.raises(UnreadableFile, match="choose one of auto, own"):
        open_source(tmp_path / "a.jsonl", source="intercom")
