"""Whether a name that is also a word stands where a name stands: 'Herr Klein' and not 'ein klein wenig'."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.knowledge.redaction.lists import NOUN, PLAIN, cues
from app.knowledge.redaction.words import Words

_NEAR = re.compile(r"[ \t]{1,2}|\.[ \t]?|[ \t]?[-–][ \t]?|,[ \t]")
_ENDS_GREETING = re.compile(r"\s{0,2}(?:[,!\n–]|$)")
_INTRODUCED = re.compile(
    r"(?:name(?:\s(?:ist|is|lautet))?|heiß(?:e|en|t)|heisse|called|gez\.|i\.\s?a\.|c/o|attn\.?|hd\.?|händen|regards|grüße|grüßen|gruß"
    r"|grüsse|gruss|lg|vg|mfg)[\s:,.]{1,4}$",
    re.IGNORECASE,
)
_SHORT_LINE = 4
_WHOLE_TITLES = frozenset(["herr", "herrn", "frau", "familie", "miss", "mister", "professor", "doktor"])


def stands_as_name(
    words: Words, i: int, kind: int, *, genitive: bool = False, others: Mapping[int, int] | None = None
) -> bool:
    """Judge word i, which is a name and a word of this kind; `others`: the same person's other names, by their kind."""
    if after_title(words, i) or _is_greeted(words, i) or _beside(words, i, others or {}) or _is_signed(words, i):
        return True
    if _INTRODUCED.search(words.text[max(0, words.starts[i] - 24) : words.starts[i]]):
        return words.is_capital(i) or not words.styled
    if not words.styled or not words.is_capital(i) or _joined(words, i):
        return False
    if words.opens(i):
        return genitive or _acts(words, i)
    return words.after(i)[:2] in {"'s", "’s"} or kind != NOUN or not _is_noun_here(words, i, genitive=genitive)


def _acts(words: Words, i: int) -> bool:
    """As in 'Klein hat angerufen', and not 'Lang hat es gedauert'."""
    said = i + 1 < len(words) and words.folds[i + 1] in cues("verbs") and "es" not in words.folds[i + 2 : i + 3]
    return said or words.after(i)[:2] in {"'s", "’s"}


def after_title(words: Words, i: int) -> bool:
    """Whether a title or titles stand right before word i."""
    at = i
    while at and i - at < _SHORT_LINE and words.folds[at - 1] in cues("particles") and not words.is_capital(at - 1):
        at -= 1
    if not at or words.folds[at - 1] not in cues("titles") or not follows_title(words, at):
        return False
    return words.is_capital(i) or not words.styled


def follows_title(words: Words, i: int) -> bool:
    """Nothing between the title before it and word i, but the dot of an abbreviation."""
    dotted = words.folds[i - 1] not in _WHOLE_TITLES
    return bool(re.fullmatch(r"[.\s]{1,3}" if dotted else r"[ \t]{1,3}|\n", words.gap(i)))


def _is_greeted(words: Words, i: int) -> bool:
    if not i or words.folds[i - 1] not in cues("greetings") or words.gap(i).strip():
        return False
    if not words.opens(i - 1) and words.folds[i - 2 : i - 1] not in (
        ["guten"],
        ["gruess"],
        ["good"],
        ["sehr"],
        ["ganz"],
        ["oh"],
    ):
        return False
    return bool(_ENDS_GREETING.match(words.after(i))) or (words.styled and words.is_capital(i))


def _beside(words: Words, i: int, others: Mapping[int, int]) -> bool:
    """Another name of the same person right beside it, one of the two with a capital or no word at all."""
    for other, gap in ((i - 1, i), (i + 1, i + 1)):
        between = words.gap(gap)
        if other in others and _NEAR.fullmatch(between) and not (between[0] == "." and len(words.folds[gap - 1]) > 1):
            if others[other] == PLAIN:
                return True
            if words.is_capital(i) and words.is_capital(other):
                return True
    return False


def _is_signed(words: Words, i: int) -> bool:
    """Nothing but this and a few words of a name on its line, and that line ends the text or follows a greeting."""
    first, last = words.line(i)
    if last - first + 1 > _SHORT_LINE or not (words.is_capital(i) or not words.styled):
        return False
    if first == 0 and last == len(words) - 1:
        return False
    return not re.search(r"[?:]", words.after(last)) and (last - first < 2 or words.is_capital(first))  # noqa: PLR2004


def _joined(words: Words, i: int) -> bool:
    """Part of a compound: 'Winter-Reifen'."""
    return words.after(i)[:1] == "-" or words.gap(i)[-1:] == "-"


def _is_noun_here(words: Words, i: int, *, genitive: bool) -> bool:
    """Whether an article, a number, an adjective or such stands before it, as before a noun."""
    before = words.folds[i - 1]
    if before.isdigit() or before in cues("determiners"):
        return True
    if genitive:
        return False
    if before in cues("not_before"):
        return True
    if i + 1 < len(words) and words.folds[i + 1].isdigit() and words.after(i) == " ":
        return True
    adjective = before.endswith(("e", "er", "en", "es", "em")) and not words.is_capital(i - 1)
    return adjective and before not in cues("not_adjectives")
