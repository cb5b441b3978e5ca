"""Selects what of the customer's own sentences is told back: up to two clauses, in the order they were written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.drafts.composer.burden import is_about_contacts
from app.drafts.composer.calm import calmed
from app.drafts.composer.harmless import clauses, content_words, is_well_formed, may_repeat, sentences
from app.drafts.composer.reported import report
from app.drafts.composer.scene import Scene
from app.drafts.composer.sound_de import is_dialect, is_plain
from app.drafts.composer.yours import claim_as_yours, named_us, us

_MOST = 2
_LONGEST = 400  # letters; what is longer is no sentence
_NEW_SHARE = 0.5  # a further clause must bring at least this share of new words
_QUOTED_CAUSES = frozenset({
    "damaged_in_transit", "product_defect", "wrong_item", "missing_item", "lost_parcel", "carrier_delay",
    "product_dissatisfaction",
})  # fmt: skip
# Causes of which the wish itself is the content.
_WISHES_TELL = frozenset({"other", "invoice", "product_question", "address_change"})
_STRAY_START = re.compile(r"^(?:er|she|he|they|sie|those|these|one|beide|ersteres)\b")
# "Der macht nicht auf": a quotation nobody can tell the subject of.
_STRAY_QUOTE = re.compile(
    r"(?:\d+[.)] |what\b|his\b|her\b|tracking says|er|sie|es|he|she|they|it"
    r"|(?:bin|hab|habe|hatte|haben|war|waren|ist|kam|kamen|geht|ging|steht|wollte|musste|dachte|gekauft|bestellt|angekommen)\b"
    r"|(?:looked|came|went|got|had|tried|opened|bought|been|was|were|used|paid|ordered|sent|called|phoned|rang|asked|thought"
    r"|found)\b"
    r"|\w+ ge\w+t(?=[,.])"  # "Batterie getauscht, steht immer noch": who did it, what stands?
    r"|(?:der|die|das) (?:mach|geh|ha[tb]|is|war|wurd|wird|will|kann|sag|tu|läuf)\w*)\b",
    re.IGNORECASE,
)
_LEAST_FURTHER = {"de": 5, "en": 6}  # words
_WEIGHTY = re.compile(r"\d|\b(?:nicht|nichts|kein\w*|nie|not|never|no|nothing|\w+n't)\b", re.IGNORECASE)
_CONTRAST = re.compile(r"\b(?:statt|anstatt|anstelle|instead of|rather than)\b", re.IGNORECASE)
_LONGEST_CONTRAST = 7
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_MOST_EARLIER = 2
_LONGEST_EARLIER = 600
_COUNTS = re.compile(
    r"\b(?:second|third|fourth|fifth|zweite|dritte|vierte|fünfte)[nrs]?\b.{0,30}"
    r"\b(?:mail|e-mail|email|message|nachricht|writ|schreib|melde|contact|anfrage)",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"\bund (?:worden|gewesen|geworden)\b")  # a verb cluster torn apart by its second half
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
    if not scene.speaks or (scene.language == "de" and is_dialect(" ".join(scene.reading.sentences))):
        return []
    found: list[Retold] = []
    said: frozenset[str] = frozenset()
    reading = scene.reading
    ranked = [*reading.key_sentences, *(text for text in reading.sentences if text not in reading.key_sentences)]
    ranked += _earlier(scene)
    for rank, text in ((rank, part) for rank, whole in enumerate(ranked) for part in sentences(whole)):
        if len(found) == _MOST or (found and rank >= len(reading.key_sentences)):
            break
        one = None if _counts_messages(text, scene) else _tell(scene, text, rank, said)
        if one and _adds(one, found, scene):
            found.append(one)
            said |= one.words
    return sorted((one for one in found if _stands(one, found)), key=lambda one: one.place)


def _adds(one: Retold, found: list[Retold], scene: Scene) -> bool:
    """Whether a further clause is worth its place: long enough, or about the thing, and not a second quotation."""
    if not found:
        return True
    if one.quoted and any(other.quoted for other in found):
        return False
    names = content_words(
        " ".join(thing.bare for thing in (scene.naming.product, scene.naming.part) if thing), scene.language
    )
    return (
        len(one.text.split()) >= _LEAST_FURTHER[scene.language]
        or bool(names & one.words)
        or bool(_WEIGHTY.search(one.text))
    )


def _tell(scene: Scene, text: str, rank: int, said: frozenset[str]) -> Retold | None:
    """Return the sentence, or the first part of it that can be told back; else the sentence, if it can be quoted.

    A sentence that can be quoted as a whole is quoted rather than told in part.
    """
    if len(text) > _LONGEST:
        return None
    place = _place(text, scene)
    text = us(calmed(text, scene.language), scene.language)
    usable: list[str] = []
    for part in clauses(text):
        words = content_words(part, scene.language)
        fresh = len(words - said) >= _NEW_SHARE * len(words)
        harmless = may_repeat(part, scene.language, wishes=scene.case.triage.cause in _WISHES_TELL)
        if words and fresh and harmless and not _is_hearsay(part, text, scene):
            usable.append(part)
    whole = usable[:1] == [text]
    clause = report(text, scene) if whole else None
    if clause is None and whole and _may_quote(text, rank, scene):
        quoted = text.strip().rstrip(".!")
        return Retold(quoted, rank, place, content_words(quoted, scene.language), quoted=True)
    if clause is None and (apart := next((part for part in usable if _is_contrast(part, scene)), None)):
        return Retold(apart.strip(".! "), rank, place, content_words(apart, scene.language), quoted=True)
    told = (clause, *(report(part, scene) for part in usable[whole:]))
    clause = next((one for one in told if one and not _only_grants(one, text, scene)), None)
    if clause is None or _BROKEN.search(clause):
        return None
    yours = named_us(claim_as_yours(clause, scene.naming, scene.language, scene.pen.register))
    return Retold(yours, rank, place, content_words(yours, scene.language))


def _is_hearsay(part: str, text: str, scene: Scene) -> bool:
    """Whether a part is what somebody else said: "Ihr Kollege sagte, das passt" does not say that it does."""
    before = text[: max(text.find(part), 0)].lower()
    return re.search(scene.phrases("harmless")["hearsay"], before) is not None


def _only_grants(clause: str, text: str, scene: Scene) -> bool:
    """Whether a clause only grants what is right before the "but": "it is beautifully made, but it says Amelia"."""
    known = scene.phrases("harmless")
    turn = re.search(known["turn"], text.lower())
    if turn is None or not re.search(known["granted"], before := text[: turn.start()].lower()):
        return False
    after = content_words(text[turn.end() :], scene.language)
    complains = re.search(scene.phrases("told_moods")["but"], before) is not None
    return not complains and not after & content_words(clause, scene.language)


def _is_contrast(part: str, scene: Scene) -> bool:
    """Whether a part sets what came against what was ordered: "38 statt 42"."""
    wrong = scene.case.triage.cause in ("wrong_item", "missing_item") and not scene.case.triage.abusive
    return (
        wrong
        and len(part.split()) <= _LONGEST_CONTRAST
        and bool(_CONTRAST.search(part))
        and not _FIRST_PERSON.search(part)
    )


def _may_quote(text: str, rank: int, scene: Scene) -> bool:
    """Whether a whole sentence can be quoted: a key one about a thing or parcel, short, well formed, not of oneself."""
    triage = scene.case.triage
    if triage.abusive or triage.cause not in _QUOTED_CAUSES or rank >= len(scene.reading.key_sentences):
        return False
    if _STRAY_QUOTE.match(text) or text.count(",") > 1 or (scene.language == "de" and not is_plain(text)):
        return False
    return named_us(text) == text and is_well_formed(text) and not _FIRST_PERSON.search(text)


def _earlier(scene: Scene) -> list[str]:
    """The customer's earlier messages, newest first: they tell the case where the last one only complains."""
    messages = scene.case.ticket.customer_messages[:-1][::-1][:_MOST_EARLIER]
    parts = [part.strip() for message in messages for part in _ENDS.split(message.text[:_LONGEST_EARLIER])]
    return [part for part in parts if part]


def _counts_messages(text: str, scene: Scene) -> bool:
    """Whether a sentence only says how often was written or that no answer came, which is said in our own words."""
    return bool(scene.reading.contact_count and _COUNTS.search(text)) or is_about_contacts(text, scene.language)


def _place(text: str, scene: Scene) -> int:
    sentences = scene.reading.sentences
    return next((at for at, sentence in enumerate(sentences) if text[:40] in sentence), len(sentences))


def _stands(one: Retold, all_found: list[Retold]) -> bool:
    """Whether a clause can stand: one that begins with a pronoun for somebody needs the sentence before it."""
    if not _STRAY_START.match(one.text):
        return True
    return any(other is not one and other.place in (one.place, one.place - 1) for other in all_found)
