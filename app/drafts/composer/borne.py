"""Whether a message itself speaks of what its cause would have the reply say.

Triage weighs words and may be led astray; a reply that apologises for a silence nobody complained of, or for a refusal
that never was, is worse than one that says less.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from app.drafts.composer.bank import load
from app.drafts.composer.matters import matter_of
from app.drafts.model import Case
from app.ticket import Cause
from app.triage.model import Triage
from app.triage.wishes import IMPLIED

_NO_CAUSE: Cause = "other"
_UNSURE = 0.5  # belief under which some causes need a word of their own
_SHORT = 3  # letters up to which a stem is no more than a word where triage is unsure: "wo" is not "wollt"
_SURE = 0.6  # belief from which a cause is one's own though the message tells of harm
_AWAITED = {"carrier_delay": "delivery", "warehouse_delay": "delivery", "lost_parcel": "delivery"}


def as_borne_out(case: Case, language: str, *, late: bool) -> Case:
    """The case as far as triage is sure of its cause and its messages bear it out; of a late parcel nobody need speak.

    A wish that only the cause implies goes with it. Messages in another language than the reply's are not judged.
    """
    triage = case.triage
    group = _AWAITED.get(triage.cause, triage.cause)
    if late and group == "delivery":
        return case
    same, told = triage.language == language, case.once(told_of)
    sure = not (triage.cause_is_guessed or _is_led_astray(triage))
    says = not same or _says(told, group, language, doubted=triage.cause_confidence < _UNSURE)
    cause = triage.cause if sure and says else _NO_CAUSE
    read = triage.reading
    wants = tuple(w for w in read.wants if not (same and _is_implied(w, group, told, language)))
    refuses = tuple(w for w in read.refuses if not (same and _contradicts(told, w, language)))
    if (cause, wants, refuses) == (triage.cause, read.wants, read.refuses):
        return case
    return replace(case, triage=replace(triage, cause=cause, reading=replace(read, wants=wants, refuses=refuses)))


def _is_implied(wish: str, group: str, told: str, language: str) -> bool:
    """Whether triage takes a wish for granted by the cause, though the messages speak against it or not of money."""
    if wish == "refund" and IMPLIED.get(group) == wish:
        return not shows(told, "money_back", language)
    return _contradicts(told, wish, language)


def _is_led_astray(triage: Triage) -> bool:
    """Whether words of contents ("nur der Einkauf war drin") stand in what tells of harm."""
    contents = triage.cause in ("missing_item", "wrong_item") and "safety_incident" in triage.reasons
    return contents and triage.cause_confidence < _SURE


def _says(told: str, group: str, language: str, *, doubted: bool) -> bool:
    if _contradicts(told, group, language) or (group == "delivery" and _has_come(told, language)):
        return False
    if matter_of(group, told, language) != group:
        return True
    if accused := _accused(language).get(group):
        return accused.search(told) is not None
    evidence = load("evidence")
    stems = evidence[language].get(group) or (evidence["unsure"][language].get(group) if doubted else None)
    return stems is None or _holds(told, tuple(stems), whole=doubted)


def _holds(told: str, stems: tuple[str, ...], *, whole: bool) -> bool:
    """Whether a line holds a word that begins with a stem; `whole`: short stems must be whole words."""
    short = frozenset(stem for stem in stems if whole and len(stem) <= _SHORT)
    begun = tuple(stem for stem in stems if stem not in short)
    return any(word in short or word.startswith(begun) for word in re.findall(r"[^\W\d_]+", told))


def told_of(case: Case) -> str:
    """All the customer's messages as one line in small letters."""
    return " ".join(" ".join(m.text for m in case.ticket.customer_messages).lower().split())


def shows(told: str, what: str, language: str) -> bool:
    """Whether a line in small letters holds a pattern of `evidence`."""
    return re.search(load("evidence")[what][language], told) is not None


def _contradicts(told: str, group: str, language: str) -> bool:
    contradicted = load("evidence")["contradicted"][language].get(group)
    return bool(contradicted and re.search(contradicted, told))


def _has_come(told: str, language: str) -> bool:
    """Whether the thing has come and nothing is said of one that has not: the trouble is another than waiting."""
    return shows(told, "delivered", language) and not shows(told, "awaited", language)


@cache
def _accused(language: str) -> dict[str, re.Pattern[str]]:
    found: dict[str, str] = load("evidence")["accused"][language]
    return {cause: re.compile(rf"\b(?:{''.join(told.split())})") for cause, told in found.items()}
