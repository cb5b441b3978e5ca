"""What the customer said last, without what mail programs and marketplaces put around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app.ticket import Message, Ticket
from app.triage.lexicon import load
from app.triage.words import normalise

_HEAD, _TAIL = 15_000, 5_000  # characters read of a message longer than both: people say it first or last
_MAX_EARLIER = 6  # older turns beyond these add nothing to the reading
_ANSWER = 2000  # characters of an agent's last message that are looked at
_TAIL_WORDS = 22  # a signature block has fewer words than this
_INLINE_TAIL = 4  # words of a name after "LG" at the end of a line of text
_EVIDENCE = re.compile(r"\d{1,2}:\d{2}|@|\d{4}")
_POSTSCRIPT = re.compile(r"^\s*(?:ps|p\.s\.|pps|nachtrag)\b", re.IGNORECASE)
_QUOTED = re.compile(r"^[ \t]{0,8}>", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest customer text (messages in a row joined), older ones newest first, and how many turns there were.

    `answered` is what an agent wrote last before the newest text.
    """

    newest: str
    earlier: tuple[str, ...]
    sent_at: datetime | None
    turns: int
    answered: str = ""


def read_thread(ticket: Ticket) -> Thread:
    """Split a ticket's messages into what is to be answered and what came before."""
    turns: list[list[Message]] = []
    after_agent = True
    answered = reply = ""
    for message in ticket.messages:
        if message.author == "agent":
            after_agent = True
            reply = message.text
        elif message.author == "customer" and message.text.strip():
            if after_agent:
                turns.append([])
                after_agent, answered = False, reply
            turns[-1].append(message)
    newest = turns[-1] if turns else []
    earlier = [cut(m.text) for turn in reversed(turns[:-1][-_MAX_EARLIER:]) for m in reversed(turn)]
    sent = [m.sent_at for m in newest if m.sent_at]
    text = "\n\n".join(cut(m.text) for m in newest)
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n\n{text[-_TAIL:]}"
    return Thread(
        text, tuple(earlier), sent[-1] if sent else None, len(turns), cut(answered)[:_ANSWER] if answered else ""
    )


def cut(text: str) -> str:
    """One message without quoted history, signature and footers; never empty where the message was not."""
    text = normalise(text)
    own = _without_quotes(text)
    own = _without_signature(own).strip()
    return own or _QUOTED.sub("", text).strip()


def _without_quotes(text: str) -> str:
    rules = _rules()
    if "\n" in text and (found := rules.older.search(text)):
        text = text[: found.start()]
    if "schrieb" in text or "wrote" in text:
        text = _before_inline_quote(text, rules.inline)
    if ">" in text:
        text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    return rules.footers.sub("", text) if "\n" in text else text


def _before_inline_quote(text: str, rule: re.Pattern[str]) -> str:
    """The text before a quote whose line ends were lost; the header must show a time or an address to be one."""
    for found in rule.finditer(text):
        if len(_EVIDENCE.findall(found.group())) > 1 and text[: found.start()].strip():
            return text[: found.start()]
    return text


def _without_signature(text: str) -> str:
    """Cut at "-- ", or at a closing formula with only a signature behind it; a postscript stays."""
    rules = _rules()
    if found := rules.dashes.search(text):
        text = text[: found.start()]
    for found in rules.closing_line.finditer(text):
        tail = text[found.end() :]
        if len(tail) < _TAIL_WORDS * 12 and len(tail.split()) <= _TAIL_WORDS:
            kept = [line for line in tail.split("\n") if _POSTSCRIPT.match(line)]
            return text[: found.start()].rstrip() + ("\n" + "\n".join(kept) if kept else "")
    start = max(0, len(text) - 120)
    for found in rules.closing_inline.finditer(text, start):
        if len(text[found.end() :].split()) <= _INLINE_TAIL:
            return text[: found.start() + 1]
    return text


@dataclass(frozen=True, slots=True)
class _Rules:
    older: re.Pattern[str]
    footers: re.Pattern[str]
    inline: re.Pattern[str]
    dashes: re.Pattern[str]
    closing_line: re.Pattern[str]
    closing_inline: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data = load("thread")
    flags = re.IGNORECASE | re.MULTILINE

    def lines(rules: list[str]) -> re.Pattern[str]:
        return re.compile(rf"^[ \t]{{0,8}}(?:{'|'.join(f'(?:{rule})' for rule in rules)})", flags)

    closings = "|".join(re.escape(c.strip()) for c in sorted(data["closings"].split(";"), key=len, reverse=True))
    return _Rules(
        older=lines([*data["quote_headers"], *data["disclaimers"]]),
        footers=lines(data["footers"]),
        inline=re.compile(data["inline_quote"]),
        dashes=re.compile(r"^[ \t]{0,4}(?:--|__)[ \t]*$", flags),
        closing_line=re.compile(rf"^[ \t]{{0,8}}(?:{closings})(?![\w'])", flags),
        closing_inline=re.compile(rf"[.!?,;\n]\s{{0,3}}(?:{closings})(?![\w'])", flags),
    )
