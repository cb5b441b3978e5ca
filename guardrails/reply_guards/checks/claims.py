"""What a reply says was done, will be done or may be had: the ground `promise.*` and `grounding.*` stand on.

Claims are heard by the words of `data/claims.yaml` in clauses of a fitting role (`roles.py`); what is said in other
words, the trained network tells (`learned.py`), and what it is sure is no promise or report does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from reply_guards.checks.learned import RULED_OUT, Views, views
from reply_guards.checks.roles import clauses, group, only_states, role, stands_denied
from reply_guards.text import Reply, Sentence
from reply_guards.wordlists import data


@dataclass(frozen=True, slots=True)
class Claim:
    """A resolution type or an action, and where the clause that speaks of it lies in the folded view."""

    what: str
    start: int
    end: int
    sentence: Sentence
    clause: str
    also: frozenset[str] = frozenset()  # what else the sentence may be meant as, where only the network speaks

    @property
    def is_guessed(self) -> bool:
        """Whether no words tell it, but the network, of the whole sentence."""
        return (self.start, self.end) == (self.sentence.start, self.sentence.end)


# "I will find out what was put into the parcel": what follows is not told.
_ASKED_AFTER = re.compile(r", (?:was|wer|wo|wohin|woran|wie|warum|ob|what|who|where|how|why|whether) .*", re.DOTALL)
# "They've put a driver on it, so the reel isn't forgotten": what follows denies no deed.
_SO_THAT = re.compile(r"(?:, (?:and )?(?:so|damit|sodass)| so that) .*", re.DOTALL)
# What an action is done to tells nothing of what was done: who looked at photos has not passed them on.
_HANDLED = re.compile(
    r"(?:photo|foto|bild|picture|image|order|bestellung|customer|kunde|item|artikel|product|produkt)\w{0,2}"
)
_SHORT_WORD, _BARE = 3, 3  # letters; words of a question that offers nothing
_MORE = 1.0  # log-odds by which a question must rather offer than ask
_PLAUSIBLE = 2.0  # log-odds below its threshold at which a second reading of a sentence still stands
_RIVAL = 2.0  # log-odds below the likeliest reading at which it does
# Log-odds below its threshold at which an offer, and a report, still counts where it surely is one.
_OFFER_HIDES, _REPORT_HIDES = 1.0, 2.0
_REPORT_HIDES_AMONG_MANY = 0.8  # in a whole reply; an offer hides there no more
_BESIDE = 0.5  # log-odds over its threshold at which a claim counts beside a likelier one
_SURE = 0.5  # log-odds over its threshold at which it is a promise or a report, whichever of them
_OWN, _SORRY = "role.own", "role.acknowledge"
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
_OTHER_SURE_AMONG_MANY = 2.0
_BESIDE_HIDES = 0.5  # log-odds below its threshold at which something beside an offer still counts
_ELSE = {"replacement": 0, "cancellation": 24}  # what is no such thing by its object: characters behind its own words
_MONEY = ("offer.refund", "offer.partial_refund", "offer.discount", "offer.voucher")
_OF_THE_CASE = frozenset({"checked_order", "other_action"})
_VAGUE = frozenset({"other_action", "forwarded"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of claim, as the network tells it."""

    family: str  # the label all of its labels belong to
    claims: Mapping[str, str]  # its labels, and what each claims
    rivals: tuple[str, ...]  # the labels of which one of its own must be the likeliest
    hidden: float  # log-odds below its threshold at which a label still counts where the family is sure
    hidden_among_many: float  # the same in a whole reply: of its ten sentences one tells how things came about


@cache
def _kind(group: str) -> _Kind:
    labels: dict[str, dict[str, str]] = data("learned")
    if group == "done":
        return _Kind("done", labels["done"], tuple(labels["done"]), _REPORT_HIDES, _REPORT_HIDES_AMONG_MANY)
    # Where a promise may be one of two, an offer that was approved covers it; nothing covers an extra.
    rivals, hidden = (*labels["offers"], *labels["direct"]), _OFFER_HIDES if group == "offers" else 0.0
    return _Kind("offer", labels[group], rivals, hidden, 0.0)


def promised(reply: Reply) -> tuple[Claim, ...]:
    """Every resolution the reply promises or offers, at most once per clause and type."""
    found: tuple[Claim, ...] = reply.remembered("promised", lambda r: tuple(_joined(r, "offers", _promised_in)))
    return found


def _promised_in(sentence: Sentence) -> Iterator[Claim]:
    offers = group("offers")
    if not offers.could(sentence.possible):
        return
    choice: bool | None = None  # asked of the whole sentence: once, and only if a clause holds an offer
    for start, _end, text in clauses(sentence):
        for what, match in offers.each(text, sentence.possible):
            said = text[match.start() : match.end() + _ELSE.get(what, 0)]
            if what in _ELSE and group("other").first(f"no_{what}", said, sentence.possible):
                continue  # "a new label", "cancel that invoice"
            if choice is None:
                choice = sentence.question and role("choice", sentence.text, sentence)
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
    if label not in kind.claims:  # another kind of claim, which is looked for by itself
        label = max(kind.claims, key=margins.__getitem__)
        if margins[label] < _BESIDE:
            return
    family, own = (seen.margins(name)[sentence.index] for name in (kind.family, _OWN))
    asks = max(seen.margins(name)[sentence.index] for name in _ASKS) if sentence.question else 0.0
    if sentence.question and len(sentence.text.split()) <= _BARE:
        return
    if sentence.question and family < asks + _MORE:
        return  # "Which would you prefer?" asks about what was offered before
    if role("irreal", sentence.text, sentence) or _is_plain(kind.claims[label], sentence):
        return
    if kind.family == "offer" and margins[label] < 0 and role("plans", sentence.text, sentence):
        return  # "I'll get back to you, and we'll see what comes next"
    if kind.family == "done" and not _is_report(
        sentence, more=family - max(own, seen.margins("offer")[sentence.index])
    ):
        return
    told = _SURE if role("we_have", sentence.text, sentence) else -_SURE
    # Who takes a case on has neither done nor promised anything yet; nor has who asks, or says that nothing is needed.
    text = _SO_THAT.sub("", sentence.text) if kind.family == "done" else sentence.text
    denied = any(role(name, text, sentence) for name in ("denied", "checking"))
    sure = family > max(_SURE, own + _SURE) and not sentence.question
    hidden = kind.hidden_among_many if seen.many else kind.hidden
    least = _SURE if denied else -hidden if sure else 0.0
    if margins[label] > least and (own < family + told or kind.claims[label] not in _VAGUE):
        least = max(-_PLAUSIBLE, margins[label] - _RIVAL)
        also = frozenset(what for name, what in kind.claims.items() if margins[name] > least)
        yield Claim(kind.claims[label], sentence.start, sentence.end, sentence, sentence.text, also)


def _is_plain(what: str, sentence: Sentence) -> bool:
    """Whether a sentence only says how a warranty is, or that the customer's words were read."""
    if what == "warranty":
        return only_states(sentence.text, sentence)
    return what in _OF_THE_CASE and role("heard", sentence.text, sentence)


def _is_report(sentence: Sentence, *, more: float) -> bool:
    """Whether a sentence tells of the past, and of us; `more`: log-odds by which it reports rather than promises."""
    if role("supposed", sentence.text, sentence) and not role("we_have", sentence.text, sentence):
        return False  # "I think one section has a bad wire"
    if _is_customers(sentence.text, sentence) or role("retold", sentence.text, sentence) or _is_slip(sentence):
        return False
    return more > _SURE or role("perfect", _ASKED_AFTER.sub("", sentence.text), sentence)


def _is_slip(sentence: Sentence) -> bool:
    """Whether a sentence owns what we did wrong, and tells no remedy beside it."""
    return role("slipped", sentence.text, sentence) and not role("remedied", sentence.text, sentence)


def _is_customers(text: str, sentence: Sentence) -> bool:
    """Whether the customer did what a clause tells, and nobody for them."""
    return role("customer_acts", text, sentence) and not role("done_for", text, sentence)


def _is_offer(what: str, clause: str, sentence: Sentence, *, choice: bool) -> bool:
    if stands_denied(clause, sentence):
        return False
    if only_states(clause, sentence) or role("turned_down", sentence.text, sentence):
        return False
    if what in data("claims")["verbal"] and role("agent_verb", clause, sentence):
        return True
    return role("giving", clause, sentence) or choice or role("option", clause, sentence)


def other_offers(reply: Reply, covered: frozenset[str]) -> Iterator[Claim]:
    """Sentences that surely offer something, and hardly anything of what is `covered` (as `promised` names it)."""
    seen = views(reply)
    least = _OTHER_SURE_AMONG_MANY if seen and seen.many else _OTHER_SURE
    sure = [n for n, margin in enumerate(seen.margins("offer")) if margin > least] if seen else []
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
        if role("plans", sentence.text, sentence):
            continue
        likeliest, own = max(margins[number] for margins in covers), seen.margins(_OWN)[number]
        if likeliest < -_OTHER_RULED_OUT and own < seen.margins("offer")[number]:
            yield Claim("extra", sentence.start, sentence.end, sentence, sentence.text)


def multiplied(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Where a sentence speaks of more than was paid, in words ("the double amount"), and does not say it was taken."""
    for start, _end, text in clauses(sentence):
        match = group("other").first("multiplied", text, sentence.possible)
        if match and not any(role(name, text, sentence) for name in ("denied", "checking", "repeated", "taken")):
            yield start + match.start(), start + match.end()


def shared(sentence: Sentence, share: str) -> Iterator[tuple[int, int]]:
    """Where a sentence hands out half (`halved`) or all (`whole`) of what was paid, in words."""
    for start, _end, text in clauses(sentence):
        match = group("other").first(share, text, sentence.possible)
        if match and not stands_denied(text, sentence) and not role("taken", sentence.text, sentence):
            yield start + match.start(), start + match.end()


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
            if margin > -_BESIDE_HIDES and not role("irreal", sentence.text, sentence):
                yield Claim(what, sentence.start, sentence.end, sentence, sentence.text)


def _direct_in(sentence: Sentence) -> Iterator[Claim]:
    for what, match in group("direct").each(sentence.text, sentence.possible):
        yield Claim(what, sentence.start + match.start(), sentence.start + match.end(), sentence, sentence.text)


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
    done = group("done")
    if sentence.question or not done.could(sentence.possible):
        return
    for start, _end, text in clauses(sentence):
        if any(role(name, text, sentence) for name in ("denied", "irreal", "conditional", "retold")):
            continue
        if _is_customers(text, sentence) or _is_slip(sentence):
            continue
        for what, match in done.each(text, sentence.possible):
            if what == "return_received" and role("no_return", text[: match.end()], sentence):
                continue  # "your message reached us"
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
    words = (word for action in actions for word in re.findall(r"[a-zäöüß]+", action.lower()))
    return any(_is_said(word, claim.clause) for word in words if len(word) > _SHORT_WORD)


def _is_said(word: str, clause: str) -> bool:
    """Whether a clause has a word of an action's name, and not only what it was done to, or says it otherwise."""
    return (not _HANDLED.fullmatch(word) and word[:5] in clause) or _is_told_otherwise(word, clause)


def _is_told_otherwise(word: str, clause: str) -> bool:
    """Whether a clause says in German, or in another word, what an action is called."""
    stems: dict[str, str] = data("claims")["action_words"]
    return any(word.startswith(stem) and re.search(rf"(?<!\w)(?:{told})(?!\w)", clause) for stem, told in stems.items())
