"""What triage says of a ticket: the contract's `triage` object, and the reading composer and retrieval work from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.ticket import Cause

Sentiment = Literal["calm", "worried", "annoyed", "angry", "furious", "grateful"]
# What a customer can ask for or refuse: the resolution types, and a few things that are no resolution.
Wish = Literal[
    "refund", "partial_refund", "replacement", "repair", "return", "reshipment", "cancellation", "correction",
    "voucher", "discount", "invoice", "investigation", "information",
    "delivery_date", "human", "callback", "apology", "pickup",
]  # fmt: skip
_GUESSED = 0.25  # below it, two causes of three were wrong in messages of writers left out
Threat = Literal["lawyer", "police", "marketplace_claim", "chargeback", "bad_review", "press", "leaving"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the customer says, in the customer's own words (quoted history and signatures cut away).

    All strings are taken from the newest customer messages, cleaned of greetings, insults, links, contact data and
    of anything that addresses the assistant; nothing is invented. Empty or None means: the message does not say.
    """

    complaint: str = ""  # the sentences that state the trouble, one line, at most ~40 words: embedded and searched
    sentences: tuple[str, ...] = ()  # all usable sentences in order, each cleaned
    key_sentences: tuple[str, ...] = ()  # at most three of them that say most about *this* case, best first
    product: str | None = None  # the product: the ordered item meant (its title), else the customer's noun for it
    product_words: str | None = None  # the noun the customer uses ("Tasse", "kettle"), without article
    part: str | None = None  # the part that is broken or missing ("Henkel", "lid"), without article
    defects: tuple[str, ...] = ()  # canonical keys of what is wrong, see `lexicon/*.yaml` ("broken_off", "leaks", …)
    since: str | None = None  # how long, as a phrase that can be repeated ("seit zwei Wochen", "since Monday")
    since_kind: Literal["span", "point"] | None = (
        None  # "seit zwei Wochen" lasts; "am Freitag", "vor drei Tagen" is a point
    )
    occasion: str | None = None  # what it was for, as a phrase ("zum Geburtstag meiner Tochter" → "Geburtstag")
    contact_count: int | None = None  # "third time I write" → 3
    wants: tuple[Wish, ...] = ()
    refuses: tuple[Wish, ...] = ()
    threats: tuple[Threat, ...] = ()
    questions: tuple[str, ...] = ()  # questions the customer asks about the case, as written
    addresses_assistant: bool = False  # instructions to the machine were found and left out


@dataclass(frozen=True, slots=True)
class Triage:
    """The contract's triage object; `reading` stays inside the service."""

    language: str
    sentiment: Sentiment
    intensity: float
    cause: Cause
    abusive: bool
    escalate: bool
    reasons: tuple[str, ...]
    reply_due_at: datetime
    reply_target_at: datetime
    cause_confidence: float = 1.0  # 0 to 1
    reading: Reading = field(default_factory=Reading)

    @property
    def cause_is_guessed(self) -> bool:
        """Whether the cause is likelier wrong than right: too little for a reply to speak of it."""
        return self.cause_confidence < _GUESSED
