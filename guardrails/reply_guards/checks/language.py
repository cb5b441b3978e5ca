"""`language.*`: the reply speaks the customer's language, one language, and one form of address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from reply_guards.checks.hit import Hit
from reply_guards.language_id import identify
from reply_guards.model import Context
from reply_guards.policy import Policy
from reply_guards.remembering import remembered
from reply_guards.text import LONGEST_WORD, Reply
from reply_guards.wordlists import data

_LETTERS = re.compile(r"[^\W\d_]+")
_COMMA = re.compile(r"[,;:] ")
_MIN_WORDS = 4
_OWN_WORDS = 2
_SWITCHED = 3  # different words of either language, which are no other's, in one sentence
_AGREES, _TELLS = 0.5, 0.95  # probability of a language where common words leave no doubt, and where they do
_DU_WORDS = frozenset({"du", "dir", "dich", "dein", "deine", "deiner", "deinem", "deinen", "deines"})
_EUCH_WORDS = frozenset({"euch", "eure", "eurem", "euren", "eurer"})
# What may not stand in front is looked at behind the first letters, so that the search leaps from one to the next.
_DU = re.compile(rf"d(?<!\wd)(?:{'|'.join(word[1:] for word in sorted(_DU_WORDS))})(?![\w-])")
_ORDERED = (  # one person, who is a "du"
    "pruef|schau|schick|send|teil|gib|sag|nimm|lad|klick|probier|meld|schreib|antwort|wart|bestell|oeffn|stell|lass|versuch"
    "|guck|mach"
)
_ORDER_WORDS = frozenset({"doch", "mal", "bitte", "einfach"})
_ORDER = re.compile(
    rf"(?:^|(?<=[.!?:] )|(?<=\n))(?:{_ORDERED})e? (?:mir |uns |es |das )?(?:{'|'.join(sorted(_ORDER_WORDS))})(?!\w)"
)
_EUCH = re.compile(rf"eu(?<!\weu)(?:{'|'.join(word[2:] for word in sorted(_EUCH_WORDS))})(?!\w)")
_SIE = re.compile(r"Ih(?<!\wIh)(?:nen|re|ren|rem|rer|res|r)(?!\w)")
_SIE_BEHIND = re.compile(r"Sie(?<=[a-zäöüß,] Sie)(?!\w)")
_ASKED_SIE = re.compile(r"n Sie(?!\w)")
_VERB = re.compile(r"(?<!\w)(?:[a-zäöüß]{2,20}e|[A-ZÄÖÜ][a-zäöüß]{2,20})\Z")  # all but its last letter
_LONGEST_VERB = 22


@lru_cache(maxsize=1)
def _stops() -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Zero for each language, and each common word's languages."""
    holders: dict[str, tuple[str, ...]] = {}
    for language, words in data("languages").items():
        for word in dict.fromkeys(words):
            holders[word] = (*holders.get(word, ()), language)
    return dict.fromkeys(data("languages"), 0), holders


def is_common(word: str) -> bool:
    """Whether a folded word is one of the common words of any language: it says nothing of a case."""
    return word in _stops()[1]


def counted(words: list[str]) -> dict[str, int]:
    """How many words of a text are common words of each language."""
    none, holders = _stops()
    counts = dict(none)
    for languages, count in Counter(map(holders.get, words)).items():
        for language in languages or ():
            counts[language] += count
    return counts


def leading(words: list[str]) -> tuple[str, int, int]:
    """The language with most common words, how many it has, and how many the next one has."""
    (best, most), (_, second) = sorted(counted(words).items(), key=lambda c: -c[1])[:2]
    return best, most, second


@remembered(512)
def language_of(folded: str) -> str | None:
    """The language of a text, or None where a cheap look cannot tell; the library is asked in doubt only."""
    return _language(_LETTERS.findall(folded), folded)


def _language(words: list[str], folded: str) -> str | None:
    if len(words) < _MIN_WORDS:
        return None
    best, most, second = leading(words)
    short = len(words) < 8  # noqa: PLR2004 - too little for a statistical guess
    if most >= max(2, len(words) * 0.15) and most >= second * 1.5 and not (short and most == 2 and second):  # noqa: PLR2004
        return best
    if short:
        return best if most >= 3 and most > second + 1 else None  # noqa: PLR2004
    return _asked(folded)


def _lettered(reply: Reply) -> list[str]:
    """The words of a reply as runs of letters alone: nearly all are that already. Their order is not kept."""
    if reply.longest_word >= LONGEST_WORD:
        return _LETTERS.findall(reply.folded)
    words = [word for word in reply.all_words if word.isalpha()]
    if len(words) < reply.word_count:
        words += _LETTERS.findall(" ".join(word for word in reply.all_words if not word.isalpha()))
    return words


def _asked(text: str) -> str | None:
    """FastText's word, where it is sure."""
    language, sure = identify(text)
    return language if sure > 0.8 else None  # noqa: PLR2004 - probability


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """Language of the whole, of single sentences, and the form of address."""
    words = _lettered(reply)
    whole = _language(words, reply.folded)
    expected = context.language or (language_of(_folded(context.facts.customer_text)) if context.facts else None)
    if whole and expected and whole != expected and reply.word_count >= _MIN_WORDS and not _mixed(reply, expected):
        yield Hit("language.mismatch", 0, len(reply.original), {"found": whole, "expected": expected})
    else:
        found = _mixed(reply, expected or whole) or _switching(reply, words, whole or expected)
        yield from found[:1]
    if whole in {"de", None} and context.language in {"de", None}:
        yield from _register(reply, context)


def _folded(text: str) -> str:
    from reply_guards.unfold import FOLD_TABLE

    return text[:4000].lower().translate(FOLD_TABLE)


def _mixed(reply: Reply, main: str | None) -> list[Hit]:
    """Pieces of another language beside pieces of the main one; titles and quotations are no pieces."""
    if not _may_be_mixed(reply):
        return []
    likely = [(start, end, text, told) for start, end, text in _pieces(reply) if (told := _likely(text))]
    if len({language for *_, (language, _) in likely}) < 2:  # noqa: PLR2004 - one language is no mixture
        return []
    sure = ((s, e, told) for s, e, text, (told, least) in likely if _is_surely(told, least, text))
    placed = ((*reply.span(start, end), told) for start, end, told in sure)
    pieces = [(start, end, told) for start, end, told in placed if not _is_quoted(reply, start, end)]
    tongues = [told for _, _, told in pieces]
    if len(set(tongues)) < 2:  # noqa: PLR2004 - one language is no mixture
        return []
    home = main if main in tongues else max(dict.fromkeys(tongues), key=tongues.count)  # the first of several
    return [
        Hit("language.mixed", start, end, {"found": told, "expected": home})
        for start, end, told in pieces
        if told != home
    ]


def _switching(reply: Reply, words: list[str], main: str | None) -> list[Hit]:
    """Sentences that change languages within: "I will check das morgen früh with the Lager"; `words`: all letters."""
    found: list[Hit] = []
    for sentence in reply.sentences if len(_spoken(words)) > 1 else ():
        spoken = _spoken(_LETTERS.findall(sentence.text))
        start, end = reply.span(sentence.start, sentence.end)
        if len(spoken) > 1 and not any(reply.quoting(start, end)):
            home = main if main in spoken else spoken[0]
            other = next(tongue for tongue in spoken if tongue != home)
            found.append(Hit("language.mixed", start, end, {"found": other, "expected": home}))
    return found


def _spoken(words: list[str]) -> list[str]:
    """The languages of which enough different words stand there that are no other's, the most spoken first."""
    tongues = Counter(filter(None, map(_owners().get, set(words))))
    return [tongue for tongue, count in tongues.most_common() if count >= _SWITCHED]


def _may_be_mixed(reply: Reply) -> bool:
    """Whether two languages have words in the reply that are no other's."""
    owners = set(map(_owners().get, reply.words))
    return len(owners - {None}) > 1


@lru_cache(maxsize=1)
def _owners() -> dict[str, str]:
    """The common words that belong to one language alone."""
    return {word: held[0] for word, held in _stops()[1].items() if len(held) == 1}


def _pieces(reply: Reply) -> Iterator[tuple[int, int, str]]:
    """Sentences, and their parts between commas where these are long enough to have a language; folded spans."""
    for sentence in reply.sentences:
        last = 0
        for match in [*_COMMA.finditer(sentence.text), None]:
            stop = match.start() if match else len(sentence.text)
            text = sentence.text[last:stop]
            if text.count(" ") >= _MIN_WORDS - 1 or match is None:
                yield sentence.start + last, sentence.start + stop, text
                last = stop + 2


@remembered(4096)
def _likely(text: str) -> tuple[str, float] | None:
    """The language most common words of a piece are of, and how sure fastText must be of it too."""
    words = _LETTERS.findall(text)
    if len(words) < _MIN_WORDS:
        return None
    best, most, second = leading(words)
    plain = most >= max(3, len(words) * 0.4) and most >= 2 * second + 1
    return (best, _AGREES if plain else _TELLS) if most >= _OWN_WORDS and most > second else None


@remembered(4096)
def _is_surely(language: str, least: float, text: str) -> bool:
    """Whether fastText agrees: dialect shares its short words with Italian."""
    told, sure = identify(text)
    return told == language and sure > least


def _is_quoted(reply: Reply, start: int, end: int) -> bool:
    return any(min(b, end) - max(a, start) > (end - start) * 0.4 for a, b in reply.quoting(start, end))


def _register(reply: Reply, context: Context) -> Iterator[Hit]:
    """`Sie` and `du` in one reply, or not the house's choice. Quotations do not count."""
    du = sorted([*_said(reply, _DU_WORDS, _DU), *_said(reply, _ORDER_WORDS, _ORDER)])
    sie = [s for s in _formal(reply) if not reply.quoted(*s)]
    euch = _said(reply, _EUCH_WORDS, _EUCH)
    if sie and euch and not du:
        yield Hit("language.register_mixed", *euch[0])
    elif du and sie:
        rarer = du if len(du) <= len(sie) else sie
        yield Hit("language.register_mixed", *rarer[0])
    elif context.register == "sie" and du:
        yield Hit("language.register_house", *du[0], {"expected": "Sie"})
    elif context.register == "du" and sie:
        yield Hit("language.register_house", *sie[0], {"expected": "du"})


def _said(reply: Reply, words: frozenset[str], pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where some words stand outside of quotations."""
    if reply.words.isdisjoint(words):
        return []
    spans = (reply.span(*m.span()) for m in pattern.finditer(reply.folded))
    return [span for span in spans if not reply.quoted(*span)]


def _formal(reply: Reply) -> list[tuple[int, int]]:
    """Formal address. Capital "Ihr/Ihre" at the start of a sentence may be "their": then it does not count alone."""
    plain = reply.plain
    if "Sie" not in plain and "Ih" not in plain:
        return []
    found = [
        (verb.start(), match.end())
        for match in _ASKED_SIE.finditer(plain)
        if (verb := _VERB.search(plain, max(0, match.start() - _LONGEST_VERB), match.start()))
    ]
    for match in _SIE.finditer(plain):
        before = plain[max(0, match.start() - 3) : match.start()].rstrip(" ")
        at_start = not before or before[-1] in ".!?:\n"
        team = re.match(
            r"Ihr\w{0,2} (?:[\w&.-]+ ){0,3}(?:Team|Kundenservice|Kundendienst|Support|Service)",
            plain[match.start() : match.start() + 80],
        )
        if not (at_start and team):
            found.append(match.span())
    found += [m.span() for m in _SIE_BEHIND.finditer(plain)]
    return [reply.plain_span(*span) for span in sorted(set(found))]
