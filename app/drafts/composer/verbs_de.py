"""German verbs: which word of a clause is the finite verb, and how it reads when "ich" becomes "Sie" or "du"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.drafts.composer.bank import load
from app.ticket import Register

_PARTICIPLE = re.compile(
    r"^(?:[a-zäöüß]{0,12}ge[a-zäöüß]{2,16}(?:t|en)|(?:be|ver|zer|er|ent|ge|miss|über|unter|wider)[a-zäöüß]{3,16}(?:t|en)|[a-zäöüß]{3,16}iert)$"
)
_NEEDS_E = re.compile(r"(?:[td]|[^aeiouäöürlhmn][mn])$")
_SIBILANT = ("s", "ß", "x", "z")


@dataclass(frozen=True, slots=True)
class Finite:
    """A finite form with what it becomes for "Sie" and "du"; `first` where it can be said of "ich" or "wir"."""

    formal: str
    familiar: str
    first: bool
    singular: bool
    auxiliary: bool


def weak_forms(infinitive: str) -> list[str]:
    """Return present ich, du, er, Sie and preterite ich, du, Sie of a weak verb."""
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    link = "e" if _NEEDS_E.search(stem) else ""
    second = f"{stem}t" if stem.endswith(_SIBILANT) else f"{stem}{link}st"
    past = f"{stem}{link}te"
    first = (
        f"{stem[:-2]}{stem[-1]}e"
        if stem.endswith(("el", "er")) and infinitive.endswith("n") and not link and infinitive[-2] in "lr"
        else f"{stem}e"
    )
    return [first, second, f"{stem}{link}t", infinitive, past, f"{past}st", f"{past}n"]


def strong_forms(infinitive: str, third: str, past: str) -> list[str]:
    """Return the same forms of a verb given by its infinitive, third person present and preterite."""
    stem = infinitive[:-2]
    if third.endswith("dt"):
        second = f"{third[:-1]}st"
    elif stem.endswith(("t", "d")) and not third.endswith("et"):
        second = f"{third}st"
    else:
        second = third if third[-2] in "sßxz" else f"{third[:-1]}st"
    past_second = f"{past}st" if past.endswith("e") or past[-1] not in "tdsß" else f"{past}est"
    return [f"{stem}e", second, third, infinitive, past, past_second, f"{past}n" if past.endswith("e") else f"{past}en"]


@cache
def finite_forms() -> dict[str, Finite]:
    """Every finite form we know, lower case. Preterite wins nothing: where forms coincide, the present is kept."""
    data = load("verbs_de")
    auxiliaries = frozenset(data["auxiliaries"])
    forms: dict[str, Finite] = {}
    for infinitive, given in data["irregular"].items():
        _add(forms, given, auxiliary=infinitive in auxiliaries)
    for line in data["strong"]:
        _add(forms, strong_forms(*line.split()), auxiliary=False)
    for infinitive in data["weak"].split():
        _add(forms, weak_forms(infinitive), auxiliary=False)
    return forms


def _add(forms: dict[str, Finite], given: list[str], *, auxiliary: bool) -> None:
    ich, du, er, sie, past, past_du, past_sie = given
    for form, first, singular in ((ich, True, True), (er, ich == er, True), (sie, True, False)):
        forms.setdefault(form, Finite(sie, du, first, singular, auxiliary))
    for form, singular in ((past, True), (past_sie, False)):
        forms.setdefault(form, Finite(past_sie, past_du, first=True, singular=singular, auxiliary=auxiliary))


def finite(word: str) -> Finite | None:
    """Return the finite verb a word may be; a joined separable prefix is looked through ("ankam")."""
    low = word.lower()
    known = finite_forms()
    if low in known:
        return known[low]
    for prefix in load("verbs_de")["prefixes"]:
        if low.startswith(prefix) and (inner := known.get(low[len(prefix) :])) and not inner.auxiliary:
            return Finite(prefix + inner.formal, prefix + inner.familiar, inner.first, inner.singular, inner.auxiliary)
    return None


def turned(word: str, register: Register) -> str | None:
    """Return the form for "Sie" or "du" of a verb said of "ich" or "wir"; None if it is not known to be one."""
    found = finite(word)
    if found is None or not found.first:
        return None
    return found.formal if register == "sie" else found.familiar


def is_participle(word: str) -> bool:
    """Whether a word has the look of a past participle or an infinitive at the end of a verb group."""
    return bool(_PARTICIPLE.match(word))
