"""The normalisation: disguises are read as what they show, and every span leads back to the original characters."""

from __future__ import annotations

import re

import pytest

from reply_guards.text import leaps, read

DISGUISES = [
    ("zero-width", "Bew\u200bertung", "bewertung"),
    ("soft hyphen", "Be\u00adwertung", "bewertung"),
    ("cyrillic letters", "rеviеw", "review"),
    ("full width", "ｒｅｖｉｅｗ", "review"),
    ("mathematical bold", "𝐫𝐞𝐯𝐢𝐞𝐰", "review"),
    ("circled letters", "Ⓡⓔⓥⓘⓔⓦ", "review"),
    ("keycap digits", "1️⃣2️⃣3️⃣", "123"),
    ("flag letters", "🇷🇪🇻🇮🇪🇼", "review"),
    ("entities", "f&uuml;nf &#115;terne", "fuenf sterne"),
    ("tags inside a word", "Bew<b>ert</b>ung", "bewertung"),
    ("markdown inside a word", "Bew**ert**ung", "bewertung"),
    ("spaced letters", "r e v i e w", "review"),
    ("dotted letters", "r.e.v.i.e.w", "review"),
    ("leet", "f33dback", "feedback"),
    ("umlauts", "Päckchen für Größe", "paeckchen fuer groesse"),
    ("accents", "évaluación", "evaluacion"),
    ("digits of another script", "٠٤٣١", "0431"),
    ("an address in angle brackets", "<https://shop.de>", "https://shop.de"),
    ("an at-sign in angle brackets", "name<at>firma", "name<at>firma"),
    ("right-to-left override", "\u202eweiver\u202c", "review"),
]


@pytest.mark.parametrize(("shown", "folded"), [pytest.param(a, b, id=name) for name, a, b in DISGUISES])
def test_a_disguise_is_read_as_what_it_shows(shown, folded):
    """Whatever the trick, the patterns see plain words."""
    assert folded in read(shown).folded


@pytest.mark.parametrize(("shown", "folded"), [pytest.param(a, b, id=name) for name, a, b in DISGUISES])
def test_a_span_leads_back_to_the_whole_disguise(shown, folded):
    """A finding underlines the characters the author typed, from the first to the last."""
    text = f"Bitte: {shown} danke"
    reply = read(text)
    at = reply.folded.index(folded)
    start, end = reply.span(at, at + len(folded))
    inner = text[start:end]
    assert text.index(shown) <= start < end <= text.index(shown) + len(shown)
    assert sum(c.isalnum() for c in inner) >= sum(c.isalnum() for c in shown) - sum(c.isalnum() for c in "uuml115bb")


SENTENCES = [
    ("abbreviations", "Wir liefern z. B. am Montag. Gut?", 2),
    ("ordinal before a month", "Sie kommt am 22. November an.", 1),
    ("ordinal at the end", "Bis zum 22. Ich melde mich.", 2),
    ("decimals", "Das sind 19.90 Euro und 3.5 kg.", 1),
    ("blank line", "Hallo\n\nes tut mir leid", 2),
    ("greeting line", "Hallo Frau Keller,\nes tut mir leid.", 2),
    ("wrapped line", "es tut mir sehr\nleid und ich helfe.", 1),
    ("list", "Möglich:\n- Ersatz\n- Geld", 3),
    ("several marks", "Wirklich?! Ja.", 2),
    ("ellipsis inside", "Hm... das wundert mich.", 2),
]


@pytest.mark.parametrize(("text", "count"), [pytest.param(t, n, id=name) for name, t, n in SENTENCES])
def test_sentences(text, count):
    """Sentences end where a reader would say so."""
    assert len(read(text).sentences) == count


def test_open_placeholders_are_nobodys_wording():
    """What stands in an open placeholder is masked for all patterns, and its place is known."""
    text = "Am [Bewertung schreiben] kommt es. [.] [at] [x](https://a.de)"
    reply = read(text)
    assert "bewertung" not in reply.folded
    assert [text[a:b] for a, b in reply.placeholders] == ["[Bewertung schreiben]"]


def test_quotes_are_found():
    """German, English and French quotation marks, and quoted lines."""
    text = 'Sie schrieben „alles kaputt“ und "nichts geht".\n> alte Zeile'
    reply = read(text)
    for piece in ("alles kaputt", "nichts geht", "alte Zeile"):
        at = text.index(piece)
        assert reply.quoted(at, at + len(piece))
    assert not reply.quoted(0, 3)


def test_only_the_quotations_beside_a_span_are_looked_at():
    """Many quotations, turned by an override among them: each span is told the one it stands in, and no other."""
    text = "„eins zwei“ dazwischen \u202e„reiv ierd“\u202c und „fünf sechs“ danach"
    reply = read(text)
    start = text.index("fünf")
    assert reply.quoted(start, start + 4)
    assert [text[a:b] for a, b in reply.quoting(start, start + 4)] == ["„fünf sechs“"]
    for outside in ("dazwischen", "danach"):
        at = text.index(outside)
        assert not reply.quoted(at, at + len(outside))
        assert list(reply.quoting(at, at + len(outside))) == []
    assert len(list(reply.quoting(0, len(text)))) == len(reply.quotes)


@pytest.mark.parametrize("text", ["", "{a}", "{{a}} {b}{c", "x {a} #b# {c}", "##a## {b}#c#"])
def test_leaping_finds_what_searching_finds(text):
    """One match after the other, none within another, each tried only where it can begin."""
    pattern = re.compile(r"\{{1,2}\w{1,9}\}{1,2}|#{1,2}\w{1,9}#{1,2}")
    found = leaps(re.compile(r"[{#]"), pattern, text)
    assert [m.span() for m in found] == [m.span() for m in pattern.finditer(text)]
