"""The verdict: parts, context, repairs, scores, coaching."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

import reply_guards
from reply_guards.model import CaseFacts, Context, Offer, Shop, StepSpan
from reply_guards.review import review
from reply_guards.wordlists import data

GOOD = (
    "Guten Tag Frau Keller,\n\nes tut mir sehr leid, dass die Tasse zerbrochen ankam, das ist ärgerlich. Ich kümmere mich persönlich darum. "
    "Sobald Sie mir Bescheid geben, veranlasse ich die Erstattung von 19,90 €. Möchten Sie das Geld zurück oder lieber eine neue Tasse?\n\nViele Grüße\nJana"
)
FACTS = CaseFacts(
    order_id="302-1234567-7654321",
    tracking_number="00340434161094042557",
    amounts=(Decimal("19.90"),),
    customer_text="Die Tasse kam kaputt an!",
)
OFFERS = (Offer("refund", Decimal("19.90"), "EUR"), Offer("replacement"))
KNOWN = Context(channel="amazon", language="de", facts=FACTS, offers=OFFERS, actions_done=())

MUST_PASS = [
    ("commitment", "Ich prüfe das jetzt."),
    ("conditional commitment", "Ich melde mich bei Ihnen, wenn das Paket bis dahin nicht da ist."),
    ("allowed refund", "Sobald Sie mir Bescheid geben, veranlasse ich die Erstattung von 19,90 €."),
    ("denied", "Einen Gutschein kann ich Ihnen derzeit nicht zusagen."),
    ("repeated wish", "Sie möchten einen Gutschein, das verstehe ich."),
    ("being checked", "Ob eine Reparatur möglich ist, kläre ich heute."),
    ("own number", "Ihre Sendungsnummer ist 00340434161094042557."),
    (
        "own link",
        "Hier sehen Sie den Stand: https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=00340434161094042557",
    ),
    ("known order", "Ihre Bestellung 302-1234567-7654321 habe ich vor mir."),
    ("English commitment", "I am checking this now and I will get back to you."),
]


@pytest.mark.parametrize("text", [pytest.param(t, id=name) for name, t in MUST_PASS])
def test_honest_sentences_pass(text):
    """Commitments, denials, repetitions and known facts are never held against a reply."""
    context = (
        KNOWN
        if not text.startswith("I am")
        else Context(channel="amazon", language="en", offers=OFFERS, actions_done=())
    )
    assert not [f for f in review(text, context).findings if f.severity != "info"]


def test_a_good_reply_is_clean_and_scores_high():
    """Four steps, allowed promises, one question."""
    verdict = review(GOOD, KNOWN)
    assert verdict.compliant
    assert verdict.sendable
    assert not verdict.findings
    assert min(verdict.score.overall, verdict.score.empathy, verdict.score.structure) >= 90


def test_parts_limit_what_is_looked_at():
    """Only the parts asked for speak."""
    text = "Beruhigen Sie sich. Mehr auf www.beispiel-shop.de."
    assert {f.rule for f in review(text, Context(channel="amazon"), parts=("tone",)).findings} == {"tone.dismissive"}
    assert {f.rule for f in review(text, Context(channel="amazon"), parts=("compliance",)).findings} == {
        "links.external"
    }


def test_grounding_without_anything_to_stand_on_is_skipped_and_said():
    """A promise in free text is pointed out all the same."""
    verdict = review("Ich erstatte Ihnen 19,90 €.", Context(channel="amazon"))
    assert verdict.skipped == ("grounding",)
    assert any(f.rule == "promise.unverified" and f.severity == "warn" for f in verdict.findings)


def test_open_placeholders_hold_back_but_do_not_forbid():
    """Compliant, not sendable, and no other rule speaks of the label."""
    verdict = review("Ihr Paket kommt am [Ankunftsdatum].", KNOWN)
    assert verdict.compliant
    assert not verdict.sendable
    assert {f.rule for f in verdict.findings} == {"placeholder.open"}


def test_findings_know_their_step():
    """Steps come from the context."""
    text = "Es tut mir leid. Mehr auf www.beispiel-shop.de. Ersatz oder Geld?"
    at = text.index("Mehr")
    steps = (StepSpan("acknowledge", 0, at), StepSpan("propose", at, len(text)))
    finding = next(
        f for f in review(text, Context(channel="amazon", steps=steps)).findings if f.rule == "links.external"
    )
    assert finding.step == "propose"
    assert text[finding.start : finding.end] == finding.excerpt == "www.beispiel-shop.de"


REPAIRS = [
    (
        "stars",
        "Der Ersatz ist unterwegs. Über eine Bewertung würden wir uns freuen. Viele Grüße",
        "Bewertung",
        "unterwegs",
    ),
    ("emoji", "Der Ersatz ist morgen bei Ihnen 😊 und kostet nichts.", "😊", "kostet nichts"),
    (
        "foreign link",
        "Das Etikett liegt bereit. Mehr unter https://beispiel-shop.de/hilfe im Netz. Bis bald.",
        "beispiel-shop",
        "Etikett",
    ),
    ("line breaks", "Guten Tag,\n\n\n\n\nes tut mir leid.", "\n\n\n", "leid"),
]


@pytest.mark.parametrize(("text", "gone", "kept"), [pytest.param(*c[1:], id=c[0]) for c in REPAIRS])
def test_safe_repairs(text, gone, kept):
    """What code can repair is repaired, the rest of the reply stays, and the repaired text is better."""
    verdict = review(text, Context(channel="amazon"))
    assert verdict.fixed_text is not None
    assert gone not in verdict.fixed_text
    assert kept in verdict.fixed_text
    again = {f.rule for f in review(verdict.fixed_text, Context(channel="amazon"), parts=("compliance",)).findings}
    assert not again & {"feedback.request", "style.emoji", "links.external", "style.line_breaks"}


def test_coaching_speaks_the_agents_language():
    """German agents read German, others English; each hint once."""
    text = "Beruhigen Sie sich! Bitte beruhigen Sie sich!"
    german = review(text, Context(channel="amazon", agent_language="de")).coaching
    english = review(text, Context(channel="amazon")).coaching
    assert german != english
    assert len(set(german)) == len(german)


def test_the_shops_own_data_passes_on_its_own_channel_only():
    """A profile's domain, mail and phone are allowed by mail and forbidden on Amazon."""
    shop = Shop(domains=("teich-demo.de",), email="hilfe@teich-demo.de", phone="+49 431 5550123")
    text = "Sie erreichen uns unter 0431 5550123, hilfe@teich-demo.de oder https://www.teich-demo.de/hilfe."
    own = {f.rule for f in review(text, Context(channel="shop_email", shop=shop)).findings if f.severity == "block"}
    amazon = {f.rule for f in review(text, Context(channel="amazon", shop=shop)).findings}
    assert not own
    assert {"contact.phone", "contact.email", "links.external"} <= amazon


def test_review_requests_need_consent():
    """By mail with consent they pass; a gift for them never does."""
    ask, gift = "Schreiben Sie uns gern eine Bewertung.", "Für Ihre Bewertung schenken wir Ihnen einen Gutschein."
    assert review(ask, Context(channel="shop_email", review_consent=True)).compliant
    assert not review(ask, Context(channel="shop_email")).compliant
    assert not review(ask, Context(channel="amazon", review_consent=True)).compliant
    assert not review(gift, Context(channel="shop_email", review_consent=True)).compliant


def test_the_same_text_gets_the_same_verdict():
    """No state, no chance."""
    assert review(GOOD, KNOWN) == review(GOOD, KNOWN)


def test_the_package_is_callable_both_ways():
    """`reply_guards.review(...)` and `reply_guards.review.review(...)` are one."""
    assert reply_guards.review("Danke.", Context()) == review("Danke.", Context())


def test_the_import_is_light():
    """No heavy library is loaded by the import, nor by a plain review."""
    code = (
        "import sys; import reply_guards; from reply_guards import Context, review; loaded = set(sys.modules);"
        "assert not loaded & {'yaml', 'numpy', 'guardrails', 'phonenumbers', 'tldextract', 'emoji', 'ada_url'}, loaded;"
        "review('Guten Tag, es tut mir leid. Ich schicke Ersatz.', Context(channel='amazon'));"
        "assert 'guardrails' not in sys.modules and 'phonenumbers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "guardrails"})


def test_of_two_languages_used_alike_the_first_is_at_home():
    """The same piece is underlined in every process: it must not depend on how Python orders a set."""
    text = (
        "Vielen Dank für Ihre Geduld. Nous vous remercions de votre compréhension et restons à votre disposition. "
        "Die Gutschrift ist unterwegs."
    )
    mixed = [f for f in review(text, Context(channel="ebay")).findings if f.rule == "language.mixed"]
    assert [f.start for f in mixed] == [text.index("Nous")]


def test_messages_call_things_as_the_agent_calls_them():
    """No word of ours stands in a message: what was promised, done or missing has a name in both languages."""
    learned, claims, names = data("learned"), data("claims"), data("names")
    told = {
        *learned["offers"].values(),
        *learned["done"].values(),
        *claims["offers"],
        *claims["done"],
        "extra",
        "amount",
    }
    assert told <= set(names["what"])
    assert {"received", "when", "limit", "go_on", "after", "farewell", "question"} <= set(names["part"])
    text = "Ich schicke Ihnen einen Gutschein."
    for language, name in (("de", "„Gutschein“"), ("en", "“voucher”")):
        found = review(text, Context(channel="amazon", offers=(), agent_language=language)).findings
        assert any(name in f.message for f in found if f.rule == "promise.unauthorised")


def test_messages_name_languages():
    """Not their codes."""
    verdict = review(
        "Thank you for your message, I will look into it today.", Context(language="de", agent_language="de")
    )
    (message,) = [f.message for f in verdict.findings if f.rule == "language.mismatch"]
    assert "Englisch" in message
    assert "Deutsch" in message
