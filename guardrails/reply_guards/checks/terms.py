"""Promises that name no resolution type: terms of return, extras, conditions, what others will decide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reply_guards.checks.claims import Claim, direct_promises
from reply_guards.checks.hit import Hit
from reply_guards.checks.roles import clauses, group, role, stands_denied
from reply_guards.model import Context, Offer
from reply_guards.text import Reply

GOODWILL = {"voucher", "discount"}
_FAST = re.compile(
    r"express|kurier|courier|priority|eil|(?:over|next.|same.)(?:night|day)|naechste|kuenftig|next|future"
)
_SHIPPED = re.compile(
    rf"{_FAST.pattern}|versand|versend|verschick|porto|liefer|fracht|(?<!\w)post|deliver|shipp|schick|send"
)
_RULES = {"gift": "warranty", "extra": "unauthorised", "condition": "return_terms"}
# What an offer may wait for without being another offer: an answer, a picture, an address.
_TOLD_FIRST = re.compile(
    r"(?<!\w)(?:foto\w*|bild\w*|adresse|anschrift|bescheid|antwort\w*|"
    r"photo\w*|picture\w*|address|answer\w*|reply)(?!\w)"
)
_CHOSEN = re.compile(r"(?<!\w)(?:moecht\w*|lieber|wuensch\w*|entscheid\w*|waehl\w*|prefer\w*|choose|like|decide)(?!\w)")
_TAKEN_OFF = re.compile(
    r"gebuehr|abzueg|abzieh|haelfte|eigene\w* kosten|porto|minus|"
    r"(?<!\w)(?:fees?|half|deduct\w*|own (?:cost|expense)|less|postage)(?!\w)"
)
_BACK = re.compile(r"zurueck|retour|ruecksend|(?<!\w)(?:back|returns?|returned|returning)(?!\w)")
# "Please keep it unplugged", "keep them dry until then": nothing is given away.
_KEPT_SO = re.compile(
    r"\W+(?:\w+ )?(?:switched|turned|unplugged|powered|off|away|out|in|dry|closed|shut|sealed|upright|cool|warm|safe"
    r"|flat|level|still|apart|aside|ready|handy|packed|wrapped|together|at|on|behind|there|here)(?!\w)"
)
_MENDED = re.compile(
    r"(?<!\w)(?:neue?\w{0,2}|repar\w*|werkstatt|einbau\w*|ersatz\w*|ersetz\w*|tausch\w*"
    r"|new|repair\w*|workshop|fix\w*|mend\w*|fit|replace\w*|swap\w*|another)(?!\w)"
)
_SENT = re.compile(r"(?<!\w)(?:schick\w*|sende\w*|gib\w*|geben|bring\w*|send|sending|ship|mail|post|drop)(?!\w)")
_FETCHED = re.compile(
    r"(?<!\w)hole?n? (?:\w+ ){1,8}(?:ab|retour|zurueck)(?!\w)"
    r"|abhol|mitnehm|nehmen \w+ mit|collect|pick|fetch|techni|engineer|monteur"
)
_POSTAGE = r"(?:porto|versand\w*|kosten|ruecksend\w*|etikett|label|postage|shipping|return)"
_COSTS_US = re.compile(
    r"kostenlos|kostenfrei|gratis|umsonst|frankiert|franko|portofrei|kostet (?:sie|dich) (?:nichts|nix)(?!\w)"
    r"|(?<!\w)auf (?:unsere|meine) (?:kosten|kappe|rechnung)(?!\w)|(?<!\w)geh(?:t|en) (?:\w+ )?auf uns(?!\w)"
    rf"|(?<!\w){_POSTAGE} (?:[^.,]{{0,20}} )?(?:uebernehm\w*|zahl\w*|trag\w*|bezahl\w*) (?:wir|ich)(?!\w)"
    rf"|(?<!\w)(?:wir|ich) (?:uebernehmen?|zahlen?|bezahlen?|tragen?) (?:[^.,]{{0,20}} )?{_POSTAGE}"
    r"|(?<!\w)kein\w{0,2} (?:cent|kosten|porto)(?!\w)"
    r"|(?<!\w)(?:(?<!feel )(?<!toll-)free|pre-?paid|on us|no (?:cost|charge)|without charge)"
    r"|(?<!\w)(?:at our (?:expense|cost)|on our (?:bill|account|cost))"
    rf"|(?<!\w)(?:we|i) (?:\w+ )?(?:pay|cover|pick up) (?:[^.,]{{0,12}} )?{_POSTAGE}"
    r"|(?<!\w)(?:won't|doesn't|not) cost you|, (?:we|i) pay(?=[.;!]|$)|unentgeltlich"
)
# "Bitte auf Ihre Kosten zurücksenden", "return it at your own expense".
_COSTS_YOU = re.compile(
    r"(?<!\w)(?:auf (?:ihre|deine|eigene) (?:kosten|rechnung)|at your (?:own )?(?:cost|expense)|on your own dime"
    rf"|{_POSTAGE} (?:[^.,]{{0,20}} )?(?:tragen|zahlen|uebernehmen) sie"
    rf"|you (?:will |would |'ll )?(?:need to |have to )?(?:pay|cover) (?:for )?(?:the |your )?{_POSTAGE})(?!\w)"
)
_FAULTY = re.compile(r"defekt|kaputt|mangel|maengel|fehlerhaft|faulty|broken|defective|damaged")
_WAY_PAID = re.compile(rf"{_POSTAGE}[^.;]*(?:trag|zahl|uebernehm|pay|cover|bear)|(?:pay|cover|bear)[^.;]*{_POSTAGE}")
_BESIDE = re.compile(
    r"dazu|obendr|zusaetzlich"
    r"|(?<!\w)(?:lege?n?|packe?n?|schenk\w*|throw\w*|on top|extra|plus|too|as well|gift|bonus)(?!\w)"
)
_NOTHING = re.compile(r"(?<!\w)(?:nichts|oder|nothing|or)(?!\w)")
_RETURN = re.compile(r"retour|rueck(?:send|gabe|schein|versand|porto)|zurueck(?:schick|send|geb|bring)|return")


def without_type(reply: Reply, context: Context, offers: tuple[Offer, ...]) -> Iterator[Hit]:
    """Terms, extras and outcomes that no approved offer covers."""
    for claim in direct_promises(reply):
        span = reply.span(claim.start, claim.end)
        if reply.quoted(*span) or _is_asked(claim) or _is_kept_so(claim):
            continue
        if claim.what == "shipping" and _is_way_back(claim):
            if not stands_denied(claim.clause, claim.sentence) and not _pays_return(offers):
                yield Hit("promise.return_terms", *span, {"what": "return"})
        elif not _is_covered(claim, context, offers):
            yield Hit(f"promise.{_RULES.get(claim.what, claim.what)}", *span, {"what": claim.what})
    for start, end in _wrong_ways_back(reply, offers):
        span = reply.span(start, end)
        if not reply.quoted(*span):
            yield Hit("promise.return_terms", *span, {"what": "return"})


def _wrong_ways_back(reply: Reply, offers: tuple[Offer, ...]) -> Iterator[tuple[int, int]]:
    """Where the way back is said to be another than approved: folded places."""
    terms = {o.return_ for o in offers}
    if "send_back_paid" in terms:
        if not _pays_return(offers):
            yield from _free_way_back(reply)
    elif terms - {None}:
        yield from _billed_way_back(reply)
    if "keep" in terms and terms <= {"keep", None}:
        yield from _wanted_back(reply)


def _free_way_back(reply: Reply) -> Iterator[tuple[int, int]]:
    """The way back said to cost nothing, in whatever words, where it was approved at the customer's cost."""
    for sentence in reply.sentences:
        free = _RETURN.search(sentence.text) and _COSTS_US.search(sentence.text)
        if free and not sentence.question and not stands_denied(sentence.text, sentence):
            yield sentence.start, sentence.end


def _billed_way_back(reply: Reply) -> Iterator[tuple[int, int]]:
    """The way back said to be at the customer's cost, where nothing that was approved is."""
    for sentence in reply.sentences:
        cost = _COSTS_YOU.search(sentence.text) if _BACK.search(sentence.text) else None
        if cost and not sentence.question and not role("denied", sentence.text, sentence):
            yield sentence.start + cost.start(), sentence.start + cost.end()


def _wanted_back(reply: Reply) -> Iterator[tuple[int, int]]:
    """The thing asked back where it was approved that the customer keeps it."""
    for sentence in reply.sentences:
        if sentence.question or role("conditional", sentence.text, sentence):
            continue
        for start, _end, text in clauses(sentence):
            match = group("other").first("sent_back", text, sentence.possible)
            if match and not stands_denied(text, sentence) and not _NOTHING.search(text, match.start()):
                yield start + match.start(), start + match.end()


def _is_covered(claim: Claim, context: Context, offers: tuple[Offer, ...]) -> bool:
    """Whether an offer, the ticket or the sentence itself says that nothing is promised beyond what may be."""
    if claim.what == "return_terms":
        keeps = any(o.return_ == "keep" or o.type in {"partial_refund", "discount", "voucher"} for o in offers)
        return keeps or not any(o.return_ for o in offers)
    if claim.what == "condition":
        return _is_agreed(claim, offers)
    if claim.what == "shipping" and _is_no_extra(claim, offers):
        return True
    if claim.what == "extra" and _belongs_to_return(claim.clause) and _pays_return(offers):
        return True
    return stands_denied(claim.clause, claim.sentence) or _is_known(claim, context) or _is_goodwill(claim, offers)


def _is_agreed(claim: Claim, offers: tuple[Offer, ...]) -> bool:
    """Whether a condition was approved, is not known to be another, or only asks to be told something."""
    if not offers or any(o.return_ is None for o in offers):
        return True  # promised at all is then the question, or the way back is not settled
    if _TOLD_FIRST.search(claim.clause) or (_CHOSEN.search(claim.clause) and not _TAKEN_OFF.search(claim.clause)):
        return True
    if _TAKEN_OFF.search(claim.clause):
        return any(o.return_ == "send_back_paid" for o in offers)
    return bool(_BACK.search(claim.clause)) and any(o.return_ != "keep" for o in offers)


def _is_way_back(claim: Claim) -> bool:
    return _RETURN.search(claim.clause) is not None


def _is_no_extra(claim: Claim, offers: tuple[Offer, ...]) -> bool:
    """Whether the way is free because something goes back, or the network alone heard of one ("both cost nothing")."""
    if not _FAST.search(claim.clause) and _pays_return(offers):
        return True
    return claim.clause == claim.sentence.text and not _SHIPPED.search(claim.clause)


def _belongs_to_return(clause: str) -> bool:
    """Whether what sounds like an extra is the way back that was approved: fetched, or free, and nothing beside it."""
    free = _RETURN.search(clause) and _COSTS_US.search(clause) and not _BESIDE.search(clause)
    return _FETCHED.search(clause) is not None or bool(free)


def _is_goodwill(claim: Claim, offers: tuple[Offer, ...]) -> bool:
    return claim.what == "gift" and any(o.type in GOODWILL for o in offers)


def _pays_return(offers: tuple[Offer, ...]) -> bool:
    """Whether an offer lets the customer send something back, and none says at their own cost."""
    returns = [o for o in offers if o.return_ or o.type in {"return", "repair", "replacement"}]
    return bool(returns) and any(o.return_ != "send_back_paid" for o in returns)


def is_agreed_cost(told: str, offers: tuple[Offer, ...]) -> bool:
    """Whether words bill the customer for the way back, as was approved; of a faulty thing nobody may approve it."""
    if not any(o.return_ == "send_back_paid" for o in offers):
        return False
    return _WAY_PAID.search(told) is not None and not _FAULTY.search(told)


def _is_asked(claim: Claim) -> bool:
    """Whether a question asks about it; what may be kept is offered by asking, too, but "behalten Sie …?" asks."""
    said = claim.sentence.text[claim.start - claim.sentence.start :]
    return claim.sentence.question and (claim.what != "return_terms" or said.startswith("behalten sie"))


def _is_kept_so(claim: Claim) -> bool:
    """Whether something shall only be kept in a state: switched off, dry, out of reach."""
    said = claim.sentence.text[claim.start - claim.sentence.start : claim.end - claim.sentence.start]
    return said.endswith((" it", " them", " that", " this")) and bool(
        _KEPT_SO.match(claim.sentence.text, claim.end - claim.sentence.start)
    )


def is_way_back(text: str, offers: tuple[Offer, ...]) -> bool:
    """Whether what sounds like an offer is the way back that was approved: sent or fetched at our cost."""
    ways = _SENT.search(text) or _RETURN.search(text) or _FETCHED.search(text)
    if not (ways and _COSTS_US.search(text)) or _BESIDE.search(text):
        return False
    mends = any(o.type in {"repair", "replacement", "reshipment"} for o in offers)
    return _pays_return(offers) and (mends or not _MENDED.search(text))


def _is_known(claim: Claim, context: Context) -> bool:
    """What the ticket itself says is no promise of ours."""
    words = re.findall(
        r"[a-z]{6,}", claim.clause[claim.start - claim.sentence.start : claim.end - claim.sentence.start]
    )
    known = context.facts.known_text.lower() if context.facts else ""
    return bool(words) and all(w[:6] in known for w in words)
