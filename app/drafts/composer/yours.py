"""Whose is what in a clause told back: "the kettle" becomes "your kettle", the shop becomes "us"."""

from __future__ import annotations

import re

from app.drafts.composer.naming import Naming
from app.drafts.composer.nouns_de import Gender
from app.ticket import Register

# Which possessive ending an article stands for, by the gender of its noun.
_ENDINGS: dict[Gender, dict[str, str]] = {
    "m": {"der": "", "den": "en", "dem": "em", "des": "es"},
    "f": {"die": "e", "der": "er"},
    "n": {"das": "", "dem": "em", "des": "es"},
    "pl": {"die": "e", "den": "en", "der": "er"},
}


def claim_as_yours(clause: str, naming: Naming, language: str, register: Register) -> str:
    """Return the clause with the first definite article before the product turned into "your"/"Ihr"/"dein"."""
    product = naming.product
    if product is None:
        return clause
    if language == "en":
        last = re.escape(product.bare.rpartition(" ")[2])
        return re.sub(rf"\bthe (?=(?:[a-z-]+ ){{0,2}}{last}\b(?! inside\b))", "your ", clause, count=1)
    if product.noun is None:
        return clause
    endings, ending = _ENDINGS[product.noun.gender], re.escape(product.noun.text.lower()[-6:])
    stem = "Ihr" if register == "sie" else "dein"
    bare_ending = {"m": "r", "n": "s"}.get(product.noun.gender, "")

    def mine(found: re.Match[str]) -> str:
        article, adjective = found[1].lower(), found[2] or ""
        if article not in endings:
            return found[0]
        if adjective and not endings[article]:  # "der neue" → "Ihr neuer"
            adjective = f"{adjective.strip()}{bare_ending} "
        return f"{stem}{endings[article]} {adjective}"

    # After "statt" the article is a genitive's or a plural's: which, only who wrote it knows.
    pattern = rf"(?<!statt )\b(der|die|das|den|dem|des) ([a-zäöüß]{{3,20}}en? )?(?=[\w-]*{ending}\b)"
    return re.sub(pattern, mine, clause, count=1, flags=re.IGNORECASE)


# Stands for "uns"/"us" until the person shift is done, which would turn the word into "you".
US_MARK = {"de": "\ue000", "en": "\ue001"}
_US = {
    "de": re.compile(r"\b(bei|von|zu|an|mit|für) (?:Ihnen|Sie|euch)\b"),
    "en": re.compile(r"\b(from|to|with|by|at|reached) you\b", re.IGNORECASE),
}


def us(text: str, language: str) -> str:
    """Return the text with the shop as "us" after a preposition, where it is only a place ("bei Ihnen eingegangen")."""
    return _US[language].sub(rf"\1 {US_MARK[language]}", text)


def named_us(text: str) -> str:
    """Return the text with the marks of `us` in words."""
    return text.replace(US_MARK["de"], "uns").replace(US_MARK["en"], "us")
