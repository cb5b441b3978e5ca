"""States the case: what happened to which product, since when, and what the customer adds in own words."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.formats import ordinal
from app.drafts.composer.harmless import content_words, is_well_formed, may_repeat
from app.drafts.composer.occasion import occasion
from app.drafts.composer.pen import sentence
from app.drafts.composer.reported import report
from app.drafts.composer.scene import Scene

_MOST_WORDS = 52
_MOST_REPORTED = 2
_NEW_SHARE = 0.45  # a reported sentence must bring at least this share of new words
# Where the thing itself is the trouble, what is wrong with it is said before anything else.
_PHYSICAL = frozenset({
    "damaged_in_transit", "product_defect", "wrong_item", "missing_item", "product_dissatisfaction", "return_request",
    "refund_denied", "no_response", "abuse", "other",
})  # fmt: skip


def complaint(scene: Scene) -> str:
    """Return one to four sentences that state this customer's case, without apology and without feeling."""
    data = scene.phrases("complaint")
    told = Telling(scene, data)
    told.open()
    told.add_reported()
    told.add_occasion()
    told.add_contacts()
    told.add_late()
    return " ".join(told.sentences)


class Telling:
    """Collects sentences within a budget of words, and remembers what has been said."""

    def __init__(self, scene: Scene, data: dict[str, Any]) -> None:
        self.scene = scene
        self.data = data
        self.sentences: list[str] = []
        self._said: frozenset[str] = frozenset()
        self._words = 0

    def _add(self, text: str | None) -> bool:
        if not text or self._words + text.count(" ") + 1 > _MOST_WORDS:
            return False
        self.sentences.append(sentence(text))
        self._said |= content_words(text, self.scene.language)
        self._words += text.count(" ") + 1
        return True

    def open(self) -> None:
        """Say what happened, from the defects where there are any, else from the cause."""
        scene = self.scene
        if clause := trouble(scene):
            self._add(scene.say("lead", self.data["lead"], {"trouble": clause}))

    def add_reported(self) -> None:
        """Add what the customer writes beyond that: in reported speech, or as a short quotation."""
        if not self.scene.speaks:
            return
        added = 0
        for text in self.scene.reading.key_sentences:
            if added < _MOST_REPORTED and self._brings_news(text) and self._report(text, added):
                added += 1

    def _report(self, text: str, added: int) -> bool:
        scene = self.scene
        if not may_repeat(text, scene.language):
            return False
        if clause := report(text, scene):
            key = "more" if self.sentences else "lead"
            return self._add(scene.say(f"{key}{added}", self.data[key], {"trouble": clause}))
        if is_well_formed(text) and not added:
            return self._add(scene.say("quote", self.data["quote"], {"words": text.strip().rstrip(".")}))
        return False

    def _brings_news(self, text: str) -> bool:
        words = content_words(text, self.scene.language)
        return bool(words) and len(words - self._said) >= _NEW_SHARE * len(words)

    def add_occasion(self) -> None:
        """Say what it was meant for, unless that was said already."""
        scene = self.scene
        what = occasion(scene.reading, scene.language, scene.pen.register) if scene.speaks else None
        if what and not content_words(what, scene.language) <= self._said:
            self._add(scene.say("occasion", self.data["occasion"], {"occasion": what}))

    def add_contacts(self) -> None:
        """Say that it is not the first message."""
        count = self.scene.reading.contact_count or 0
        if count > 1 and (nth := ordinal(count, self.scene.language)):
            nth_f = nth.removesuffix("n")
            self._add(self.scene.say("contact", self.data["contact"], {"nth": nth, "nth_f": nth_f}))

    def add_late(self) -> None:
        """Name the promised day where the parcel is late and the days were not counted already."""
        if self.scene.facts.days_late:
            self._add(self.scene.say("late", self.data["late"]))


def trouble(scene: Scene) -> str | None:
    """Return what happened as the clause after "dass"/"that"."""
    cause = scene.case.triage.cause
    if cause in _PHYSICAL and (clause := _defect_clause(scene)):
        return clause
    product = scene.naming.product
    tiers = scene.phrases("trouble")[cause]
    return scene.say(f"trouble/{cause}", tiers, plural=bool(product and product.plural))


@cache
def _defects() -> dict[str, dict[str, Any]]:
    return load("defects")


def _defect_clause(scene: Scene) -> str | None:
    """Return up to two defects as one clause: "bei Ihrer Tasse der Henkel abgebrochen ist und …"."""
    part, product = scene.naming.part, scene.naming.product
    out: list[str] = []
    for key in scene.reading.defects:
        entry = _defects().get(key)
        if entry is None or len(out) == 2:  # noqa: PLR2004 - two defects are enough for one sentence
            continue
        if "clause" in entry:
            out.append(entry["clause"][scene.language])
        elif part and entry.get("of") != "product" and not out:
            out.append(_of_part(scene, entry[scene.language]))
        elif product and entry.get("of") != "part" and not out:
            out.append(_predicate(scene, f"{product.nom} ", entry[scene.language], plural=product.plural))
        elif product and not part and entry.get("of") != "part":
            out.append(_predicate(scene, "", entry[scene.language], plural=product.plural))
    return {"de": " und ", "en": " and "}[scene.language].join(out) or None


def _of_part(scene: Scene, predicate: str) -> str:
    part, product = scene.naming.part, scene.naming.product
    assert part is not None
    if scene.language == "de":
        before = f"bei {product.dat} " if product else ""
        return _predicate(scene, f"{before}{part.nom} ", predicate, plural=part.plural)
    of = f" of {product.nom}" if product else ""
    return _predicate(scene, f"{part.nom}{of} ", predicate, plural=part.plural)


def _predicate(scene: Scene, subject: str, predicate: str, *, plural: bool) -> str:
    return subject + (scene.pen.render(predicate, scene.values, plural=plural) or "")
