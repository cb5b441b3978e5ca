"""German sentences told back after "dass"."""

import pytest

from app.drafts.composer.speech_de import report

FORMAL = {
    "perfect with sein": ("Der Henkel ist beim Auspacken abgebrochen.", "der Henkel beim Auspacken abgebrochen ist"),
    "simple past, separable": ("Gestern kam die Vase an.", "gestern die Vase ankam"),
    "present, separable": ("Das Wasser läuft unten aus.", "das Wasser unten ausläuft"),
    "modal": ("Meine Bestellung sollte am 17.11. ankommen.", "Ihre Bestellung am 17.11. ankommen sollte"),
    "first person": ("Ich warte seit zwei Wochen auf mein Paket.", "Sie seit zwei Wochen auf Ihr Paket warten"),
    "plural first person": ("Wir haben die Matratze drei Wochen probiert.", "Sie die Matratze drei Wochen probiert haben"),
    "adverb first, pronoun goes forward": (
        "Seit 15 Tagen warte ich auf die 64,90 Euro.", "Sie seit 15 Tagen auf die 64,90 Euro warten"),
    "reflexive goes forward": ("Nach drei Tagen hat sich der Griff gelöst.", "sich nach drei Tagen der Griff gelöst hat"),
    "reflexive of the speaker": ("Ich habe mir das anders vorgestellt.", "Sie sich das anders vorgestellt haben"),
    "dative of possession": ("Gestern ist mir der Griff abgebrochen.", "Ihnen gestern der Griff abgebrochen ist"),
    "participle first": ("Bestellt hatte ich die Bluse in Creme.", "Sie die Bluse in Creme bestellt hatten"),
    "lead-in is dropped": ("Leider funktioniert der Deckel nicht.", "der Deckel nicht funktioniert"),
    "two main clauses": ("Der Deckel klemmt und das Wasser läuft aus.", "der Deckel klemmt und das Wasser ausläuft"),
    "one subject for two verbs": ("Der Toaster raucht und stinkt.", "der Toaster raucht und stinkt"),
    "one auxiliary for two participles": (
        "Das Shirt hat abgefärbt und meine Hose ruiniert.", "das Shirt abgefärbt und Ihre Hose ruiniert hat"),
    "subordinate clause after": (
        "Das Display bleibt schwarz, wenn ich den Knopf drücke.", "das Display schwarz bleibt, wenn Sie den Knopf drücken"),
    "subordinate clause before": (
        "Als ich das Paket öffnete, war der Teller zerbrochen.", "der Teller zerbrochen war, als Sie das Paket öffneten"),
    "relative clause inside": (
        "Die Hose, die ich bestellt habe, ist viel zu klein.", "die Hose, die Sie bestellt haben, viel zu klein ist"),
    "infinitive with zu stays behind": (
        "Ich habe vergessen die Adresse zu ändern.", "Sie vergessen haben, die Adresse zu ändern"),
    "what was put behind the participle stays behind": (
        "Ich habe das Gerät bestellt am 3. November.", "Sie das Gerät bestellt haben am 3. November"),
    "sentence typed small": ("mein paket ist seit 2 wochen nicht da", "Ihr Paket seit 2 Wochen nicht da ist"),
    "it was noticed by us": ("Wir haben es heute früh gemerkt.", "Sie es heute früh gemerkt haben"),
    "she is a thing here": ("Ich habe sie in der Werkstatt gefunden.", "Sie sie in der Werkstatt gefunden haben"),
    "one must save it": ("Man muss es mit der Gabel retten.", "man es mit der Gabel retten muss"),
    "she, not the shop": ("Sie ist uns deutlich zu hart.", "sie Ihnen deutlich zu hart ist"),
    "a count gets its article": ("Dritte Woche warte ich auf mein Paket.", "Sie die dritte Woche auf Ihr Paket warten"),
    "a telegram gets its article": ("Bildschirm flackert seit dem ersten Tag.", "der Bildschirm seit dem ersten Tag flackert"),
    "a tail that says nothing": ("Die Kerze riecht nach Hund, aber ist so.", "die Kerze nach Hund riecht"),
    "parenthesis and colon are cut": (
        "Mein Paket (der Filter) bewegt sich nicht mehr: letzter Scan Unna.", "Ihr Paket sich nicht mehr bewegt"),
}  # fmt: skip

FAMILIAR = {
    "first person": ("Ich warte seit zwei Wochen auf mein Paket.", "du seit zwei Wochen auf dein Paket wartest"),
    "reflexive": ("Ich habe mir das anders vorgestellt.", "du dir das anders vorgestellt hast"),
    "two clauses": ("Ich bin umgezogen und brauche die Ware.", "du umgezogen bist und die Ware brauchst"),
    "no plural you": ("Wir haben am Samstag Gäste.", None),
}

UNSURE = {
    "a second clause with a verb we do not know": "Jetzt steht die Küche unter Wasser und mein Klempner verlangt 90 Euro.",
    "a participle before its object": "Ich habe bestellt Lautsprecher schwarz.",
    "fragment": "Henkel abgebrochen",
    "a count whose article would need another ending": "Zweiter Tag ohne Strom ist das jetzt.",
    "no verb known": "Der Gnorp zwirbelt den Knast.",
    "participles only": "Alles ausgepackt und zweimal nachgeschaut.",
    "ellipsis that looks like a present": "3 Packungen bestellt und bezahlt.",
    "indirect question": "wie die Rücksendung abläuft",
    "subordinate clause alone": "weil der Deckel nicht schließt",
    "us without a preposition": "Das hat uns geärgert.",
    "a second verb of ich that is not known": "Ich sitze hier und heule.",
    "empty": "",
}


@pytest.mark.parametrize(("sentence", "told"), FORMAL.values(), ids=FORMAL)
def test_formal(sentence: str, told: str) -> None:
    """The verb goes last, the person turns, nouns keep their capitals."""
    assert report(sentence, "sie") == told


@pytest.mark.parametrize(("sentence", "told"), FAMILIAR.values(), ids=FAMILIAR)
def test_familiar(sentence: str, told: str | None) -> None:
    """In `du`, the verb takes its second person; what would need "ihr" is given up."""
    assert report(sentence, "du") == told


@pytest.mark.parametrize("sentence", UNSURE.values(), ids=UNSURE)
def test_unsure_is_given_up(sentence: str) -> None:
    """What cannot be turned with confidence is not told at all."""
    assert report(sentence, "sie") is None
