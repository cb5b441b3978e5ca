"""Finding addresses in a text, beside linkify-it-py and urlextract: who finds what, who sees ghosts, and how fast."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence

from eval.bench.replies import fresh_replies
from reply_guards.addresses import find_addresses
from reply_guards.text import read

# Each text with the part that is an address, as a browser or a person would read it; None: there is none.
LINKS: tuple[tuple[str, str], ...] = (
    ("Das Handbuch: https://www.beispiel.de/anleitung?id=3", "https://www.beispiel.de/anleitung?id=3"),
    ("Mehr auf www.beispiel-shop.de.", "www.beispiel-shop.de"),
    ("Besuchen Sie beispiel-shop.de für mehr", "beispiel-shop.de"),
    ("See http://example.com/a_(b) for more", "http://example.com/a_(b)"),
    ("Sendung: https://www.dhl.de/de/privatkunden.html?piececode=00340434161094042557", "https://www.dhl.de"),
    ("(https://example.org)", "https://example.org"),
    ("Unser Shop (www.müller-töpfe.de) hilft.", "www.müller-töpfe.de"),
    ("https://xn--mller-kva.de/x", "https://xn--mller-kva.de/x"),
    ("http://192.168.0.1:8080/admin", "http://192.168.0.1:8080/admin"),
    ("bit.ly/3xYz12", "bit.ly/3xYz12"),
    ("Go to EXAMPLE.COM/Sale now", "EXAMPLE.COM/Sale"),
    ("https://user@evil.example.com/amazon.de", "https://user@evil.example.com/amazon.de"),
    ("//cdn.example.com/pixel.gif zählt", "cdn.example.com/pixel.gif"),
    ("wa.me/4915112345678", "wa.me/4915112345678"),
    ("Bewerten: https://g.page/r/abc/review", "https://g.page/r/abc/review"),
    ("shop.example.co.uk hat ihn noch", "shop.example.co.uk"),
    ("Anleitung unter https://example.de/größe-maß", "https://example.de/größe-maß"),
    ("[hier](https://example.de/x)", "https://example.de/x"),
    ('<a href="https://example.de/x">hier</a>', "https://example.de/x"),
    ("www.beispiel.shop oder anrufen", "www.beispiel.shop"),
    ("beispiel (punkt) de", "beispiel (punkt) de"),
    ("beispiel[.]de", "beispiel[.]de"),
    ("www . beispiel . de", "www . beispiel . de"),
    ("hxxps://example.com/x", "hxxps://example.com/x"),
    ("beispiel․de", "beispiel․de"),
    ("ｗｗｗ．ｂｅｉｓｐｉｅｌ．ｄｅ", "ｗｗｗ．ｂｅｉｓｐｉｅｌ．ｄｅ"),
    ("https:\\\\example.com\\x", "example.com"),
    ("www.beispiel-\nshop.de", "www.beispiel"),
)
NO_LINKS: tuple[str, ...] = (
    "Die Tasse fasst 0.3 l und wiegt 2.5 kg.",
    "Wir liefern z.B. am Montag, d.h. am 24.12.2026.",
    "Vielen Dank.Bitte warten Sie noch etwas.",
    "Version 2.4.1 der Firmware hilft.",
    "Siehe Abs.2 und Nr.5 der Anleitung.",
    "It arrived.In the box was nothing.",
    "Der Preis war 1.299,00 €.",
    "Es geht um 4K@60Hz und USB 3.0.",
    "Das Foto IMG_2044.jpg habe ich gesehen.",
    "Die Rechnung.pdf liegt bei.",
    "Die Bestellung 302-1234567-7654321 ist da.",
    "Größe 39.5 oder 40.0?",
    "Herr Dr.Müller hat am 3.4. geschrieben.",
    "We met at 10.30 a.m. on Monday.",
    "e.g.this one, i.e.the blue one",
    "Node.js-Tassen und .NET-Becher",
    "Ich melde mich bis 18.00 Uhr.",
    "Das ist erledigt.So einfach geht das.",
    "12.5/10.0 cm",
    "No.1 choice... maybe.so what",
)
Finder = Callable[[str], list[tuple[int, int]]]


def run() -> None:
    """Print what each finds, misses and sees where nothing is, and its time on clean replies."""
    replies = [*fresh_replies("de", 1), *fresh_replies("en", 1)]
    print(f"finding links, {len(LINKS)} texts with one and {len(NO_LINKS)} without:")
    for name, finder in finders().items():
        hit = sum(_finds(finder, text, link) for text, link in LINKS)
        ghosts = sum(bool(finder(text)) for text in NO_LINKS)
        print(f"  {name:12} {hit} found, {ghosts} ghosts, {_microseconds(finder, replies):.0f} µs a reply of 120 words")


def finders() -> dict[str, Finder]:
    """By name: what gives the spans of the links in a text."""
    from linkify_it import LinkifyIt
    from urlextract import URLExtract

    linkify = LinkifyIt()
    extract = URLExtract(extract_email=False, cache_dir=tempfile.mkdtemp())
    return {
        "ours": lambda text: [(a.start, a.end) for a in find_addresses(read(text))],
        "linkify-it": lambda text: [
            (m.index, m.last_index) for m in linkify.match(text) or () if m.schema != "mailto:"
        ],
        "urlextract": lambda text: [span for _, span in extract.find_urls(text, get_indices=True)],
    }  # fmt: skip


def _finds(finder: Finder, text: str, link: str) -> bool:
    """Whether a found span covers the host: it begins in the link, or a tag around it does, and reaches into it."""
    start = text.index(link)
    return any(a < start + len(link) and b >= start + min(len(link), 8) for a, b in finder(text))


def _microseconds(finder: Finder, replies: Sequence[str]) -> float:
    for reply in replies:
        finder(reply)
    times = []
    for reply in replies:
        started = time.process_time()
        for _ in range(5):
            finder(reply)
        times.append((time.process_time() - started) / 5)
    return statistics.median(times) * 1e6
