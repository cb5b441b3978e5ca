"""`grounding.name` and `grounding.carrier`: a reply speaks to this customer, of the carrier that has this parcel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import views
from reply_guards.model import CaseFacts, Context
from reply_guards.policy import Policy
from reply_guards.text import Reply, Sentence
from reply_guards.unfold import FOLD_TABLE
from reply_guards.wordlists import data

_GREETED_WITHIN = 160
_GREETING = re.compile(
    r"(?<!\w)(?i:hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|dear|hello|hi|hey|moin|servus|"
    r"grüß gott|good (?:morning|afternoon|evening))[\s,]{1,3}"
    r"(?P<title>(?i:herrn?|frau|mrs?|ms|miss|mx)\.?\s(?:(?i:dr|prof)\.?\s){0,2})?"
    r"(?P<name>[A-ZÄÖÜ][\w'’-]{1,40}(?:\s[A-ZÄÖÜ][\w'’-]{1,40}){0,2})"
)
_TITLES = frozenset({"herr", "herrn", "frau", "mr", "mrs", "ms", "miss", "mx", "dr", "prof"})
_NAME = re.compile(r"[^\W\d_]{2,40}")
_LOCATED = "done.located"
_ALIKE = 4  # letters two spellings of one name share at the start
_TRANSIT = re.compile(
    r"(?<!\w)(?:paket\w*|paeckchen|sendung\w*|verbummelt|verschlampt|verloren|lost|losing|lieferung|zusteller\w*|bote|fahrer\w*|zugestellt|unterwegs|liegt|haengt|parcel|package|"
    r"shipment|driver|delivered|delivery|depot|has your|with your|tracking|scan\w*)(?!\w)"
)
# A return, a second parcel or a choice may go with anybody.
_OTHERWISE = re.compile(
    r"rueck|retour|return|label|etikett|abgeb|abgabe|drop|shop|filiale|(?<!\w)(?:oder|or|neu\w{0,2}|new|ersatz\w*|replac\w*|"
    r"statt\w*|instead|kuenftig|future|nicht|not|never|kein\w*|schick\w*|send\w*|verschick\w*|versend\w*|resend)(?!\w)"
)


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Another's name in the greeting; another carrier said to have the parcel. What is not known is not judged."""
    if context.facts is not None:
        yield from _greeted(reply, context.facts)
        yield from _carried(reply, context.facts)


def _names(text: str) -> list[str]:
    """The words of a name, folded, without titles."""
    return [w for w in _NAME.findall(text.lower().translate(FOLD_TABLE)) if w not in _TITLES]


def _greeted(reply: Reply, facts: CaseFacts) -> Iterator[Hit]:
    match = _GREETING.search(reply.plain, 0, _GREETED_WITHIN) if facts.customer_name else None
    if match is None or not facts.customer_name or not facts.customer_name.translate(FOLD_TABLE).isascii():
        return
    own, greeted = _names(facts.customer_name), _names(match["name"])
    titled = any(word in _TITLES for word in _NAME.findall(facts.customer_name.lower()))
    # A first name alone has too many short forms, and of who gave only theirs the last name may be new.
    if not own or not greeted or not (match["title"] or len(greeted) > 1) or not (titled or len(own) > 1):
        return
    known = {*own, *_names(f"{facts.customer_text} {facts.known_text}")}
    last = greeted[-1]
    if not any(last == word or (last[:_ALIKE] == word[:_ALIKE] and len(last) > _ALIKE) for word in known):
        yield Hit("grounding.name", *reply.plain_span(*match.span("name")), {"found": match["name"]})


@cache
def _carriers() -> tuple[re.Pattern[str], frozenset[str]]:
    """The words carriers are called by, longest first: as a pattern, and by themselves."""
    called = {word for carrier in data("carriers")["carriers"] for word in carrier["called"]}
    longest = sorted(called, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)"), frozenset(called)


def _carried(reply: Reply, facts: CaseFacts) -> Iterator[Hit]:
    pattern, called = _carriers()
    if not facts.carrier or not any(word in facts.carrier.lower() for word in called):
        return
    own = facts.carrier.lower().translate(FOLD_TABLE)
    for match in pattern.finditer(reply.folded):
        if match.group() in own or match.group() in _told(facts):
            continue
        span = reply.span(*match.span())
        sentence = reply.sentence_at(match.start())
        if _is_whereabouts(reply, sentence) and not reply.quoted(*span) and _is_named(reply, span):
            yield Hit("grounding.carrier", *span, {"found": match.group(), "expected": facts.carrier})


def _told(facts: CaseFacts) -> str:
    """What the ticket says of its parcel, folded: asked for only where a reply names another carrier."""
    return f"{facts.tracking_url} {facts.customer_text} {facts.known_text}".lower().translate(FOLD_TABLE)


def _is_whereabouts(reply: Reply, sentence: Sentence) -> bool:
    """Whether a sentence tells who has the parcel: by its words, or by the network's."""
    if sentence.question or _OTHERWISE.search(sentence.text):
        return False
    seen = views(reply)
    return bool(_TRANSIT.search(sentence.text)) or (seen is not None and seen.margins(_LOCATED)[sentence.index] > 0)


def _is_named(reply: Reply, span: tuple[int, int]) -> bool:
    """Whether the carrier is meant: "Ups" is what one says when something fell."""
    return reply.original[slice(*span)] != "Ups"
