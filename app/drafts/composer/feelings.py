"""Names the feeling: fitting the mood triage heard, what the case is about, and an occasion that was missed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app.drafts.composer.bank import phrases
from app.drafts.composer.borne import told_of
from app.drafts.composer.occasion import occasion
from app.drafts.composer.scene import Scene
from app.drafts.composer.trouble import is_dangerous, is_incident
from app.triage.context import happened
from app.triage.lexicon import Hit, Scan, scan
from app.triage.words import Sentence, normalise, sentences

_NEAR = frozenset({"fire", "danger"})  # incidents in which nobody need have been touched
_CARE = "care"  # a doctor that is mentioned harms nobody
_SELF = ""
_OWN_REACH = 4  # words from "my" to the relative: "meiner vier Jahre alten Tochter"
_UPSET = frozenset({"annoyed", "angry", "furious", "worried"})


def feeling(scene: Scene) -> str:
    """Return a sentence on the feeling; where somebody could have been hurt, a calm message is worried too."""
    if is_incident(scene):
        return _wish(scene)
    bank = scene.phrases("feelings")
    if weighs := weighs_more(scene):
        return scene.say("feeling", [bank[weighs]]) or ""
    sentiment = scene.case.triage.sentiment
    if sentiment == "calm" and is_dangerous(scene):
        sentiment = "worried"
    words = bank[sentiment]
    if sentiment in _UPSET and _has_occasion(scene):
        key = "occasion_worried" if sentiment == "worried" else "occasion"
        return scene.say("feeling", [bank[key]]) or ""
    if sentiment in ("annoyed", "calm") and _tells(scene, "disappointed"):
        return scene.say("feeling", [bank["disappointed"]]) or ""
    kept = scene.narrowest(words) or words.get(scene.group)
    return scene.say("feeling", [kept or words["default"], words["default"]]) or ""


def weighs_more(scene: Scene) -> Literal["bereaved", "treated"] | None:
    """What weighs more than the thing ordered, where the customer tells of it: a death, or that one of us was rude."""
    if _tells(scene, "bereaved") or _tells(scene, "funeral"):
        return "bereaved"
    ours = _tells(scene, "treated") and _tells(scene, "treated_by") and not _tells(scene, "treated_by_others")
    return "treated" if ours else None


def _wish(scene: Scene) -> str:
    """The hope that all is well with whoever was hurt, or could have been."""
    bank, one = scene.phrases("feelings"), _hurt(scene)
    key = "incident" if one.who is None else "incident_other" if one.harmed else "incident_near"
    return scene.say("feeling", [bank[key]], {"who": one.who}, plural=one.plural) or ""


def is_feeling(text: str, language: str) -> bool:
    """Whether a clause only tells a feeling, which is named in our own words."""
    return _named(language).search(text) is not None


def _has_occasion(scene: Scene) -> bool:
    return scene.speaks and occasion(scene.reading, scene.language, scene.pen.register) is not None


def _tells(scene: Scene, mood: str) -> bool:
    """Whether the customer's own words tell a mood of `told_moods`."""
    if not scene.speaks:
        return False
    text = scene.case.once(told_of)
    return re.search(scene.phrases("told_moods")[mood], text) is not None


@cache
def _named(language: str) -> re.Pattern[str]:
    return re.compile(phrases("told_moods", language)["told"], re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Hurt:
    """`who`: the words for whom it befell, None where that is the customer; `harmed`: whether it came to harm."""

    who: str | None
    harmed: bool = False
    plural: bool = False


def _hurt(scene: Scene) -> _Hurt:
    """Whom the incident befell: a relative where the customer names one, everybody where it is several."""
    if not scene.speaks:
        return _Hurt(None)
    words: dict[str, Any] = scene.phrases("hurt")
    text = "\n\n".join(m.text for m in scene.case.ticket.customer_messages)
    found = scan(sentences(normalise(text)), (scene.language,))
    told = [h for h in happened(found, "incidents") if h.key != _CARE]
    persons = {p for h in told if h.key not in _NEAR and (p := _befallen(found, h, words)) is not None}
    if persons:
        return _person(scene, words, persons, harmed=True)
    kin = {k for s in found.sentences for k in _relatives(s, range(len(s.words)), words)}
    if kin and any(h.key == "fire" for h in told):
        return _Hurt(words["all"])  # where it burns, it burns for everybody
    return _person(scene, words, kin, harmed=False) if any(h.key in _NEAR for h in told) else _Hurt(None)


def _person(scene: Scene, words: dict[str, Any], persons: set[str], *, harmed: bool) -> _Hurt:
    """One person by name; several, or one who is only "she", as everybody."""
    if not persons or persons == {_SELF}:
        return _Hurt(None)
    if len(persons) > 1 or words["all"] in persons:
        return _Hurt(words["all"], harmed)
    (one,) = persons
    return _Hurt(scene.pen.render(one), harmed, one in words["plural"])


def _befallen(found: Scan, hit: Hit, words: dict[str, Any]) -> str | None:
    """Who the sentence of a hit speaks of, nearest first, else whom a "she" in it stands for; None if nobody."""
    itself, other = words["self"].split(), words["other"].split()
    spoken = found.sentences[hit.sentence]
    they = [i for i, word in enumerate(spoken.words) if word in other and spoken.raw(i) != words["polite"]]
    they = [i for i in they if i <= hit.last]
    for clause in range(spoken.clauses[hit.last], -1, -1):
        at = [i for i, c in enumerate(spoken.clauses) if c == clause]
        if kin := next(_relatives(spoken, at, words), None):
            return kin
        if any(spoken.words[i] in itself and not (they and i > hit.last) for i in at):
            return _SELF
    if not they:
        return None
    before = (s for s in reversed(found.sentences[: hit.sentence]) if s.words)
    return next((k for s in before for k in _relatives(s, range(len(s.words)), words)), str(words["all"]))


def _relatives(one: Sentence, where: Iterable[int], words: dict[str, Any]) -> Iterator[str]:
    """The customer's relatives named at these places of a sentence."""
    whom, own, bare = words["whom"], words["own"].split(), words["bare"].split()
    for i in where:
        word, before = one.words[i], one.words[max(0, i - _OWN_REACH) : i]
        if word in whom and (word in bare or not set(before).isdisjoint(own)):
            yield whom[word]
