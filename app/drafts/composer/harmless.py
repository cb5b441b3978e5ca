"""Which of the customer's sentences a reply may repeat: none that would make it promise, blame or insult."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.drafts.composer.bank import load, phrases
from app.drafts.composer.verbs_de import finite

_MARKS = re.compile(
    r"[?!{}<>|\[\]\"„“”»«@#*_=~^\\;]|https?:|www\.|[:;]-?[()]|\d{5,}|\bg[bcdfghjkmpqstvwxz][a-zäöü]+t\b"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CLAUSE = re.compile(
    r"\s*[,;:]\s+|\s*[:;]-?[()]+\s*|\s+[-–—]+\s+|\s*(?:\.{3}|…)\s*|(?<=[a-zäöüß])\s+(?=(?:aber|but)\s)"
)
# A full stop after a number or word inside what reading took for one sentence; dates are no ends.
_STOP = re.compile(
    r"(?<=[^\W_])(?<!\s[A-ZÄÖÜ])[.!]\s+(?=[A-ZÄÖÜ])(?!(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Uhr|St|Stock|Mal|Woche|Tag))"
)
_STEM = 5  # letters by which two forms of a word are taken for the same
_SHORT = 2  # words of so few letters say nothing about a case
_SHOUTED = 4  # letters of a word in capitals that is shouting, not an abbreviation
_LEAST_CLAUSE = 3


@dataclass(frozen=True, slots=True)
class _Barred:
    """Words, beginnings of words, and phrases that bar a text from being repeated; all in small letters."""

    words: frozenset[str]
    stems: frozenset[str]
    lengths: tuple[int, ...]
    phrases: tuple[str, ...]

    def found_in(self, text: str) -> bool:
        low = text.lower()
        if any(phrase in low for phrase in self.phrases):
            return True
        return any(
            word in self.words or any(word[:n] in self.stems for n in self.lengths) for word in _WORD.findall(low)
        )


@cache
def _barred(language: str) -> _Barred:
    data = phrases("harmless", language)
    entries = [*data["words"], *data["stems"]]
    stems = frozenset(stem for stem in data["stems"] if " " not in stem)
    return _Barred(
        words=frozenset(word for word in data["words"] if " " not in word),
        stems=stems,
        lengths=tuple(sorted({len(stem) for stem in stems})),
        phrases=tuple(entry for entry in entries if " " in entry),
    )


def may_repeat(text: str, language: str, *, wishes: bool = False) -> bool:
    """Whether a text holds nothing but a plain statement: no address, threat, claim, insult or link.

    A wish is no statement either, unless `wishes` allows it.
    """
    plain = _wish_words(language).sub("", text) if wishes else text
    if _MARKS.search(text.rstrip(" !")) or _is_shouted(text) or _barred(language).found_in(plain):
        return False
    return language != "de" or not _addresses(text)


@cache
def _wish_words(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases('harmless', language)['wishes'])})\b", re.IGNORECASE)


def may_ask(text: str, language: str) -> bool:
    """Whether a question may be told back: about the matter, not about us, and no wish in disguise."""
    rhetoric, requests = _question_patterns(language)
    if _MARKS.search(text) or rhetoric.search(text) or _barred(language).found_in(requests.sub("", text)):
        return False
    return len(_WORD.findall(text)) <= _LONGEST_QUESTION


@cache
def _question_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Beginnings of questions that ask for no answer, and the words by which a question asks us."""
    data = phrases("harmless", language)
    rhetoric = re.compile(rf"^(?:und\s|and\s)?(?:{'|'.join(data['rhetoric'])})\b", re.IGNORECASE)
    return rhetoric, re.compile(rf"\b(?:{'|'.join(data['requests'])})\b", re.IGNORECASE)


_LONGEST_QUESTION = 18


def _addresses(text: str) -> bool:
    """Whether German "Sie"/"Ihr" speaks to the shop: capital inside a sentence, or unsure in a text all small."""
    words = text.split()
    capitals = frozenset(phrases("harmless", "de")["capitals"])
    if text.islower():
        return any(word.strip(".,").capitalize() in capitals for word in words)
    if any(word.strip(".,") in capitals for word in words[1:]):
        return True
    if words[0] != "Sie":
        return words[0] in capitals
    found = finite(words[1]) if len(words) > 1 else None
    return not (found and found.singular)


def sentences(text: str) -> list[str]:
    """Return the sentences inside what reading took for one."""
    return [part.strip() for part in _STOP.split(text) if part.strip()]


def clauses(text: str) -> list[str]:
    """Return a sentence and then its clauses, longest beginnings first: where the whole cannot be repeated, a part of
    it often can.
    """
    cuts = [m.start() for m in _CLAUSE.finditer(text)]
    heads = [text[:at].strip() for at in reversed(cuts)]
    parts = [part.strip() for part in _CLAUSE.split(text)[1:]]
    return [part for part in (text, *heads, *parts) if len(part.split()) >= _LEAST_CLAUSE]


def is_well_formed(text: str) -> bool:
    """Whether a piece begins with a capital letter or digit and is long and clean enough to be quoted as it stands."""
    words = _WORD.findall(text)
    return 3 <= len(words) <= 12 and (text[:1].isupper() or text[:1].isdigit()) and text.count("(") == text.count(")")  # noqa: PLR2004


def _is_shouted(text: str) -> bool:
    words = _WORD.findall(text)
    return any(len(word) >= _SHOUTED and word.isupper() and word.isalpha() for word in words)


def content_words(text: str, language: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, cut to their first letters so that inflection does not matter."""
    small = _small_words(language)
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:_STEM] for word in words if word not in small and len(word) > _SHORT)


def only_arrival(text: str, names: frozenset[str], language: str) -> bool:
    """Whether a text holds no word that carries meaning but names and words of ordering and arriving."""
    small, arrival = _small_words(language), tuple(load("small_words")["arrival"][language])
    words = [w for word in _WORD.findall(text) if (w := word.lower()) not in small and len(w) > _SHORT]
    return all(word.startswith(arrival) or word[:_STEM] in names for word in words)


@cache
def _small_words(language: str) -> frozenset[str]:
    return frozenset(str(phrases("small_words", language)).split())
