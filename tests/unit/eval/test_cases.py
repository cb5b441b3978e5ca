"""Gold cases: what is wrong is named by file, line and field; a touched split is noticed."""

from __future__ import annotations

import pytest
import yaml

from eval.casebook.loading import BadCases, load_sets
from eval.casebook.model import DEFAULT_DAY
from eval.casebook.outcomes import candidates
from eval.casebook.sealing import seal
from tests.unit.eval.build import case, raw_case, write_cases

CARD = {"source": "written by us", "languages": ["de"], "licence": "Apache-2.0"}


def problems(path):
    with pytest.raises(BadCases) as caught:
        load_sets([path])
    return [f"{e.pointer} {e.detail}" for e in caught.value.errors]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ticket": {"channel": "amazon"}}, "/ticket/messages"),
        ({"cause": "bad_mood"}, "/cause"),
        ({"split": "train"}, "/split"),
        ({"must_apear": []}, "/must_apear"),
        ({"request": {"resolutions": [{"type": "hug"}]}}, "/resolutions/0/type"),
        ({"must_appear": [[]]}, "/must_appear/0"),
    ],
)
def test_a_malformed_case_names_file_line_and_field(tmp_path, change, field):
    path = write_cases(tmp_path / "set.jsonl", raw_case(1), raw_case(2, **change))
    assert any(p.startswith(f"{path}:2: ") and field in p for p in problems(path))


def test_a_line_that_is_no_json_is_named(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": \n')
    assert problems(path)[0].startswith(f"{path}:1 is not JSON")


def test_two_cases_of_one_id_are_refused_in_one_file_and_across_files(tmp_path):
    one = write_cases(tmp_path / "a.jsonl", raw_case(1))
    assert "stands there twice" in problems(write_cases(tmp_path / "b.jsonl", raw_case(2), raw_case(2)))[0]
    with pytest.raises(BadCases):
        load_sets([one, write_cases(tmp_path / "c.jsonl", raw_case(1))])


def test_an_empty_file_is_no_set(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text("")
    assert "no case" in problems(path)[0]


def test_a_missing_file_is_named(tmp_path):
    assert str(tmp_path / "none.jsonl") in problems(tmp_path / "none.jsonl")[0]


def test_a_touched_split_is_noticed_and_the_other_is_not_suspected(tmp_path):
    """Sealing writes a hash for each split; the rest of the card stays as it was."""
    path = write_cases(tmp_path / "set.jsonl", raw_case(1), raw_case(2, split="test"))
    (tmp_path / "set.yaml").write_text("# a comment\n" + yaml.safe_dump(CARD))
    seal(path)
    assert (tmp_path / "set.yaml").read_text().startswith("# a comment")
    assert load_sets([path])[0].touched == ()
    write_cases(path, raw_case(1), raw_case(2, split="test", gold="another reply"))
    assert load_sets([path])[0].touched == ("test",)
    seal(path)
    assert load_sets([path])[0].touched == ()


def test_a_card_without_licence_is_refused(tmp_path):
    path = write_cases(tmp_path / "set.jsonl", raw_case(1))
    (tmp_path / "set.yaml").write_text("source: us\nlanguages: [de]\n")
    assert "/licence" in problems(path)[0]


def test_a_case_happens_when_its_newest_message_was_sent(tmp_path):
    """Else on a fixed day: figures must not change with the calendar."""
    assert case(tmp_path).moment == DEFAULT_DAY
    ticket = {
        "channel": "ebay",
        "messages": [{"author": "customer", "text": "Hallo", "sent_at": "2026-03-01T10:00:00Z"}],
    }
    assert case(tmp_path, ticket=ticket).moment.isoformat() == "2026-03-01T10:00:00+00:00"


def outcome(effort: float, **assessment):
    request = {
        "ticket": {"channel": "amazon", "customer": {"name": "Petra Zimmermann", "email": "p.z@example.org"},
                   "order": {"id": "302-1234567-7654321", "placed_at": "2026-11-01"},
                   "messages": [{"author": "customer", "text": "Hier Petra Zimmermann, wo ist 302-1234567-7654321?"}]},
        "agent": {"name": "Ludmilla"}, "resolutions": [],
    }  # fmt: skip
    return {
        "draft_id": "drf_0123456789abcdef", "request": request, "cause": "carrier_delay",
        "answer": {"triage": {"escalate": False}}, "assessment": {"edit_effort": effort, "compliant": True, **assessment},
        "sent_text": "Guten Tag Frau Zimmermann, ich prüfe 302-1234567-7654321.\n\nLudmilla",
    }  # fmt: skip


def test_edited_drafts_become_cases_without_the_people_in_them(tmp_path):
    (found,) = candidates([outcome(0.3), outcome(0.01), outcome(0.4, compliant=False)])
    said = str(found)
    assert not any(w in said for w in ("Petra", "Zimmermann", "Ludmilla", "302-1234567-7654321", "example.org"))
    assert found["ticket"]["order"]["placed_at"] == "2026-11-01"
    assert load_sets([write_cases(tmp_path / "c.jsonl", found)])[0].cases[0].gold.cause == "carrier_delay"
