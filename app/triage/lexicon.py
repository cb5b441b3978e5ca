"""Loads the word lists of `lexicon/*.yaml` and scans text with them.

A file is a lexicon; its keys are what a phrase stands for. Under a key: `de`, `en` or `any`, each a string of phrases
separated by ";" or a mapping from weight to such a string (default weight 1). How a phrase is written: `match.py`.
`words.yaml` holds the macros; `typos.yaml` the words whose misspelling is forgiven.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.triage.match import Emit, Matcher
from app.triage.rules import rules
from app.triage.words import Sentence, fold

FOLDER = Path(__file__).parent / "lexicon"
LANGUAGES = ("de", "en")
SCANNED = (
    "causes", "agent", "signals", "defects", "moods", "abuse", "incidents", "wishes", "asks", "refusals", "threats",
    "occasions", "products", "parts", "assistant",
)  # fmt: skip


class Hit(NamedTuple):
    """A phrase found: what it stands for, and the words it covers in sentence number `sentence` (`last` included)."""

    key: str
    weight: float
    sentence: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Scan:
    """Sentences with all that the lexicons found in them, in reading order."""

    sentences: tuple[Sentence, ...]
    hits: dict[str, list[Hit]]
    by_sentence: dict[tuple[str, int], list[Hit]]

    def of(self, lexicon: str, sentence: int | None = None) -> list[Hit]:
        """The hits of one lexicon, of all sentences or of one."""
        return self.hits.get(lexicon, []) if sentence is None else self.by_sentence.get((lexicon, sentence), [])


@cache
def load(name: str) -> Any:  # noqa: ANN401 - each file has its own shape, checked by its reader
    """A YAML file of the lexicon folder, read once."""
    return yaml.load((FOLDER / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)


@cache
def word_set(name: str) -> frozenset[str]:
    """One of the small sets of `word_sets.yaml`, folded."""
    return frozenset(fold(w) for w in load("word_sets")[name].split())


@cache
def matcher(language: str) -> Matcher:
    """All lexicons of one language, compiled."""
    macros = {name: _folded(words) for name, words in {**load("words")["any"], **load("words")[language]}.items()}
    phrases = [
        (phrase, Emit(lexicon, key, weight))
        for lexicon in SCANNED
        for key, weight, phrase in _phrases(load(lexicon), language)
    ]
    phrases += [(phrase, Emit("escalation", key, weight)) for key, weight, phrase in _phrases(_escalating(), language)]
    typos = {name: frozenset(fold(w) for w in words.split()) for name, words in load("typos")[language].items()}
    return Matcher(phrases, macros, typos)


def scan(sentences: tuple[Sentence, ...], languages: tuple[str, ...]) -> Scan:
    """Find every phrase of the languages' lexicons; a phrase both languages hold is found once."""
    found: dict[tuple[str, int], dict[Hit, None]] = {}
    for language in languages:
        find = matcher(language).find
        for number, sentence in enumerate(sentences):
            for emit, first, last in find(sentence.words, sentence.clauses):
                hit = Hit(emit.key, emit.weight, number, first, last)
                place = (emit.lexicon, number)
                if place in found:
                    found[place][hit] = None
                else:
                    found[place] = {hit: None}
    places = found.items() if len(languages) == 1 else sorted(found.items(), key=_place)
    by_sentence = {place: sorted(hits, key=_reading_order) if len(hits) > 1 else list(hits) for place, hits in places}
    hits: dict[str, list[Hit]] = defaultdict(list)
    for (lexicon, _), listed in by_sentence.items():
        hits[lexicon] += listed
    return Scan(sentences, dict(hits), by_sentence)


def _place(found: tuple[tuple[str, int], dict[Hit, None]]) -> int:
    return found[0][1]


def _reading_order(hit: Hit) -> tuple[int, int]:
    return hit.first, -hit.last


def _phrases(lexicon: dict[str, Any], language: str) -> Iterator[tuple[str, float, str]]:
    for key, entry in lexicon.items():
        for part in ("any", language):
            listed = entry.get(part) or {}
            for weight, phrases in ({1: listed} if isinstance(listed, str) else listed).items():
                for phrase in (_folded(p) for p in phrases.split(";") if p.strip()):
                    forms = _inflected(phrase) if language == "de" and key == "product" else (phrase,)
                    yield from ((str(key), float(weight), form) for form in forms)


def _escalating() -> dict[str, Any]:
    """The phrases of the escalation rules, as a lexicon: `<id>` and, for what spares a sentence, `<id>.unless`."""
    listed = {rule.id: rule.when.phrases for rule in rules()}
    return {**listed, **{f"{rule.id}.unless": rule.unless for rule in rules()}}


def _inflected(phrase: str) -> Iterator[str]:
    """A German noun with the endings it takes ("kopfhörer", "kopfhörern")."""
    yield phrase
    if " " not in phrase and not phrase.endswith("*"):
        yield from (phrase + ending for ending in ("n", "en", "e", "s", "es"))


def _folded(phrase: str) -> str:
    """A phrase or a macro's words folded element by element, its signs kept."""
    return " ".join("|".join(_fold(w) for w in element.split("|")) for element in phrase.split())


def _fold(word: str) -> str:
    if word.startswith(("<", "~")):
        return word
    return fold(word)
