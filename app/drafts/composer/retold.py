"""Selects what of the customer's own sentences is told back: up to two clauses, in the order they were written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.drafts.composer.calm import calmed
from app.drafts.composer.harmless import clauses, content_words, is_well_formed, may_repeat, sentences
from app.drafts.composer.reported import report
from app.drafts.composer.scene import Scene
from app.drafts.composer.yours import claim_as_yours

_MOST = 2
_NEW_SHARE = 0.5  # a further clause must bring at least this share of new words
# Causes of which the wish itself is the content.
_WISHES_TELL = frozenset({"other", "invoice", "product_question", "address_change"})
_STRAY_START = re.compile(r"^(?:er|she|he|they|sie|those|these|one|beide|ersteres)\b")
_FIRST_PERSON = re.compile(r"\b(?:i|my|we|our|me|us|ich|wir|mir|mich|uns|mein\w*|unser\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retold:
    """One clause told back: after "dass"/"that", or (`quoted`) in the customer's own words."""

    text: str
    rank: int  # 0: from the sentence that says most
    place: int  # where its sentence stands in the message
    words: frozenset[str]
    quoted: bool = False


def retold(scene: Scene) -> list[Retold]:
    """Return the clauses worth telling back, at most two, as the customer ordered them; nothing of another language."""
    if not scene.speaks:
        return []
    found: list[Retold] = []
    said: frozenset[str] = frozenset()
    keys = [(rank, part) for rank, text in enumerate(scene.reading.key_sentences) for part in sentences(text)]
    for rank, text in keys:
        one = _tell(scene, text, rank, said) if len(found) < _MOST else None
        if one and not (one.quoted and any(other.quoted for other in found)):
            found.append(one)
            said |= one.words
    return sorted((one for one in found if _stands(one, found)), key=lambda one: one.place)


def _tell(scene: Scene, text: str, rank: int, said: frozenset[str]) -> Retold | None:
    """Return the sentence, or the first part of it that can be told back; else a part that can be quoted."""
    place = _place(text, scene)
    usable = []
    for part in clauses(calmed(text, scene.language)):
        words = content_words(part, scene.language)
        fresh = len(words - said) >= _NEW_SHARE * len(words)
        if words and fresh and may_repeat(part, scene.language, wishes=scene.case.triage.cause in _WISHES_TELL):
            usable.append((part, words))
    for part, _ in usable:
        if clause := report(part, scene):
            yours = claim_as_yours(clause, scene.naming, scene.language, scene.pen.register)
            return Retold(yours, rank, place, content_words(yours, scene.language))
    for part, words in usable:
        if is_well_formed(part) and not _FIRST_PERSON.search(part):
            return Retold(part.strip().rstrip(".!"), rank, place, words, quoted=True)
    return None


def _place(text: str, scene: Scene) -> int:
    sentences = scene.reading.sentences
    return next((at for at, sentence in enumerate(sentences) if text[:40] in sentence), len(sentences))


def _stands(one: Retold, all_found: list[Retold]) -> bool:
    """Whether a clause can stand: one that begins with a pronoun for somebody needs the sentence before it."""
    if not _STRAY_START.match(one.text):
        return True
    return any(other.place == one.place - 1 for other in all_found)
