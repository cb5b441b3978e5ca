"""States the case: what happened to which product, since when, and what the customer adds and asks in own words."""

from __future__ import annotations

import re
from typing import Any

from app.drafts.composer.asked import asked
from app.drafts.composer.burden import contacts
from app.drafts.composer.feelings import is_feeling
from app.drafts.composer.harmless import content_words, only_arrival
from app.drafts.composer.occasion import occasion, recipient
from app.drafts.composer.pen import sentence
from app.drafts.composer.retold import Retold, retold
from app.drafts.composer.scene import Scene
from app.drafts.composer.trouble import defect_clause, trouble_clause
from app.drafts.composer.variants import mixup, mixup_sentence

_MOST_WORDS = 52
_ENDING = 6  # last letters by which a compound names the same thing
_LONGEST_PAIR = 30  # words of two clauses that can share one "You write that"
_BARE_ARRIVAL = 4
_LEAST_HEAD = 4  # letters of the end of a compound that names the same thing
_NEWS = 0.5  # share of new words by which a clause is worth telling
# Where the thing itself is the trouble, what the customer says of it comes before what the cause says.
_ADDRESS = re.compile(
    r"adress|anschrift|umgezogen|umzug|wohnung|hausnummer|\b(?:zip|postcode|moved|flat|house)\b", re.IGNORECASE
)
_WISHES = frozenset({"invoice", "other", "product_question"})  # what is asked for is the case
_PHYSICAL = frozenset({
    "damaged_in_transit", "product_defect", "wrong_item", "missing_item", "product_dissatisfaction", "lost_parcel",
    "abuse", "other",
})  # fmt: skip
_WAITING = re.compile(r"\b(?:wart(?:e|en|est|et)|wait(?:ed|ing)?)\b")


def complaint(scene: Scene) -> str:
    """Return one to four sentences that state this customer's case, without apology and without feeling."""
    told = _Telling(scene)
    told.open()
    told.add_mixup()
    if not scene.guidance.short:
        told.add_question()
        told.add_occasion()
        told.add_late()
    return " ".join(told.sentences)


def topic(scene: Scene) -> str:
    """Return what the case is about as one clause after "dass"/"that"."""
    return _opening(scene, retold(scene))[0]


def _opening(scene: Scene, clauses: list[Retold]) -> tuple[str, list[Retold]]:
    """Return the clause the case opens with, and the customer's clauses still to be told.

    Where the thing is the trouble, the customer's own clause about it comes first: it is truer than a key in our words.
    """
    clause, matter = _own_clause(scene), scene.matter
    spoken = [one for one in clauses if not one.quoted]
    if matter in _PHYSICAL:
        things = [one for one in spoken if not _only_arrives(one, scene)]
        first = next((one for one in things if one.rank == 0 or _names_the_thing(one, scene)), None)
        if first := first or (None if clause else next(iter(things), None)):
            told = [one for one in clauses if one is first or not _only_arrives(one, scene)]
            lead = next(one for one in told if not one.quoted)  # as the customer ordered it
            return _led_by(lead, told)
    if shows := next((one for one in spoken if scene.shows_matter(one.text)), None):
        return _led_by(shows, clauses)
    own = next(iter(spoken), None)
    if own and (matter == "payment_failed" or (matter == "no_response" and contacts(scene).silent)):
        return _led_by(own, clauses)  # truer than what the cause says
    wish = next((one for one in spoken if one.rank == 0), None)
    if wish and (matter in _WISHES or (matter == "address_change" and _ADDRESS.search(wish.text))):
        return _led_by(wish, clauses)
    waits = scene.group in ("delivery", "warehouse")
    waiting = next((one for one in spoken if waits and _WAITING.search(one.text)), None)
    if waiting:  # "that you are still waiting and that you are waiting the third week" would say it twice
        return _led_by(waiting, clauses)
    clause = clause or trouble_clause(scene)
    said = content_words(clause, scene.language)
    return clause, [
        one for one in clauses
        if len(one.words - said) >= _NEWS * len(one.words) and not _repeats_date(one, scene)
        and not _only_arrives(one, scene) and not is_feeling(one.text, scene.language)
    ]  # fmt: skip


def _led_by(lead: Retold, clauses: list[Retold]) -> tuple[str, list[Retold]]:
    """A clause of the customer's as the opening, and the others."""
    return lead.text, [one for one in clauses if one is not lead]


def _own_clause(scene: Scene) -> str | None:
    """What is wrong in our words; a message of abuse names no thing that could be trusted."""
    if scene.matter in ("abuse", "lost_parcel"):
        return None
    return defect_clause(scene) if scene.matter in _PHYSICAL else None


def _names_the_thing(one: Retold, scene: Scene) -> bool:
    names = [thing.bare for thing in (scene.naming.product, scene.naming.part) if thing]
    return any(name.lower().rpartition(" ")[2][-_ENDING:] in one.text.lower() for name in names)


def _only_arrives(one: Retold, scene: Scene) -> bool:
    """Whether a clause says no more than that something was ordered or came."""
    name = scene.naming.product.bare if scene.naming.product else ""
    heads = [word for word in one.text.split() if len(word) >= _LEAST_HEAD and name.lower().endswith(word.lower())]
    said = content_words(" ".join([name, *heads]), scene.language)  # the "Fernsehsessel" is a "Sessel", too
    if not one.words - said and len(one.text.split()) > _BARE_ARRIVAL:
        return False  # "keeps switching off" is all small words and says something
    return only_arrival(one.text, said, scene.language)


def _repeats_date(one: Retold, scene: Scene) -> bool:
    """Whether a clause names the promised day that the opening names already."""
    day = scene.facts.promised
    return bool(day and scene.facts.days_late and re.search(rf"\b{day.day}\.\s?{day.month}\.", one.text))


def _closed(clause: str) -> str:
    """A clause that ends in a clause of its own is closed by a comma before it goes on."""
    return f"{clause}," if ", " in clause and not clause.endswith(",") else clause


class _Telling:
    """Collects sentences within a budget of words, and remembers what has been said."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.data: dict[str, Any] = scene.phrases("complaint")
        self.sentences: list[str] = []
        self._said: frozenset[str] = frozenset()
        self._words = 0

    def _add(self, text: str | None) -> bool:
        if not text or self._words + len(text.split()) > _MOST_WORDS:
            return False
        self.sentences.append(sentence(text))
        self._said |= content_words(text, self.scene.language)
        self._words += len(text.split())
        return True

    def open(self) -> None:
        """Say what happened, and what the customer tells beyond that; a mere question is said as one."""
        clauses = retold(self.scene)
        if self.scene.case.triage.cause == "product_question" and not clauses and self._ask_about():
            return
        if self.scene.matter == "no_response" and contacts(self.scene).silent and not clauses:
            self._add(self.scene.say("matter", [self.data["matter"]]))
            return  # the silence is named with its apology
        first, others = _opening(self.scene, clauses)
        if self.scene.guidance.short:
            others = []
        spoken = [one for one in others if not one.quoted]
        about = "" if self._names_product(first) else "_about"
        if spoken and len(f"{first} {spoken[0].text}".split()) <= _LONGEST_PAIR:
            pair = self.scene.say(
                "pair", [self.data["pair" + about], self.data["pair"]], {"a": _closed(first), "b": spoken[0].text}
            )
            others = [one for one in others if one is not spoken[0]]
            self._add(pair)
        else:
            self._add(self.scene.say("lead", [self.data["lead" + about], self.data["lead"]], {"trouble": first}))
        told = mixup(self.scene)
        for one in others:
            if told and one.quoted:
                continue  # what was ordered and what came is said in a sentence of our own
            key = "quote" if one.quoted else "more"
            self._add(self.scene.say(key, [self.data[key]], {"trouble": one.text, "words": one.text}))
            if key == "more":
                break  # a third "that" would tire

    def _ask_about(self) -> bool:
        question = asked(self.scene)
        if question and self._names_product(question):
            return self._add(self.scene.say("asked", [self.data["asked"]], {"question": question}))
        return self._add(self.scene.say("asked_about", [self.data["asked_about"]], {"question": question}))

    def _names_product(self, clause: str) -> bool:
        product = self.scene.naming.product
        if product is None:
            return True
        last = product.bare.lower().rpartition(" ")[2].rpartition("-")[2]
        return last[-_ENDING:] in clause.lower()

    def add_mixup(self) -> None:
        """Name the size or colour ordered and received, where the telling did not."""
        self._add(mixup_sentence(self.scene, " ".join(self.sentences)))

    def add_question(self) -> None:
        """Say what the customer wants to know, where it can be said and was not said already."""
        if (question := asked(self.scene)) and not content_words(question, self.scene.language) <= self._said:
            self._add(self.scene.say("asked", [self.data["asked"]], {"question": question}))

    def add_occasion(self) -> None:
        """Say what it was meant for, unless that was said already."""
        scene = self.scene
        if not scene.speaks:
            return
        here = (scene.reading, scene.language, scene.pen.register)
        what = occasion(*here) or recipient(*here)
        if what and not content_words(what, scene.language) & self._said:
            self._add(scene.say("occasion", [self.data["occasion"]], {"occasion": what}))

    def add_late(self) -> None:
        """Name the promised day where the parcel is late and it was not named already."""
        promised = self.scene.values["promised"]
        awaited = self.scene.group in ("delivery", "warehouse", "service", "open")
        if awaited and self.scene.facts.days_late and promised and not any(promised in text for text in self.sentences):
            self._add(self.scene.say("late", [self.data["late"]]))
