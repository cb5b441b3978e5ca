"""German nouns: gender, number, and the few forms of determiner and noun that a reply needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from app.drafts.composer.bank import load
from app.ticket import Register

Gender = Literal["m", "f", "n", "pl"]
GramCase = Literal["nom", "acc", "dat"]

_DEFINITE: dict[GramCase, dict[Gender, str]] = {
    "nom": {"m": "der", "f": "die", "n": "das", "pl": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "pl": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "pl": "den"},
}
_ENDING: dict[GramCase, dict[Gender, str]] = {
    "nom": {"m": "", "f": "e", "n": "", "pl": "e"},
    "acc": {"m": "en", "f": "e", "n": "", "pl": "e"},
    "dat": {"m": "em", "f": "er", "n": "em", "pl": "en"},
}
_PRONOUN: dict[Gender, str] = {"m": "er", "f": "sie", "n": "es", "pl": "sie"}
_ACRONYM = 3  # words of so many capitals keep them ("USB", "LED")
_SHORTEST = 3  # a compound's last part has at least so many letters ("Set", "Rad")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun as the customer wrote it, with its gender; `pl` where it stands in the plural."""

    text: str
    gender: Gender

    @property
    def plural(self) -> bool:
        """Whether verbs agree in the plural."""
        return self.gender == "pl"

    def the(self, case: GramCase) -> str:
        """With the definite article: "der Henkel"."""
        return f"{_DEFINITE[case][self.gender]} {self._form(case)}"

    @property
    def to(self) -> str:
        """With "zu", drawn together with the article: "zur Tasse", "zum Henkel"."""
        joined: dict[Gender, str] = {"f": "zur", "m": "zum", "n": "zum", "pl": "zu den"}
        return f"{joined[self.gender]} {self._form('dat')}"

    def yours(self, case: GramCase, register: Register) -> str:
        """With the possessive of the register: "Ihrer Tasse", "deiner Tasse"."""
        return f"{'Ihr' if register == 'sie' else 'dein'}{_ENDING[case][self.gender]} {self._form(case)}"

    @property
    def pronoun(self) -> str:
        """The pronoun that stands for it."""
        return _PRONOUN[self.gender]

    def _form(self, case: GramCase) -> str:
        if case == "dat" and self.gender == "pl" and not self.text.endswith(("n", "s")):
            return f"{self.text}n"
        return self.text


@cache
def _lexicon() -> dict[str, Gender]:
    """Every form in the lexicon with its gender, lower case; singular wins over plural where both look alike."""
    data = load("nouns_de")
    forms: dict[str, Gender] = {}
    genders: tuple[Gender, ...] = ("f", "m", "n")
    for gender in genders:
        for entry in str(data[gender]).split():
            singular, plural = _entry(entry)
            forms.setdefault(singular.lower(), gender)
            if plural != singular:
                forms.setdefault(plural.lower(), "pl")
    for entry in str(data["pl"]).split():
        forms.setdefault(entry.lower(), "pl")
    return forms


def _entry(entry: str) -> tuple[str, str]:
    if ":" in entry:
        singular, _, plural = entry.partition(":")
        return singular, plural
    singular, mark, ending = entry.partition("+")
    return singular, singular + ending if mark else singular


@cache
def _endings() -> tuple[tuple[str, Gender], ...]:
    pairs = [(end, gender) for gender, ends in load("nouns_de")["endings"].items() for end in ends]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=4096)
def gender_of(word: str) -> Gender | None:
    """Return the gender of a noun by lexicon, by the last part of a compound, or by its ending; None if unsure."""
    low = word.lower().rpartition("-")[2]
    forms = _lexicon()
    least = int(load("nouns_de")["least_stem"])
    if low in forms:
        return forms[low]
    for at in range(least, len(low) - _SHORTEST + 1):
        if low[at:] in forms:
            return forms[low[at:]]
    return next((gender for end, gender in _endings() if low.endswith(end) and len(low) > len(end) + least), None)


def is_known_noun(word: str) -> bool:
    """Whether the word, or the last part of it, is in the lexicon."""
    return gender_of(word) is not None


@lru_cache(maxsize=4096)
def noun(words: str) -> Noun | None:
    """Return a noun with gender and number, written with a capital letter; None where the gender is unsure.

    Only a single word is taken: adjectives before it would need an ending of their own. The dative of a plural
    ("Kopfhörern") is led back to its plural.
    """
    text = (words or "").strip()
    if not text or " " in text or not text.replace("-", "").isalpha():
        return None
    if text.isupper() and len(text) > _ACRONYM:
        text = text.lower()
    text = text[0].upper() + text[1:]
    gender = gender_of(text)
    if gender is None and text.endswith("n") and gender_of(text[:-1]):
        return Noun(text[:-1], "pl")
    return Noun(text, gender) if gender else None
