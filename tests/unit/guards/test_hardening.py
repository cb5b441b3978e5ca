"""Never an exception, always sane spans, the same answer twice: on any string."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eval.bench.hostile import UNITS
from eval.bench.hostile import text as hostile_text
from reply_guards.model import CaseFacts, Context, Offer, Shop
from reply_guards.review import review
from reply_guards.text import read

PIECES = st.sampled_from(
    [
        "Bewertung", "review", "https://", "www.", "amazon.de", "@", " (dot) ", "punkt de", "\u202e", "\u200b", "😀", "<b>", "<a href='", "&amp;", "&#x110000;",
        "[", "](", "{{", "0️⃣", "+49 30 ", "19,90 €", "22.11.", "\n\n\n", "„", "“", "xn--", "ﬁ", "İ", "ß", "\ud800", "\x00", "Sie", "du", "null eins zwei drei vier",
        "ich habe", "erstattet", "..", "....", "?!", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "[.]", "hxxp", "file://", "\\", "//", "%2e",
        " (at) ", "<at>", " at ", ".de", "0*4*3*1", "www ", "@import url(//", "٣", "xn--mazon-3ve.de", "a b c d e f g h ", "nullvierdrei", "gmail is ", "![](",
    ]
)  # fmt: skip
TEXT = st.one_of(
    st.text(max_size=400),
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join),
    st.lists(PIECES, max_size=40).map(" ".join),
)
CONTEXT = Context(
    channel="amazon", marketplace="amazon.de", language="de", register="sie",
    facts=CaseFacts(order_id="302-1234567-7654321", tracking_number="00340434161094042557", amounts=(Decimal("19.90"),), dates=("2026-11-18", "kein Datum"), customer_text="Tasse kaputt", products=("Tasse",)),
    offers=(Offer("refund", Decimal("19.90"), "EUR", "2026-11-30", "keep"),), actions_done=("checked_tracking",), shop=Shop(domains=("demo.de",), forbidden_words=("mega", "")), foreign_identities=("Müller", ""),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
@example("\ud800")
@example("[" * 50 + "](" * 20)
@example("\u202e\u202c\u202e")
@example("&#0;&#x110000;&#55296;")
@example("http://[::1" + "xn--" * 3)
def test_any_string_gets_a_verdict(text):
    """No exception; every finding lies inside the text and quotes it; the same text gets the same verdict."""
    verdict = review(text, CONTEXT)
    for finding in verdict.findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.excerpt.rstrip("…") in text[finding.start : finding.end] or len(finding.excerpt) >= 160
    assert review(text, CONTEXT) == verdict


@settings(deadline=None)
@given(TEXT)
def test_views_stay_inside_the_original(text):
    """Every character of the folded view has a place in the original."""
    reply = read(text)
    for at in range(0, len(reply.folded), 7):
        start, end = reply.span(at, at + 1)
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("kind", UNITS)
def test_a_text_made_to_be_slow_gets_a_verdict(kind):
    """Each kind the worst-case bench times is also right: spans inside the text, the same answer twice."""
    text = hostile_text(kind, 1500)
    verdict = review(text, CONTEXT)
    assert all(0 <= f.start <= f.end <= len(text) for f in verdict.findings)
    assert review(text, CONTEXT) == verdict
