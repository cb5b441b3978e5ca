"""Which language a customer writes: a vote of small words first, a statistical guess only where nobody voted.

Complaints are short, lower-case and misspelt; a statistical model takes such lines for Frisian or Afrikaans. So words
decide where they can, then the model where the text is long enough to be believed, then where the ticket comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.ticket import Ticket
from app.triage.lexicon import load
from app.triage.words import fold, normalise, sentences
from reply_guards.language_id import identify

DEFAULT = "en"
_LOOKED_AT = 300  # words; more do not change a vote
_ENOUGH = 1.0  # one word of one language's own
_CLEAR = 1.25  # how much more than the second
_SHARE = 0.14  # of all words, below which the vote is not believed for a long text
_LONG = 6  # words: from here on a vote must reach its share
_GUESS_LETTERS = 24
_GUESS_SURE = 0.75
_MIXED = 0.3  # a second language with this part of the first one's votes is scanned as well


@dataclass(frozen=True, slots=True)
class Vote:
    """The language found, and all votes by language."""

    language: str
    votes: Mapping[str, float]

    @property
    def scanned(self) -> tuple[str, ...]:
        """The lexicons to scan with, the main one first; both where the text is mixed or in neither language."""
        if self.language not in {"de", "en"}:
            return ("en", "de")
        other = "en" if self.language == "de" else "de"
        mixed = self.votes.get(other, 0) >= _MIXED * max(self.votes.get(self.language, 0), _ENOUGH)
        return (self.language, other) if mixed else (self.language,)


def detect(ticket: Ticket, words: Sequence[str], text: str) -> Vote:
    """The language of `text` (its folded `words` given); the ticket's own word for it wins."""
    votes = _count(words[:_LOOKED_AT], text[:4000])
    if ticket.language:
        return Vote(ticket.language, votes)
    found = _elected(votes, words) or _guess(text, words, votes) or _leading(votes) or _origin(ticket) or DEFAULT
    return Vote(found, votes)


def is_common(word: str) -> bool:
    """Whether a folded word is one of the small words that vote for a language."""
    return word in _table()


def _count(words: Sequence[str], text: str) -> Mapping[str, float]:
    table = _table()
    votes: dict[str, float] = defaultdict(float)
    for word in words:
        for language, weight in table.get(word, ()):
            votes[language] += weight
    if not text.isascii():
        for language, letters in load("languages")["letters"].items():
            votes[language] += sum(0.5 for c in letters if c in text)
        votes["de"] += 0.3 * sum(1 for c in "äöü" if c in text)
    return votes


def _elected(votes: Mapping[str, float], words: Sequence[str]) -> str | None:
    (best, most), (_, second) = _top(votes)
    seen = min(len(words), _LOOKED_AT)
    if most < _ENOUGH or most < second * _CLEAR:
        return None
    return best if seen < _LONG or most >= _SHARE * seen else None


def _leading(votes: Mapping[str, float]) -> str | None:
    (best, most), (_, second) = _top(votes)
    return best if most > second else None


def _top(votes: Mapping[str, float]) -> tuple[tuple[str, float], tuple[str, float]]:
    ranked = sorted(votes.items(), key=lambda v: -v[1])[:2]
    first, second, *_ = [*ranked, ("", 0.0), ("", 0.0)]
    return first, second


def _guess(text: str, words: Sequence[str], votes: Mapping[str, float]) -> str | None:
    """The statistical guess; only for text long enough, or in letters no voter knows."""
    letters = [c for c in text[:2000] if c.isalpha()]
    if not letters:
        return None
    foreign = sum(c > "\u024f" for c in letters) > len(letters) // 2
    if not foreign and (len(letters) < _GUESS_LETTERS or len(words) < _LONG):
        return None
    language, sure = identify(text[:1000])
    if foreign or language in votes:
        return language
    return language if sure >= _GUESS_SURE else None


def _origin(ticket: Ticket) -> str | None:
    """The language of the marketplace, else of the channel."""
    data = load("languages")
    host = (ticket.marketplace or "").lower()
    for end, language in sorted(data["marketplaces"].items(), key=lambda e: -len(e[0])):
        if host == end or host.endswith((f".{end}", f"_{end}")):
            return str(language)
    found = data["channels"].get(ticket.channel.lower())
    return str(found) if found else None


@cache
def _table() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Word → its languages, each with the part of a vote it gets."""
    holders: dict[str, list[str]] = {}
    for language, words in load("languages")["stopwords"].items():
        for word in dict.fromkeys(fold(w) for w in words.split()):
            holders.setdefault(word, []).append(language)
    return {word: tuple((one, 1 / len(who)) for one in who) for word, who in holders.items()}


def detect_language(text: str) -> str:
    """The language of a text that belongs to no ticket: a reply to check, a search."""
    plain = normalise(text)
    words = [word for sentence in sentences(plain) for word in sentence.words]
    votes = _count(words[:_LOOKED_AT], plain[:4000])
    return _elected(votes, words) or _guess(plain, words, votes) or _leading(votes) or DEFAULT
