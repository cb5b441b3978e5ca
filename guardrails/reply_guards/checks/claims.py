"""What a reply says was done, will be done or may be had: the ground `promise.*` and `grounding.*` stand on.

Sentences are read by role: who acts (the agent, the customer, somebody else), whether it is done, promised, offered,
denied, only being checked, or merely repeated from the customer. The words are in `data/claims.yaml`; what is said in
other words, the trained network tells (`learned.py`), and what it is sure is no promise or report does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from reply_guards.checks.learned import RULED_OUT, Views, views
from reply_guards.checks.lists import Lists
from reply_guards.patterns import Atlas, Pattern
from reply_guards.remembering import remembered
from reply_guards.text import Reply, Sentence
from reply_guards.wordlists import data

_CLAUSES = re.compile(
    r"[;:]|, (?=(?:aber|doch|sondern|jedoch|but|however|yet|dass|ob|weil|da|wenn|falls|sobald|damit|"
    r"und|bis|that|if|whether|because"
    r"|so that|once|as soon as|until|and|while|though|ohne|bekommen|erhalten)\b)| - |(?<!\w)(?:aber|"
    r"sondern|jedoch|however|but)(?!\w)"
)
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
    r"days?|hours?)|the \d{1,2}(?:st|nd|rd|th)|innerhalb von \w+ (?:tagen|stunden)|within \w+ (?:days|"
    r"hours))(?!\w)"
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A resolution type or an action, and where the clause that speaks of it lies in the folded view."""

    what: str
    start: int
    end: int
    sentence: Sentence
    clause: str
    also: frozenset[str] = frozenset()  # what else the sentence may be meant as, where only the network speaks


# "I will find out what was put into the parcel": what follows is not told.
_ASKED_AFTER = re.compile(r", (?:was|wer|wo|wohin|woran|wie|warum|ob|what|who|where|how|why|whether) .*", re.DOTALL)
# What an action is done to tells nothing of what was done: who looked at photos has not passed them on.
_HANDLED = re.compile(
    r"(?:photo|foto|bild|picture|image|order|bestellung|customer|kunde|item|artikel|product|produkt)\w{0,2}"
)
_SHORT_WORD, _FEW_WORDS = 3, 5
_PLAUSIBLE = 2.0  # log-odds below its threshold at which a second reading of a sentence still stands
_RIVAL = 2.0  # log-odds below the likeliest reading at which it does
# Log-odds below its threshold at which an offer, and a report, still counts where it surely is one.
_OFFER_HIDES, _REPORT_HIDES = 1.0, 2.0
_SURE = 0.5  # log-odds over its threshold at which it is a promise or a report, whichever of them
_ARRIVAL, _OWN, _SORRY = "offer.arrival", "role.own", "role.acknowledge"
_ASKS = ("role.ask", "role.bare_ask")
_HARMLESS = (
    "offer.arrival",
    "offer.return_label",
    "offer.invoice",
    "offer.keep_item",
    "offer.outcome",
    "offer.shipping",
)
_OTHER_SURE, _OTHER_RULED_OUT = 1.0, 2.5  # log-odds: surely an offer, hardly any of what was approved
_BESIDE_HIDES = 0.5  # log-odds below its threshold at which something beside an offer still counts
_MONEY = ("offer.refund", "offer.partial_refund", "offer.discount", "offer.voucher")
_VAGUE = frozenset({"other_action", "forwarded"})
_GROUPS = ("offers", "done", "roles", "direct")
_OTHER = ("arrival", "own_act", "not_promise", "multiplied", "halved", "no_replacement")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of claim, as the network tells it."""

    family: str  # the label all of its labels belong to
    claims: Mapping[str, str]  # its labels, and what each claims
    rivals: tuple[str, ...]  # the labels of which one of its own must be the likeliest
    hidden: float  # log-odds below its threshold at which a label still counts where the family is sure


@cache
def _kind(group: str) -> _Kind:
    labels: dict[str, dict[str, str]] = data("learned")
    if group == "done":
        return _Kind("done", labels["done"], tuple(labels["done"]), _REPORT_HIDES)
    # Where a promise may be one of two, an offer that was approved covers it; nothing covers an extra.
    return _Kind(
        "offer", labels[group], (*labels["offers"], *labels["direct"]), _OFFER_HIDES if group == "offers" else 0.0
    )


@cache
def _group(name: str) -> Lists[str]:
    """One group of the lists of `data/claims.yaml`."""
    raw = data("claims")
    return Lists(raw[name] if name in _GROUPS else {other: raw[other] for other in _OTHER})


# "At no charge" denies the charge, "no doubt" the doubt, "don't worry" the worry: none denies what is given.
_COST = (
    r"charge|costs?|fees?|cents?|dime|penny|extra|kosten|gebuehr\w{0,2}|aufpreis|mehrkosten|zusatzkosten|versandkosten|"
    r"pfennig|euro|rappen"
)
_WORRY = (
    r"doubts?|questions?|worr\w{1,4}|ifs?|strings|catch|fuss|bother|hassle|zweifel|frage\w?|sorgen?|gedanken?|kopf|stress|"
    r"wenn|umstaende|haken|thema"
)
_REASSURES = re.compile(
    r"(?<!\w)(?:(?:(?:at|for) )?(?:no|without(?: any)?|not a|zero)|ohne|kein\w{0,2}|nicht ein\w{0,2}) "
    r"(?:(?:extra|additional|further|weitere\w?|zusaetzliche\w?|einzige\w?|single|red|roten) )?"
    rf"(?:{_COST}|{_WORRY})(?: (?:and|or|und|oder)(?: \w{{1,3}})? (?:buts?|aber))?(?: asked| attached)?(?!\w)"
    r"|(?<!\w)(?:kostet|costs?) (?:sie|dich|euch|you) (?:nichts|nix|nothing)(?!\w)"
    r"|(?<!\w)(?:won't|doesn't|will not|does not|wont|doesnt|not) cost (?:you )?(?:a |one )?(?:single |red )?"
    r"(?:thing|cent|penny|dime|anything)(?!\w)"
    r"|(?<!\w)(?:do not|don't|dont|won't|wont|needn't|not|never)(?: (?:have to|need to|be|you))? "
    r"(?:worr\w{1,4}|pay (?:for (?:it|that|this)|a thing|anything))(?!\w)"
    r"|(?<!\w)nicht den kopf(?!\w)|(?<!\w)den kopf nicht(?!\w)|(?<!\w)zahl\w{1,3} (?:sie|du) (?:nichts|nix)(?!\w)"
)


def _role(name: str, text: str, sentence: Sentence) -> bool:
    """Whether a part of a sentence, or all of it, has the words of a role."""
    roles = _group("roles")
    if not roles.could(sentence.possible, name):
        return False
    if name == "denied":
        text = _REASSURES.sub(" ", text)
    return roles.first(name, text, sentence.possible) is not None


def clauses(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """The clauses of a sentence as (folded start, folded end, text)."""
    for start, stop in _cut(sentence.text):
        yield sentence.start + start, sentence.start + stop, sentence.text[start:stop]


@remembered(512)
def _cut(text: str) -> tuple[tuple[int, int], ...]:
    """Where the clauses of a sentence lie; asked for by each kind of claim."""
    found, last = [], 0
    for match in [*_CLAUSES.finditer(text), None]:
        stop = match.start() if match else len(text)
        if text[last:stop].strip():
            found.append((last, stop))
        last = match.end() if match else stop
    return tuple(found)


def promised(reply: Reply) -> tuple[Claim, ...]:
    """Every resolution the reply promises or offers, at most once per clause and type."""
    found: tuple[Claim, ...] = reply.remembered("promised", lambda r: tuple(_joined(r, "offers", _promised_in)))
    return found


def _promised_in(sentence: Sentence) -> Iterator[Claim]:
    offers = _group("offers")
    if not offers.could(sentence.possible):
        return
    choice: bool | None = None  # asked of the whole sentence: once, and only if a clause holds an offer
    for start, _end, text in clauses(sentence):
        for what, match in offers.each(text, sentence.possible):
            if what == "replacement" and _group("other").first("no_replacement", match.group(), sentence.possible):
                continue  # "a new label"
            if choice is None:
                choice = sentence.question and _role("choice", sentence.text, sentence)
            if _is_offer(what, text, sentence, choice=choice):
                yield Claim(what, start + match.start(), start + match.end(), sentence, text)


def _joined(reply: Reply, group: str, worded: Callable[[Sentence], Iterator[Claim]]) -> Iterator[Claim]:
    """The worded claims of each sentence the network does not rule out, else what it tells in other words."""
    kind = _kind(group)
    seen = views(reply)
    possible = seen.margins(kind.family) if seen else ()
    for number, sentence in enumerate(reply.sentences):
        if seen and possible[number] < -RULED_OUT:
            continue
        if group == "done" and seen and seen.margins(_SORRY)[number] > max(0, possible[number]):
            continue  # what went wrong is told, and regretted
        found = list(worded(sentence))
        yield from found
        if seen and not found and possible[number] > 0 and not (group == "done" and sentence.question):
            yield from _unworded(seen, sentence, kind)


def _unworded(seen: Views, sentence: Sentence, kind: _Kind) -> Iterator[Claim]:
    """The likeliest claim of a sentence whose words no list knows; the surer its family, the less it must be itself."""
    margins = {label: seen.margins(label)[sentence.index] for label in kind.rivals}
    label = max(margins, key=margins.__getitem__)
    if label not in kind.claims:
        return  # another kind of claim, which is looked for by itself
    family, own = (seen.margins(name)[sentence.index] for name in (kind.family, _OWN))
    asks = max(seen.margins(name)[sentence.index] for name in _ASKS) if sentence.question else 0.0
    if sentence.question and family < asks + (_SURE if len(sentence.text.split()) <= _FEW_WORDS else 0.0):
        return  # "Which would you prefer?" asks about what was offered before
    if _role("irreal", sentence.text, sentence):
        return
    if kind.claims[label] == "warranty" and _only_states(sentence.text, sentence):
        return
    if kind.family == "done" and not _is_report(
        sentence, more=family - max(own, seen.margins("offer")[sentence.index])
    ):
        return
    told = _SURE if _role("we_have", sentence.text, sentence) else -_SURE
    # Who takes a case on has neither done nor promised anything yet; nor has who asks, or says that nothing is needed.
    sure = family > max(_SURE, own) and not sentence.question and not _role("denied", sentence.text, sentence)
    if margins[label] > (-kind.hidden if sure else 0) and (own < family + told or kind.claims[label] not in _VAGUE):
        least = max(-_PLAUSIBLE, margins[label] - _RIVAL)
        also = frozenset(what for name, what in kind.claims.items() if margins[name] > least)
        yield Claim(kind.claims[label], sentence.start, sentence.end, sentence, sentence.text, also)


def _is_report(sentence: Sentence, *, more: float) -> bool:
    """Whether a sentence tells of the past, and of us; `more`: log-odds by which it reports rather than promises."""
    if _is_customers(sentence.text, sentence) or _role("retold", sentence.text, sentence):
        return False
    return more > _SURE or _role("perfect", _ASKED_AFTER.sub("", sentence.text), sentence)


def _is_customers(text: str, sentence: Sentence) -> bool:
    """Whether the customer did what a clause tells, and nobody for them."""
    return _role("customer_acts", text, sentence) and not _role("done_for", text, sentence)


def _is_offer(what: str, clause: str, sentence: Sentence, *, choice: bool) -> bool:
    if stands_denied(clause, sentence):
        return False
    if _only_states(clause, sentence):
        return False
    if what in data("claims")["verbal"] and _role("agent_verb", clause, sentence):
        return True
    return _role("giving", clause, sentence) or choice or _role("option", clause, sentence)


def other_offers(reply: Reply, covered: frozenset[str]) -> Iterator[Claim]:
    """Sentences that surely offer something, and hardly anything of what is `covered` (as `promised` names it)."""
    seen = views(reply)
    sure = [n for n, margin in enumerate(seen.margins("offer")) if margin > _OTHER_SURE] if seen else []
    if not seen or not sure:
        return
    kinds: dict[str, str] = data("learned")["offers"]
    covers = [seen.margins(label) for label, what in kinds.items() if what in covered]
    covers += [seen.margins(label) for label in _HARMLESS]
    said = {claim.sentence.index for claim in (*promised(reply), *direct_promises(reply))}
    for number in sure:
        sentence = reply.sentences[number]
        if number in said or sentence.question or stands_denied(sentence.text, sentence):
            continue
        likeliest, own = max(margins[number] for margins in covers), seen.margins(_OWN)[number]
        if likeliest < -_OTHER_RULED_OUT and own < seen.margins("offer")[number]:
            yield Claim("extra", sentence.start, sentence.end, sentence, sentence.text)


def multiplied(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Where a sentence speaks of more than was paid, in words ("the double amount"), and does not say it was taken."""
    for start, _end, text in clauses(sentence):
        match = _group("other").first("multiplied", text, sentence.possible)
        if match and not any(_role(name, text, sentence) for name in ("denied", "checking", "repeated", "taken")):
            yield start + match.start(), start + match.end()


def halved(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Where a sentence hands out half of what was paid, in words."""
    for start, _end, text in clauses(sentence):
        match = _group("other").first("halved", text, sentence.possible)
        if match and not stands_denied(text, sentence) and not _role("taken", sentence.text, sentence):
            yield start + match.start(), start + match.end()


def _only_states(clause: str, sentence: Sentence) -> bool:
    """Whether a clause says how things are, and hands nothing over."""
    return _role("state", clause, sentence) and not _role("giving", clause, sentence)


def stands_denied(clause: str, sentence: Sentence) -> bool:
    """Whether a clause of a sentence denies, checks or only repeats what it speaks of."""
    return any(_role(name, clause, sentence) for name in ("denied", "irreal", "checking", "repeated"))


def gives(sentence: Sentence) -> bool:
    """Whether a sentence hands something to the customer."""
    return any(_role(name, sentence.text, sentence) for name in ("giving", "agent_verb", "option"))


def direct_promises(reply: Reply) -> tuple[Claim, ...]:
    """Promises without a resolution type: return terms, warranty, shipping, outcome, extras, conditions."""
    found: tuple[Claim, ...] = reply.remembered("direct promises", lambda r: tuple(_without_type(r)))
    return found


def _without_type(reply: Reply) -> Iterator[Claim]:
    yield from _joined(reply, "direct", _direct_in)
    seen = views(reply)
    if seen is None:
        return
    beside: dict[str, str] = data("learned")["beside"]
    for label, what in beside.items():
        for sentence, margin in zip(reply.sentences, seen.margins(label), strict=True):
            if margin > -_BESIDE_HIDES and not _role("irreal", sentence.text, sentence):
                yield Claim(what, sentence.start, sentence.end, sentence, sentence.text)


def _direct_in(sentence: Sentence) -> Iterator[Claim]:
    for what, match in _group("direct").each(sentence.text, sentence.possible):
        yield Claim(what, sentence.start + match.start(), sentence.start + match.end(), sentence, sentence.text)


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
    if _role("unpromised", sentence.text, sentence):
        return
    other = _group("other")
    surely = surely or _role("sworn", sentence.text, sentence)
    for start, _end, text in clauses(sentence):
        when = _WHEN.search(text)
        if when is None or not (surely or other.first("arrival", text, sentence.possible)):
            continue
        if any(other.first(name, text, sentence.possible) for name in ("own_act", "not_promise")):
            continue
        around = _UNTIL.sub("", text[: when.start()]) + text[when.end() :]  # "bis Freitag" is no condition
        if not (_role("denied", text, sentence) or _role("conditional", around, sentence)):
            yield Claim(when.group(), start + when.start(), start + when.end(), sentence, text)


def hands_money(reply: Reply, sentence: Sentence) -> bool | None:
    """Whether a sentence offers or promises money, by the network's word; None where it is not sure."""
    seen = views(reply)
    if seen is None:
        return None
    best = max(seen.margins(label)[sentence.index] for label in _MONEY)
    return True if best > 0 else False if best < -RULED_OUT else None


def performed(reply: Reply) -> Iterator[Claim]:
    """Every completed action the reply claims."""
    yield from _joined(reply, "done", _performed_in)


def _performed_in(sentence: Sentence) -> Iterator[Claim]:
    done = _group("done")
    if sentence.question or not done.could(sentence.possible):
        return
    for start, _end, text in clauses(sentence):
        if any(_role(name, text, sentence) for name in ("denied", "irreal", "conditional", "retold")):
            continue
        if _is_customers(text, sentence):
            continue
        for what, match in done.each(text, sentence.possible):
            yield Claim(what, start + match.start(), start + match.end(), sentence, text)
            break


def matches_action(claim: Claim, actions: tuple[str, ...]) -> bool:
    """Whether one of the actions really done (`return_label_sent`, free words) covers the claim."""
    actions_of: dict[str, list[list[str]]] = data("claims")["actions"]
    wanted = [option for what in {claim.what, *claim.also} for option in actions_of[what]]
    if any(
        all(re.search(rf"(?:{part})", action.lower()) for part in option) for action in actions for option in wanted
    ):
        return True
    return any(
        len(word) > _SHORT_WORD and (word[:5] in claim.clause or _is_told_in_german(word, claim.clause))
        for action in actions
        for word in re.findall(r"[a-zäöüß]+", action.lower())
        if not _HANDLED.fullmatch(word)
    )


def _is_told_in_german(word: str, clause: str) -> bool:
    """Whether a clause says in German what an action is called in English."""
    stems: dict[str, str] = data("claims")["action_words"]
    return any(word.startswith(stem) and re.search(rf"(?<!\w)(?:{told})(?!\w)", clause) for stem, told in stems.items())
