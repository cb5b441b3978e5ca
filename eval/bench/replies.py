"""Replies nobody reviewed before: the starter knowledge's own sentences, dealt anew for each seed, each used once."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from app.knowledge.starter import load_starter_macros, load_starter_tickets

COUNT = 40
_WORDS = 114  # from here on a reply takes no further sentence
_LEAST_WORDS = 4  # below, it is a greeting or a signature
_END = re.compile(r"(?<=[.!?])(?<!\d\.)\s+(?=[A-ZÄÖÜ])|\n+")
_FACTS = {
    "customer_name": "Frau Keller", "order_id": "302-1234567-7654321", "tracking_number": "00340434161094042557",
}  # fmt: skip
_FAMILIAR = re.compile(r"(?i)\b(?:du|dir|dich|dein\w*|euch)\b")  # one register: clean replies do not mix two
_SLOT = re.compile(r"\{[a-z_]+\}")
_PARAGRAPH = 3
_ORDINARY = Path(__file__).parents[2] / "guardrails" / "training" / "lines"


@cache
def sentences(language: str) -> tuple[str, ...]:
    """All different sentences of the starter's replies and macros."""
    texts = [t.reply for t in load_starter_tickets() if t.language == language]
    texts += [text for m in load_starter_macros() if m.language == language for text in m.steps.values()]
    found = (_filled(s) for text in texts for s in _END.split(text))
    return tuple(dict.fromkeys(s for s in found if len(s.split()) >= _LEAST_WORDS and not _FAMILIAR.search(s)))


def _filled(text: str) -> str:
    """Facts in their slots; what a composer would fill is left out."""
    for name, value in _FACTS.items():
        text = text.replace("{" + name + "}", value)
    return _SLOT.sub("", text).strip()


def fresh_replies(language: str, seed: int) -> list[str]:
    """Forty replies of about 120 words; no sentence stands in two of them."""
    dealt = list(sentences(language))
    random.Random(seed).shuffle(dealt)
    replies: list[list[str]] = [[]]
    for sentence in dealt:
        if sum(len(s.split()) for s in replies[-1]) >= _WORDS:
            replies.append([])
        replies[-1].append(sentence)
    return [_laid_out(reply) for reply in replies[:COUNT]]


def _laid_out(reply: list[str]) -> str:
    return "\n\n".join(" ".join(reply[i : i + _PARAGRAPH]) for i in range(0, len(reply), _PARAGRAPH))


def warm_up_texts() -> list[str]:
    """What a service has read after an hour: customers' messages and ordinary lines, none of the measured sentences."""
    lines = [
        line for path in sorted(_ORDINARY.glob("clean_[de]*.tsv")) for line in path.read_text("utf-8").splitlines()
    ]
    texts = [line.split("\t")[2] for line in lines[::3]]
    return [t.problem for t in load_starter_tickets()] + [" ".join(texts[i : i + 9]) for i in range(0, len(texts), 9)]


def long_text(size: int) -> str:
    """All of these sentences and messages, the two languages in turn, until it is long enough."""
    said = "\n\n".join([*fresh_replies("de", 0), *fresh_replies("en", 0), *warm_up_texts()])
    return (said * (size // len(said) + 1))[:size]
