"""Rows are cut out of JSON of any form and size, in whatever pieces the bytes arrive."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.knowledge.ingest.document import document_rows
from app.knowledge.ingest.errors import Refused

LIMIT = 1000
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(['"', "\\", "[{", '\\"]}']),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class Trickle(io.BytesIO):
    """Hands out a few bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self.step = step

    def read(self, _size=-1):
        return super().read(self.step)


def rows(content: str | bytes, step: int = 5, limit: int = LIMIT, **options):
    raw = content.encode() if isinstance(content, str) else content
    return [
        row.content.reason if isinstance(row.content, Refused) else json.loads(row.content)
        for row in document_rows(Trickle(raw, step), limit, **options)
    ]


@settings(deadline=None)  # bytes that arrive one by one are slow on a busy machine
@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), max_size=5), st.integers(1, 40), st.booleans()
)
def test_every_object_of_an_array_comes_out_whole(objects, step, indent):
    page = json.dumps({"meta": {"x": [1]}, "tickets": objects, "next": None}, indent=2 if indent else None)
    assert rows(page, step, limit=100_000) == objects


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list('{}[]",:\\ \na1')), max_size=60), st.integers(1, 9))
def test_no_text_breaks_the_scanner_and_pieces_make_no_difference(content, step):
    def cut(size):
        found = document_rows(Trickle(content.encode(), size), LIMIT)
        return [row.content.reason if isinstance(row.content, Refused) else row.content for row in found]

    assert cut(step) == cut(1000)


FORMS = [
    ("an array", '[{"a": 1}, {"b": [{}]}]', [{"a": 1}, {"b": [{}]}]),
    (
        "pages in a row",
        '{"tickets": [{"a": 1}]}\n{"tickets": [{"a": 2}], "users": [{"u": 1}]}',
        [{"a": 1}, {"a": 2}, {"u": 1}],
    ),
    (
        "objects in a row",
        '{"id": 1, "comments": [{"c": 1}]}\n{"id": 2}',
        [{"id": 1, "comments": [{"c": 1}]}, {"id": 2}],
    ),
    ("numbers between", "[1, {}, null, {}]", [{}, {}]),
    ("nothing", "hello", []),
    ("closing brackets", "]]}}", []),
    ("cut off", '{"tickets": [{"a": 1}, {"b": "x', [{"a": 1}, "truncated"]),
    ("too large", json.dumps({"tickets": [{"a": "x" * 5000}, {"b": 1}]}), ["too_large", {"b": 1}]),
    ("too large in brackets", json.dumps({"tickets": [{"a": [[]] * 900}, {"b": 1}]}), ["too_large", {"b": 1}]),
    ("deeper than the quick way", "[" + '{"a":[' * 20 + "1" + "]}" * 20 + ', {"b": 1}]', None),
]


@pytest.mark.parametrize(("content", "expected"), [c[1:] for c in FORMS], ids=[c[0] for c in FORMS])
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_every_form_of_json(content, expected, step):
    assert rows(content, step) == (json.loads(content) if expected is None else expected)


def test_rows_of_a_named_path_only():
    assert rows('{"a": {"rows": [{"x": 1}]}, "tickets": [{"y": 1}]}', containers={"a.rows"}, lone_objects=False) == [
        {"x": 1}
    ]


def test_lines_and_positions():
    content = b'[\n {"a": 1},\n {\n "b": 2}\n]'
    found = list(document_rows(io.BytesIO(content), LIMIT))
    assert [(row.line, content[: row.position_after].count(b"}")) for row in found] == [(2, 1), (3, 2)]
