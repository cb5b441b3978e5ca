"""Times at which something is said to reach the customer: others must keep them, so they are promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.checks.claims import Claim
from reply_guards.checks.learned import RULED_OUT, views
from reply_guards.checks.roles import clauses, group, role
from reply_guards.patterns import Atlas, Pattern
from reply_guards.text import Reply, Sentence

_WHEN = re.compile(
    r"(?<!\w)(?:heute(?: abend| noch| nachmittag)?|morgen(?: frueh| vormittag| abend)?|uebermorgen|"
    r"tonight|today|tomorrow|this (?:evening|afternoon)|overnight"
    r"|(?:am |bis |naechsten |kommenden |on |by |next |this )?(?:montag|dienstag|mittwoch|donnerstag|"
    r"freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:vor|bis|zu|zum|zur|an|am|auf|rechtzeitig (?:zu|zum|zur)|by|before|for|at|on|in time for)"
    r" (?:(?:the |den |dem )?(?:(?:first|ersten|zweiten|dritten|vierten) )?(?:night of |day of )?)"
    r"(?:weihnachten|heiligabend|ostern|wochenende|nikolaus|advent|silvester|neujahr|pfingsten|muttertag|"
    r"valentinstag|schulanfang|geburtstag|christmas(?: eve| day)?|easter|thanksgiving|hanukkah|halloween|"
    r"new year(?: s eve)?|weekend|your birthday|(?:mother|father|valentine) ?s day)"
    r"|in (?:ein|zwei|drei|\d{1,2}|one|two|three|a few|wenigen)(?: bis \w+)? (?:tag\w{0,2}|stunde\w?|"
    r"days?|hours?)|christmas eve|the \d{1,2}(?:st|nd|rd|th)|innerhalb von \w+ (?:tagen|stunden)|within \w+ (?:days|"
    r"hours))(?!\w)"
)
# "Bis ins Wohnzimmer": how far, not until when.
_AS_FAR_AS = re.compile(
    r"(?<!\w)bis (?:ins?|ans?|auf|nach|vor|unter|zu ihnen|zu dir)(?!\w)(?! (?:montag|dienstag|mittwoch|morgen))"
)
_UNTIL = re.compile(r"(?<!\w)bis (?:zum |spaetestens |allerspaetestens )?\Z")
# Of these one stands in every time: where none does, the pattern need not be tried.
_TIMES = (
    "heute", "morgen", "tonight", "today", "tomorrow", "evening", "afternoon", "overnight", "tag", "day", "mittwoch",
    "sonnabend", "weihnachten", "heiligabend", "birthday", "ostern", "wochenende", "christmas", "easter", "weekend",
    "stunde", "hour", "nikolaus", "advent", "silvester", "neujahr", "pfingsten", "muttertag", "valentinstag",
    "schulanfang", "geburtstag", "thanksgiving", "hanukkah", "halloween", "year", "valentine",
)  # fmt: skip
_ORDINALS = (f"{digit}{ending}" for digit in range(10) for ending in ("st", "nd", "rd", "th"))
_WHEN_LOOK = Atlas([Pattern("when", _WHEN.pattern, (frozenset({*_TIMES, *_ORDINALS}),))])
_ARRIVAL = "offer.arrival"


def arrivals(reply: Reply) -> Iterator[Claim]:
    """Times at which something is said to reach the customer, which others must keep; `what` is the time as written."""
    seen = views(reply)
    for number, sentence in enumerate(reply.sentences):
        if sentence.question or not sentence.possible & _WHEN_LOOK.mask or not _WHEN.search(sentence.text):
            continue
        margin = seen.margins(_ARRIVAL)[number] if seen else 0.0
        if margin >= -RULED_OUT:
            yield from _arrivals_in(sentence, surely=margin > 0)


def _arrivals_in(sentence: Sentence, *, surely: bool) -> Iterator[Claim]:
    if role("unpromised", sentence.text, sentence):
        return
    other = group("other")
    surely = surely or role("sworn", sentence.text, sentence)
    for start, _end, text in clauses(sentence):
        when = _WHEN.search(text)
        if when is None or not (surely or other.first("arrival", text, sentence.possible)):
            continue
        if any(other.first(name, text, sentence.possible) for name in ("own_act", "not_promise")):
            continue
        around = _UNTIL.sub("", text[: when.start()]) + text[when.end() :]  # "bis Freitag" is no condition
        around = _AS_FAR_AS.sub("", around)
        if not (role("denied", text, sentence) or role("conditional", around, sentence)):
            yield Claim(when.group(), start + when.start(), start + when.end(), sentence, text)
