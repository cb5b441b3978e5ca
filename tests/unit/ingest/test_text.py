"""HTML becomes what a reader sees; history, signatures and footers go, words stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.ingest.channels import CHANNELS, channel_of, known_channel
from app.knowledge.ingest.html import html_to_text, looks_like_html
from app.knowledge.ingest.quotes import newly_written

HTML = [
    ("line breaks", "Hallo,<br>meine   Tasse<br><br>ist kaputt", "Hallo,\nmeine Tasse\n\nist kaputt"),
    ("blocks", "<div>eins</div><div>zwei</div><div><br></div><div>drei</div>", "eins\nzwei\n\ndrei"),
    ("paragraphs", "<p>eins</p>\n\n<p>zwei</p>", "eins\n\nzwei"),
    ("bullets", "Wahl:<ul><li>neu</li><li>Geld</li></ul>", "Wahl:\n\n- neu\n- Geld"),
    ("numbers", "<ol><li>neu</li><li>Geld</li></ol>", "1. neu\n2. Geld"),
    ("nested lists", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n\n- b\n\n2. c"),
    ("the visible text of links", '<a href="https://x.example/y">hier</a>', "hier"),
    ("entities", "Gr&ouml;&szlig;e &lt;3 &amp; &nbsp;mehr", "Größe <3 & mehr"),
    ("tables", "<table><tr><td>Nr.</td><td>1</td></tr><tr><td>Tag</td><td>2</td></tr></table>", "Nr. 1\nTag 2"),
    ("scripts and styles", "<style>p{}</style><script>x()</script><p>da</p>", "da"),
    ("hidden parts", '<p style="display: none">weg</p><p hidden>weg</p><p>da</p>', "da"),
    ("comments", "<!-- weg -->da", "da"),
    ("Gmail's quote", '<div>neu</div><div class="gmail_quote">alt</div>', "neu"),
    ("a block quote", "<p>neu</p><blockquote>alt</blockquote>", "neu"),
    ("Outlook's header", '<p>neu</p><div id="divRplyFwdMsg">Von: X</div><p>alt</p>', "neu"),
    ("nothing but a quote", "<blockquote>weitergeleitet</blockquote>", "weitergeleitet"),
    ("unclosed tags", "<div><b>offen", "offen"),
    ("an XML declaration", "<?xml version='1.0' encoding='latin-1'?><p>Größe</p>", "Größe"),
    ("NUL", "<p>a\x00b</p>", "ab"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("markup", "text"), [c[1:] for c in HTML], ids=[c[0] for c in HTML])
def test_html_becomes_text(markup, text):
    assert html_to_text(markup) == text


def test_placeholders_and_addresses_in_brackets_are_no_html():
    assert not looks_like_html("Preis < 5 und <jana@shop.example> und <Name>")
    assert looks_like_html("<p>Hallo</p>")


OLD = "\nalter Text\nnoch mehr alter Text"
HISTORY = [
    ("German, one line", "Neu.\n\nAm Mo., 3. Mai 2026 um 10:11 Uhr schrieb Shop GmbH <s@x.example>:\n> alt\n> alt"),
    ("German, two lines", "Neu.\n\nAm Mo., 3. Mai 2026 um 10:11 Uhr schrieb Shop GmbH <\ns@x.example>:\n\n> alt"),
    ("German, three lines", "Neu.\n\nAm Mo., 3. Mai 2026 um 10:11 Uhr\nschrieb Shop\n<s@x.example>:\n> alt"),
    ("German, name first", "Neu.\n\nShop GmbH schrieb am Mo., 3. Mai 2026, 10:11:" + OLD),
    ("German, unmarked", "Neu.\n\nAm 03.05.2026 um 10:11 schrieb Shop GmbH:" + OLD),
    ("English", "Neu.\n\nOn Mon, May 3, 2026 at 10:11 AM Shop <s@x.example> wrote:\n> alt"),
    ("Gmail's date form", "Neu.\n\n2026-05-03 10:11 GMT+02:00 Shop <s@x.example>:\n> alt"),
    ("Outlook, German", "Neu.\n\nVon: Shop <s@x.example>\nGesendet: Montag, 3. Mai 2026\nAn: Petra\nBetreff: AW: Tasse" + OLD),
    ("Outlook, English", "Neu.\n\nFrom: Shop\nSent: Monday, 3 May 2026\nTo: Petra\nSubject: RE: Cup" + OLD),
    ("Outlook, bold", "Neu.\n\n*Von:* Shop\n*Gesendet:* Montag\n*An:* Petra" + OLD),
    ("separator, German", "Neu.\n\n-----Ursprüngliche Nachricht-----\nVon: Shop" + OLD),
    ("separator, English", "Neu.\n\n----- Original Message -----" + OLD),
    ("underscores", "Neu.\n\n________________________________\nVon: Shop\nGesendet: Montag" + OLD),
    ("Zendesk's line", "Neu.\n\n##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein -##" + OLD),
    ("quote marks alone", "> alt\n> alt\n\nNeu."),
    ("iPhone", "Neu.\n\nVon meinem iPhone gesendet"),
    ("iPhone, English", "Neu.\n\nSent from my iPhone"),
    ("mail app", "Neu.\n\nGesendet mit der GMX Mail App"),
    ("signature", "Neu.\n\n-- \nPetra Muster\nMusterweg 1"),
    ("footer of a company", "Neu.\n\nAmtsgericht Musterstadt HRB 1234"),
    ("an Amazon mail", "Hallo\n------------- Anfang der Nachricht -------------\nNeu.\n------------- Ende der Nachricht -------------\nx"),
    ("Windows line ends", "Neu.\r\n\r\n-----Original Message-----\r\nalt"),
]  # fmt: skip


@pytest.mark.parametrize("text", [c[1] for c in HISTORY], ids=[c[0] for c in HISTORY])
def test_only_what_is_new_stays(text):
    assert newly_written(text) == "Neu."


KEPT = [
    "Am Montag bestellt, am Dienstag schrieb mir DHL:\nPaket verloren. Was nun?",
    "On Monday I asked and he wrote:\nnothing. I am angry",
    "Von: mir aus gern, aber bitte schnell.",
    "Mir ist Folgendes passiert:\n- Deckel ab\n- Griff ab",
    "Viele Grüße an das Team, aber ich bin sauer, weil die Lieferung nun schon zum dritten Mal nicht ankommt und keiner hilft.",
    "Gesendet habe ich das Paket am Montag. Wann kommt das Geld?",
]


@pytest.mark.parametrize("text", KEPT)
def test_prose_that_looks_like_a_mark_stays(text):
    assert newly_written(text) == text


def test_a_closing_keeps_its_name_and_a_postscript():
    text = "Kaputt.\n\nMit freundlichen Grüßen\n\nPetra Muster\nMusterweg 1\nTel. 030 123\n\nP.S. Die Tasse war blau."
    assert newly_written(text) == "Kaputt.\n\nMit freundlichen Grüßen\nPetra Muster\n\nP.S. Die Tasse war blau."


def test_answers_between_quoted_lines_stay():
    text = "Am 3. Mai 2026 um 10:11 schrieb Shop <s@x.example>:\n> Welche Farbe?\nBlau.\n> Welche Größe?\nL."
    assert newly_written(text) == "Blau.\nL."


def test_a_mail_forwarded_whole_is_kept():
    assert "Tasse kaputt" in newly_written("-----Original Message-----\nVon: Petra\nGesendet: heute\n\nTasse kaputt")


@given(st.text(alphabet=st.sampled_from(list("> -:\nVonAm3.@<schrieb x\u00a0\u2028\x00")), max_size=300))
def test_any_text_is_cut_without_an_exception(text):
    cut = newly_written(text)
    assert len(cut) <= len(text)
    html_to_text(text)


@pytest.mark.parametrize(
    "part", ["On ", "> ", "\n", "Von: a\n", "--\n", "On 2026 wrote x\n", "a:\n", "<div>", "<ol><li>"]
)
def test_time_grows_with_length_alone(part):
    """A quarter of a mebibyte of the worst lines takes no more than moments, also on a busy machine."""
    text = part * (2**18 // len(part))
    began = time.process_time()
    newly_written(text)
    html_to_text(text)
    assert time.process_time() - began < 5


NAMES = [
    (["email", "marketplace.amazon.de"], "amazon"), (["email", "members.ebay.co.uk"], "ebay"), (["Otto Market"], "otto"),
    (["native_messaging"], "chat"), (["facebook-messenger"], "chat"), (["web"], "shop_email"), ([None, ""], "shop_email"),
    (["kaufland-marktplatz"], "kaufland"), (["shopify_contact"], "shopify"), (["symbol.example"], "shop_email"),
    (["lottoladen"], "shop_email"), (["email", "whatsapp"], "chat"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "channel"), NAMES)
def test_their_channels_become_ours(names, channel):
    assert channel_of(names) == channel


def test_a_name_that_says_nothing_is_known_as_such():
    assert known_channel("Messestand") is None
    assert known_channel("E-Mail") == "shop_email"
    assert all(known_channel(name) == name for name in CHANNELS)
