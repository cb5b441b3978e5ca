"""What customers ask for, turn down, or only miss: told apart by the words around the thing named."""

from __future__ import annotations

import pytest

from tests.unit.triage.build import judge

REFUSED = [
    ("Bitte keinen Ersatz schicken.", ["replacement"]),
    ("Ersatz brauche ich nicht mehr.", ["replacement"]),
    ("Von einem Gutschein habe ich nichts.", ["voucher"]),
    ("Den Gutschein könnt ihr behalten.", ["voucher"]),
    ("Mit einem Gutschein ist mir nicht geholfen.", ["voucher"]),
    ("Verschonen Sie mich mit Gutscheinen.", ["voucher"]),
    ("Eine Reparatur kommt für mich nicht in Frage.", ["repair"]),
    ("Zurückschicken werde ich das nicht.", ["return"]),
    ("Ich schicke nichts zurück.", ["return"]),
    ("Auf eine Reparatur verzichte ich.", ["repair"]),
    ("Ich will nicht, dass Sie mir nochmal das gleiche Gerät schicken.", ["replacement"]),
    ("Einen Umtausch lehne ich ab.", ["replacement"]),
    ("Ein neues Gerät möchte ich nicht.", ["replacement"]),
    ("Ich brauche keine neue Lieferung, nur das Geld.", ["replacement"]),
    ("Kommt mir nicht mit einem Rabatt.", ["discount"]),
    ("Bitte nicht stornieren!", ["cancellation"]),
    ("I'm not interested in a replacement.", ["replacement"]),
    ("I won't accept store credit.", ["voucher"]),
    ("Keep your voucher.", ["voucher"]),
    ("A repair is out of the question.", ["repair"]),
    ("I refuse to return it.", ["return"]),
    ("There's no point in sending another one.", ["replacement"]),
    ("I have no use for a replacement.", ["replacement"]),
    ("Anything but a voucher please.", ["voucher"]),
    ("Don't bother replacing it.", ["replacement"]),
    ("I do not want it repaired.", ["repair"]),
    ("Not a voucher, my money.", ["voucher"]),
    ("Please do not cancel my order.", ["cancellation"]),
    ("I don't need a new one any more.", ["replacement"]),
    ("A discount won't help me.", ["discount"]),
    ("I would rather not send it back.", ["return"]),
    ("Ich möchte Ersatz.", []),
    ("Warum bekomme ich keinen Ersatz?", []),
    ("Sie haben mir noch keinen Ersatz geschickt.", []),
    ("Ich habe immer noch keine Erstattung bekommen.", []),
    ("I still haven't received my refund.", []),
    ("Why can't I get a refund?", []),
    ("You never sent the replacement.", []),
    ("No refund yet!", []),
    ("I sent the vacuum back three weeks ago. No refund, no email, nobody picks up the phone.", []),
    ("Rücksendung ist seit Wochen bei Ihnen. Keine Erstattung, keine Mail, nichts.", []),
    ("I have no invoice.", []),
    ("Der Gutschein funktioniert nicht.", []),
    ("The return label does not work.", []),
    ("I got no replacement and no refund.", []),
    ("Es gab keine Rechnung im Paket.", []),
    ("My voucher code is not accepted.", []),
    ("Ich verstehe nicht, warum die Erstattung so lange dauert.", []),
    ("Kein Geld zurück bekommen bis heute!", []),
]

WANTED = [
    ("Die Tasse ist zerbrochen. Schicken Sie mir bitte eine neue.", ["replacement"]),
    ("The mug arrived broken, please send me a new one.", ["replacement"]),
    ("Ich hätte gern mein Geld wieder.", ["refund"]),
    ("Können Sie das reparieren? Der Mixer läuft nicht.", ["repair"]),
    ("Es fehlen zwei Schrauben, bitte nachsenden.", ["reshipment"]),
    ("The screws are missing, could you send them?", ["reshipment"]),
    ("Bitte stornieren.", ["cancellation"]),
    ("Wann kommt mein Paket?", ["delivery_date", "information"]),
    ("The table is scratched, knock 20% off and I keep it.", ["discount"]),
    ("I expect an apology.", ["apology"]),
    ("Wann wird der kaputte Sessel abgeholt?", ["information", "pickup"]),
    ("The sofa is broken, please pick it up.", ["pickup"]),
    ("The sofa is broken, when will you pick up the sofa?", ["information", "pickup"]),
    ("Bitte stellen Sie einen Nachforschungsauftrag.", ["investigation"]),
    ("Schicken Sie mir die Rechnung.", ["invoice"]),
    ("I got a refund for the first one but the second one is broken too.", []),
    ("Der Ersatz ist auch kaputt.", []),
    ("Your replacement was broken as well.", []),
    ("Die Vase ist kaputt. Entweder Ersatz oder Geld zurück.", ["refund", "replacement"]),
    ("Ich möchte die Schuhe umtauschen.", ["replacement"]),
    ("Give me my money back now", ["refund"]),
    ("Refund!!!", ["refund"]),
    ("i just want what i ordered", ["replacement"]),
    ("Let me speak to your manager.", ["human"]),
    ("Ich habe den Mixer schon reparieren lassen, er ist wieder kaputt.", []),
    ("Die Lampe flackert.", []),
    ("Ändern Sie bitte die Adresse.", ["correction"]),
    ("Ich bestehe auf Erstattung des Kaufpreises.", ["refund"]),
    ("Please refund half of the price, then I keep the scratched table.", ["partial_refund"]),
    ("Ich erwarte Lieferung bis Freitag oder ich storniere.", ["cancellation", "delivery_date"]),
    ("Tauschen Sie mir das kaputte Teil aus.", ["replacement"]),
    ("I need the missing part sent out today.", ["reshipment"]),
    ("Kann ich das behalten und bekomme etwas erstattet? Die Lampe hat eine Delle.", ["partial_refund"]),
]


@pytest.mark.parametrize(("text", "refused"), REFUSED)
def test_refused(text, refused):
    """Turned down is what the customer does not want; what has not come yet is only missed."""
    assert sorted(judge(text).reading.refuses) == refused


@pytest.mark.parametrize(("text", "wanted"), WANTED)
def test_wanted(text, wanted):
    """Asked for is what a clause requests; what is told as past is not."""
    assert sorted(judge(text).reading.wants) == wanted


# Supposing that it stays away asks for it; the first named is what the customer would rather have.
SUPPOSED = [
    ("Wenn ich nicht SOFORT mein Geld zurückbekomme, hagelt es eine 1-Stern-Bewertung.", ["refund"]),
    ("Wenn Sie mir das Geld nicht erstatten, gehe ich zur Verbraucherzentrale.", ["refund"]),
    ("Falls ich mein Geld nicht bis Freitag zurück habe, melde ich das.", ["refund"]),
    ("Wenn nicht bald Ersatz kommt, storniere ich.", ["replacement"]),
    ("Sollten Sie mir keine Erstattung anweisen, hole ich mir einen Anwalt.", ["refund"]),
    ("Wenn ihr mir kein neues Gerät schickt, will ich das Geld.", ["replacement", "refund"]),
    ("Wenn ich die Schuhe nicht zurückschicken kann, melde ich das bei PayPal.", ["return"]),
    ("Ohne Erstattung gebe ich keine Ruhe.", ["refund"]),
    ("Die Vase ist zerbrochen. Wenn ich mein Geld nicht zurückbekomme, gehe ich zum Anwalt.", ["refund"]),
    ("Falsche Größe! Wenn ich bis Freitag mein Geld nicht habe, PayPal-Fall.", ["refund"]),
    ("If I don't get my money back by Friday, I will call my bank.", ["refund"]),
    ("If you don't refund me today I'm filing a chargeback.", ["refund"]),
    ("If there's no replacement by Monday, I want a refund.", ["replacement", "refund"]),
    ("If you do not want to refund me, I'll see you in court.", ["refund"]),
    ("Without a refund I won't let this go.", ["refund"]),
]
STILL_REFUSED = [
    ("Wenn möglich keinen Ersatz.", ["replacement"]),
    ("Wenn es geht bitte keinen Ersatz schicken.", ["replacement"]),
    ("Wenn ich mein Geld nicht zurück möchte, was dann?", ["refund"]),
    ("Sie sollten mir keinen Ersatz schicken.", ["replacement"]),
    ("Ich behalte es, wenn ich es nicht zurückschicken muss.", ["return"]),
    ("Ich will mein Geld nicht zurück, ich will Ersatz.", ["refund"]),
    ("If possible no replacement please.", ["replacement"]),
    ("Wenn der Ersatz wieder nicht geht, behalten Sie ihn, ich will keinen Ersatz mehr.", ["replacement"]),
    ("If it's broken again don't send a replacement.", ["replacement"]),
    ("You should not send a replacement.", ["replacement"]),
    ("If I don't want a refund, what else is there?", ["refund"]),
]


@pytest.mark.parametrize(("text", "wanted"), SUPPOSED)
def test_what_is_only_supposed_to_stay_away_is_asked_for(text, wanted):
    """Never read as refused: the reply would respect a wish nobody has."""
    reading = judge(text).reading
    assert set(wanted) <= set(reading.wants)
    assert not reading.refuses


@pytest.mark.parametrize(("text", "refused"), STILL_REFUSED)
def test_a_supposition_beside_a_refusal_leaves_it_one(text, refused):
    """An "if" about something else, and the customer's own will."""
    assert list(judge(text).reading.refuses) == refused
