"""Cutting texts down to a number of tokens, at sentence borders, and counting what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.llm.tokens import CountTokens

GAP = " […] "
_SENTENCE = re.compile(r"[^.!?\n]{0,2000}[.!?\n]+\s{0,20}|[^.!?\n]{1,2000}")
_CHARACTERS_PER_TOKEN = 10  # no text of ours has more; what lies beyond need not be counted token by token
_FROM_END = 0.33  # what an over-long text says last (the demand, often) gets this share


@dataclass(slots=True)
class Purse:
    """Tokens left for the parts of a prompt, and what did not fit, by part."""

    left: int
    count: CountTokens
    left_out: dict[str, int] = field(default_factory=dict)  # part → characters, and "<part>_items" → whole items

    def spend(self, part: str, text: str, *, share: float = 1.0) -> str:
        """Take a text in, cut to at most `share` of what is left; the cut is noted under `part`."""
        fitted = fit(text, int(self.left * share), self.count)
        self.left -= self.count(fitted)
        if missing := len(text) - len(fitted):
            self.left_out[part] = self.left_out.get(part, 0) + max(missing, 1)
        return fitted

    def spend_whole(self, part: str, text: str) -> bool:
        """Take a text in only if all of it fits."""
        cost = self.count(text)
        if cost > self.left:
            key = f"{part}_items"
            self.left_out[key] = self.left_out.get(key, 0) + 1
            return False
        self.left -= cost
        return True


def fit(text: str, tokens: int, count: CountTokens) -> str:
    """Keep the beginning and the end of a text, in whole sentences, so that it costs at most `tokens`."""
    if tokens <= 0:
        return ""
    if len(text) <= tokens * _CHARACTERS_PER_TOKEN and count(text) <= tokens:
        return text
    budget = tokens - count(GAP)
    end_budget = int(budget * _FROM_END)
    head, used = _take(_sentences(text[: tokens * _CHARACTERS_PER_TOKEN]), budget - end_budget, count)
    if not head:
        return _cut_words(text, budget, count)
    rest = text[len("".join(head)) :][-end_budget * _CHARACTERS_PER_TOKEN :] if end_budget else ""
    tail, _ = _take(reversed(_sentences(rest)), budget - used, count)
    return ("".join(head).rstrip() + GAP + "".join(reversed(tail)).strip()).rstrip()


def _sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text)


def _take(sentences: Iterable[str], tokens: int, count: CountTokens) -> tuple[list[str], int]:
    taken: list[str] = []
    used = 0
    for sentence in sentences:
        cost = count(sentence) + 1  # merging across the border may differ by one
        if used + cost > tokens:
            break
        taken.append(sentence)
        used += cost
    return taken, used


def _cut_words(text: str, tokens: int, count: CountTokens) -> str:
    """The beginning of a text without sentences in it, cut at a word."""
    low, high = 0, min(len(text), tokens * _CHARACTERS_PER_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= tokens else (low, middle - 1)
    cut = text[:low]
    return (cut.rpartition(" ")[0] or cut).rstrip() + GAP.rstrip() if cut else ""
