"""The words of the review: what is looked at (Context), what is seen (Finding), what is decided (Verdict).

Plain frozen dataclasses: the pack knows nothing of the service that calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Severity = Literal["block", "warn", "info"]
StepName = Literal["acknowledge", "own", "propose", "ask"]
Part = Literal["compliance", "tone", "structure", "language", "grounding"]
Kind = Literal["reply", "acknowledgement", "follow_up", "closing", "boundary"]
Register = Literal["sie", "du"]

STEP_NAMES: tuple[StepName, ...] = ("acknowledge", "own", "propose", "ask")
PARTS: tuple[Part, ...] = ("compliance", "tone", "structure", "language", "grounding")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a reply that a rule speaks about. Offsets are Unicode code points of the original text."""

    rule: str
    severity: Severity
    start: int
    end: int
    excerpt: str
    message: str
    step: StepName | None = None
    source: str | None = None
    fix: str | None = None  # text that may replace [start:end]; "" drops it, None = no safe repair
    coaching: str | None = None


@dataclass(frozen=True, slots=True)
class StepSpan:
    """Where one of the four steps lies in the text: [start, end) in code points."""

    name: StepName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What the agent may offer: one entry of `resolutions`."""

    type: str
    amount: Decimal | None = None
    currency: str | None = None
    date: str | None = None  # ISO date an offer is bound to ("arrives_by")
    return_: str | None = None  # keep | send_back_free | send_back_paid


@dataclass(frozen=True, slots=True)
class Shop:
    """What the shop itself may be named by where a policy allows it (its own domains, e-mail, phone)."""

    name: str | None = None
    domains: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    carriers: tuple[str, ...] = ()
    forbidden_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of the ticket, for grounding and to let the ticket's own numbers pass."""

    order_id: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    carrier: str | None = None
    customer_name: str | None = None
    products: tuple[str, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    dates: tuple[str, ...] = ()  # ISO dates the ticket, its tracking or its offers name
    status: str | None = None  # order status
    tracking_status: str | None = None
    location: str | None = None
    customer_text: str = ""  # all customer messages: what may be repeated, what must be answered
    known_text: str = ""  # everything else the ticket says (agent messages, notes, titles)
    cause: str | None = None
    refund_state: str | None = None  # none | requested | issued | denied, as the order says


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one reply. `None` means unknown: a check that needs it is then skipped, not guessed."""

    channel: str = "strict"
    marketplace: str | None = None
    language: str | None = None  # the language the reply is expected in (ISO 639-1)
    kind: Kind = "reply"
    register: Register | None = None  # None: any, but not mixed
    steps: tuple[StepSpan, ...] | None = None
    facts: CaseFacts | None = None
    offers: tuple[Offer, ...] | None = None  # None: resolutions unknown; () : nothing may be offered
    actions_done: tuple[str, ...] | None = None
    shop: Shop = field(default_factory=Shop)
    review_consent: bool = False
    foreign_identities: tuple[str, ...] = ()  # names and ids of others (from sources) that must not appear
    agent_language: str = "en"  # language of messages and coaching


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Six marks from 0 to 100; the arithmetic is documented in `score.py`."""

    overall: int
    structure: int
    empathy: int
    tone: int
    clarity: int
    compliance: int
    grounding: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a review. `compliant`: no block finding; `sendable`: and no open placeholder."""

    compliant: bool
    sendable: bool
    findings: tuple[Finding, ...]
    score: Scorecard
    coaching: tuple[str, ...] = ()
    skipped: tuple[Part, ...] = ()
    fixed_text: str | None = None
    accepted_risks: tuple[str, ...] = ()
