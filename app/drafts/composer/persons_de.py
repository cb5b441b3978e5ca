"""German person shift: what the customer says of "ich" is said back to "Sie" or "du", in German spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.drafts.composer.clauses_de import SMALL, word_sets
from app.drafts.composer.nouns_de import is_known_noun
from app.drafts.composer.verbs_de import finite, is_participle
from app.ticket import Register

_POSSESSIVE = re.compile(r"^(?:mein|unser)(e[mnrs]?|)$", re.IGNORECASE)
_FORMAL = {"ich": "Sie", "wir": "Sie", "mir": "Ihnen", "mich": "Sie"}
_FAMILIAR = {"ich": "du", "mir": "dir", "mich": "dich"}
_DATIVE_BEFORE = frozenset({"bei", "von", "mit", "zu", "nach", "gegenüber", "aus", "seit"})
_ACCUSATIVE_BEFORE = frozenset({"für", "ohne", "gegen", "um", "durch"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """To whom it is said back, and whether the customer writes everything small."""

    register: Register
    all_small: bool = False


def turn_words(words: list[str], speaker: Speaker, subject: str | None, *, copula: bool = False) -> list[str] | None:
    """Turn pronouns to the other person. None where a word stays unsure."""
    out: list[str] = []
    for at, word in enumerate(words):
        before = words[at - 1].lower() if at else ""
        new = _turned(word, speaker.register, subject, before, copula=copula)
        if new == word:
            new = _from_small(words, at) if speaker.all_small and word.islower() else word
        if new is None:
            return None
        out.append(new)
    return out


def _turned(word: str, register: Register, subject: str | None, before: str, *, copula: bool) -> str | None:
    low = word.lower()
    if owned := _POSSESSIVE.match(low):
        return ("Ihr" if register == "sie" else "dein") + owned[1]
    if low == "uns":
        return _us(register, subject, before, copula=copula)
    table = _FORMAL if register == "sie" else _FAMILIAR
    if low in ("mir", "mich") and subject and before not in _DATIVE_BEFORE | _ACCUSATIVE_BEFORE:
        return "sich" if register == "sie" else _FAMILIAR[low]
    return table.get(low, word)


def _us(register: Register, subject: str | None, before: str, *, copula: bool) -> str | None:
    """Turn "uns", dative or accusative, only where a preposition, a reflexive or a copula decides which."""
    if register == "du":
        return None
    if before in _DATIVE_BEFORE or (copula and subject is None):
        return "Ihnen"
    if before in _ACCUSATIVE_BEFORE:
        return "Sie"
    return "sich" if subject == "wir" else None


def _from_small(words: list[str], at: int) -> str | None:
    """Spell one word of a message typed without capitals."""
    sets = word_sets()
    word = words[at]
    bare = word.strip(".")
    if any(bare in sets[name] for name in SMALL) or finite(bare) or bare.isdigit():
        return word
    if is_known_noun(bare) or (bare.endswith("n") and is_known_noun(bare[:-1])) or _is_noun_by_place(words, at):
        return word[0].upper() + word[1:]
    return word if is_participle(bare) else None


def _is_noun_by_place(words: list[str], at: int) -> bool:
    """Whether an unknown word stands where only a noun can: an article before it, and no noun to come."""
    sets = word_sets()
    after = words[at + 1].strip(".") if at + 1 < len(words) else ""
    follows = at > 0 and words[at - 1] in sets["determiners"] - {"das", "die", "der"}
    return follows and (not after or after in sets["prepositions"] | sets["common"] or finite(after) is not None)
