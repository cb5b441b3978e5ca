"""The sentences of a message that tell the case: cleaned, ranked, and cut to what search needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from app.triage.lexicon import Hit, Scan
from app.triage.phrases import says, starts, tidy, without_contact_data, without_opening
from app.triage.words import Sentence

COMPLAINT_WORDS = 40
KEY_SENTENCES = 3
_SCAN_LIMIT = 400  # sentences cleaned; a longer message repeats itself
_MARKS = re.compile(r"([!?])[!?]+")
_DIGIT = re.compile(r"\d")
_ENOUGH = re.compile(r"[^\W\d_]{2}")  # "?" or "5" is no sentence
_DOTS = re.compile(r"\.{4,}")
_PICTURES = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u2B55\uFE0F\u200d]+")
_WORTH = {"defects": 3.0, "parts": 1.0, "products": 1.0, "occasions": 1.0}


class Telling:
    """The usable sentences of a scanned text, each beside the scan's own."""

    def __init__(self, scan: Scan) -> None:
        """Clean every sentence; those with nothing left are dropped."""
        self._scan = scan
        self._kept = [
            (number, text)
            for number, s in enumerate(scan.sentences[:_SCAN_LIMIT])
            if (text := clean(s, scan.of("abuse", number)))
        ]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(text for _, text in self._kept)

    @cached_property
    def ranked(self) -> list[tuple[int, str]]:
        """(number, sentence) of those that say something of the case, most telling first."""
        by_sentence: dict[int, float] = {}
        for lexicon, worth in _WORTH.items():
            for hit in self._scan.of(lexicon):
                by_sentence[hit.sentence] = by_sentence.get(hit.sentence, 0.0) + worth
        for hit in self._scan.of("causes"):
            by_sentence[hit.sentence] = by_sentence.get(hit.sentence, 0.0) + hit.weight / 2
        scored = [(self._worth(n, text, min(9.0, by_sentence.get(n, 0.0))), n, text) for n, text in self._kept]
        return [(n, text) for worth, n, text in sorted(scored, key=lambda s: (-s[0], s[1])) if worth > 1]

    def _worth(self, number: int, text: str, facts: float) -> float:
        words = len(self._scan.sentences[number].words)
        rant = 0.5 * sum(1 for h in self._scan.of("moods", number) if h.key in {"angry", "furious", "sarcasm"})
        dates = 0.5 if _DIGIT.search(text) else 0.0
        size = 0.5 if 5 <= words <= 30 else -0.5  # noqa: PLR2004 - neither a shout nor a flood
        return facts + dates + size - min(1.5, rant) - (1.0 if text.endswith("?") and says(text, "rhetorical") else 0.0)

    def complaint(self) -> str:
        """The best sentences in their own order, at most 40 words, on one line."""
        chosen: list[tuple[int, str]] = []
        room = COMPLAINT_WORDS
        for number, text in self.ranked or self._kept[:2]:
            size = len(text.split())
            if size > room and chosen:
                continue
            chosen.append((number, text))
            room -= size
            if room < 4:  # noqa: PLR2004 - no sentence fits any more
                break
        words = " ".join(text for _, text in sorted(chosen)).split()
        return " ".join(words[:COMPLAINT_WORDS])

    def questions(self) -> tuple[str, ...]:
        """Questions about the case; shouts in the form of a question are none."""
        return tuple(text for _, text in self._kept if _is_question(text))[:5]


def clean(sentence: Sentence, insults: Sequence[Hit]) -> str:
    """One sentence without greeting, insults, contact data, pictures and shouting marks; "" where nothing is left."""
    text = sentence.text
    for hit in sorted(insults, key=lambda h: -h.first):
        start, end = sentence.spans[hit.first][0], sentence.spans[hit.last][1]
        text = text[:start] + text[end:]
    if not text.isascii():
        text = _PICTURES.sub("", text)
    text = without_opening(text.strip())
    text = tidy(text, without_contact_data(text)) if text else ""
    text = " ".join(text.split())
    if "!" in text or "?" in text:
        text = _MARKS.sub(r"\1", text)
    if "...." in text:
        text = _DOTS.sub("...", text)
    if insults and len(text.split()) < 4:  # noqa: PLR2004 - "Ihr seid" without its insult says nothing
        return ""
    return text if _ENOUGH.search(text) else ""


def asks_to_act(question: str) -> bool:
    """Whether a question asks for a deed ("Can you send a new one?") and not for an answer."""
    last = question.rpartition(", ")[2]
    return (starts(question, "deeds") or starts(last, "deeds")) and not says(last, "answers")


def _is_question(text: str) -> bool:
    if len(text.split()) < 2:  # noqa: PLR2004 - "Hallo?"
        return False
    return (text.endswith("?") or starts(text, "open_questions")) and not says(text, "rhetorical")
