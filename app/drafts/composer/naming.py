"""How the reply names the product and the part, in the forms a sentence needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.drafts.composer.bank import load
from app.drafts.composer.nouns_de import Noun, noun
from app.drafts.model import Case
from app.ticket import Item, Register

_UNFIT = re.compile(r"[{}<>|\[\]\"„“”»«\n\r]|https?:|www\.|@", re.IGNORECASE)
_TITLE_END = re.compile(r"\s+[-–—|•]\s+|[,;:(|\[/]")
_LONGEST_TITLE = 48
_LONGEST_WORDS = 32
_SHORTEST_NOUN = 4


@dataclass(frozen=True, slots=True)
class Thing:
    """A product or part in the forms templates ask for."""

    nom: str  # "Ihre Tasse", "der Henkel", "your mug", "the lid"
    acc: str
    dat: str
    bare: str  # the noun alone
    plural: bool = False
    pronoun: str | None = None  # None where the gender is unsure


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
            "product_word": product.bare if product else None,
            "part": part.nom if part else None,
            "part_word": part.bare if part else None,
            "title": self.title,
        }


def name_things(case: Case, language: str) -> Naming:
    """Return the names of product and part in the reply's language; words of another language are not borrowed."""
    reading = case.triage.reading
    items = case.ticket.order.items if case.ticket.order else ()
    own_words = case.triage.language == language
    item = _item_meant(items, reading.product, reading.product_words)
    title = short_title(item.title) if item else None
    words = _clean(reading.product_words) if own_words else None
    spoken = " ".join(reading.sentences)
    make = _german if language == "de" else _english
    return Naming(
        product=make(words, title, case.register, spoken),
        part=_part(_clean(reading.part), language, spoken) if own_words else None,
        title=title,
    )


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
    wanted = [text.lower() for text in (product, words) if text]
    for text in wanted:
        for item in items:
            if text in item.title.lower():
                return item
    return items[0] if len(items) == 1 else None


def _german(words: str | None, title: str | None, register: Register, spoken: str) -> Thing | None:
    known = _german_noun(words, title)
    if known:
        return _german_thing(_numbered(known, spoken), register)
    name = title or words
    if not name:
        return None
    yours = "Ihr" if register == "sie" else "dein"
    quoted = f"Artikel „{name}“"
    return Thing(f"{yours} {quoted}", f"{yours}en {quoted}", f"{yours}em {quoted}", name)


def _german_thing(known: Noun, register: Register) -> Thing:
    forms = (known.yours("nom", register), known.yours("acc", register), known.yours("dat", register))
    return Thing(*forms, bare=known.text, plural=known.plural, pronoun=known.pronoun)


def _german_noun(words: str | None, title: str | None) -> Noun | None:
    """Return the customer's noun, made more exact by a compound of the title ("Tasse" → "Keramiktasse")."""
    spoken = noun(words) if words else None
    long_words = [word for word in (title or "").split() if word[:1].isupper() and len(word) >= _SHORTEST_NOUN]
    in_title = [found for word in long_words if (found := noun(word))]
    if spoken:
        longer = (n for n in in_title if n.text.lower().endswith(spoken.text.lower()) and n.gender == spoken.gender)
        return next(longer, spoken)
    return in_title[0] if in_title and not words else None


def _numbered(known: Noun, spoken: str) -> Noun:
    """Return the noun in the plural where the word looks alike in both and the customer's article says plural."""
    if known.gender not in ("m", "n") or not known.text.endswith(("er", "el", "en")):
        return known
    plural = re.compile(
        rf"\b(?:die|meine|unsere|diese|alle|beide|zwei|drei|vier)\s+{re.escape(known.text)}\b", re.IGNORECASE
    )
    return Noun(known.text, "pl") if plural.search(spoken) else known


def _part(words: str | None, language: str, spoken: str) -> Thing | None:
    if not words:
        return None
    if language == "en":
        bare = words.lower() if words.istitle() or words.islower() else words
        the = f"the {bare}"
        return Thing(the, the, the, bare, plural=is_plural(bare))
    known = noun(words)
    if known is None:
        return None
    known = _numbered(known, spoken)
    return Thing(known.the("nom"), known.the("acc"), known.the("dat"), known.text, known.plural, known.pronoun)


def _english(words: str | None, title: str | None, _register: Register, _spoken: str) -> Thing | None:
    bare = (words and words.lower() if words and not words.isupper() else words) or _head(title or "")
    if bare:
        yours = f"your {bare}"
        return Thing(yours, yours, yours, bare, is_plural(bare), "they" if is_plural(bare) else "it")
    if not title:
        return None
    quoted = f"your item “{title}”"
    return Thing(quoted, quoted, quoted, title, pronoun="it")


@cache
def _heads() -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    data = load("nouns_en")
    longest_first = tuple(sorted(data["products"], key=lambda name: (-name.count(" "), -len(name))))
    return longest_first, frozenset(data["plurals"]), frozenset(data["singulars"])


def _head(title: str) -> str | None:
    padded = f" {' '.join(re.findall(r'[a-z0-9-]+', title.lower()))} "
    return next((name for name in _heads()[0] if f" {name} " in padded), None)


def is_plural(words: str) -> bool:
    """Whether an English noun phrase takes a plural verb."""
    _, plurals, singulars = _heads()
    last = words.lower().rpartition(" ")[2]
    if last in plurals or last in singulars:
        return last in plurals
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
