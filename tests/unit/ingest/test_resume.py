"""An import that was killed goes on where it stopped."""

from __future__ import annotations

import json

import pytest

from app.knowledge.ingest import load_mapping, open_source
from tests.unit.ingest.samples import IMPORTS, ticket

FILES = [
    "zendesk_tickets.json", "zendesk_macros.json", "gorgias_tickets.json", "freshdesk_tickets.json",
    "freshdesk_canned.json", "own.jsonl", "own.csv", "mapped.csv",
]  # fmt: skip


def opened(name):
    mapping = load_mapping(IMPORTS / "mapping.yaml") if name.startswith("mapped") else None
    return open_source(IMPORTS / name, mapping=mapping)


@pytest.mark.parametrize("name", FILES)
def test_reading_from_any_position_gives_the_rest(name):
    whole = list(opened(name).records())
    for at, record in enumerate(whole):
        assert list(opened(name).records(record.position_after)) == whole[at + 1 :]


@pytest.mark.parametrize("name", FILES)
def test_a_jump_gives_the_same_rows_and_lines(name):
    """Only a duplicate of a row before the jump is no longer seen."""
    whole = list(opened(name).records())
    for at, record in enumerate(whole):
        rest = list(opened(name).records(record.position_after, after_line=record.line))
        assert [(r.position_after, r.line) for r in rest] == [(r.position_after, r.line) for r in whole[at + 1 :]]


def test_positions_count_in_utf_8_whatever_the_file_is_in(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id;problem;reply\n1;Größe.;Ja.\n2;Öl.;Ja.\n", "utf-16")
    whole = list(open_source(file).records())
    assert list(open_source(file).records(whole[0].position_after, after_line=whole[0].line)) == whole[1:]


def test_progress_reaches_the_size(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text("\n".join(json.dumps(ticket(f"T-{n}")) for n in range(50)), "utf-8")
    source = open_source(file)
    assert source.read_bytes == 0
    records = source.records()
    next(records)
    assert 0 < source.read_bytes <= source.size_bytes
    assert sum(1 for _ in records) == 49
