"""Language, mood, abuse, escalation, due times and cause: the contract's part of triage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from app.triage.due import due, read_times
from app.triage.service import triage
from tests.unit.triage.build import NOW, judge, thread, ticket

LANGUAGES = [
    ("short German", "wo bleibt mein paket", {}, "de"),
    ("short English", "where is my stuff", {}, "en"),
    ("misspelt German", "tasse kaput will geld zurük", {}, "de"),
    ("Bavarian", "i hob no nix kriagt, wo is mei packerl", {}, "de"),
    ("French", "Bonjour, ma commande n'est toujours pas arrivée.", {}, "fr"),
    ("Dutch", "Waar blijft mijn pakket? Ik heb nog steeds niets ontvangen.", {}, "nl"),
    ("Polish", "Gdzie jest moja paczka? Nadal nie dostałem zamówienia.", {}, "pl"),
    ("Spanish", "Mi pedido no ha llegado y quiero el reembolso.", {}, "es"),
    ("Italian", "Il mio pacco non è ancora arrivato, dove si trova?", {}, "it"),
    ("quoted history in another language", "Wo ist mein Paket?\n\n> Hello, your order has shipped and is on its way.", {}, "de"),
    ("the ticket's own word wins", "where is my order", {"language": "de"}, "de"),
    ("nothing to go by but the marketplace", "???", {"marketplace": "amazon.de"}, "de"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields", "language"), [x[1:] for x in LANGUAGES], ids=[x[0] for x in LANGUAGES])
def test_language(text, fields, language):
    """The language of the customer's own newest words."""
    assert judge(text, **fields).language == language


MOODS = [
    ("calm question", "Hallo, passt die Halterung an ein 32 mm Rohr? Vielen Dank!", {"calm"}),
    ("late parcel, no courtesy", "wheres my stuff its been 2 weeks", {"annoyed"}),
    ("insists and threatens", "Ich will sofort mein Geld zurück, sonst gehe ich zum Anwalt!", {"angry", "furious"}),
    ("capitals", "DAS IST EINE UNVERSCHÄMTHEIT!!! ICH WILL SOFORT MEIN GELD ZURÜCK!!!", {"furious"}),
    ("sarcasm", "Na super, vielen Dank auch. Wieder die falsche Größe geschickt.", {"annoyed", "angry"}),
    ("not happy", "I am not happy with this, the kettle arrived broken.", {"annoyed"}),
    ("worried", "I am really worried, is my parcel lost? I need it for my son.", {"worried"}),
    ("grateful", "Vielen herzlichen Dank für die schnelle Hilfe, der Ersatz ist da und funktioniert!", {"grateful"}),
    (
        "thanks in advance is courtesy",
        "Bitte senden Sie mir die Rechnung. Vielen Dank im Voraus für Ihre Hilfe.",
        {"calm"},
    ),
]


@pytest.mark.parametrize(("text", "moods"), [m[1:] for m in MOODS], ids=[m[0] for m in MOODS])
def test_sentiment(text, moods):
    """The mood a careful reader would name."""
    assert judge(text).sentiment in moods


def test_louder_words_are_more_intense():
    """Intensity grows from a plain complaint to a shouted one."""
    plain = judge("Die Tasse ist kaputt angekommen.").intensity
    loud = judge("DIE TASSE IST KAPUTT ANGEKOMMEN!!! SO EINE FRECHHEIT!!! NIE WIEDER!!!").intensity
    assert plain < 0.3 < loud


ABUSE = [
    ("insult at the reader", "Ihr Idioten, wo ist mein Paket?", True),
    ("formal insult", "Sie sind ein Vollidiot!", True),
    ("English insult", "You are a bunch of morons.", True),
    ("threat of violence", "I know where you live.", True),
    ("told to shut up", "Halt die Fresse und gib mir mein Geld.", True),
    ("insult at the driver", "Ihr Fahrer ist ein Idiot, er hat das Paket in den Regen gestellt.", False),
    ("about oneself", "Halten Sie mich für einen Idioten?", False),
    ("swearing about the matter", "So eine verdammte Scheiße, die Lampe ist schon wieder kaputt!", False),
    ("insulting the firm", "Was für ein Saftladen, nie wieder!", False),
    ("furious, not abusive", "THIS IS THE WORST SERVICE EVER, I WANT MY MONEY NOW!!!", False),
]


@pytest.mark.parametrize(("text", "abusive"), [a[1:] for a in ABUSE], ids=[a[0] for a in ABUSE])
def test_abuse(text, abusive):
    """Only attacks on the reader are abuse; anger is not."""
    assert judge(text).abusive is abusive


REASONS = [
    ("lawyer", "Ich gehe zum Anwalt.", {}, {"legal_threat"}),
    ("A-to-z", "I will open an A-to-z claim today.", {}, {"claim_threat"}),
    ("chargeback", "Otherwise I'll do a chargeback.", {}, {"claim_threat"}),
    ("injury", "Ich habe mich an der Kante verletzt.", {}, {"safety_incident"}),
    ("electric shock", "The lamp gave me an electric shock.", {}, {"safety_incident"}),
    ("social", "Ich poste das auf Instagram.", {}, {"social_threat"}),
    ("human", "Ich möchte mit einem Vorgesetzten sprechen.", {}, {"wants_human"}),
    ("third time", "Ich schreibe zum dritten Mal, wo ist mein Paket?", {}, {"repeated_contact"}),
    ("VIP", "Wo ist mein Paket?", {"customer": {"vip": True}}, {"vip"}),
    ("doctor in passing", "Ich war beim Arzt, als der Bote kam, und habe das Paket verpasst.", {}, set()),
    ("advertisement seen", "I saw the mug on Instagram and it arrived broken.", {}, set()),
    ("a display", "Die Anzeige am Wecker flackert.", {}, set()),
    ("takes it back", "Ich will nicht gleich mit dem Anwalt drohen, aber die Lampe ist kaputt.", {}, set()),
    ("only asked", "Was passiert, wenn ich mich an der Lampe verletze?", {}, set()),
    ("angry alone", "Unverschämt! Die Tasse ist kaputt!", {}, set()),
]


@pytest.mark.parametrize(("text", "fields", "reasons"), [r[1:] for r in REASONS], ids=[r[0] for r in REASONS])
def test_reasons_to_escalate(text, fields, reasons):
    """Stable reason keys for what needs more authority, and none for what only sounds like it."""
    found = judge(text, **fields)
    assert set(found.reasons) == reasons
    assert found.escalate is bool(reasons)


@pytest.mark.parametrize(
    ("channel", "hours"), [("amazon", 24), ("ebay", 24), ("kaufland", 48), ("walmart", 48), ("chat", 24)]
)
def test_reply_is_due_by_the_channel(channel, hours):
    """The channel's limit counts from the customer's newest message, else from now."""
    sent = datetime(2026, 11, 21, 8, tzinfo=UTC)
    messages = [{"author": "customer", "text": "Wo ist mein Paket?", "sent_at": sent}]
    dated = triage(ticket("x", channel=channel).model_validate({"channel": channel, "messages": messages}), now=NOW)
    assert dated.reply_due_at == sent + timedelta(hours=hours)
    assert triage(ticket("Wo ist mein Paket?", channel=channel), now=NOW).reply_due_at == NOW + timedelta(hours=hours)


AIMS = [("furious", 0.9, 1), ("angry", 0.5, 3), ("angry", 0.8, 1), ("annoyed", 0.2, 6), ("worried", 0.4, 6),
        ("calm", 0.0, 12), ("grateful", 0.3, 24)]  # fmt: skip


@pytest.mark.parametrize(("sentiment", "intensity", "hours"), AIMS)
def test_the_aim_comes_sooner_the_angrier_the_customer(sentiment, intensity, hours):
    """Angry customers are to be answered within three hours, furious ones within one."""
    assert due("amazon", sentiment, intensity, NOW) == (NOW + timedelta(hours=24), NOW + timedelta(hours=hours))


def test_the_hours_are_checked_when_they_are_read(tmp_path):
    """A sentiment without an aim is a fault of the file."""
    path = tmp_path / "due.yaml"
    path.write_text("limits: {default: 24}\ntargets: {calm: 12}\nfurious_from: 0.8\n", "utf-8")
    with pytest.raises(ValidationError, match="every sentiment"):
        read_times(path)


CAUSES = [
    ("late", "Mein Paket sollte am Montag kommen und ist immer noch nicht da.", None, "carrier_delay"),
    ("not sent", "Wann wird meine Bestellung endlich verschickt? Steht seit Tagen auf in Bearbeitung.", None, "warehouse_delay"),
    ("shown as delivered", "It says delivered but I never received my parcel.", None, "lost_parcel"),
    ("broken on the way", "Die Vase kam in Scherben an, der Karton war eingedrückt.", None, "damaged_in_transit"),
    ("broken in use", "Der Mixer hat nach zwei Wochen den Geist aufgegeben.", None, "product_defect"),
    ("wrong", "I ordered blue and you sent me the red one.", None, "wrong_item"),
    ("missing", "Es waren nur drei von vier Tellern im Karton.", None, "missing_item"),
    ("return", "Wie kann ich die Hose zurückschicken?", None, "return_request"),
    ("money late", "You have had my return for three weeks, where is my refund?", None, "refund_delayed"),
    ("money refused", "Warum wurde meine Erstattung abgelehnt?", None, "refund_denied"),
    ("silence", "Ich habe dreimal geschrieben und niemand antwortet.", None, "no_response"),
    ("cancel", "Please cancel my order.", None, "cancellation"),
    ("address", "Ich habe die falsche Hausnummer angegeben, bitte ändern.", None, "address_change"),
    ("invoice", "Ich brauche eine Rechnung mit Umsatzsteuer.", None, "invoice"),
    ("payment", "I was charged twice for one order.", None, "payment_failed"),
    ("question", "Ist die Jacke wasserdicht?", None, "product_question"),
    ("quality", "Der Stoff ist hauchdünn, sehr schlechte Qualität.", None, "product_dissatisfaction"),
    ("only abuse", "Ihr seid alle Vollidioten.", None, "abuse"),
    ("other", "Bitte löschen Sie mein Kundenkonto nach DSGVO.", None, "other"),
    ("order: still waiting", "Wo bleibt meine Bestellung?", {"status": "processing"}, "warehouse_delay"),
    ("order: on its way", "Wo bleibt meine Bestellung?", {"status": "shipped"}, "carrier_delay"),
    ("order: refund denied", "Was ist jetzt mit meiner Erstattung?", {"refund": {"state": "denied"}}, "refund_denied"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "order", "cause"), [c[1:] for c in CAUSES], ids=[c[0] for c in CAUSES])
def test_cause(text, order, cause):
    """Each of the nineteen causes in its plain form; the order decides what the text leaves open."""
    assert judge(text, **({"order": order} if order else {})).cause == cause


def test_a_cause_says_how_sure_it_is():
    """Plain words are believed, a remark that could mean anything is a guess, and an order makes words surer."""
    plain = judge("Der Toaster heizt nicht mehr, er ist nach zwei Wochen kaputtgegangen.")
    remark = judge("Da stehe ich nun mit dem Salat.")
    late = judge("Da stehe ich nun mit dem Salat.", order={"status": "shipped"})
    assert plain.cause_confidence > 0.6
    assert not plain.cause_is_guessed
    assert remark.cause_is_guessed
    assert remark.cause_confidence < late.cause_confidence < plain.cause_confidence


def test_an_attack_with_a_claim_keeps_the_claim():
    """An abusive tone does not cancel a justified claim."""
    found = judge("Ihr Idioten! Die Vase kam in Scherben an, der Karton war völlig zerdrückt, alles zerbrochen.")
    assert found.abusive
    assert found.cause == "damaged_in_transit"


def test_a_refund_promised_by_an_agent_is_what_the_customer_waits_for():
    """An agent's promise turns talk of money into a delayed refund."""
    found = triage(
        thread(
            ("customer", "Ich möchte die Yogamatte zurückgeben."),
            ("agent", "Die Erstattung ist veranlasst."),
            ("customer", "Auf meinem Konto ist noch kein Geld."),
        ),
        now=NOW,
    )
    assert found.cause == "refund_delayed"


ULTIMATA = [
    ("The jacket arrived with a broken zip. If I don't get my money back I'm calling my bank.", "damaged_in_transit"),
    ("You sent me a size 8 instead of a 10. If you don't refund me today I'm filing a chargeback.", "wrong_item"),
    ("Paket seit zwei Wochen nicht da. Wenn Sie mir das Geld nicht erstatten, PayPal-Fall.", "carrier_delay"),
    ("Der Toaster heizt nicht. Wenn ich mein Geld nicht zurückbekomme, gehe ich zum Anwalt.", "product_defect"),
    ("I returned the boots three weeks ago. If I don't get my money back I'm calling my bank.", "refund_delayed"),
    ("Wenn ich mein Geld nicht zurückbekomme, gehe ich zum Anwalt.", "refund_delayed"),
]


@pytest.mark.parametrize(("text", "cause"), ULTIMATA)
def test_an_ultimatum_does_not_say_why_somebody_writes(text, cause):
    """What happened does; where nothing else is said, what is demanded has to."""
    assert judge(text).cause == cause
