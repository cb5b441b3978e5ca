"""English reported speech: "My lid doesn't close" becomes "your lid doesn't close".

Only what is sure to come out right is told back: plain statements, each with a subject and a verb of its own.
Fragments, orders, jokes, slang, halves of sentences, and things about oneself are left to the reply's own words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from app.drafts.composer.bank import load

_CLAUSE_END = re.compile(r",? (?:and|but|so|because|which|although|though|even though|while|yet) |, | - | – |; ")
_PARENTHESIS = re.compile(r"\s*\([^()]{0,80}\)")
# A new sentence typed without a mark: "the ink smears ive cleaned it".
_RUN_ON = re.compile(r"(?<=[a-z]{3}s|[a-z]{2}ed) (?=(?:i've|ive|i have) )")
_BE_HERE = re.compile(r"\bbe here\b(?! \w+ing\b)")  # "was meant to be here on Monday"
_PRICE_OR_DAY = re.compile(r"[$£€]\d|\d[\d.,]*(?:€|£| dollars| pounds| euros)|(?:the )?\d{1,2}(?:st|nd|rd|th)\b")
_MOST_WORDS = 22
_LEAST_WORDS = 3
_SHORT_GERUND = 5  # "king" and "thing" are none
_LONGEST_SUBJECT = 9
_LONGEST_ITEM = 4  # words of one thing in a list
_AGREE = {"am": "are", "was": "were", "wasn't": "weren't", "amn't": "aren't"}
_FIRST_PERSON = frozenset({"i", "we"})
_OWN = frozenset({"i", "we", "i'm", "im", "we're", "i've", "ive", "we've", "i'd", "we'd", "i'll", "we'll"})


def report(sentence: str, *, to_shop: bool = False) -> str | None:
    """Return the sentence as it stands after "that", spoken to its writer; None where it may not come out right.

    `to_shop`: the sentence speaks to the shop, whose "you" becomes "we".
    """
    plain = _PARENTHESIS.sub("", sentence.replace("’", "'")).partition(": ")[0]
    plain = _BE_HERE.sub("be with me", _RUN_ON.split(plain, maxsplit=1)[0])
    text = _shortened(" ".join(plain.split()).rstrip(" .!,;:"))
    words = text.split(" ")
    while words and words[0].lower().rstrip(",") in _data()["drop"] and words[0].lower() != "no":
        words = words[1:]
    words = " ".join(_repaired(word) for word in words).split()
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS or _unsound().search(" ".join(words)):
        return None
    words = words[: _strays_at([word.lower().rstrip(".") for word in words])]
    joined = _joined(words) if len(words) >= _LEAST_WORDS else None
    return " ".join(_shifted(joined, to_shop=to_shop)) if joined else None


@cache
def _data() -> dict[str, Any]:
    data = dict(load("speech_en"))
    for name, entry in data.items():
        if isinstance(entry, list) and name not in ("unsound", "asking"):
            data[name] = frozenset(entry)
    listed = str(data["verbs_listed"]).split()
    data["finite"] |= frozenset(form for verb in listed for form in _third_and_past(verb)) | data["auxiliaries"]
    data["thirds"] = frozenset(_third_and_past(verb)[0] for verb in listed)
    alike = frozenset(str(data["alike"]).split())
    data["bare"] = frozenset(listed) - alike - data["finite"]
    for name in ("dealings", "person_verbs", "persons", "before_pronoun", "not_without"):
        data[name] = frozenset(str(data[name]).split())
    data["dealings"] |= frozenset(f for verb in data["dealings"] for f in (*_third_and_past(verb), _gerund(verb)))
    return data


@cache
def _unsound() -> re.Pattern[str]:
    """Slang, irony, likeness, pointing at the writer's place or time, quoted words: nothing to say solemnly."""
    return re.compile(rf"(?:{'|'.join(load('speech_en')['unsound'])})", re.IGNORECASE)


def _third_and_past(verb: str) -> tuple[str, str]:
    """Return the regular third person and past of a verb."""
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return f"{verb}es", f"{verb}ed"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return f"{verb[:-1]}ies", f"{verb[:-1]}ied"
    return f"{verb}s", f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def _gerund(verb: str) -> str:
    return f"{verb[:-1]}ing" if verb.endswith("e") else f"{verb}ing"


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


def _joined(words: list[str]) -> list[str] | None:
    """Return the words of a plain statement, two main clauses joined by "and" instead of a comma; else None."""
    parts = _split_at_commas(words)
    lows = [[word.lower().strip(",.") for word in part] for part in parts]
    if lows[-1][-1] in _data()["bare_end"] or not _begins_well(lows) or _runs_on(lows):
        return None
    opens = not _is_main(lows[0]) and not _opened_without_comma(lows[0])  # an adverbial: "When it came, …"
    splices = [at for at in range(1 + opens, len(lows)) if _is_main(lows[at]) or _goes_on(lows, at)]
    listed = "and" in lows[-1][1:] and bool(_data()["finite"] & set(lows[-1][lows[-1].index("and", 1) :][:5]))
    if len(splices) > 1 and not (len(splices) == len(lows) - 1 - opens and listed):
        return None
    if not all(_is_tail(lows, at) for at in range(1 + opens, len(lows)) if at not in splices):
        return None
    if len(splices) == 1 and splices[0] == len(parts) - 1 and not listed:
        parts[-2][-1] = parts[-2][-1].rstrip(",")
        parts[-1].insert(0, "and")
    return [word for part in parts for word in part]


def _goes_on(parts: list[list[str]], at: int) -> bool:
    """Whether the last part tells the next thing the customer did: "I paid for two, got one"."""
    part = parts[at]
    own = parts[0][0] in _FIRST_PERSON and at == 1 and at == len(parts) - 1
    return own and len(part) > 1 and part[0] in _data()["dealings"] and part[0] in _data()["finite"]


def _split_at_commas(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        parts[-1].append(word)
        if word.endswith(","):
            parts.append([])
    return [part for part in parts if part]


def _begins_well(parts: list[list[str]]) -> bool:
    """Whether the first part is a main clause, or an adverbial before one."""
    first = parts[0]
    if first[0] not in _data()["openers"] and not _is_gerund(first):
        return False
    if _is_main(first):
        return True
    if first[0] in _starters():
        return False
    if len(parts) > 1 and _is_main(parts[1]):
        return first[0] not in _data()["subordinators"] or _is_main(first[1:])
    return _opened_without_comma(first)


@cache
def _starters() -> frozenset[str]:
    """Words a main clause begins with."""
    data = _data()
    return frozenset().union(data["subjects"], data["determiners"], data["contracted"])


def _opened_without_comma(words: list[str]) -> bool:
    """Whether a main clause follows an opening adverbial that no comma closes: "After two weeks the lid broke"."""
    clause = words[0] in _data()["subordinators"]
    if words[0] in _starters():
        return False
    for at in range(2, len(words) - 1):
        # A preposition takes a noun first: "After the wash it shrank", not "After it shrank".
        starts = words[at] in _starters() and words[at - 1] not in _data()["not_without"]
        if starts and _is_main(words[at:]) and (not clause or _is_main(words[1:at])):
            return True
    return False


def _is_gerund(words: list[str]) -> bool:
    """Whether a clause begins with an act as its subject: "Tightening the screw did not help"."""
    first = words[0]
    if first in ("tracking", "listing"):
        return True
    return (
        first.endswith("ing")
        and len(first) > _SHORT_GERUND
        and len(words) > _LEAST_WORDS
        and (words[1] in _data()["determiners"] or words[1] in ("it", "them"))
    )


def _is_main(words: list[str]) -> bool:
    """Whether the words are a main clause: a subject of its own, then a verb that agrees with it."""
    if len(words) < _LEAST_WORDS - 1:
        return False
    at = _verb_at(words)
    if at is None:
        return False
    subject, verb, after = words[:at], words[at], _without_adverbs(words[at + 1 :])
    return _verb_fits(verb, after) and _worth_telling(subject, verb, after)


def _verb_at(words: list[str]) -> int | None:
    """Return where the finite verb stands; a contraction ("it's") is subject and verb in one."""
    data = _data()
    first = "five" if words[0].isdigit() else words[0]
    if first in data["contracted"]:
        return 0
    if _is_gerund(words):
        start = 1 if first in ("tracking", "listing") else 2
        return next((at for at in range(start, len(words)) if words[at] in data["finite"]), None)
    if first in data["subjects"]:
        at = 1
        while at < len(words) and words[at] in data["adverbs"]:
            at += 1
        if _is_verb_there(words, at, first):
            return at
        if first not in data["determiners"]:
            return None
    return _verb_after_noun(words) if first in data["determiners"] else None


def _is_verb_there(words: list[str], at: int, subject: str) -> bool:
    """Whether a verb stands behind a subject of one word; "two left armrests" has none."""
    data = _data()
    if at >= len(words):
        return False
    if subject in data["determiners"] and words[at] not in data["auxiliaries"] and at + 1 < len(words):
        return words[at] in data["finite"] and words[at + 1] in data["determiners"] | data["tails"]
    return words[at] in data["finite"] or (subject in _OWN and words[at] in data["dealings"])


def _verb_after_noun(words: list[str]) -> int | None:
    """Return where the verb stands behind a subject that begins with an article or the like."""
    for at in range(1, min(len(words), _LONGEST_SUBJECT)):
        word = words[at]
        if word in ("i", "we", "he", "she", "it", "they") or word in _data()["contracted"]:
            return None  # "the hamper I had sent": whose it is would be said twice
        described = words[at - 1] in _data()["determiners"]  # "the left door"
        if at > 1 and word in _data()["finite"] and not described and not _is_participle(words, at):
            return at
    return None


def _is_participle(words: list[str], at: int) -> bool:
    """Whether an "-ed" before a noun is an adjective: a plain verb or auxiliary follows soon, with no joining word."""
    if not words[at].endswith("ed") or at + 1 >= len(words):
        return False
    following = words[at + 1 : at + 4]
    return (
        words[at + 1] not in _data()["determiners"]
        and any(
            word in _data()["auxiliaries"] or word in _data()["thirds"]
            for word in following
            if word not in ("and", "but")
        )
        and not {"and", "but", "when", "after", "because"} & set(following)
    )


def _without_adverbs(words: list[str]) -> list[str]:
    return [word for word in words if word not in _data()["adverbs"]]


def _verb_fits(verb: str, after: list[str]) -> bool:
    """Whether what follows the verb can: no "have send", no "doesn't works"."""
    data = _data()
    following = after[0] if after else ""
    if verb in ("have", "has", "had") or verb.endswith(("'ve", "ive")):
        return following not in data["bare"]
    if verb.endswith("n't") or verb in ("do", "does", "did", "can", "could", "will", "would", "cannot"):
        return following not in data["thirds"]
    # "says delivered", "said fits": telegrams of a page, no sentence
    return not (verb in ("says", "said", "say") and following in data["finite"])


def _worth_telling(subject: list[str], verb: str, after: list[str]) -> bool:
    """Whether a clause speaks of the case: what a customer did with an order, or how a thing is."""
    owner = subject[0] if subject else verb
    if owner in _OWN:
        return _is_dealing(verb, after)
    if _data()["persons"] & set(subject[:3]):
        return verb in _data()["person_verbs"]
    if owner in ("it", "it's", "he", "she") and verb in _data()["bare"]:
        return False
    if len(subject) > 1 and subject[-1] in _data()["empty_heads"]:
        return False
    return verb not in ("cost", "costs") and not _is_likened(verb, after)


def _is_likened(verb: str, after: list[str]) -> bool:
    """Whether a thing is called another one ("the tree is a stick") or only has its day or price told."""
    if verb not in ("is", "was", "are", "were", "it's", "isn't", "wasn't", "that's"):
        return False
    rest = after[1:] if after[:1] == ["not"] else after
    if len(rest) > 1 and rest[0] in ("a", "an", "one"):
        return rest[1] not in _data()["kinds"]
    if verb.startswith("it") and len(rest) > 1 and rest[0] == "the":
        return rest[1] not in _data()["kinds"]
    return bool(_PRICE_OR_DAY.match(" ".join(rest)))


def _is_dealing(verb: str, after: list[str]) -> bool:
    """Whether the customer tells of dealing with the thing or the shop, and not of himself."""
    data = _data()
    chain = [verb, *after]
    denied = False
    for at, word in enumerate(chain):
        following = chain[at + 1 : at + 3]
        denied = denied or word in ("can't", "cannot", "couldn't", "unable")
        if word in ("have", "had", "i've", "ive", "we've") and following[:1] and following[0] in data["owned"]:
            return True
        if word in data["dealings"]:
            return True
        if (
            word in ("am", "was", "were", "i'm", "im", "we're")
            and {" ".join(following), *following[:1]} & data["states"]
        ):
            return True
        if word not in data["auxiliaries"] and word not in data["steps"] and word not in data["contracted"]:
            return denied and word not in data["not_denied"]
    return False


def _is_tail(parts: list[list[str]], at: int) -> bool:
    """Whether a part behind a comma can follow: joined by a word, or one of a list."""
    part = parts[at]
    if part[0] in ("and", "but", "so", "or"):
        rest = _without_adverbs(part[1:])
        return bool(rest) and (_is_main(rest) or rest[0] in _data()["finite"] or _has_item(parts, at))
    if part[0] in _data()["tails"]:
        return len(part) > 1
    return _has_item(parts, at)


def _has_item(parts: list[list[str]], at: int) -> bool:
    """Whether a part is one thing of a list that an "and" or "or" closes."""
    part = parts[at]
    closed = any({"and", "or"} & set(later) for later in parts[at:]) and _verb_at(part) is None
    return closed and len(part) <= _LONGEST_ITEM + 1 + ("and" in part) * _LONGEST_ITEM and part[0] not in _OWN


def _runs_on(parts: list[list[str]]) -> bool:
    """Whether a new sentence begins inside a part without any mark: "it broke I want another"."""
    data = _data()
    for part in parts:
        for at in range(2, len(part) - 1):
            word = part[at]
            verbs = data["finite"] | data["dealings"] if word in _FIRST_PERSON else data["finite"]
            pronoun = word in ("i", "we", "it", "they", "he", "she") and part[at + 1] in verbs
            if not pronoun and word not in data["contracted"]:
                continue
            before = next((w for w in reversed(part[:at]) if w not in data["adverbs"]), "")
            if before not in data["before_pronoun"] and "so" not in part[max(0, at - 3) : at]:
                return not _opened_without_comma(part)
    return False


def _strays_at(words: list[str]) -> int:
    """Return where a clause behind "and" or "but" begins to tell what is not to be told: of a person, of oneself."""
    for at, word in enumerate(words[:-2]):
        comma = next((end for end in range(at + 1, len(words)) if words[end].endswith(",")), len(words) - 1)
        rest = [word.rstrip(",") for word in words[at + 1 : comma + 1]]
        if not (rest and at and word in ("and", "but") and rest[0] in _starters()) or _is_main(rest):
            continue
        if (verb := _verb_at(rest)) is not None and not {"and", "but"} & set(rest[:verb]):
            return at
    return len(words)


def _shifted(words: list[str], *, to_shop: bool) -> list[str]:
    out = shift_words([raw.strip(",.") for raw in words], speaker_is_shop=to_shop)
    tails = [raw[len(raw.rstrip(",.")) :] for raw in words]
    first = words[0].strip(",.")
    out[0] = _small_first(out[0]) if out[0] == first else out[0]
    return [word + tail for word, tail in zip(out, tails, strict=True)]


def shift_words(words: list[str], *, speaker_is_shop: bool = False) -> list[str]:
    """Turn first person to second. `speaker_is_shop`: "you" is the shop and becomes "we", behind its verb "us"."""
    shift = {**_data()["shift"], **(_SHOP if speaker_is_shop else {})}
    out: list[str] = []
    subject = ""
    own = bool(words) and words[0].lower() in _FIRST_PERSON
    for at, word in enumerate(words):
        low = word.lower()
        agrees = subject or (own and out[-1:] in (["and"], ["but"]))
        told = _AGREE[low] if agrees and low in _AGREE else shift.get(low, word)
        out.append("us" if speaker_is_shop and low == "you" and _is_object(words, at) else told)
        subject = low if low in _FIRST_PERSON else subject if low in _ADVERBS else ""
    return out


def _is_object(words: list[str], at: int) -> bool:
    """Whether "you" stands behind its verb ("I told you yesterday") and not before one ("the lid you sent")."""
    following = next((word.lower() for word in words[at + 1 :] if word.lower() not in _data()["adverbs"]), "")
    if at == 0 or (following and words[at - 1].lower() in _data()["before_actor"]):
        return False  # "how you treat people"
    return following not in _data()["finite"] and following not in load("speech_en")["base"].split()


_SHOP = {"you": "we", "your": "our", "you've": "we've", "you're": "we're", "you'll": "we'll", "yours": "ours"}
_ADVERBS = frozenset({"also", "still", "just", "only", "never", "always", "really", "even", "already", "now"})


def _small_first(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word[:1].lower() + word[1:]
