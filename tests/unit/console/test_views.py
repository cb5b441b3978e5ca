"""What the pages are made of, without a server: offsets, differences, charts, options, the session's secret."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from app.console.charts import nice, rules_chart, weeks_chart
from app.console.diff import word_diff
from app.console.draft_view import as_edited, joined
from app.console.forms import Form
from app.console.options import request_of
from app.console.session import Sessions
from app.console.signing import local_path
from app.desk.demo import demo_tickets
from app.drafts.schemas import CheckAnswer, DraftAnswer, FindingOut, Score
from app.errors import InvalidRequest
from app.quality.service import RuleCount, Week

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SCORE = Score(overall=90, structure=90, empathy=90, tone=90, clarity=90, compliance=90, grounding=90)
WORDS = st.text(alphabet=st.sampled_from("aé ß😀👩‍💻\n.[]"), max_size=30)


def answer() -> DraftAnswer:
    triage = {"language": "de", "sentiment": "calm", "intensity": 0, "cause": "other", "abusive": False,
              "escalate": False, "reasons": [], "reply_due_at": NOW, "reply_target_at": NOW}  # fmt: skip
    return DraftAnswer.model_validate({
        "id": "drf_1", "status": "ready", "text": "a", "language": "de", "kind": "reply", "steps": [], "placeholders": [],
        "findings": [], "score": SCORE, "sources": [], "triage": triage, "generation": {"engine": "composer"},
        "timings_ms": {}, "created_at": NOW,
    })  # fmt: skip


@given(texts=st.lists(WORDS, min_size=4, max_size=4), data=st.data())
def test_marks_cover_exactly_the_words_a_finding_speaks_about(texts, data):
    """Offsets told in code points of the whole text become UTF-16 offsets of each field, emoji or not."""
    whole = joined(texts)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    finding = FindingOut(rule="links.external", severity="block", start=start, end=end, excerpt="", message="")
    check = CheckAnswer(
        compliant=False, sendable=False, findings=(finding,), score=SCORE, coaching=(), skipped=(), fixed_text=None
    )
    view = as_edited(answer(), texts, check)
    assert view.text == whole
    marked = ""
    for span in view.spans:
        assert whole[span.start : span.end] == span.text
        units = span.text.encode("utf-16-le")
        for mark in view.marks[span.name]:
            marked += units[mark["from"] * 2 : mark["to"] * 2].decode("utf-16-le")
    inside = "".join(
        whole[max(start, s.start) : min(end, s.end)] for s in view.spans if max(start, s.start) < min(end, s.end)
    )
    assert marked == inside


@given(before=st.text(max_size=80), after=st.text(max_size=80))
def test_a_difference_tells_both_texts(before, after):
    """What stayed and what went is the old text; what stayed and what came is the new one."""
    pieces = word_diff(before, after)
    assert "".join(t for kind, t in pieces if kind != "new") == before
    assert "".join(t for kind, t in pieces if kind != "gone") == after


@pytest.mark.parametrize(
    ("value", "scale"), [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (11, 20), (999, 1000), (1001, 2000)]
)
def test_axes_end_at_round_numbers(value, scale):
    """1, 2, 5, 10 …"""
    assert nice(value) == scale


def test_charts_stay_inside_their_frame():
    """Whatever the numbers, nothing is drawn outside; a time without outcomes draws no bar."""
    starts = [NOW.date() - timedelta(weeks=i) for i in range(12)]
    names = {"sent": "sent", "edited": "edited", "discarded": "discarded"}
    empty = weeks_chart([Week(s) for s in starts], names, [str(s) for s in starts])
    assert not empty.bars
    assert not empty.path
    full = weeks_chart([Week(s, 7, 90, 3, 1.4) for s in starts], names, [str(s) for s in starts])
    rules = rules_chart([RuleCount("links.external", "block", 10_000, 1), RuleCount("tone.cold", "warn", 0, 1)])
    for chart in (full, rules):
        assert all(
            b.x >= 0 and b.y >= 0 and b.x + b.width <= 560 and b.y + b.height <= chart.height for b in chart.bars
        )
        assert all(0 <= y <= chart.height for _, y in chart.line)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"offer": ["refund"], "amount-refund": ["viel"]}, "amount-refund"),
        ({"offer": ["refund"], "amount-refund": ["5"], "currency-refund": ["Euro"]}, "amount-refund"),
        ({"offer": ["invoice", "replacement"], "by-replacement": ["gestern"]}, "by-replacement"),
        ({"instruction": ["x" * 2001]}, "instruction"),
        ({"kind": ["poem"]}, "kind"),
        ({"offer": ["unicorn"]}, "offer-unicorn"),
    ],
)
def test_each_mistake_in_the_options_is_told_at_its_field(fields, pointer):
    """By the name the field has on the page."""
    with pytest.raises(InvalidRequest) as refused:
        request_of(Form(fields), demo_tickets(NOW)[0])
    assert pointer in {e.pointer for e in refused.value.errors}


def test_amounts_are_read_as_people_write_them():
    """A decimal comma is one."""
    form = Form({"offer": ["refund"], "amount-refund": ["19,90"], "return-refund": ["keep"]})
    [offer] = request_of(form, demo_tickets(NOW)[0]).resolutions or ()
    assert str(offer.amount.amount) == "19.90"
    assert offer.return_ == "keep"


def test_the_example_tickets_are_fresh_and_valid():
    """Written as hours and days from the first start."""
    tickets = demo_tickets(NOW)
    assert {t.id for t in tickets} >= {"demo-cup", "demo-lamp"}
    assert all(NOW - timedelta(days=2) < m.sent_at <= NOW for t in tickets for m in t.messages)


def test_the_sessions_secret_is_made_once_and_kept_to_its_owner(tmp_path):
    """Two processes that start together share it."""
    settings = Settings(data_dir=tmp_path)
    first, second = Sessions(settings).secret, Sessions(settings).secret
    assert first == second
    assert len(first) >= 48
    assert stat.S_IMODE((tmp_path / "session_secret").stat().st_mode) == 0o600
    chosen = Settings(data_dir=tmp_path, session_secret="x" * 32)
    assert Sessions(chosen).secret == "x" * 32


@given(st.text(max_size=40))
def test_a_local_path_never_leaves_the_console(wanted):
    """Whatever was wished for."""
    for path in (wanted, "/console" + wanted, "/console/" + wanted):
        found = local_path(path)
        assert found.startswith("/console")
        assert "//" not in found
        assert "\\" not in found
