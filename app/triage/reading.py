"""The reading: what the customer says about this case, from the newest message and, where it is terse, older ones."""

from __future__ import annotations

from app.ticket import Cause, Ticket
from app.triage.cause import Evidence
from app.triage.context import negated, supposed
from app.triage.lexicon import Hit, Scan, load
from app.triage.model import Reading, Wish
from app.triage.phrases import contact_count, since
from app.triage.products import Named, name_product
from app.triage.telling import COMPLAINT_WORDS, KEY_SENTENCES, Telling, asks_to_act
from app.triage.wishes import completed, threats, wishes

_MOST_DEFECTS = 4
LEAST_SAID = 3.0


def read(ticket: Ticket, evidence: Evidence, language: str, cause: Cause, *, addresses_assistant: bool) -> Reading:
    """Everything the customer says, ready for the composer and for search."""
    newest = Telling(evidence.newest)
    context = [s for s in (evidence.subject, *evidence.earlier) if s]
    terse = _terse(evidence.newest)
    older = [Telling(s) for s in context] if terse else []
    wanted, refused = _wishes(evidence, cause, terse=terse)
    named = _named(ticket, evidence.newest, context)
    ranked = [text for _, text in newest.ranked]
    for telling in older:
        ranked += [text for _, text in telling.ranked]
    time = next((s for t in (newest, *older) if (s := since(t.sentences, language))), None)
    return Reading(
        complaint=_complaint(newest, older),
        sentences=newest.sentences,
        key_sentences=tuple(dict.fromkeys(ranked))[:KEY_SENTENCES],
        product=named.product,
        product_words=named.product_words,
        part=named.part,
        defects=next((d for s in (evidence.newest, *context) if (d := defects(s))), ()),
        since=time.phrase if time else None,
        since_kind=time.kind if time else None,
        occasion=next((o for s in (evidence.newest, *context) if (o := _occasion(s, language))), None),
        contact_count=contact_count(newest.sentences),
        wants=completed(wanted, refused, cause, (q for q in newest.questions() if not asks_to_act(q))),
        refuses=refused,
        threats=threats(evidence.newest),
        questions=newest.questions(),
        addresses_assistant=addresses_assistant,
    )


def defects(scan: Scan) -> tuple[str, ...]:
    """Canonical keys of what is wrong, in order of mention; general ones only where nothing special is said."""
    found = dict.fromkeys(h.key for h in scan.of("defects") if not negated(scan, h) and not supposed(scan, h))
    special = load("general_defects")
    kept = [key for key in found if not found.keys() & special.get(key, "").split()]
    return tuple(kept[:_MOST_DEFECTS])


def _terse(scan: Scan) -> bool:
    """Whether the newest message leaves out what the case is: nothing is said to be wrong."""
    return not defects(scan) and sum(h.weight for h in scan.of("causes")) < LEAST_SAID


def _wishes(evidence: Evidence, cause: Cause, *, terse: bool) -> tuple[tuple[Wish, ...], tuple[Wish, ...]]:
    """Wishes of the newest message; where it names none, the last named before, without what is refused now."""
    wanted, refused = wishes(evidence.newest, cause)
    if wanted or not terse:
        return wanted, refused
    for scan in evidence.earlier:
        before, not_before = wishes(scan, cause)
        if before or not_before:
            return tuple(w for w in before if w not in refused), tuple(dict.fromkeys((*refused, *not_before)))
    return wanted, refused


def _named(ticket: Ticket, newest: Scan, context: list[Scan]) -> Named:
    """Product and part, each from the newest text that names it."""
    items = ticket.order.items if ticket.order else ()
    best = name_product(newest, items)
    for scan in context:
        if best.product and best.product_words and best.part:
            break
        other = name_product(scan, items)
        best = Named(best.product or other.product, best.product_words or other.product_words, best.part or other.part)
    return best


def _complaint(newest: Telling, older: list[Telling]) -> str:
    words = newest.complaint().split()
    for telling in older:
        if len(words) >= COMPLAINT_WORDS:
            break
        words += telling.complaint().split()[: COMPLAINT_WORDS - len(words)]
    return " ".join(words)


def _occasion(scan: Scan, language: str) -> str | None:
    """The noun of the first occasion named, in the customer's language where it is German, else in English."""
    for hit in scan.of("occasions"):
        if negated(scan, hit) or _moment(scan, hit):
            continue
        german, english = hit.key.split("|")
        return german if language == "de" else english
    return None


def _moment(scan: Scan, hit: Hit) -> bool:
    """As in "seit Weihnachten", "after Christmas": a point in time, not what the purchase was for."""
    before = scan.sentences[hit.sentence].words[max(0, hit.first - 2) : hit.first]
    return bool(set(before) & {"seit", "nach", "since", "after"})
