"""The scene of one reply: the case with everything derived from it, handed to the writers of the four steps."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.drafts.composer.bank import load, phrases, written_language
from app.drafts.composer.borne import as_borne_out
from app.drafts.composer.facts import Facts, gather
from app.drafts.composer.formats import day_or_none, money, number_word
from app.drafts.composer.guidance import Guidance, guidance
from app.drafts.composer.matters import matter_of
from app.drafts.composer.naming import Naming, name_things
from app.drafts.composer.pen import Pen, Values
from app.drafts.model import Case
from app.triage.model import Reading

_DURATION = {
    "de": re.compile(r"^(?:seit|schon|bereits|über|mehr als)\b", re.IGNORECASE),
    "en": re.compile(r"^(?:for|since|over|more than)\b", re.IGNORECASE),
}
_UNIT_EN = "(?:day|week|month|hour)"
_MANY_EN = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|a couple of)"
_SPAN_EN = re.compile(rf"^(?:about |almost |nearly |over )?(?:(?:an?|one|1) {_UNIT_EN}|{_MANY_EN} {_UNIT_EN}s)$")
_SINGULAR_EN = re.compile(rf"\b(?!1 )({_MANY_EN} {_UNIT_EN})\b")  # "5 week", as second languages have it
_UNITS_DE = re.compile(
    r"\b(?:minute|stunde|tag|woche|monat|jahr|werktag|arbeitstag|wochenende|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)(?:e[nm]?|s|n)?\b"
)
_OWN_SHOP = frozenset({"shopify", "shop_email", "chat"})


@dataclass(frozen=True, slots=True)
class Scene:
    """A case read once: language written, facts, names, and the pen that writes them."""

    case: Case
    language: str
    facts: Facts
    naming: Naming
    pen: Pen
    values: dict[str, str | None]
    guidance: Guidance  # what the instruction asks
    speaks: bool  # whether the customer writes in the language of the reply, so that their words may be used
    matter: str  # the cause, or what the newest message narrows it down to

    @property
    def reading(self) -> Reading:
        """What the customer says."""
        return self.case.triage.reading

    @property
    def group(self) -> str:
        """The group of causes whose commitments and questions are alike."""
        return str(self.narrowest(load("commit")["groups"]) or "open")

    def narrowest(self, entries: Mapping[str, Any], prefix: str = "") -> Any:  # noqa: ANN401 - YAML
        """Return the entry of the matter, else of the cause, else None; their keys may begin with a prefix."""
        return entries.get(prefix + self.matter) or entries.get(prefix + self.case.triage.cause)

    def shows_matter(self, text: str) -> bool:
        """Whether a text of its own shows what the cause was narrowed down to."""
        cause = self.case.triage.cause
        return cause != self.matter == matter_of(cause, text.lower(), self.language)

    @property
    def own_shop(self) -> bool:
        """Whether the channel is the shop's own, where goodwill is the shop's own affair."""
        return self.case.ticket.channel in _OWN_SHOP

    def phrases(self, name: str) -> dict[str, Any]:
        """Return one phrase file in the language of the reply."""
        return phrases(name, self.language)

    def say(self, key: str, tiers: Any, extra: Values | None = None, *, plural: bool = False) -> str | None:  # noqa: ANN401 - YAML
        """Write the best phrase of the tiers with the scene's values and the extra ones."""
        values = {**self.values, **extra} if extra else self.values
        return self.pen.say(key, tiers, values, plural=plural)


def set_scene(case: Case) -> Scene:
    """Return the scene of a case."""
    return case.once(_scene)


def _scene(case: Case) -> Scene:
    language = written_language(case.language)
    facts = gather(case)
    case = as_borne_out(case, language, late=bool(facts.days_late))
    naming = name_things(case, language)
    forbidden = tuple(word.lower() for word in case.profile.voice.forbidden_words if word.strip())
    pen = Pen(language, case.register if language == "de" else "sie", _seed(case), forbidden)
    values = {**naming.values(), **_fact_values(case, facts, language), "since": None}
    speaks = case.triage.language == language
    if speaks:
        values["since"] = since_phrase(case.triage.reading.since, language)
    asked = guidance(case.instruction, language, frozenset(r.type for r in case.resolutions))
    newest = case.ticket.customer_messages[-1].text.lower() if speaks else ""
    matter = matter_of(case.triage.cause, newest, language)
    return Scene(case, language, facts, naming, pen, values, asked, speaks, matter)


def _seed(case: Case) -> int:
    """A number that stays the same for the same ticket and differs between tickets."""
    ticket = case.ticket
    return zlib.crc32("\n".join([ticket.id or "", *(m.text for m in ticket.customer_messages)]).encode())


def since_phrase(since: str | None, language: str) -> str | None:
    """Return how long as a phrase a present perfect can carry ("seit zwei Wochen", "for two weeks"), else None."""
    text = " ".join((since or "").split()).strip(" .,;:!?")
    if not text or len(text) > _LONGEST_SINCE or any(mark in text for mark in "{}<>|[]"):
        return None
    text = text[0].lower() + text[1:]
    if language == "en":
        text = _SINGULAR_EN.sub(r"\1s", text)
    if language == "de":
        text = _UNITS_DE.sub(lambda unit: unit[0].capitalize(), text)
        text = _DAY_DE.sub("seit dem ", text)
        text += "." if _BARE_DAY_DE.fullmatch(text) else ""
    if _DURATION[language].match(text):
        return text
    return f"for {text}" if language == "en" and _SPAN_EN.match(text) else None


_LONGEST_SINCE = 40
# "Seit 7.11." as customers write it lacks its article, and its last full stop was taken off as a sentence's.
_DAY_DE = re.compile(r"^seit(?:dem)? (?:dem )?(?=\d{1,2}(?:\.|$))")
_BARE_DAY_DE = re.compile(r"seit dem \d{1,2}(?:\. ?\d{1,2})?")


def _fact_values(case: Case, facts: Facts, language: str) -> dict[str, str | None]:
    refund = facts.refund
    return {
        "late": days(facts.days_late, language) if facts.days_late else None,
        "promised": day_or_none(facts.promised, language, facts.today),
        "placed": day_or_none(facts.placed, language, facts.today),
        "eta": day_or_none(facts.eta, language, facts.today),
        "seen": day_or_none(facts.seen, language, facts.today),
        "location": facts.location,
        "refund_state_amount": money(refund.amount, language) if refund and refund.amount else None,
        "refund_state_day": day_or_none(facts.refund_at, language, facts.today),
        "shop": case.profile.name,
    }


def days(count: int, language: str) -> str:
    """Return a number of days: "einen Tag", "drei Tage" / "one day", "three days"."""
    if language == "de":
        return "einen Tag" if count == 1 else f"{number_word(count, language)} Tage"
    return "one day" if count == 1 else f"{number_word(count, language)} days"
