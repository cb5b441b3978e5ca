"""The pattern language: what it matches, what it refuses, and that its shortcuts lose nothing."""

from __future__ import annotations

import pytest

from reply_guards.checks import arrivals
from reply_guards.patterns import INDEX, Atlas, PatternError, compile_pattern
from reply_guards.patterns import possible as possible_of
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
            reply, atlas = read(example), Atlas(rule.patterns)
            possible = set(atlas.possible(possible_of(reply.words, INDEX.table)))
            matching = {p for p in rule.patterns if p.regex.search(reply.folded)}
            assert matching <= possible, (rule.id, example)


def test_what_is_looked_for_later_is_found_in_a_sentence_read_before():
    """Patterns are numbered as they come: a sentence is asked anew once there are more of them."""
    sentence = read("Das Murmeltier grüßt.").sentences[0]
    assert sentence.possible >= 0
    atlas = Atlas([compile_pattern("murmeltier* gruesst", lexicon())])
    assert len(atlas.possible(sentence.possible)) == 1
    assert not Atlas([compile_pattern("murmelbahn* gruesst", lexicon())]).possible(sentence.possible)


def test_patterns_keep_the_order_they_were_given_in():
    """Whatever their numbers: which match of a rule comes first decides what is underlined."""
    first, second = (compile_pattern(source, lexicon()) for source in ("siebenschlaefer*", "haselmaus*"))
    Atlas([second])
    bits = read("Siebenschläfer und Haselmaus.").sentences[0]
    assert Atlas([first, second]).possible(bits.possible) == [first, second]
    assert Atlas([second, first]).possible(bits.possible) == [second, first]


@pytest.mark.parametrize(
    "text",
    [
        "heute", "übermorgen", "tonight", "this evening", "am Montag", "by Wednesday", "kommenden Mittwoch", "Sonnabend",
        "vor Weihnachten", "zum Wochenende", "before your birthday", "by easter", "in zwei Tagen", "in 3 Stunden",
        "within two hours", "in a few days", "the 22nd", "the 4th", "innerhalb von drei Tagen", "Heiligabend, bis Heiligabend",
    ],
)  # fmt: skip
def test_no_time_is_overlooked(text):
    """Where a time is written, one of the words stands without which none is looked for."""
    sentence = read(text).sentences[0]
    assert arrivals._WHEN.search(sentence.text)
    assert sentence.possible & arrivals._WHEN_LOOK.mask
