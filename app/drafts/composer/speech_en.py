"""English reported speech: "My lid doesn't close" becomes "your lid doesn't close"."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from app.drafts.composer.bank import load

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|_")
_CLAUSE_END = re.compile(r",? (?:and|but|so|because|which|although|though|even though|while|yet) |, | - | – |; ")
_PARENTHESIS = re.compile(r"\s*\([^()]{0,80}\)")
# A new sentence typed without a mark: "the ink smears ive cleaned it".
_RUN_ON = re.compile(r"(?<=[a-z]{3}s|[a-z]{2}ed) (?=(?:i've|ive|i have) )")
# Two main clauses held together by a comma alone: "it came too late, your party was yesterday".
_SPLICE = re.compile(
    r"(?<=\w), (?=(?:you|we|it|he|she|they|there|your [a-z']+(?: [a-z]+)?) "
    r"(?:are|is|was|were|have|has|had|do|did|can|will)\b)"
)
_MOST_WORDS = 22
_LEAST_WORDS = 3
_SHORT_GERUND = 5  # "king" and "thing" are none
_AGREE = {"am": "are", "was": "were", "wasn't": "weren't", "amn't": "aren't"}
_FIRST_PERSON = frozenset({"i", "we"})


def report(sentence: str, *, to_shop: bool = False) -> str | None:
    """Return the sentence as it stands after "that", spoken to its writer; None where it may not come out right.

    `to_shop`: the sentence speaks to the shop, whose "you" becomes "we".
    """
    data = _data()
    plain = _PARENTHESIS.sub("", sentence.replace("’", "'")).partition(": ")[0]
    plain = _RUN_ON.split(plain, maxsplit=1)[0]
    text = _shortened(" ".join(plain.split()).rstrip(" .!,;:"))
    words = text.split(" ")
    while words and words[0].lower().rstrip(",") in data["drop"]:
        words = words[1:]
    words = [_repaired(word) for word in words]
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS or not _is_statement([w.lower().strip(",") for w in words]):
        return None
    return _SPLICE.sub(" and ", " ".join(_shifted(words, to_shop=to_shop)), count=1)


@cache
def _data() -> dict[str, Any]:
    data = dict(load("speech_en"))
    for name in ("openers", "drop", "finite"):
        data[name] = frozenset(data[name])
    inflected = (form for verb in str(data["verbs_listed"]).split() for form in _third_and_past(verb))
    data["finite"] |= frozenset(inflected)
    return data


def _third_and_past(verb: str) -> tuple[str, str]:
    """Return the regular third person and past of a verb."""
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return f"{verb}es", f"{verb}ed"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return f"{verb[:-1]}ies", f"{verb[:-1]}ied"
    return f"{verb}s", f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def _repaired(word: str) -> str:
    bare = word.strip(",").lower()
    fixed = _data()["repair"].get(bare)
    return word.lower().replace(bare, fixed) if fixed else word


def _shortened(text: str) -> str:
    """Cut a long sentence where a clause ends."""
    if text.count(" ") < _MOST_WORDS:
        return text
    fitting = [
        m.start() for m in _CLAUSE_END.finditer(text) if _LEAST_WORDS < text[: m.start()].count(" ") < _MOST_WORDS
    ]
    return text[: fitting[-1]] if fitting else text


def _is_statement(words: list[str]) -> bool:
    data = _data()
    begins = words[0] in data["openers"] or (words[0].endswith("ing") and len(words[0]) > _SHORT_GERUND)
    return begins and any(word in data["finite"] for word in words[1:] or words)


def _shifted(words: list[str], *, to_shop: bool) -> list[str]:
    out = shift_words([raw.strip(",.") for raw in words], speaker_is_shop=to_shop)
    tails = [raw[len(raw.rstrip(",.")) :] for raw in words]
    first = words[0].strip(",.")
    out[0] = _small_first(out[0]) if out[0] == first else out[0]
    return [word + tail for word, tail in zip(out, tails, strict=True)]


def shift_words(words: list[str], *, speaker_is_shop: bool = False) -> list[str]:
    """Turn first person to second. `speaker_is_shop`: "you" is the shop and becomes "we"."""
    shift = {**_data()["shift"], **(_SHOP if speaker_is_shop else {})}
    out: list[str] = []
    subject = ""
    own = bool(words) and words[0].lower() in _FIRST_PERSON
    for word in words:
        low = word.lower()
        agrees = subject or (own and out[-1:] in (["and"], ["but"]))
        out.append(_AGREE[low] if agrees and low in _AGREE else shift.get(low, word))
        subject = low if low in _FIRST_PERSON else subject if low in _ADVERBS else ""
    return out


_SHOP = {"you": "we", "your": "our"}
_ADVERBS = frozenset({"also", "still", "just", "only", "never", "always", "really", "even", "already", "now"})


def _small_first(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word[:1].lower() + word[1:]
