"""How the reply names the product and the part, in the forms a sentence needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.drafts.composer.bank import load
from app.drafts.composer.nouns_de import GramCase, Noun, noun
from app.drafts.composer.nouns_en import is_plural, named_in_title, stands_as_noun, without_adjectives
from app.drafts.model import Case
from app.ticket import Item, Register

_UNFIT = re.compile(r"[{}<>|\[\]\"„“”»«\n\r]|https?:|www\.|@", re.IGNORECASE)
_TITLE_END = re.compile(r"\s+[-–—|•]\s+|[,;:(|\[/]")
_LONGEST_TITLE = 48
_LONGEST_WORDS = 32
_SHORTEST_NOUN = 4
_FOR_WHAT = re.compile(
    r"\s(?:für|mit|aus|in|im|von|vom|ohne|zum|zur|auf|und|ab|bis|inkl|inklusive|nach|an|am|&|\+)\b", re.IGNORECASE
)
_CASES: tuple[GramCase, ...] = ("nom", "acc", "dat")


@dataclass(frozen=True, slots=True)
class Thing:
    """A product or part in the forms templates ask for."""

    nom: str  # "Ihre Tasse", "der Henkel", "your mug", "the lid"
    acc: str
    dat: str
    the_acc: str  # "die Tasse", "den Artikel", "the mug"
    to: str  # "zur Tasse", "zum Artikel"; in English as `the_acc`
    bare: str  # the noun alone
    noun: Noun | None = None  # German nouns whose gender is known
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """What is spoken of: `product` may be None where neither message nor order names it."""

    product: Thing | None
    part: Thing | None
    title: str | None  # the ordered item's title, short enough to be quoted

    def values(self) -> dict[str, str | None]:
        """The names as values of templates."""
        product, part = self.product, self.part
        return {
            "product": product.nom if product else None,
            "product_acc": product.acc if product else None,
            "product_dat": product.dat if product else None,
            "the_product": product.the_acc if product else None,
            "to_the_product": product.to if product else None,
            "part": part.nom if part else None,
            "part_acc": part.acc if part else None,
            "title": self.title,
        }


def name_things(case: Case, language: str) -> Naming:
    """Return the names of product and part in the reply's language; words of another language are only quoted."""
    reading = case.triage.reading
    items = case.ticket.order.items if case.ticket.order else ()
    item = _item_meant(items, reading.product, reading.product_words)
    title = short_title(item.title) if item else None
    words = _clean(reading.product_words)
    if case.triage.language != language:
        return Naming(_quoted(title or words, language, case.register), None, title)
    spoken = " ".join(reading.sentences)
    if words and words.lower().split()[-1] in load("small_words")["no_products"]:
        words = None
    if case.triage.cause == "abuse" or (language == "en" and words and not stands_as_noun(words, spoken)):
        words = None
    product = _german(words, title, case.register, spoken) if language == "de" else _english(words, title)
    return Naming(product, _part(_clean(reading.part), language, spoken), title)


def short_title(title: str) -> str | None:
    """Return an item title cut to what a sentence can carry, or None if nothing usable is left."""
    text = _UNFIT.sub(" ", _TITLE_END.split(title.strip(), maxsplit=1)[0])
    kept: list[str] = []
    for word in text.split()[:7]:
        if len(" ".join([*kept, word])) > _LONGEST_TITLE:
            break
        kept.append(word)
    return " ".join(kept) or None


def _clean(words: str | None) -> str | None:
    text = " ".join((words or "").split()).strip(" .,;:!?-")
    return text if text and len(text) <= _LONGEST_WORDS and not _UNFIT.search(text) else None


def _item_meant(items: tuple[Item, ...], product: str | None, words: str | None) -> Item | None:
    """Return the item meant: the one reading found, the one whose title holds the customer's noun, or the only one."""
    for text in (text.lower() for text in (product, words) if text):
        for item in items:
            if text in item.title.lower():
                return item
    return items[0] if len(items) == 1 else None


def _quoted(name: str | None, language: str, register: Register) -> Thing | None:
    """Name a thing by its title or the customer's word in quotation marks."""
    if name is None:
        return None
    if language == "en":
        your, the = f"your item “{name}”", "the item"
        return Thing(your, your, your, the, the, name)
    yours, quoted = ("Ihr" if register == "sie" else "dein"), f"Artikel „{name}“"
    return Thing(
        f"{yours} {quoted}", f"{yours}en {quoted}", f"{yours}em {quoted}", f"den {quoted}", f"zum {quoted}", name
    )


def _german(words: str | None, title: str | None, register: Register, spoken: str) -> Thing | None:
    known = _german_noun(words, title)
    if known is None:
        return _quoted(title or words, "de", register)
    known = _numbered(known, spoken)
    nom, acc, dat = (known.yours(case, register) for case in _CASES)
    return Thing(nom, acc, dat, known.the("acc"), known.to, known.text, known, known.plural)


def _german_noun(words: str | None, title: str | None) -> Noun | None:
    """Return the customer's noun, made more exact by a compound of the title ("Tasse" → "Keramiktasse").

    What was ordered is what its title says: a word of the customer's that the title does not hold is another thing, a
    baby or the neighbour's vacuum cleaner. Only a title without any noun we know leaves it to the customer.
    """
    spoken = noun(words.split()[-1]) if words and words.split()[-1][:1].isupper() else noun(words or "")
    in_title = _title_nouns(title or "")
    if spoken is None or not in_title:
        return in_title[0] if in_title else spoken
    ending = spoken.text.rpartition("-")[2].lower()
    return next((n for n in in_title if n.text.lower().endswith(ending) and n.gender == spoken.gender), in_title[0])


def _title_nouns(title: str) -> list[Noun]:
    """The nouns of a title we know, without measures and makes, up to what it is for or comes with."""
    named = _FOR_WHAT.split(title, maxsplit=1)[0]
    long_words = [word for word in named.split() if word[:1].isupper() and len(word) >= _SHORTEST_NOUN]
    measures = load("small_words")["measures"]
    return [found for word in long_words if word.lower() not in measures and (found := noun(word))]


def _numbered(known: Noun, spoken: str) -> Noun:
    """Return the noun in the plural where the word looks alike in both and the customer's article says plural."""
    if known.gender not in ("m", "n") or not known.text.endswith(("er", "el", "en")):
        return known
    article = r"\b(?:die|meine|unsere|diese|alle|beide|zwei|drei|vier)"
    return (
        Noun(known.text, "pl") if re.search(rf"{article}\s+{re.escape(known.text)}\b", spoken, re.IGNORECASE) else known
    )


def _english(words: str | None, title: str | None) -> Thing | None:
    bare = named_in_title(title, words) if title else without_adjectives(words or "")
    if not bare:  # a noun the title does not hold names something else; the title itself is always right
        return _quoted(title, "en", "sie")
    yours = f"your {bare}"
    return Thing(yours, yours, yours, f"the {bare}", f"the {bare}", bare, plural=is_plural(bare))


def _part(words: str | None, language: str, spoken: str) -> Thing | None:
    """Name the part, if the message speaks of it as a thing and not as a place ("on the lid", "vor der Haustür")."""
    if not words or not _is_spoken_of(words, language, spoken):
        return None
    if language == "en":
        bare = words.lower() if words.istitle() or words.islower() or words.isupper() else words
        the = f"the {bare}"
        return Thing(the, the, the, the, the, bare, plural=is_plural(bare))
    known = noun(words)
    if known is None:
        return None
    known = _numbered(known, spoken)
    nom, acc, dat = (known.the(case) for case in _CASES)
    return Thing(nom, acc, dat, acc, known.to, known.text, known, known.plural)


def _is_spoken_of(words: str, language: str, spoken: str) -> bool:
    """Whether the word stands somewhere without a preposition before it."""
    prepositions = frozenset(load("small_words")["prepositions"][language].split())
    articles = frozenset(load("small_words")["articles"][language].split())
    for found in re.finditer(rf"\b{re.escape(words)}\b", spoken, re.IGNORECASE):
        before = spoken[: found.start()].lower().replace(",", " , ").split()[-3:]
        while before and before[-1] in articles:
            before.pop()
        if not before or before[-1] not in prepositions:
            return True
    return False
