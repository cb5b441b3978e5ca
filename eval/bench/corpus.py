"""Generated tickets by the million: texts whose words are as unevenly frequent as real ones, vectors with neighbours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from app.knowledge.compounds import compound_parts
from app.knowledge.starter import load_starter_macros, load_starter_tickets

_CASES = Path(__file__).parents[2] / "tests" / "cases" / "tickets"
_SENTENCE = re.compile(r"[^.!?\n]{25,160}[.!?]")
_WORD = re.compile(r"[^\W\d_]{2,25}")
# A million real tickets hold many words that are on few of them: names of products, slips of the pen.
_RARE = 60_000
_ZIPF = 1.05
_WORDS_A_TICKET = 60
LANGUAGES = ("de", "en")
Floats = npt.NDArray[np.float32]


def sentences(language: str) -> list[str]:
    """Sentences of our own tickets and macros."""
    texts = [t.problem + "\n" + t.reply for t in load_starter_tickets() if t.language == language]
    texts += [m.body for m in load_starter_macros() if m.language == language]
    for line in (_CASES / "dev.jsonl").read_bytes().splitlines():
        texts += _told(orjson.loads(line), language)
    return list(dict.fromkeys(s.strip() for text in texts for s in _SENTENCE.findall(text)))


def _told(case: dict[str, Any], language: str) -> list[str]:
    return [m["text"] for m in case["ticket"]["messages"]] if case["id"].startswith(language) else []


class Texts:
    """Texts of one language: its sentences' words by Zipf's law, then a long tail of made-up ones."""

    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self._dice = np.random.default_rng(seed)
        self.sentences = sentences(language)
        self._words = self._vocabulary()
        self._parts = [compound_parts(word, language) for word in self._words]
        chances = 1.0 / (np.arange(len(self._words)) + 2.7) ** _ZIPF
        self._summed = np.cumsum(chances / chances.sum())

    def tickets(self, count: int) -> list[tuple[str, str]]:
        """Problems of about sixty words, each with the parts of its compounds."""
        lengths = self._dice.integers(_WORDS_A_TICKET // 3, _WORDS_A_TICKET * 5 // 3, count)
        drawn = self._draw(int(lengths.sum()))
        made, at = [], 0
        for length in lengths.tolist():
            own = drawn[at : at + length]
            at += length
            parts = " ".join(filter(None, (self._parts[i] for i in own)))
            made.append((" ".join([self._words[i] for i in own]) + ".", parts))
        return made

    def query(self) -> str:
        """A complaint nobody wrote before: two sentences with some words exchanged, 40 words at most."""
        first, second = self._dice.choice(len(self.sentences), 2)
        words = f"{self.sentences[first]} {self.sentences[second]}".split()[:40]
        for place, word in zip(self._dice.integers(0, len(words), 3), self._draw(3), strict=True):
            words[place] = self._words[word]
        return " ".join(words)

    def _draw(self, count: int) -> list[int]:
        found: list[int] = np.searchsorted(self._summed, self._dice.random(count)).tolist()
        return found

    def _vocabulary(self) -> list[str]:
        counts: dict[str, int] = {}
        for sentence in self.sentences:
            for word in _WORD.findall(sentence):
                counts[word] = counts.get(word, 0) + 1
        known = sorted(counts, key=lambda w: -counts[w])
        heads = self._dice.choice(known, _RARE)
        tails = self._dice.choice(known, _RARE)
        made = [f"{a[:5]}{b[-5:]}".capitalize() for a, b in zip(heads, tails, strict=True)]
        return list(dict.fromkeys([*known, *made]))


class Vectors:
    """Unit vectors around the encoder's own: each lies between two sentences, with noise, and so has neighbours."""

    def __init__(self, centres: Floats, seed: int) -> None:
        self._dice = np.random.default_rng(seed)
        self._centres = centres

    def draw(self, count: int) -> npt.NDArray[np.float16]:
        """So many vectors in half precision."""
        number, dims = self._centres.shape
        share = self._dice.uniform(0.55, 0.95, (count, 1)).astype(np.float32)
        near, far = self._centres[self._dice.integers(number, size=(2, count))]
        noise = self._dice.standard_normal((count, dims), dtype=np.float32) * np.float32(0.35 / dims**0.5)
        made = near * share + far * (1 - share) + noise
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        halved: npt.NDArray[np.float16] = made.astype(np.float16)
        return halved
