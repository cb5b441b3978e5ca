"""The pattern language: what it matches, what it refuses, and that its shortcuts lose nothing."""

from __future__ import annotations

import pytest

from reply_guards.patterns import Atlas, PatternError, compile_pattern
from reply_guards.policy import load_policies
from reply_guards.text import read
from reply_guards.wordlists import lexicon

CASES = [
    ("plain words", "bewerten sie", "Bewerten Sie uns", True),
    ("umlauts as written", "für größe", "für Größe", True),
    ("star", "bewert*", "bewertet", True),
    ("a word is whole", "wert", "bewertet", False),
    ("alternatives", "(rot|blau) sehen", "blau sehen", True),
    ("gap", "eins ~2 vier", "eins zwei drei vier", True),
    ("gap too long", "eins ~1 vier", "eins zwei drei vier", False),
    ("gap of none", "eins ~3 zwei", "eins zwei", True),
    ("optional part", "sehr (gern )?geschehen", "sehr geschehen", True),
    ("optional part before a gap", "kann (ich )?~3 helfen", "kann ich dir gern helfen", True),
    ("number", "N sterne", "5 Sterne", True),
    ("never across sentences", "eins ~5 zwei", "Eins. Zwei.", False),
    ("punctuation is a blank", "nein danke", "nein, danke", True),
    ("start of a sentence", "^danke", "Gut. Danke.", True),
    ("not the start", "^danke", "Gut, danke.", False),
    ("end of a sentence", "danke$", "Nein danke!", True),
]


@pytest.mark.parametrize(("source", "text", "matches"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_the_language(source, text, matches):
    """Each construct does what the module's description says."""
    pattern = compile_pattern(source, lexicon())
    assert bool(pattern.regex.search(read(text).folded)) is matches


@pytest.mark.parametrize("source", ["(a|b", "a)", "<nothing_of_this_name>", "?", "a ** ?? )"])
def test_mistakes_are_refused(source):
    """A pattern that cannot be read never becomes a rule."""
    with pytest.raises(PatternError):
        compile_pattern(source, lexicon())


def test_the_shortcut_loses_nothing():
    """A pattern that matches a rule's example is always among the possible ones of its words."""
    for rule in load_policies()["strict"].rules.values():
        for example in rule.examples["trip"]:
            if not isinstance(example, str):
                continue
            reply = read(example)
            possible = set(Atlas(rule.patterns).possible(reply.words))
            matching = {p for p in rule.patterns if p.regex.search(reply.folded)}
            assert matching <= possible, (rule.id, example)
